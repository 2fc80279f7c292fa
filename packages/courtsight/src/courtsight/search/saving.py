"""A list of decisions as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Response
from pydantic import TypeAdapter

from courtsight.decisions.schemas import DecisionSummary
from courtsight.search.schemas import ListFormat
from fondasi.kit.http.spreadsheets import CSV, csv_of

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = (
    "case_number",
    "court",
    "level",
    "case_type",
    "legal_area",
    "year",
    "pronounced_on",
    "outcome",
    "id",
)
_ROWS = TypeAdapter(list[DecisionSummary])


def saved_as(decisions: Sequence[DecisionSummary], kind: ListFormat) -> Response:
    """The decisions as a file to save, under a name that tells of no search."""
    headers = {"Content-Disposition": f'attachment; filename="decisions.{kind.value}"'}
    if kind is ListFormat.JSON:
        return Response(_ROWS.dump_json(list(decisions)), media_type="application/json", headers=headers)
    rows = ([getattr(decision, name) for name in COLUMNS] for decision in decisions)
    return Response(csv_of(COLUMNS, rows), media_type=CSV, headers=headers)
