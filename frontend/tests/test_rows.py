"""Pages of a resource for strangers. What people do there who are signed in is in `generated/journeys.py`."""

from fixtures.browser import settled
from playwright.async_api import expect


async def test_strangers_read_public_rows_and_nobody_asks_who_they_are(page):
    lines = []
    page.on("console", lambda line: lines.append(line.text))
    await page.goto("/en/rows?of=posts&search=José")
    await settled(page)
    await expect(page.get_by_role("link", name="New post")).to_have_count(0)
    await page.get_by_role("link", name="Kabar dari José").click()
    await expect(page.get_by_role("heading", level=1, name="Kabar dari José")).to_be_visible()
    await settled(page)
    await expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    assert not lines
