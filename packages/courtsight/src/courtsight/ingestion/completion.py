"""A decision's page tells who, when and what came of it, its PDF has the text: each completes the other."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import orjson

from courtsight.decisions.draft import CourtLevel, DecisionDraft, Party
from courtsight.decisions.identity import more_exact
from courtsight.ingestion.prepare import DECISION_COLUMNS, PreparedDecision, decision_row

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import asyncpg

_OF_THE_TEXT = {"content_hash", "character_count", "reader_version"}
_SAME_NAME = [field.name for field in fields(DecisionDraft) if field.name in DECISION_COLUMNS]


def completed(draft: DecisionDraft, other: DecisionDraft) -> DecisionDraft:
    """The draft, with what it lacks taken from another draft of the same decision."""
    names = [field.name for field in fields(draft) if not getattr(draft, field.name)]
    values = {name: getattr(other, name) for name in names}
    values["case_number"] = more_exact(draft.case_number, other.case_number)
    values["from_text"] = draft.from_text | other.from_text.intersection(names)
    return replace(draft, **values)


def merged(first: PreparedDecision, second: PreparedDecision) -> PreparedDecision:
    """One decision of two, of which at least one has no text."""
    whole, rest = (first, second) if first.draft.sections else (second, first)
    whole.source = replace(whole.source, draft=completed(whole.draft, rest.draft))
    return whole


async def stored_drafts(connection: asyncpg.Connection, ids: Sequence[UUID]) -> dict[UUID, DecisionDraft]:
    """What is stored of decisions beside their text."""
    if not ids:
        return {}
    rows = await connection.fetch(
        f"SELECT {', '.join(_SAME_NAME)}, id, judges, parties::text AS parties_text"  # noqa: S608 - names of columns
        " FROM decision WHERE id = ANY($1)",
        ids,
    )
    return {row["id"]: _draft(row) for row in rows}


async def update(
    connection: asyncpg.Connection, decision_id: UUID, decision: PreparedDecision, *, text: bool = False
) -> None:
    """Store what a decision tells beside its text; with `text`, also what its row says of the text."""
    values = dict(zip(DECISION_COLUMNS, decision_row(decision), strict=True))
    names = [name for name in DECISION_COLUMNS if name != "id" and (text or name not in _OF_THE_TEXT)]
    columns = ", ".join(f"{name} = ${place}" for place, name in enumerate(names, start=2))
    await connection.execute(
        f"UPDATE decision SET {columns}, updated_at = now() WHERE id = $1",  # noqa: S608 - names of columns
        decision_id,
        *(values[name] for name in names),
    )


def _draft(row: Any) -> DecisionDraft:
    values = {name: row[name] for name in _SAME_NAME}
    values["level"] = CourtLevel(row["level"]) if row["level"] else None
    values["parties"] = [Party(**party) for party in orjson.loads(row["parties_text"])]
    values["from_text"] = frozenset(row["from_text"])
    values["member_judges"] = row["judges"][1:] if row["presiding_judge"] else row["judges"]
    return DecisionDraft(sections={}, **values)
