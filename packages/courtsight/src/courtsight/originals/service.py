"""The PDFs of decisions, for whoever may read the decisions."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from courtsight.decisions.errors import DecisionNotFound
from courtsight.decisions.repository import page_count
from courtsight.ingestion.readers.child_process import LinePart
from courtsight.originals import repository
from courtsight.originals.errors import OriginalNotKept, PageNotShown, PageNotThere
from courtsight.originals.schemas import PassagePage
from fondasi.files import object_content

if TYPE_CHECKING:
    from uuid import UUID

    from courtsight.originals.pages import Pages
    from fondasi.files import Content
    from fondasi.kit.db import Session

MEDIA_TYPE = "application/pdf"
MOST_PAGES = 20  # of a passage
LINE = 6  # numbers of a line in `DecisionPage.lines`


@dataclass(frozen=True, slots=True)
class Original:
    """The PDF of a decision: its place in the storage and its bytes."""

    key: str
    size: int


@dataclass(slots=True)
class Placed:
    """The pages of a passage with the boxes of its lines, and those of them of which only a part is in the passage."""

    pages: list[PassagePage]
    parts: list[tuple[int, int, LinePart]]  # of which page and of which box, in their order


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


async def find_original(session: Session, decision_id: UUID, page: int = 0) -> Original:
    """The PDF of a decision, to be shown; raises as `find_content`.

    Raises:
        PageNotThere: it has no such page.
    """
    content = await find_content(session, decision_id)
    if page > (await session.scalar(page_count(decision_id)) or 0):
        raise PageNotThere
    return Original(content.key, content.size)


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
                since = max(first, found.start)  # a line may begin in the section before
                line = LinePart(
                    row.number,
                    (left, top, right, bottom),
                    found.text[since - found.start : last - found.start],
                    max(begin, since) - since,
                    min(stop, last) - since,
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
    for page, found in groupby(placed.parts, lambda part: placed.pages[part[0]]):
        parts = list(found)
        with suppress(PageNotShown):
            boxes = await pages.boxes(original, page.number, [line for *_, line in parts])
            for (_, place, _), box in zip(parts, boxes, strict=True):
                page.boxes[place] = box
    return placed.pages
