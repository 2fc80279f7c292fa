"""The index is written: replaced, removed, merged, by several at the same time; and nothing half."""

import asyncio
from uuid import UUID

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from asyncpg import UniqueViolationError
from integration.ai.retrieval.conftest import ids

from fondasi.ai.retrieval import Strategy
from fondasi.ai.retrieval.merging import MOST_SEGMENTS
from fondasi.ai.retrieval.models import Collection

SECONDS = 60  # for what takes one; a loaded machine takes longer


async def test_adding_again_changes_nothing(filled, connection, document):
    assert await filled.add(connection, [document(4, "Penipuan dengan cek kosong.")]) == 0
    assert (await filled.size(connection)).documents == 44
    assert await connection.fetchval("SELECT count(*) FROM ai_segment") == 1


async def test_a_changed_document_replaces_the_old_one(filled, connection, document):
    assert await filled.add(connection, [document(4, "Perjanjian sewa tanah.")]) == 1
    assert await ids(filled, connection, "penipuan cek", strategy=Strategy.LEXICAL) == []
    assert await ids(filled, connection, "sewa tanah", strategy=Strategy.LEXICAL) == [4]
    assert (await filled.size(connection)).documents == 44


async def test_removed_documents_are_not_found(filled, connection):
    assert await filled.remove(connection, [UUID(int=1), UUID(int=999)]) == 1
    for strategy in Strategy:
        assert 1 not in await ids(filled, connection, "pencurian motor", strategy=strategy, limit=50)
    assert (await filled.size(connection)).documents == 43
    assert await connection.fetchval("SELECT count(*) FROM ai_passage WHERE ordinal NOT IN"
                                     " (SELECT ordinal FROM ai_document)") == 0  # fmt: skip


async def test_what_a_rolled_back_transaction_wrote_is_not_found(filled, connection, document):
    transaction = connection.transaction()
    await transaction.start()
    await filled.add(connection, [document(50, "wanprestasi kontrak")])
    assert await ids(filled, connection, "wanprestasi", strategy=Strategy.LEXICAL) == [50]
    await transaction.rollback()
    assert await ids(filled, connection, "wanprestasi", strategy=Strategy.LEXICAL) == []


async def test_a_batch_that_fails_leaves_nothing(filled, connection, document):
    batch = await filled.prepare([document(90, "wanprestasi"), document(90, "kontrak")])
    with pytest.raises(UniqueViolationError):
        await filled.write(connection, batch)
    assert await ids(filled, connection, "wanprestasi kontrak", strategy=Strategy.LEXICAL) == []
    assert (await filled.size(connection)).documents == 44


async def test_compaction_keeps_the_ranking(index, connection, document):
    random = np.random.default_rng(7)
    texts = [" ".join(f"w{n}" for n in random.zipf(1.4, 60) if n < 500) for _ in range(300)]
    for start in range(0, 300, 60):
        batch = [document(n + 1, texts[n]) for n in range(start, start + 60)]
        await index.add(connection, batch)
    await index.remove(connection, [UUID(int=n) for n in range(1, 301, 7)])
    queries = [" ".join(text.split()[:6]) for text in texts[::29]]
    before = [await ids(index, connection, query, strategy=Strategy.LEXICAL) for query in queries]
    assert await index.compact(connection) == 5
    after = [await ids(index, connection, query, strategy=Strategy.LEXICAL) for query in queries]
    assert [found[0] for found in after] == [found[0] for found in before]
    assert await connection.fetchval("SELECT count(*) FROM ai_segment") == 1
    dead = "SELECT count(*) FROM (SELECT unnest(documents) AS d FROM ai_posting) AS p WHERE d % 7 = 0"
    assert await connection.fetchval(dead) == 0
    assert await index.compact(connection) == 0


async def test_a_document_without_text_can_be_indexed(filled, connection, document):
    assert await filled.add(connection, [document(60, ""), document(61, "***")]) == 2
    assert (await ids(filled, connection, "pencurian motor"))[0] == 1


async def test_the_app_role_may_do_all_this(clean_database, index, document):
    async with clean_database.connection() as connection:
        assert await connection.fetchval("SELECT current_user") == "fondasi_app"
        await index.add(connection, [document(1, "satu dua")])
        await index.compact(connection)
        await index.drop(connection)


async def test_writers_do_not_wait_for_each_other(clean_database, filled, document):
    async with clean_database.connection() as slow, clean_database.connection() as quick:
        transaction = slow.transaction()
        await transaction.start()
        await filled.add(slow, [document(n, f"wanprestasi kontrak {n}") for n in range(300, 303)])
        async with asyncio.timeout(SECONDS):
            await filled.add(quick, [document(n, f"wanprestasi sewa {n}") for n in range(400, 403)])
        assert sorted(await ids(filled, quick, "wanprestasi", strategy=Strategy.LEXICAL)) == [400, 401, 402]
        await transaction.commit()
        found = await ids(filled, quick, "wanprestasi", strategy=Strategy.LEXICAL)
        assert sorted(found) == [300, 301, 302, 400, 401, 402]
        await filled.compact(quick)
        assert sorted(await ids(filled, quick, "wanprestasi", strategy=Strategy.LEXICAL)) == sorted(found)
        assert (await filled.size(quick)).documents == 50


async def test_writers_go_on_while_segments_are_merged(clean_database, filled, document):
    async with clean_database.connection() as merging, clean_database.connection() as other:
        await filled.add(other, [document(300, "wanprestasi kontrak")])
        transaction = merging.transaction()
        await transaction.start()
        assert await filled.merge(merging) == 2
        async with asyncio.timeout(SECONDS):
            await filled.add(other, [document(301, "wanprestasi sewa")])
            await filled.remove(other, [UUID(int=300)])
            assert await filled.merge(other) == 0  # one at a time
            assert await ids(filled, other, "wanprestasi", strategy=Strategy.LEXICAL) == [301]
        await transaction.commit()
        assert await ids(filled, other, "wanprestasi", strategy=Strategy.LEXICAL) == [301]
        assert (await filled.size(other)).documents == 45
        await filled.compact(other)
        assert await other.fetchval("SELECT count(*) FROM ai_removal") == 0
        assert (await filled.size(other)).documents == 45


async def test_a_merge_that_was_stopped_is_done_by_the_next(clean_database, filled, document):
    async with clean_database.connection() as connection:
        for n in range(300, 320):
            await filled.add(connection, [document(n, f"wanprestasi {n}")])
        transaction = connection.transaction()
        await transaction.start()
        assert await filled.merge(connection) == MOST_SEGMENTS
        await transaction.rollback()
        assert await connection.fetchval("SELECT count(*) FROM ai_segment") == 21
        assert await filled.compact(connection) == 22  # sixteen, and then the new one with the rest
        assert await connection.fetchval("SELECT count(*) FROM ai_segment") == 1
        found = await ids(filled, connection, "wanprestasi", strategy=Strategy.LEXICAL, limit=30)
        assert sorted(found) == list(range(300, 320))


async def test_concurrent_writers_lose_nothing(clean_database, index, document):
    async def add(number):
        async with clean_database.connection() as connection, connection.transaction():
            await index.add(connection, [document(number, f"perkara {number}")])

    await asyncio.gather(*(add(number) for number in range(1, 9)))
    async with clean_database.connection() as connection:
        assert sorted(await ids(index, connection, "perkara", strategy=Strategy.LEXICAL)) == list(range(1, 9))


async def test_tables_agree_with_the_migration(clean_database):
    async with clean_database.read_session() as session:
        differences = await (await session.connection()).run_sync(
            lambda connection: compare_metadata(MigrationContext.configure(connection), Collection.metadata)
        )
    ours = [each for each in differences if "ai_" in str(each)]
    assert ours == []
