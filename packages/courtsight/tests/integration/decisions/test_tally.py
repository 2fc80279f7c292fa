"""Counts that are kept: what they say is what a count of all rows would say, whatever was written."""

from sqlalchemy import delete, func, select, update

from courtsight.decisions import tally
from courtsight.decisions.models import COUNTED, Decision, DecisionArticle, DecisionCitation, DecisionSection
from courtsight.fictitious import generate
from courtsight.ingestion.prepare import Source
from fondasi.kit.db import driver_connection


async def assert_right(session):
    kept = await tally.most_frequent(session, [*COUNTED, "article"], 10_000)
    for name in COUNTED:
        column = getattr(Decision, name)
        rows = await session.execute(select(column, func.count()).group_by(column))
        assert dict(kept[name]) == {str(value): count for value, count in rows if value not in {None, ""}}
        assert await tally.how_many_values(session, name) == len(kept[name])
    applied = select(func.count()).where(DecisionArticle.rank.is_not(None), DecisionArticle.number != "")
    assert sum(count for _, count in kept["article"]) == await session.scalar(applied)
    totals = await tally.totals(session)
    for table in (Decision, DecisionSection, DecisionCitation):
        rows = await session.scalar(select(func.count()).select_from(table))
        assert totals.get(table.__tablename__, 0) == rows


async def test_counts_follow_imports_changes_and_deletions(importer, clean_database, tmp_path):
    drafts = list(generate(30))
    await importer.import_sources(Source(tmp_path, draft, n) for n, draft in enumerate(drafts, start=1))
    async with clean_database.unit_of_work() as session:
        await assert_right(session)
        numbers = [draft.case_number for draft in drafts]
        await session.execute(delete(Decision).where(Decision.case_number.in_(numbers[:7])))
        changed = update(Decision).where(Decision.case_number.in_(numbers[10:20]))
        await session.execute(changed.values(outcome="kabul", court="PN Rimba Raya", year=None))
        await assert_right(session)
        connection = await driver_connection(session)
        await tally.fold(connection)
        await assert_right(session)
        rows = await connection.fetchval("SELECT count(*) FROM decision_tally")
        values = await connection.fetchval("SELECT count(DISTINCT (facet, value)) FROM decision_tally")
        assert rows == values
        await session.execute(delete(Decision))
        await assert_right(session)
        await tally.fold(connection)
        assert await connection.fetchval("SELECT count(*) FROM decision_tally") == 0
