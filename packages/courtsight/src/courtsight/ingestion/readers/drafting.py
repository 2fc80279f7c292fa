"""From the text of a decision, or the lines of its pages, to a draft."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from courtsight.decisions.case_numbers import level_of
from courtsight.decisions.closing import read_closing
from courtsight.decisions.draft import DecisionDraft, PageLayout, Section
from courtsight.decisions.metadata import read_metadata
from courtsight.decisions.sections import find_sections, split_sections
from courtsight.decisions.verdict import read_verdict
from courtsight.ingestion.readers.base import ReadError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courtsight.ingestion.readers.base import ReadResult
    from courtsight.ingestion.readers.layout import Line

__all__ = ["TOLD_BY_TEXT", "completed_by_text", "draft_from_lines", "draft_from_text", "read_again"]

TOLD_BY_TEXT = (
    *("sections", "level", "jurisdiction", "case_type", "legal_area", "year", "parties"),
    *("presiding_judge", "member_judges", "clerk", "deliberated_on", "pronounced_on"),
    *("outcome", "outcome_other", "sentence_days", "fictitious"),
)
_BETWEEN = len("\n\n")  # sections in `DecisionDraft.full_text`
_OF_A_LINE = 6  # numbers in `PageLayout.lines`


def draft_from_text(path: Path, text: str) -> ReadResult:
    """The draft of a decision's text, with its sections and what the text says about itself.

    `path` names the source in the error that a text without words or decision number gives.
    """
    if not text.strip():
        return ReadError(path, "there is no text")
    sections = split_sections(text)
    about = read_metadata(text, sections)
    if about.case_number is None:
        return ReadError(path, "no decision number at the beginning of the text")
    draft = DecisionDraft(
        case_number=about.case_number,
        sections=sections,
        court=about.court,
        level=level_of(about.case_number),
        jurisdiction=about.jurisdiction,
        case_type=about.case_type,
        year=about.year,
        parties=about.parties,
        presiding_judge=about.presiding_judge,
        member_judges=about.member_judges,
        clerk=about.clerk,
        deliberated_on=about.deliberated_on,
        pronounced_on=about.pronounced_on,
        fictitious=about.fictitious,
    )
    draft.from_text = frozenset(name for name in TOLD_BY_TEXT if getattr(draft, name))
    return completed_by_text(draft)


def completed_by_text(draft: DecisionDraft) -> DecisionDraft:
    """The draft, with what it lacks of days, outcome, sentence and area read from its closing and operative part."""
    missing = [name for name in TOLD_BY_TEXT if not getattr(draft, name)]
    closing = draft.sections.get(Section.CLOSING.value, "")
    if closing and draft.pronounced_on is None:
        ending = read_closing(closing)
        draft.deliberated_on = draft.deliberated_on or ending.deliberated_on
        draft.pronounced_on = ending.pronounced_on
    orders = draft.sections.get(Section.VERDICT.value, "")
    if orders and not (draft.outcome and draft.legal_area and draft.sentence_days is not None):
        verdict = read_verdict(orders, level=draft.level, case_type=draft.case_type)
        if not draft.outcome:
            draft.outcome, draft.outcome_other = verdict.outcome, draft.outcome_other or verdict.outcome_other
        draft.legal_area = draft.legal_area or verdict.legal_area
        draft.sentence_days = verdict.sentence_days if draft.sentence_days is None else draft.sentence_days
    draft.from_text |= {name for name in missing if getattr(draft, name)}
    return draft


def read_again(stored: DecisionDraft) -> DecisionDraft:
    """What the text of a stored decision tells today; its number, its court and what its file told stay.

    Args:
        stored: as it was stored; left as it is.
    """
    empty = DecisionDraft(stored.case_number, {})
    told = replace(stored, from_text=frozenset(), **{name: getattr(empty, name) for name in stored.from_text})
    if "sections" not in stored.from_text:
        return completed_by_text(told)
    between = (
        "\n" if stored.pages else "\n\n"
    )  # the lines of pages are one text; others parted their paragraphs
    text = between.join(stored.sections.values())
    written = draft_from_text(Path(stored.case_number), text)
    if isinstance(written, ReadError):
        return stored
    names = [name for name in written.from_text if not getattr(told, name)]
    again = replace(told, from_text=frozenset(names), **{name: getattr(written, name) for name in names})
    again.pages = _moved(stored, text, len(between))
    return again


def draft_from_lines(path: Path, lines: Sequence[Line]) -> ReadResult:
    """The draft of a decision's lines, and where each of them stands; see `draft_from_text`."""
    text = "\n".join(line.text for line in lines)
    draft = draft_from_text(path, text)
    if isinstance(draft, DecisionDraft):
        draft.pages = _layout(text, lines)
    return draft


def _layout(text: str, lines: Sequence[Line]) -> list[PageLayout]:
    """The lines by page, with their places in the full text of the sections."""
    pages: dict[int, tuple[Line, list[int]]] = {}
    parts = _parts(text)
    start = part = 0
    for line in lines:
        end = start + len(line.text)
        while part < len(parts) and parts[part][1] <= start:
            part += 1
        for begin, stop, shift in parts[part : part + 2]:
            first, last = max(start, begin), min(end, stop)
            if first < last:
                box = (round(10 * each) for each in line.box)
                pages.setdefault(line.page.number, (line, []))[1].extend((first + shift, last + shift, *box))
        start = end + 1
    return [
        PageLayout(number, line.page.width, line.page.height, tuple(places))
        for number, (line, places) in pages.items()
    ]


def _moved(stored: DecisionDraft, text: str, between: int) -> list[PageLayout]:
    """The pages of a stored decision, with the lines where they stand in the full text of its new sections."""
    lengths = [len(section) for section in stored.sections.values()]
    starts = [sum(lengths[:place]) + place * _BETWEEN for place in range(len(lengths))]
    parts = _parts(text)
    pages = []
    for page in stored.pages:
        places: list[int] = []
        for first in range(0, len(page.lines), _OF_A_LINE):
            start, end, *box = page.lines[first : first + _OF_A_LINE]
            back = (bisect_right(starts, start) - 1) * (_BETWEEN - between)
            for begin, stop, shift in parts:
                low, high = max(start - back, begin), min(end - back, stop)
                if low < high:
                    places += (low + shift, high + shift, *box)
        pages.append(replace(page, lines=tuple(places)))
    return pages


def _parts(text: str) -> list[tuple[int, int, int]]:
    """Where each section begins and ends in the text, and how far it moves in the full text."""
    parts, offset = [], 0
    for span in find_sections(text):
        whole = text[span.start : span.end]
        kept = whole.strip()
        if kept:
            begin = span.start + len(whole) - len(whole.lstrip())
            parts.append((begin, begin + len(kept), offset - begin))
            offset += len(kept) + _BETWEEN
    return parts
