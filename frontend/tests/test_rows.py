"""Pages of a resource for strangers. What people do there who are signed in is in `generated/journeys.py`."""

import asyncio
from urllib.parse import urlsplit

from fixtures.browser import API, settled
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


def picture(name: str) -> dict:
    return {"name": name, "mimeType": "image/png", "buffer": name.encode()}


async def test_of_two_files_the_last_that_was_chosen_is_kept_and_nothing_is_saved_before_it_is_there(
    open_page, service
):
    page = await open_page(person=await service.person(superuser=True))
    let_go, asked, late = asyncio.Event(), asyncio.Event(), asyncio.Event()
    uploads, writes = [], []

    async def upload(route):
        uploads.append(route.request)
        number = len(uploads)
        await (let_go if number == 1 else asked).wait()  # the first is there last
        await route.fulfill(status=201, json={"id": f"00000000-0000-7000-8000-00000000000{number}"})
        if number == 1:
            late.set()

    await page.route(f"**{API}/files*", upload)
    post = ("POST", f"{API}/posts")
    page.on("request", lambda each: writes.append((each.method, urlsplit(each.url).path)))
    await page.goto("/en/row/edit?of=posts")
    await page.get_by_label("Title").fill("With a picture")
    await page.get_by_label("Text").fill("It is below.")
    file = page.get_by_label("Picture")
    await file.set_input_files(picture("first.png"))
    await expect(page.get_by_text("Uploading …")).to_be_visible()
    await file.set_input_files(picture("second.png"))
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Wait until the file is uploaded, then save again.")).to_be_visible()
    assert post not in writes
    asked.set()
    await expect(page.get_by_text("second.png is uploaded.")).to_be_visible()
    let_go.set()
    await late.wait()
    await settled(page)
    await expect(page.get_by_text("second.png is uploaded.")).to_be_visible()
    await expect(page.locator("input[name=picture_id]")).to_have_value("00000000-0000-7000-8000-000000000002")
