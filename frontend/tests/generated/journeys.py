"""Journeys over the pages of an application that the commands wrote; `test_generated.py` runs them inside of it."""

import json
import os
from pathlib import Path

import pytest
import test_memos
import test_notices
from playwright.async_api import expect
from shop.memos.pages import PAGES

from fondasi.testing.browser import PASSWORD, fill_in

AXE = Path(os.environ["AXE"]).read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NOTHING = "00000000-0000-7000-8000-000000000000"
SCREENS = [("light", 1280), ("dark", 360)]


@pytest.fixture
async def team(client, sign_in):
    """Ani's team with a memo: her headers, the address of its memos in the API, and its id."""
    ani = await sign_in("ani")
    made = await client.post("/api/v1/tenants", json={"name": "Ani and friends"}, headers=ani)
    tenant = made.json()["id"]
    place = f"/api/v1/tenants/{tenant}/memos"
    await test_memos.refer(client, place, ani)
    await test_memos.make(client, place, ani)
    return ani, place, tenant


def rows(tenant: str, more: str = "", page: str = "rows", language: str = "en") -> str:
    return f"/{language}/tenant/{page}?id={tenant}&of=memos{more}"


async def accessible(page) -> None:
    await page.evaluate(AXE)
    found = await page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']}).then(result => result.violations)",
        WCAG,
    )
    assert not found, f"{page.url}\n{json.dumps(found, indent=1)[:3000]}"
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


async def look(page, name: str) -> None:
    """Keep a picture, where somebody wants to look at it."""
    if folder := os.environ.get("PICTURES"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


async def the_memo(client, ani, place) -> dict:
    return (await client.get(place, headers=ani)).json()["data"][0]


async def test_each_field_is_shown_as_people_read_it(team, client, open_browser):
    ani, place, tenant = team
    memo = await the_memo(client, ani, place)
    page = await open_browser("ani", locale="en-US", timezone_id="Asia/Jakarta")
    await page.goto(rows(tenant, f"&row={memo['id']}", "row"))
    await expect(page.get_by_role("heading", name=test_memos.EXAMPLE["title"])).to_be_visible()
    facts = page.locator("dl")
    for shown in ("12.5", "Yes", "January 31, 2026", "Draft", "Jan 31, 2026, 3:00"):
        await expect(facts).to_contain_text(shown)
    await expect(page.locator("main")).to_contain_text(test_memos.EXAMPLE["text"])
    await expect(page.locator("main pre")).to_contain_text('"size": 7')
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Open the file").click()
    assert (await (await download.value).path()).read_text() == "An example"
    await page.get_by_role("link", name=test_notices.EXAMPLE["title"]).click()
    await expect(page.get_by_role("heading", level=1, name=test_notices.EXAMPLE["title"])).to_be_visible()


async def test_what_was_not_touched_stays_as_it_was(team, client, open_browser):
    ani, place, tenant = team
    before = await the_memo(client, ani, place)
    page = await open_browser("ani", timezone_id="Asia/Jakarta")
    await page.goto(rows(tenant, f"&row={before['id']}", "row/edit"))
    await page.get_by_label("Size").fill("9")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    after = await the_memo(client, ani, place)
    same = before.keys() - {"size", "updated_at", "version"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["size"] == 9


async def test_faults_stand_at_their_fields_before_anything_is_sent(team, open_browser):
    page = await open_browser("ani")
    await page.goto(rows(team[2], page="row/edit"))
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    title = page.get_by_label("Title")
    await expect(title).to_have_attribute("required", "")
    await expect(page.get_by_text("At most 200 characters")).to_be_visible()
    await page.get_by_label("Size").fill("many")
    await page.get_by_label("Extra").fill("[")
    asked.clear()
    await page.get_by_role("button", name="Save").click()
    await expect(title).to_be_focused()
    for said in ("This has to be filled in.", "This is no number.", "This is no JSON object."):
        await expect(page.get_by_text(said).first).to_be_visible()
    assert not asked
    await accessible(page)
    await expect(page.get_by_label("Size")).to_have_value("many")


async def test_a_name_that_nothing_has_is_not_taken_for_none(team, client, open_browser):
    ani, place, tenant = team
    memo = await the_memo(client, ani, place)
    page = await open_browser("ani")
    await page.goto(rows(tenant, f"&row={memo['id']}", "row/edit"))
    notice = page.get_by_role("combobox", name="Notice")
    await expect(notice).to_have_value(test_notices.EXAMPLE["title"])
    await notice.fill("Nothing of the kind")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Choose one of the list.")).to_be_visible()
    assert (await the_memo(client, ani, place))["notice_id"] == memo["notice_id"]
    await notice.fill("")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    assert (await the_memo(client, ani, place))["notice_id"] is None


async def test_numbers_are_written_and_shown_as_the_language_has_them(team, client, open_browser):
    ani, place, tenant = team
    memo = await the_memo(client, ani, place)
    page = await open_browser("ani", locale="id-ID")
    await page.goto(rows(tenant, f"&row={memo['id']}", "row/edit", "id"))
    price = page.get_by_label("Price")
    await expect(price).to_have_value("12,5")
    await price.fill("1.5")
    await page.get_by_role("button", name="Simpan").click()
    await expect(page.get_by_text("Tulis seperti 1.234,5")).to_be_visible()
    await price.fill("1.500")
    await page.get_by_role("button", name="Simpan").click()
    await expect(page.locator("dl")).to_contain_text("1.500")
    assert float((await the_memo(client, ani, place))["price"]) == 1500


async def test_who_was_refused_as_a_stranger_signs_in_and_sees_the_list(sign_in, open_browser):
    await sign_in("ani")
    page = await open_browser()
    await page.goto("/en/rows?of=entries")
    await page.wait_for_url("**/en/sign-in?return=*")
    await page.get_by_label("User name, e-mail or phone number").fill("ani")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("heading", level=1, name="Entries")).to_be_visible()


async def test_the_faults_that_the_service_finds_stand_at_their_fields_too(team, client, open_browser):
    ani, place, tenant = team
    page = await open_browser("ani")
    await page.goto(rows(tenant, page="row/edit"))
    await fill_in(page, PAGES, test_memos.OTHER)
    await page.get_by_label("Key").fill("no uuid")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("Key")).to_be_focused()
    await expect(page.get_by_label("Key")).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("Key").fill(test_memos.OTHER["key"])
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text(f"“{test_memos.OTHER['title']}” is made.")).to_be_visible()
    assert (await client.get(place, headers=ani)).json()["total_count"] == 2


async def test_of_two_who_change_it_the_second_reads_what_the_first_made_of_it(team, client, open_browser):
    ani, place, tenant = team
    memo = await the_memo(client, ani, place)
    page = await open_browser("ani")
    await page.goto(rows(tenant, f"&row={memo['id']}", "row/edit"))
    await page.get_by_label("Title").fill("Mine")
    theirs = {**test_memos.EXAMPLE, "title": "Theirs"}
    one = f"{place}/{memo['id']}"
    assert (await client.put(one, json=theirs, headers=ani)).status_code == 200
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("form")).to_contain_text("Somebody changed it meanwhile, to this:")
    await expect(page.locator("form dl")).to_contain_text("Theirs")
    await expect(page.get_by_label("Title")).to_have_value("Mine")
    await look(page, "meanwhile")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    assert (await client.get(one, headers=ani)).json()["title"] == "Mine"


async def test_what_others_make_and_delete_shows_without_a_reload(team, client, open_browser):
    ani, place, tenant = team
    page = await open_browser("ani")
    async with page.expect_response(lambda answer: "/changes?resource=memos" in answer.url):
        await page.goto(rows(tenant))
    await expect(page.get_by_role("link", name=test_memos.EXAMPLE["title"])).to_be_visible()
    made = await client.post(place, json=test_memos.OTHER, headers=ani)
    assert made.status_code == 201, made.text
    link = page.get_by_role("link", name=test_memos.OTHER["title"])
    await expect(link).to_be_visible()
    await client.delete(f"{place}/{made.json()['id']}", headers=ani)
    await expect(link).to_have_count(0)


@pytest.mark.parametrize(
    ("state", "shows"),
    [
        ("", "An example of title"),
        ("&search=example&state=draft&sort=title", "Clear all filters"),
        ("&state=published", "Nothing fits these filters."),
        ("&open=true&page=9", "An example of title"),
        ("&notice_id={notice}", "Clear all filters"),
    ],
)
async def test_a_state_of_the_list_survives_a_pasted_link_reload_and_back(team, open_browser, state, shows):
    page = await open_browser("ani")
    address = rows(team[2], state.format(notice=test_memos.EXAMPLE["notice_id"]))
    await page.goto(address)
    main = page.locator("main")
    await expect(main).to_contain_text(shows)
    await page.wait_for_url(lambda url: "page=9" not in url)
    pasted = page.url
    await page.reload()
    await expect(main).to_contain_text(shows)
    await page.get_by_role("banner").get_by_role("link", name="Notices").click()
    await expect(page.get_by_role("heading", level=1, name="Notices")).to_be_visible()
    await page.go_back()
    await expect(main).to_contain_text(shows)
    assert page.url == pasted


async def test_the_way_back_from_a_row_keeps_the_place_of_the_list(team, open_browser):
    page = await open_browser("ani")
    await page.goto(rows(team[2], "&state=draft&sort=title"))
    await page.get_by_role("link", name=test_memos.EXAMPLE["title"]).click()
    await page.get_by_role("link", name="Edit").click()
    await page.get_by_role("link", name="Cancel").click()
    await page.locator("main p").get_by_role("link", name="Memos").click()
    await page.wait_for_url(lambda url: "state=draft" in url and "sort=title" in url)


async def test_switching_the_team_is_an_address_and_opens_the_same_list(team, client, open_browser):
    ani, _, tenant = team
    other = (await client.post("/api/v1/tenants", json={"name": "Others"}, headers=ani)).json()["id"]
    page = await open_browser("ani")
    await page.goto(rows(tenant))
    await page.get_by_role("banner").get_by_role("button", name="Ani and friends").click()
    await page.get_by_role("menuitem", name="Others").click()
    await page.wait_for_url(f"**{rows(other)}")
    await expect(page.locator("main")).to_contain_text("There is nothing here yet.")
    await expect(page.get_by_role("link", name="Memos", exact=True)).to_have_attribute("aria-current", "page")
    await page.go_back()
    await expect(page.get_by_role("link", name=test_memos.EXAMPLE["title"])).to_be_visible()


async def test_members_read_and_do_not_write_and_strangers_find_nothing(
    team, client, join, sign_in, open_browser
):
    ani, place, tenant = team
    memo = await the_memo(client, ani, place)
    await join("citra", tenant)
    await sign_in("budi")
    page = await open_browser("citra")
    await page.goto(rows(tenant, f"&row={memo['id']}", "row"))
    await expect(page.get_by_role("heading", name=memo["title"])).to_be_visible()
    for name in ("Edit", "Delete"):
        await expect(page.locator("main").get_by_text(name, exact=True)).to_have_count(0)
    await page.goto(rows(tenant, f"&row={memo['id']}", "row/edit"))
    await expect(page.locator("main")).to_contain_text("This is not yours to change.")
    stranger = await open_browser("budi")
    await stranger.goto(rows(tenant))
    await expect(stranger.locator("main")).to_contain_text("This does not exist, or is not yours to see.")


@pytest.mark.parametrize(
    "path", ["row?of=memos", "rows?of=memos", "rows?of=nothing", "rows", "row?of=notices&row=x"]
)
async def test_what_is_not_there_says_so(sign_in, open_browser, path):
    await sign_in("ani")
    page = await open_browser("ani")
    await page.goto(f"/en/{path}")
    await expect(page.locator("main")).to_contain_text("This does not exist, or is not yours to see.")


async def test_without_a_connection_what_was_written_stays(team, open_browser):
    page = await open_browser("ani")
    await page.goto(rows(team[2], page="row/edit"))
    await fill_in(page, PAGES, test_memos.OTHER)
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert").filter(has_text="There is no connection.")).to_be_visible()
    await expect(page.get_by_label("Title")).to_have_value(test_memos.OTHER["title"])
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text(f"“{test_memos.OTHER['title']}” is made.")).to_be_visible()


async def test_the_first_page_the_bar_and_the_palette_lead_there(team, open_browser):
    page = await open_browser("ani")
    await page.goto("/en")
    await page.locator("main").get_by_role("link", name="Shop").click()
    await expect(page.get_by_role("heading", level=1, name="Notices")).to_be_visible()
    await page.get_by_role("banner").get_by_role("link", name="Entries").click()
    await expect(page.get_by_role("heading", level=1, name="Entries")).to_be_visible()
    await page.goto(f"/en/tenant?id={team[2]}")
    await expect(page.get_by_role("link", name="Memos", exact=True)).to_be_visible()
    await page.keyboard.press("Control+k")
    await page.get_by_role("dialog").get_by_role("combobox").fill("memos")
    await page.get_by_role("dialog").get_by_role("option", name="Memos").first.click()
    await page.wait_for_url(f"**{rows(team[2])}")


async def test_the_keyboard_alone_makes_a_notice(sign_in, open_browser):
    await sign_in("ani")
    page = await open_browser("ani")
    await page.goto("/en/rows?of=notices")
    await page.get_by_role("link", name="New notice").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name="New notice")).to_be_visible()
    title = page.get_by_role("form", name="New notice").get_by_label("Title")
    await expect(title).to_be_visible()
    await title.focus()
    await page.keyboard.type("By keys")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Without a mouse")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name="By keys")).to_be_visible()
    await expect(page.get_by_role("heading", level=1, name="By keys")).to_be_focused()


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_axe_finds_nothing_on_any_of_the_pages(team, client, open_browser, language):
    ani, place, tenant = team
    memo = await the_memo(client, ani, place)
    notice = test_memos.EXAMPLE["notice_id"]
    for theme, width in SCREENS:
        page = await open_browser("ani", color_scheme=theme, viewport={"width": width, "height": 800})
        for name, path, shows in (
            ("list", rows(tenant, language=language), memo["title"]),
            ("row", rows(tenant, f"&row={memo['id']}", "row", language), memo["title"]),
            ("new", rows(tenant, "", "row/edit", language), "Memo"),
            ("edit", rows(tenant, f"&row={memo['id']}", "row/edit", language), memo["title"]),
            ("notices", f"/{language}/rows?of=notices", "An example"),
            ("notice", f"/{language}/row?of=notices&row={notice}", "An example"),
            ("entries", f"/{language}/rows?of=entries", "Entries"),
            ("missing", f"/{language}/row?of=notices&row={NOTHING}", ""),
            ("home", f"/{language}", "Shop"),
        ):
            await page.goto(path)
            await expect(page.locator("main")).to_contain_text(shows)
            await expect(page.locator("[aria-busy=true]")).to_have_count(0)
            await look(page, f"{name}-{language}-{width}")
            await accessible(page)
