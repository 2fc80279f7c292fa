"""How well texts are read: each record's text alone, against the record's fields and labels."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from courtsight.decisions.applied import article_roles
from courtsight.decisions.citations import clean
from courtsight.decisions.cited import cited_decisions
from courtsight.decisions.identity import identity_of
from courtsight.decisions.sections import find_sections
from courtsight.evaluation.errors import EvaluationDataError
from courtsight.ingestion.readers import ReadError
from courtsight.ingestion.readers.drafting import draft_from_text

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from datetime import date

    from rich.progress import Progress

    from courtsight.decisions.draft import DecisionDraft
    from courtsight.evaluation.tasks import Labelled

OVERLAP = 0.8
SPOKEN_WITHIN = timedelta(days=30)
CITED = "decision citations"


@dataclass(slots=True)
class Count:
    """How many values the labels have, how many were read, and how many of those are right."""

    labelled: int = 0
    read: int = 0
    right: int = 0

    def add(self, labelled: set[Hashable], read: set[Hashable]) -> None:
        """Count the values of one record."""
        self.labelled += len(labelled)
        self.read += len(read)
        self.right += len(labelled & read)

    def figures(self) -> dict[str, Any]:
        """With precision (right of read) and recall (right of labelled); 0 of 0 is 0."""
        return {
            "labelled": self.labelled,
            "read": self.read,
            "right": self.right,
            "precision": round(self.right / self.read, 4) if self.read else 0.0,
            "recall": round(self.right / self.labelled, 4) if self.labelled else 0.0,
        }


class Checked(BaseModel):
    """A line of a checked list: the decisions that a record cites, its own number left out, as `cited_key`."""

    model_config = ConfigDict(extra="forbid")

    id: str
    cited: list[str]


def parse_all(records: Sequence[Labelled], bar: Progress, checked: Path | None = None) -> dict[str, Any]:
    """Precision and recall by field, over all records; of decision citations over the records of a checked list.

    Raises:
        EvaluationDataError: the checked list cannot be read, or is about other data.
    """
    counts: dict[str, Count] = {}
    progress = bar.add_task("Parsing", total=len(records))
    for record in records:
        for name, (labelled, read) in compare(record).items():
            # What the labels leave out is unknown, not wrong.
            if labelled:
                counts.setdefault(name, Count()).add(labelled, read)
        bar.advance(progress)
    if checked is not None:
        counts[CITED] = _citations(records, _read_checked(checked))
    return {name: count.figures() for name, count in counts.items()}


def compare(record: Labelled) -> dict[str, tuple[set[Hashable], set[Hashable]]]:
    """For each field what the label says and what is read from the record's text alone.

    The data's day is that of the decision; it is pronounced on that day or in the weeks after.
    """
    draft = record.draft
    result = draft_from_text(Path("record"), clean(draft.full_text))
    read = None if isinstance(result, ReadError) else result
    roles = article_roles(read) if read else None
    decided = draft.deliberated_on or draft.pronounced_on
    return {
        "number": (_one(_base(draft.case_number)), _one(_base(read.case_number) if read else None)),
        "court": (_one(draft.court.casefold()), _one(read.court.casefold() if read else None)),
        "year": (_one(draft.year), _one(read.year if read else None)),
        "day of decision": (_one(decided), _one(read.deliberated_on if read else None)),
        "pronouncement day": (
            _one(decided),
            _one(_spoken_for(decided, read.pronounced_on if read else None)),
        ),
        "applied articles": (set(record.articles_applied), set(roles.applied) if roles else set()),
        "sections": _sections(draft),
        "outcome": (_one(draft.outcome), _one(read.outcome if read else None)),
        "sentence (days)": (_one(record.sentence_days), _one(read.sentence_days if read else None)),
    }


def cited_key(number: str) -> str:
    """A decision number without its court and marks, hashed: a list of them tells nothing of the texts behind."""
    plain = re.sub(r"[^a-z0-9]", "", _base(number))
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def right_sections(
    labelled: Mapping[str, tuple[int, int]], read: Mapping[str, tuple[int, int]]
) -> set[Hashable]:
    """Names of the sections whose spans, as labelled and as read, share four fifths of what they cover together."""
    return {name for name, span in labelled.items() if name in read and _overlap(span, read[name]) >= OVERLAP}


def _sections(draft: DecisionDraft) -> tuple[set[Hashable], set[Hashable]]:
    labelled, offset = {}, 0
    for name, text in draft.sections.items():
        if text:
            labelled[name] = (offset, offset + len(text))
            offset += len(text) + 2  # the blank line between sections in full_text
    read = {span.section.value: (span.start, span.end) for span in find_sections(draft.full_text)}
    right = right_sections(labelled, read)
    return set(labelled), {name if name in right else ("not", name) for name in read}


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
    shared = max(0, min(one[1], other[1]) - max(one[0], other[0]))
    return shared / (max(one[1], other[1]) - min(one[0], other[0]))


def _citations(records: Sequence[Labelled], checked: Mapping[str, Checked]) -> Count:
    by_id = {record.id: record for record in records}
    if missing := checked.keys() - by_id.keys():
        raise EvaluationDataError(f"The checked list names {min(missing)}, which the data lacks.")
    count = Count()
    for key, line in checked.items():
        draft = by_id[key].draft
        cited = cited_decisions(draft, article_roles(draft).citations)
        found = {cited_key(item.citation.normalised) for item in cited}
        count.add(set(line.cited), set(found))
    return count


def _read_checked(path: Path) -> dict[str, Checked]:
    try:
        lines = [Checked.model_validate_json(line) for line in path.read_text("utf-8").splitlines() if line]
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise EvaluationDataError(f"{path}: {error}") from None
    return {line.id: line for line in lines}


def _spoken_for(decided: date | None, spoken: date | None) -> date | None:
    """The day of the decision if it may have been pronounced on the day that was read, else that day."""
    may_be = decided and spoken and timedelta() <= spoken - decided <= SPOKEN_WITHIN
    return decided if may_be else spoken


def _base(number: str) -> str:
    return identity_of(number, "").number


def _one(value: Hashable) -> set[Hashable]:
    return {value} if value else set()
