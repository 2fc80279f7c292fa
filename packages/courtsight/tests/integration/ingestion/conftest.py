"""Counts of what an import left behind, and whether all of it belongs together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import asyncpg

# Each must be empty: what has lost a part of it, or is a part of nothing.
ORPHANS = {
    "decisions without their sections": "SELECT FROM decision d WHERE character_count > 0 AND NOT EXISTS"
    " (SELECT FROM decision_section s WHERE s.decision_id = d.id)",
    "decisions without an index document": "SELECT FROM decision d WHERE NOT EXISTS"
    " (SELECT FROM ai_document a WHERE a.document_id = d.id)",
    "index documents without a decision": "SELECT FROM ai_document a WHERE NOT EXISTS"
    " (SELECT FROM decision d WHERE d.id = a.document_id)",
    "index documents without passages": "SELECT FROM ai_document a WHERE length > 0 AND NOT EXISTS"
    " (SELECT FROM ai_passage p WHERE p.collection_id = a.collection_id AND p.ordinal = a.ordinal)",
    "passages without a document": "SELECT FROM ai_passage p WHERE NOT EXISTS"
    " (SELECT FROM ai_document a WHERE p.collection_id = a.collection_id AND p.ordinal = a.ordinal)",
    "decisions that lost characters": "SELECT FROM decision d WHERE character_count <>"
    " (SELECT coalesce(sum(length(text)), 0) FROM decision_section s WHERE s.decision_id = d.id)",
    "citations of other words": "SELECT FROM decision_citation c WHERE NOT EXISTS (SELECT FROM decision_section s"
    " WHERE s.decision_id = c.decision_id AND s.name = c.section AND length(s.text) >= c.end_offset)",
}
TABLES = (
    "decision",
    "decision_section",
    "decision_citation",
    "decision_article",
    "ai_document",
    "ai_passage",
)
CONTENT = """
SELECT case_number, court, encode(content_hash, 'hex'),
    (SELECT count(*) FROM decision_section s WHERE s.decision_id = d.id),
    (SELECT count(*) FROM decision_citation c WHERE c.decision_id = d.id),
    (SELECT count(*) FROM decision_article a WHERE a.decision_id = d.id),
    (SELECT count(*) FROM ai_passage p JOIN ai_document a USING (collection_id, ordinal) WHERE a.document_id = d.id)
FROM decision d ORDER BY 1, 2
"""


async def read_content(connection: asyncpg.Connection) -> list[tuple[Any, ...]]:
    """What is stored, without ids; and a check that all of it belongs together."""
    for name, query in ORPHANS.items():
        assert await connection.fetch(query) == [], name
    documents = await connection.fetchval(
        "SELECT coalesce(sum(documents), 0) - (SELECT count(*) FROM ai_removal) FROM ai_segment"
    )
    assert documents == await connection.fetchval("SELECT count(*) FROM decision")
    return [tuple(row) for row in await connection.fetch(CONTENT)]


@pytest.fixture
def content_of() -> Callable[[asyncpg.Connection], Awaitable[list[tuple[Any, ...]]]]:
    return read_content


@pytest.fixture
def content(clean_database) -> Callable[[], Awaitable[list[tuple[Any, ...]]]]:
    async def read() -> list[tuple[Any, ...]]:
        async with clean_database.connection() as connection:
            return await read_content(connection)

    return read
