"""Pages of a decision's PDF are shown as pictures, to whoever may read the decision."""

from __future__ import annotations

import asyncio
import gc
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat
from printing import CRIMINAL, Shape, print_pdf

from courtsight.originals import pages as making
from courtsight.originals.service import Original


def picture_of(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "image/webp"
    return Image.open(BytesIO(answer.content)).convert("L")


def differs(one, other):
    """How much two pictures differ on average, of 255 shades."""
    return ImageStat.Stat(ImageChops.difference(one, other)).mean[0]


@pytest.mark.parametrize("rotated", [0, 90, 180, 270])
async def test_each_page_is_shown_as_it_is_read(shown, rotated):
    decision = await shown(print_pdf(CRIMINAL, Shape(rotated=rotated, drawn_turned=True)))
    document = pypdfium2.PdfDocument(decision.content)
    assert decision.page_count == len(document) > 1
    pictures = [picture_of(await decision.picture(number)) for number in range(1, len(document) + 1)]
    for page, picture in zip(document, pictures, strict=True):
        assert picture.width == 800
        assert differs(picture, page.render(scale=800 / page.get_width()).to_pil().convert("L")) < 3
    assert differs(pictures[0], pictures[1]) > 3


async def test_a_screen_with_more_pixels_gets_more(shown):
    decision = await shown(print_pdf(CRIMINAL))
    assert picture_of(await decision.picture(1, width=1600)).size == (1600, 2263)


@pytest.mark.parametrize("width", [0, 399, 450, 2400, 10**9, "wide"])
async def test_no_other_widths_are_made(shown, width):
    decision = await shown(print_pdf(CRIMINAL))
    assert (await decision.picture(1, width=width)).status_code == 422


async def test_a_page_that_is_not_there_is_not_found(shown):
    decision = await shown(print_pdf(CRIMINAL))
    answer = await decision.picture(decision.page_count + 1)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "PAGE_NOT_FOUND")
    assert [(await decision.picture(number)).status_code for number in (0, -1, 10_001, "one")] == [422] * 4


async def test_the_pages_are_listed_with_their_sizes(shown, client):
    decision = await shown(print_pdf(CRIMINAL))
    listed = (await client.get(f"{decision.address}/pages")).json()
    assert listed["total_count"] == decision.page_count
    assert [page["number"] for page in listed["data"]] == list(range(1, decision.page_count + 1))
    assert {(round(page["width"]), round(page["height"])) for page in listed["data"]} == {(595, 842)}


async def test_a_page_that_did_not_change_is_not_sent_again(shown, client):
    decision = await shown(print_pdf(CRIMINAL))
    first = await decision.picture(1)
    assert first.headers["Cache-Control"] == "private, no-cache"
    headers = {"If-None-Match": first.headers["ETag"]}
    again = await client.get(f"{decision.address}/pages/1", headers=headers)
    assert (again.status_code, again.content) == (304, b"")


async def test_a_page_that_somebody_has_is_not_drawn_again_for_them(shown, client, monkeypatch):
    decision = await shown(print_pdf(CRIMINAL))
    tag = (await decision.picture(1)).headers["ETag"].replace("-1-", "-2-")
    monkeypatch.setattr(making, "MOST_WAITING", 0)
    headers = {"If-None-Match": tag}
    again = await client.get(f"{decision.address}/pages/2", headers=headers)
    assert (again.status_code, again.headers["ETag"]) == (304, tag)
    assert (await client.get(f"{decision.address}/pages/2")).status_code == 503
    gone = await client.get(f"{decision.address}/pages/{decision.page_count + 1}", headers=headers)
    assert gone.status_code == 404


async def test_nothing_is_reported_when_those_who_asked_went_before_it_failed(storage):
    reported = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    pages = making.Pages(storage)
    others = asyncio.all_tasks()
    asking = asyncio.create_task(pages.picture(Original("of/nothing", 10), 1, 800))
    await asyncio.sleep(0)
    (making_it,) = asyncio.all_tasks() - others - {asking}
    asking.cancel()
    await asyncio.wait([asking, making_it])
    assert asking.cancelled()
    del asking, making_it
    gc.collect()
    asyncio.get_running_loop().set_exception_handler(None)
    pages.close()
    assert reported == []


async def test_a_picture_that_is_kept_is_not_shown_after_its_decision_is_gone(shown, clean_database):
    decision = await shown(print_pdf(CRIMINAL))
    assert (await decision.picture(1)).status_code == 200
    async with clean_database.connection() as connection:
        await connection.execute("DELETE FROM decision")
    assert (await decision.picture(1)).status_code == 404
    assert (await decision.client.get(f"{decision.address}/original")).status_code == 404


async def test_a_page_that_many_ask_for_at_once_is_made_once(shown, monkeypatch):
    monkeypatch.setattr(making, "MOST_WAITING", 1)
    decision = await shown(print_pdf(CRIMINAL))
    answers = await asyncio.gather(*(decision.picture(1) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


async def test_who_asks_for_one_page_too_many_is_told_to_come_again(shown, monkeypatch):
    monkeypatch.setattr(making, "MOST_WAITING", 2)
    decision = await shown(print_pdf(CRIMINAL, Shape(lines_per_page=3)))
    answers = await asyncio.gather(*(decision.picture(number) for number in range(1, 9)))
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {answer.status_code for answer in answers} == {200, 503}
    assert {answer.json()["error_code"] for answer in refused} == {"PAGES_BUSY"}
    assert all(answer.headers["Retry-After"] for answer in refused)
    assert [(await decision.picture(number)).status_code for number in range(1, 9)] == [200] * 8


async def test_a_storage_that_lost_the_file_is_said_to_be_at_fault(shown, storage):
    decision = await shown(print_pdf(CRIMINAL))
    (key,) = [key async for keys in storage.listed() for key in keys]
    await storage.delete(key)
    answer = await decision.picture(1)
    assert (answer.status_code, answer.json()["error_code"]) == (503, "STORAGE_UNAVAILABLE")


async def test_pictures_that_nobody_asked_for_lately_are_made_anew(shown, monkeypatch):
    monkeypatch.setattr(making, "KEPT", 3 * 1024)
    decision = await shown(print_pdf(CRIMINAL))
    first = await decision.picture(1)
    await decision.picture(2)
    assert (await decision.picture(1)).content == first.content
