"""From the printed address to the passage, as somebody who has just started the service."""

from fixtures.browser import API, fits, settled
from oddities import LONG, NAMES
from playwright.async_api import expect


async def test_two_clicks_lead_from_the_first_page_to_the_passage_in_its_decision(page, service):
    await page.goto("/")
    await expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    await page.locator("main li a").first.click()
    await page.locator("main ol li a").first.click()
    await expect(page.locator("[data-passage]")).to_be_in_viewport()
    asked = dict(pair.split("=") for pair in page.url.partition("?")[2].split("&"))
    answer = await page.request.get(f"{service.url}{API}/legal-search/documents/{asked['id']}")
    section = next(each for each in (await answer.json())["sections"] if each["name"] == asked["section"])
    wanted = section["text"][int(asked["start"]) : int(asked["end"])]
    marks = await page.locator("main mark").all_text_contents()
    assert "".join("".join(marks).split()) == "".join(wanted.split())


async def test_names_of_every_script_are_shown_and_marked_right(page):
    """Offsets count code points: an emoji before a hit must not move its mark."""
    await page.goto("/en/search?q=menggali+sumur")
    hit = page.locator("main ol li").filter(has_text="19/Pdt.G/2021/PN Smu")
    for name in NAMES:
        await expect(hit).to_contain_text(name)
    words = " ".join(await hit.locator("mark").all_text_contents()).lower().split()
    assert set(words) == {"menggali", "sumur"}
    await hit.get_by_role("link").first.click()
    await expect(page.locator("[data-passage]")).to_be_in_viewport()
    marked = page.locator("main mark")
    await settled(page)
    text = "".join(await marked.all_text_contents())
    assert "menggali sumur" in text
    for name in NAMES:
        await expect(page.locator("main")).to_contain_text(name)
    facts = page.locator("dl:visible")  # of judges, who have such names, too
    for name in ("Nguyễn O'Brien", "José", "王", "أحمد"):
        await expect(facts).to_contain_text(name)


async def test_names_without_an_end_fit_on_a_phone(open_page):
    page = await open_page(width=320, height=640)
    await page.goto("/en/search?q=perahu+naga")
    await expect(page.locator("main ol")).to_contain_text(LONG)
    await fits(page)
    await page.get_by_role("link", name=LONG).click()
    await expect(page.locator("main h1")).to_contain_text(LONG)
    await settled(page)
    await fits(page)


async def test_a_question_of_a_thousand_characters_is_a_question(page):
    await page.goto("/en")
    question = ("perahu naga " * 84)[:1000].strip()
    await page.get_by_role("combobox", name="Search").fill(question)
    await page.get_by_role("combobox", name="Search").press("Enter")
    await expect(page.locator("main ol li").first).to_contain_text(LONG)
    await fits(page)
