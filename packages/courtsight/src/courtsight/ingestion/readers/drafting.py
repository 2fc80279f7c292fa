"""From the plain text of a decision to a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtsight.decisions.case_numbers import level_of
from courtsight.decisions.draft import DecisionDraft
from courtsight.decisions.metadata import read_metadata
from courtsight.decisions.sections import split_sections
from courtsight.ingestion.readers.base import ReadError

if TYPE_CHECKING:
    from pathlib import Path

    from courtsight.ingestion.readers.base import ReadResult

__all__ = ["draft_from_text"]


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
    return DecisionDraft(
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
