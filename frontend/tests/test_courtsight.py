"""CourtSight as lawyers use it: the keyboard alone, filters that add up, hits, citations, and the way back."""

import re

from fixtures.browser import API, settled
from playwright.async_api import expect

SEARCH = "/en/search?q=pencurian+sepeda+motor&strategy=lexical"


async def test_search_passage_and_citation_by_keyboard_alone(page, service):
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto("/en")
    await expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    await page.keyboard.type("pengemudi mengantuk menabrak")
    await page.keyboard.press("Enter")
    first = page.locator("main ol li a").first
    await expect(first).to_be_visible()
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await first.evaluate("link => link === document.activeElement"):
            break
    number = await first.inner_text()
    await page.keyboard.press("Enter")
    marked = page.locator("[data-passage]")
    await expect(marked).to_be_focused()
    await expect(marked).to_be_in_viewport()
    await page.keyboard.press("c")
    for _ in range(8):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.getAttribute('aria-label')") == "Copy: Passage":
            break
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("Copied")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert number in copied
    assert copied.startswith("“")
    address = re.search(r"http\S+$", copied).group()
    assert address.startswith(f"{service.url}/d/")
    await page.goto(address)
    await expect(page.locator("[data-passage]")).to_be_focused()
    words = " ".join(await page.locator("main mark").all_inner_texts())
    assert words.split()[:5] == copied[1:].split()[:5]


async def test_facets_are_the_list_and_a_filter_goes_with_one_tap(page, service):
    await page.goto(SEARCH)
    level = page.locator("aside details", has=page.locator("summary", has_text="Level"))
    appeal = level.get_by_role("link", name="Appeal")
    count = int((await appeal.inner_text()).split()[-1])
    await appeal.click()
    await expect(page.locator("main h1")).to_have_text(f"{count} found")
    assert "level=appeal" in page.url
    await level.get_by_role("link", name="First instance").click()
    await page.wait_for_url(lambda url: "level=appeal&level=first_instance" in url)
    first = int((await level.get_by_role("link", name="First instance").inner_text()).split()[-1])
    await expect(page.locator("main h1")).to_have_text(f"{count + first} found")
    answer = await page.request.get(
        f"{service.url}{API}/legal-search/search/export",
        params={
            "query": "pencurian sepeda motor",
            "strategy": "lexical",
            "level": "appeal",
            "format": "json",
        },
    )
    assert len(await answer.json()) == count
    await page.get_by_role("list", name="Active filters").get_by_role("link", name="Remove Appeal").click()
    await expect(page.locator("main h1")).to_have_text(f"{first} found")
    await page.go_back()
    await expect(page.locator("main h1")).to_have_text(f"{count + first} found")
    await page.reload()
    await expect(page.locator("main h1")).to_have_text(f"{count + first} found")


async def test_what_was_understood_and_added_can_be_taken_away(page):
    await page.goto("/en/search?q=nyolong+motor+tahun+2019")
    also = page.get_by_role("list", name="Also searched")
    await expect(also).to_contain_text("mencuri")
    before = await page.locator("main ol").inner_text()
    await also.get_by_role("link", name=re.compile("mencuri")).click()
    await expect(also).to_contain_text("nyolong as typed")
    assert "as_typed=nyolong" in page.url
    await settled(page)
    assert await page.locator("main ol").inner_text() != before
    await page.get_by_role("list", name="Understood as").get_by_role("link", name="Remove Year 2019").click()
    await page.wait_for_url(lambda url: "q=nyolong+motor" in url and "2019" not in url)
    await expect(page.get_by_role("combobox", name="Search")).to_have_value("nyolong motor")


async def test_from_hit_to_hit_and_from_result_to_result(page):
    await page.goto(SEARCH)
    await page.locator("main ol li a").first.click()
    status = page.locator("[data-keeps-focus] [role=status]")
    await expect(status).to_contain_text(re.compile(r"Hit \d+ of \d+"))
    total = int((await status.inner_text()).split()[-1])
    assert total > 2
    seen = set()
    for _ in range(3):
        await page.get_by_role("button", name="Next hit").click()
        await expect(page.locator("[data-passage]")).to_be_in_viewport()
        await expect(page.get_by_role("button", name="Next hit")).to_be_focused()
        seen.add(page.url)
        words = (await page.locator("main mark").first.inner_text()).lower()
        assert re.search("pencurian|sepeda|motor|mencuri", words)
    assert len(seen) == 3
    number = await page.locator("main h1").inner_text()
    await page.get_by_role("link", name=re.compile("Next decision of the list")).click()
    await expect(page.locator("main h1")).not_to_have_text(number)
    await page.get_by_role("link", name=re.compile("Previous decision of the list")).click()
    await expect(page.locator("main h1")).to_have_text(number)
    await page.get_by_role("link", name="Back to the list").click()
    await expect(page.locator("main ol li").first).to_contain_text(number)


async def test_the_verdict_is_one_key_away_unless_keys_are_off(page, service):
    await page.goto(f"/en/decision?id={service.ids['decision']}")
    verdict = page.locator("section[id*=amar]")
    await expect(verdict).not_to_be_in_viewport()
    await page.get_by_role("button", name="Switch the keys off").click()
    await page.keyboard.press("v")
    await page.wait_for_timeout(300)
    await expect(verdict).not_to_be_in_viewport()
    await page.get_by_role("button", name="Switch the keys on").click()
    await page.keyboard.press("v")
    await expect(verdict).to_be_in_viewport()


async def test_marked_text_offers_its_citation(page, service):
    await page.goto(f"/en/decision?id={service.ids['decision']}")
    await page.locator(".decision-text p").nth(3).select_text()
    await expect(page.get_by_role("button", name="Copy with citation")).to_be_visible()


async def test_articles_in_the_text_lead_to_their_search(page, service):
    await page.goto(f"/en/decision?id={service.ids['decision']}")
    link = page.locator("a.citation").first
    await settled(page)
    await link.hover()
    await expect(page.get_by_text(re.compile("decisions name it|not in this collection"))).to_be_visible()
    await link.click()
    await page.wait_for_url(re.compile("/en/(search|decision)"))


async def test_the_print_has_its_source_and_nothing_to_press(page, service):
    await page.goto(f"/en/decision?id={service.ids['decision']}")
    await settled(page)
    await page.emulate_media(media="print")
    await expect(page.locator("main")).to_contain_text(f"{service.url}/d/{service.ids['decision']}")
    for hidden in ("header", "main nav", "main button"):
        assert await page.locator(f"{hidden}:visible").count() == 0
    await expect(page.locator("main h2:visible").first).to_be_visible()


async def test_statistics_can_be_read_as_tables_and_lead_to_their_decisions(page):
    await page.goto("/en/statistics")
    figure = page.get_by_role("figure", name="Decisions by outcome")
    await figure.get_by_text("As a table").click()
    rows = await figure.locator("tbody tr").all_inner_texts()
    name, count = rows[0].split("\t")[:2]
    await figure.locator("ul a").first.click()
    await expect(page.locator("main h1")).to_have_text(f"{count} found")
    await expect(page.get_by_role("list", name="Active filters")).to_contain_text(name)
