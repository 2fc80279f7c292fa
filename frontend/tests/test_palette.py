"""The command palette: every page, team, language and theme by its name, with the keyboard alone."""

from fixtures.browser import ADMINISTRATOR, AXE, MEMBER, WCAG, settled
from playwright.async_api import expect
from teams import TEAMS

TITLE = "Go to a page, or do something"


async def opened(page):
    """Its field, after the keys that open it."""
    await page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name=TITLE)
    await expect(field).to_be_focused()
    return field


async def chosen(page) -> str:
    """What a screen reader says is chosen."""
    return await page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.innerText ?? ''"
    )


async def test_strangers_search_decisions_with_what_they_typed(page, service):
    await page.goto("/en")
    await settled(page)
    field = await opened(page)
    await field.press_sequentially("pencurian motor")
    assert await chosen(page) == "Search decisions for “pencurian motor”"
    await field.press("Enter")
    await page.wait_for_url(f"{service.url}/en/search?q=pencurian+motor")
    await expect(page.locator("main h1")).to_contain_text("found")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_what_one_may_not_see_is_not_offered(page, open_page):
    await page.goto("/en")
    await settled(page)
    field = await opened(page)
    for name in ("Devices", "Teams", "Sign out"):
        await expect(page.get_by_role("option", name=name)).to_have_count(0)
    await field.fill("sign in")
    await expect(page.get_by_role("option", name="Sign in", exact=True)).to_have_attribute(
        "aria-selected", "true"
    )
    signed_in = await open_page(person=MEMBER)
    await signed_in.goto("/en/account")
    await settled(signed_in)
    await opened(signed_in)
    await expect(signed_in.get_by_role("option", name="Devices")).to_be_visible()
    await expect(signed_in.get_by_role("option", name="Sign in")).to_have_count(0)


async def test_a_page_is_reached_and_its_title_is_heard(open_page, service):
    page = await open_page(person=MEMBER)
    await page.goto("/en/account")
    await settled(page)
    field = await opened(page)
    await field.fill("devices")
    assert await chosen(page) == "Devices"
    await field.press("Enter")
    await page.wait_for_url(f"{service.url}/en/account/devices")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await settled(page)
    menu = page.get_by_role("banner").get_by_role("button").last
    await menu.focus()
    await (await opened(page)).press("Escape")
    await expect(menu).to_be_focused()


async def test_a_team_is_switched_to_at_the_same_page(open_page, service):
    page = await open_page(person=MEMBER)
    await page.goto(f"/en/tenant/settings?id={service.ids['team']}")
    await settled(page)
    field = await opened(page)
    await expect(page.get_by_role("group", name=f"This team: {TEAMS['team']}")).to_contain_text("Ownership")
    await field.fill("arsip")  # a part of its name is enough
    await expect(page.get_by_role("group", name="Teams").get_by_role("option")).to_have_count(1)
    await field.press("Enter")
    await page.wait_for_url(f"{service.url}/en/tenant/settings?id={service.ids['closed']}")
    await expect(page.get_by_role("heading", level=1)).to_have_text(TEAMS["closed"])
    await expect(page.get_by_role("heading", level=1)).to_be_focused()


async def test_arrows_go_round_and_escape_gives_the_focus_back(page):
    await page.goto("/en")
    await settled(page)
    box = page.get_by_role("combobox", name="Search", exact=True)
    await box.focus()
    field = await opened(page)
    options = page.get_by_role("option")
    first, last = await options.first.inner_text(), await options.last.inner_text()
    assert await chosen(page) == first
    await field.press("ArrowUp")
    assert await chosen(page) == last
    await expect(page.locator("[aria-selected=true]")).to_be_in_viewport()
    await field.press("ArrowDown")
    assert await chosen(page) == first
    await field.fill("zzzz")
    await expect(page.get_by_role("status").filter(has_text="1 result")).to_have_count(1)  # to search for it
    await field.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(box).to_be_focused()


async def test_theme_and_language_change_where_one_is(page, service):
    await page.goto("/en/search?q=tanah&year=2019")
    await settled(page)
    field = await opened(page)
    await field.fill("theme dark")
    await field.press("Enter")
    assert await page.evaluate("document.documentElement.dataset.theme") == "dark"
    field = await opened(page)
    await field.fill("dark")
    assert await chosen(page) == "Dark\n✓"
    await field.fill("bahasa")
    await field.press("Enter")
    await page.wait_for_url(f"{service.url}/id/search?q=tanah&year=2019")
    await settled(page)
    await page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Buka halaman, atau lakukan sesuatu")
    await field.fill("theme system")  # English names are found in every language
    await field.press("Enter")
    assert await page.evaluate("document.documentElement.dataset.theme") is None


async def test_it_opens_from_the_menu_and_signs_out(open_page, service):
    page = await open_page(person=await service.person(name="Budi"), width=360, height=640)
    await page.goto("/en/account")
    await page.get_by_role("banner").get_by_role("button", name="Budi").click()
    await page.get_by_role("menuitem", name=TITLE).click()
    field = page.get_by_role("combobox", name=TITLE)
    await expect(field).to_be_focused()
    await field.fill("sign out")
    await page.get_by_role("option", name="Sign out", exact=True).click()
    await page.wait_for_url(f"{service.url}/en")
    await expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()


async def test_it_asks_nothing_while_something_else_does(open_page, service):
    page = await open_page(person=MEMBER)
    await page.goto(f"/en/tenant?id={service.ids['team']}")
    await page.get_by_role("button", name="Leave the team").click()
    dialog = page.get_by_role("alertdialog")
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Control+k")
    await settled(page)
    await expect(page.get_by_role("combobox", name=TITLE)).to_have_count(0)
    await expect(dialog).to_be_visible()


async def test_it_comes_when_it_is_opened(open_page):
    page = await open_page(person=ADMINISTRATOR)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto("/en/account")
    await settled(page)
    before = {url for url in asked if url.endswith(".js")}
    await opened(page)
    assert {url for url in asked if url.endswith(".js")} > before
    for group in ("Pages", "Account", "Language", "Theme"):
        await expect(page.get_by_role("group", name=group)).to_be_visible()
    await page.evaluate(AXE.read_text())
    for theme in ("light", "dark"):
        await page.emulate_media(color_scheme=theme)
        faults = await page.evaluate(
            "tags => axe.run(document.querySelector('[role=dialog]'), {runOnly: tags}).then(found => found.violations)",
            WCAG,
        )
        assert not faults
