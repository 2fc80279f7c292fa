"""One identity for a decision: its number without the court, and its court.

What is stored is named anew: courts get their one name, numbers and citations their keys, and what a decision says of its
own number is no citation any more. Where a decision is stored several times, the first one with a text stays what it is and
the others name it in `duplicate_of`; `courtsight duplicates` lists and removes them.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

from courtsight.decisions.case_numbers import normalise_case_number
from courtsight.decisions.citations import Citation, Kind
from courtsight.decisions.cited import cited_decisions
from courtsight.decisions.draft import DecisionDraft
from courtsight.decisions.identity import Identity, identity_of

if TYPE_CHECKING:
    from uuid import UUID

revision = "courtsight_0003"
down_revision = "courtsight_0002"
branch_labels = None
depends_on = None

_BATCH = 200  # decisions whose text is read at once
_SEPARATOR = 2  # characters between sections in `DecisionDraft.full_text`
_log = logging.getLogger("alembic.runtime.migration")


def upgrade() -> None:
    op.drop_constraint("uq_decision_case_number_court", "decision")
    for column in ("number_key", "court_key"):
        op.add_column("decision", sa.Column(column, sa.Text()))
    op.add_column("decision", sa.Column("duplicate_of", sa.Uuid()))
    op.drop_index("ix_decision_citation_cited", "decision_citation")
    for column in ("cited_number", "cited_court"):
        op.add_column("decision_citation", sa.Column(column, sa.Text()))
    connection = op.get_bind()
    _name_decisions(connection)
    _name_citations(connection)
    for column in ("number_key", "court_key"):
        op.alter_column("decision", column, nullable=False)
    op.create_index(
        "uq_decision_identity",
        "decision",
        ["number_key", "court_key"],
        unique=True,
        postgresql_where=sa.text("duplicate_of IS NULL"),
    )
    op.create_index(
        "ix_decision_citation_cited",
        "decision_citation",
        ["cited_number"],
        postgresql_where=sa.text("kind = 'decision'"),
    )


def downgrade() -> None:
    op.drop_index("ix_decision_citation_cited", "decision_citation")
    for column in ("cited_number", "cited_court"):
        op.drop_column("decision_citation", column)
    op.create_index(
        "ix_decision_citation_cited",
        "decision_citation",
        ["normalised"],
        postgresql_where=sa.text("kind = 'decision'"),
    )
    op.drop_index("uq_decision_identity", "decision")
    for column in ("number_key", "court_key", "duplicate_of"):
        op.drop_column("decision", column)
    op.create_unique_constraint("uq_decision_case_number_court", "decision", ["case_number", "court"])


def _name_decisions(connection: sa.Connection) -> None:
    rows = connection.execute(
        sa.text(
            "SELECT id, case_number, court FROM decision ORDER BY character_count > 0 DESC, created_at, id"
        )
    ).all()
    seen: dict[Identity, UUID] = {}
    named: list[dict[str, Any]] = []
    for row in rows:
        number = normalise_case_number(row.case_number) or row.case_number
        court = DecisionDraft(number, {}, court=row.court).court
        identity = identity_of(number, court)
        first = seen.setdefault(identity, row.id)
        named.append(
            {
                "id": row.id,
                "case_number": number,
                "court": court,
                "number_key": identity.number,
                "court_key": identity.court,
                "duplicate_of": None if first == row.id else first,
            }
        )
    if not named:
        return
    connection.execute(sa.text(_NAME).bindparams(sa.bindparam("duplicate_of", type_=sa.Uuid())), named)
    connection.execute(sa.text(_HASH))
    if twice := sum(row["duplicate_of"] is not None for row in named):
        _log.warning("%d decisions are stored twice; `courtsight duplicates` lists them.", twice)


_NAME = """
UPDATE decision SET case_number = :case_number, court = :court, number_key = :number_key, court_key = :court_key,
    duplicate_of = :duplicate_of
WHERE id = :id
"""
# As `DecisionDraft.content_hash`. Duplicates keep theirs, which no other decision can have.
_HASH = r"""
UPDATE decision d SET content_hash = sha256(
    convert_to(number_key, 'UTF8') || coalesce((
        SELECT string_agg('\x00' || convert_to(name, 'UTF8') || '\x00' || convert_to(text, 'UTF8'), '' ORDER BY position)
        FROM decision_section s WHERE s.decision_id = d.id
    ), '\x00' || convert_to(court_key, 'UTF8'))
) WHERE duplicate_of IS NULL
"""


def _name_citations(connection: sa.Connection) -> None:
    ids = connection.scalars(
        sa.text("SELECT DISTINCT decision_id FROM decision_citation WHERE kind = 'decision'")
    ).all()
    for start in range(0, len(ids), _BATCH):
        batch = list(ids[start : start + _BATCH])
        sections: dict[UUID, dict[str, str]] = {}
        for row in connection.execute(_of(_SECTIONS, batch)):
            sections.setdefault(row.decision_id, {})[row.name] = row.text
        citations: dict[UUID, list[Any]] = {}
        for row in connection.execute(_of(_CITATIONS, batch)):
            citations.setdefault(row.decision_id, []).append(row)
        for row in connection.execute(_of(_DECISIONS, batch)):
            _name(connection, row, sections.get(row.id, {}), citations[row.id])


def _name(connection: sa.Connection, decision: Any, sections: dict[str, str], rows: list[Any]) -> None:
    starts, offset = {}, 0
    for name, text in sections.items():
        starts[name] = offset
        offset += len(text) + _SEPARATOR
    stored = {
        Citation(
            Kind.DECISION,
            normalise_case_number(row.normalised) or row.normalised,
            starts[row.section] + row.start_offset,
            starts[row.section] + row.end_offset,
        ): row.position
        for row in rows
    }
    draft = DecisionDraft(decision.case_number, sections, court=decision.court)
    cited = {stored[item.citation]: item for item in cited_decisions(draft, stored)}
    own = [{"id": decision.id, "position": row.position} for row in rows if row.position not in cited]
    if own:
        connection.execute(
            sa.text("DELETE FROM decision_citation WHERE decision_id = :id AND position = :position"), own
        )
    if cited:
        connection.execute(
            sa.text(
                "UPDATE decision_citation SET normalised = :normalised, cited_number = :number, cited_court = :court"
                " WHERE decision_id = :id AND position = :position"
            ),
            [
                {
                    "id": decision.id,
                    "position": position,
                    "normalised": item.citation.normalised,
                    "number": item.number,
                    "court": item.court,
                }
                for position, item in cited.items()
            ],
        )


_DECISIONS = "SELECT id, case_number, court FROM decision WHERE id = ANY(:ids)"
_SECTIONS = (
    "SELECT decision_id, name, text FROM decision_section WHERE decision_id = ANY(:ids) ORDER BY position"
)
_CITATIONS = (
    "SELECT decision_id, position, normalised, section, start_offset, end_offset FROM decision_citation"
    " WHERE kind = 'decision' AND decision_id = ANY(:ids) ORDER BY position"
)


def _of(query: str, ids: list[UUID]) -> sa.TextClause:
    return sa.text(query).bindparams(sa.bindparam("ids", ids, type_=sa.ARRAY(sa.Uuid())))
