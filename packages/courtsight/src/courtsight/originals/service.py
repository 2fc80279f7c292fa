"""The PDFs of decisions, for whoever may read the decisions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtsight.decisions.errors import DecisionNotFound
from courtsight.ingestion.readers.child_process import LinePart
from courtsight.originals import repository
from courtsight.originals.errors import OriginalNotKept, PageNotShown, PageNotThere
from courtsight.originals.schemas import PassagePage
from fondasi.files import object_content

if TYPE_CHECKING:
    from uuid import UUID

    from courtsight.originals.pages import Box, Pages
    from fondasi.files import Content
    from fondasi.kit.db import Session

MEDIA_TYPE = "application/pdf"
MOST_PAGES = 20  # of a passage
LINE = 6  # numbers of a line in `DecisionPage.lines`


@dataclass(frozen=True, slots=True)
class Original:
    """The PDF of a decision: its place in the storage, its bytes and its pages."""

    key: str
    size: int
    page_count: int


@dataclass(slots=True)
class Placed:
    """The pages of a passage with the boxes of its lines, and those of them of which only a part is in the passage."""

    pages: list[PassagePage]
    parts: list[tuple[int, int, LinePart]]  # of which page and of which box


async def find_content(session: Session, decision_id: UUID) -> Content:
    """The PDF of a decision, to be saved.

    Raises:
        DecisionNotFound: there is no decision with that id.
        OriginalNotKept: it has none.
    """
    case_number, original = await repository.get_original(session, decision_id) or (None, None)
    if case_number is None:
        raise DecisionNotFound
    if original is None:
        raise OriginalNotKept
    name = re.sub(r"[^\w.]+", "-", case_number).strip("-.")
    return object_content(original.id, f"{name}.pdf", MEDIA_TYPE, original.size)


async def find_original(session: Session, decision_id: UUID) -> Original:
    """The PDF of a decision, to be shown; raises as `find_content`."""
    content = await find_content(session, decision_id)
    return Original(content.key, content.size, await repository.count_pages(session, decision_id))


async def picture(pages: Pages, original: Original, number: int, width: int) -> bytes:
    """A page of the PDF as a WebP of so many pixels.

    Raises:
        PageNotThere: it has no such page.
        PageNotShown: the page cannot be shown.
        PagesBusy: too many are being made.
        StorageUnavailable: the PDF cannot be read.
    """
    if number > original.page_count:
        raise PageNotThere
    return await pages.picture(original, number, width)


async def find_passage(session: Session, decision_id: UUID, section: str, start: int, end: int) -> Placed:
    """Where a passage of a section stands: whole lines, the first and last of them to be made exact."""
    found = await repository.section_place(session, decision_id, section)
    if found is None or not start < end <= found.length:
        return Placed([], [])
    begin, stop = found.start + start, found.start + end
    placed = Placed([], [])
    for row in await repository.pages_between(session, decision_id, begin, stop, limit=MOST_PAGES):
        page = PassagePage(number=row.number, width=row.width, height=row.height, boxes=[])
        for place in range(0, len(row.lines), LINE):
            first, last, *tenths = row.lines[place : place + LINE]
            if not (first < stop and begin < last):
                continue
            left, top, right, bottom = (each / 10 for each in tenths)
            if first < begin or stop < last:
                text = found.text[first - found.start : last - found.start]
                line = LinePart(
                    row.number,
                    (left, top, right, bottom),
                    text,
                    max(begin, first) - first,
                    min(stop, last) - first,
                )
                placed.parts.append((len(placed.pages), len(page.boxes), line))
            page.boxes.append((left, top, right, bottom))
        if page.boxes:
            placed.pages.append(page)
    return placed


async def exact(pages: Pages, original: Original, placed: Placed) -> list[PassagePage]:
    """The pages of a passage, with boxes around its words alone; around whole lines where the PDF does not tell.

    Raises:
        PagesBusy: too many pages are being made.
        StorageUnavailable: the PDF cannot be read.
    """
    if placed.parts:
        try:
            boxes: list[Box] = await pages.boxes(original, [line for *_, line in placed.parts])
        except PageNotShown:
            return placed.pages
        for (page, place, _), box in zip(placed.parts, boxes, strict=True):
            placed.pages[page].boxes[place] = box
    return placed.pages
