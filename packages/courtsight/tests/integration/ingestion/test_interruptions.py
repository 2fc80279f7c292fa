"""Imports that are stopped in the middle leave whole decisions behind, and go on where they stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import psutil
import pytest

from courtsight.fictitious import generate
from courtsight.fictitious.writers import write_corpus
from courtsight.ingestion import importer as importing
from courtsight.ingestion.importer import Importer, ImportStoppedError
from courtsight.ingestion.prepare import DECISION_COLUMNS, Source, decision_row, prepare_drafts
from fondasi.kit.db import Database
from fondasi.kit.db.embedded import EmbeddedServer
from fondasi.runtime import Addresses, migrate_modules
from fondasi.settings import DatabaseSettings

COUNT = 36
BATCH = 6
SECONDS = 120  # for what takes two; a loaded machine takes longer
# A shell that runs the tests in the background has Ctrl-C ignored, and programs inherit that.
PROGRAM = f"""
import signal
from courtsight.commands import main
from courtsight.ingestion import importer
signal.signal(signal.SIGINT, signal.default_int_handler)
importer.READ_AT_ONCE = 3
importer.WRITE_AT_ONCE = {BATCH}
if __name__ == "__main__":
    main()
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("decisions") / "decisions.jsonl.gz"
    write_corpus(path, COUNT)
    return path


@pytest.fixture
def program(tmp_path):
    """`courtsight` with small batches."""
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


@pytest.fixture
async def scratch(scratch_database):
    connection = await asyncpg.connect(scratch_database.owner)
    yield connection
    await connection.close()


@pytest.fixture
async def in_one_go(importer, content, file):
    await importer.run([file])
    return await content()


def start(program, file, addresses):
    return subprocess.Popen(
        [sys.executable, program, "import", file, "--processes", "1"],
        env={
            **os.environ,
            "MODULES": "courtsight",
            "DATABASE_URL": addresses.app,
            "DATABASE_OWNER_URL": addresses.owner,
            "DATABASE_POOL_SIZE": "2",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


WAITS = """
SELECT EXISTS (SELECT FROM pg_locks
    WHERE NOT granted AND locktype = 'transactionid' AND transactionid = pg_current_xact_id()::xid)
"""


@asynccontextmanager
async def held(addresses, number):
    """Hold the key of the decision with this number, as a transaction does that writes it and has not ended.

    An import goes no further than that. Gives a function that waits until it is there.
    """
    (prepared,), _ = prepare_drafts([Source(Path("generated"), list(generate(number))[-1])], embed=False)
    connection = await asyncpg.connect(addresses.owner)
    transaction = connection.transaction()
    await transaction.start()
    await connection.copy_records_to_table(
        "decision", columns=DECISION_COLUMNS, records=[decision_row(prepared)]
    )

    async def until_the_import_waits():
        async with asyncio.timeout(SECONDS):
            while not await connection.fetchval(WAITS):  # noqa: ASYNC110 - it sets no event
                await asyncio.sleep(0.01)

    try:
        yield until_the_import_waits
    finally:
        await transaction.rollback()
        await connection.close()


@pytest.fixture
async def scratch_importer(scratch_database, index, monkeypatch):
    """Imports into the scratch database from this process, in small batches."""
    monkeypatch.setattr(importing, "WRITE_AT_ONCE", BATCH)
    monkeypatch.setattr(importing, "READ_AT_ONCE", 3)
    database = Database(scratch_database.app, DatabaseSettings())
    yield Importer(database, index, local_embedder=True, processes=0)
    await database.close()


@pytest.mark.long
async def test_an_import_stopped_by_ctrl_c_by_sigterm_and_then_killed_ends_as_one_in_one_go(  # noqa: PLR0917 - fixtures
    scratch_database, scratch, program, file, content_of, in_one_go, scratch_importer
):
    async with held(scratch_database, 2 * BATCH + 3) as until_it_waits:
        process = start(program, file, scratch_database)
        await until_it_waits()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
        _, errors = await asyncio.to_thread(process.communicate)
    assert process.returncode == 130, errors
    assert "run the same command again" in " ".join(errors.split())
    assert "Traceback" not in errors
    stopped = len(await content_of(scratch))
    assert stopped == 2 * BATCH

    async with held(scratch_database, 3 * BATCH + 3) as until_it_waits:
        process = start(program, file, scratch_database)
        await until_it_waits()
        process.terminate()
        output, errors = await asyncio.to_thread(process.communicate)
    assert process.returncode == 128 + signal.SIGTERM, errors
    assert "run the same command again" in " ".join(errors.split())
    assert "imported" in output
    assert f" {BATCH} " in output  # what it did, in a table
    assert len(await content_of(scratch)) == 3 * BATCH

    async with held(scratch_database, 4 * BATCH + 3) as until_it_waits:
        process = start(program, file, scratch_database)
        await until_it_waits()
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.communicate()
        assert workers
        assert psutil.wait_procs(workers, timeout=SECONDS)[1] == []  # they end with their parent
    killed = len(await content_of(scratch))
    assert killed == 4 * BATCH

    summary = await scratch_importer.run([file])
    assert (summary.unchanged, summary.imported) == (killed, COUNT - killed)
    assert await content_of(scratch) == in_one_go


@pytest.mark.long
async def test_a_killed_database_stops_the_import_and_the_next_one_completes_it(  # noqa: PLR0917 - fixtures
    file, tmp_path, modules, index, monkeypatch, content_of, in_one_go
):
    monkeypatch.setattr(importing, "WRITE_AT_ONCE", BATCH)
    monkeypatch.setattr(importing, "READ_AT_ONCE", 3)
    server = await EmbeddedServer.start(tmp_path / "data")
    addresses = Addresses(server.url("app"), server.url("owner"))
    await migrate_modules(addresses, modules)

    def kill_after_two_batches(summary):
        if summary.imported == 2 * BATCH:
            pid_file = tmp_path / "data" / "postgres" / "postmaster.pid"
            postmaster = psutil.Process(int(pid_file.read_text().split()[0]))
            for victim in [*postmaster.children(), postmaster]:
                with suppress(psutil.NoSuchProcess):
                    victim.kill()

    database = Database(addresses.app, DatabaseSettings())
    importer = Importer(database, index, local_embedder=True, processes=0)
    with pytest.raises(ImportStoppedError, match="The import stopped: the database went away"):
        await importer.run([file], progress=kill_after_two_batches)
    await database.close()
    await server.release()

    async with await EmbeddedServer.start(tmp_path / "data") as server:
        database = Database(server.url("app"), DatabaseSettings())
        importer = Importer(database, index, local_embedder=True, processes=0)
        async with database.connection() as connection:
            assert len(await content_of(connection)) % BATCH == 0
            await importer.run([file])
            assert await content_of(connection) == in_one_go
        await database.close()


async def test_the_bar_counts_what_stays_when_the_import_is_stopped(importer, monkeypatch, file):
    monkeypatch.setattr(importing, "WRITE_AT_ONCE", BATCH)
    monkeypatch.setattr(importing, "READ_AT_ONCE", 3)
    shown = []
    summary = await importer.run(
        [file], progress=lambda told: shown.append((told.settled, told.imported, told.waiting))
    )
    assert shown[-1] == (summary.imported, summary.imported, 0)
    assert any(waiting for _, _, waiting in shown)
    assert all(settled == imported for settled, imported, _ in shown)


async def test_what_takes_long_to_read_is_stored_before_there_is_much_of_it(
    importer, monkeypatch, file, clean_database
):
    monkeypatch.setattr(importing, "WRITE_SECONDS", 0)
    monkeypatch.setattr(importing, "READ_AT_ONCE", 3)
    shown = []
    await importer.run([file], progress=lambda told: shown.append((told.imported, told.waiting)))
    assert shown == [*((stored, 0) for stored in range(3, COUNT + 1, 3)), (COUNT, 0)]
    async with clean_database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM ai_segment") == 1


async def test_a_statement_that_fails_because_of_ctrl_c_is_no_fault_of_the_database(
    importer, monkeypatch, file
):
    writing = asyncio.Event()

    async def interrupted(*_, **__):
        writing.set()
        try:
            await asyncio.sleep(SECONDS)
        except asyncio.CancelledError:
            raise asyncpg.QueryCanceledError("canceling statement due to user request") from None

    monkeypatch.setattr(importing, "store", interrupted)
    task = asyncio.create_task(importer.run([file]))
    await writing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_connections_that_the_server_ends_stop_the_import(  # noqa: PLR0917 - fixtures
    database_server, scratch_database, scratch, file, content_of, scratch_importer
):
    name = scratch_database.app.partition("@/")[2].partition("?")[0]
    superuser = await asyncpg.connect(database_server.url("superuser", "postgres"))

    async def end_all(until_it_waits):
        await until_it_waits()
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = 'fondasi_app'"
        await superuser.fetch(query, name)

    async with held(scratch_database, BATCH + 3) as until_it_waits:
        ending = asyncio.create_task(end_all(until_it_waits))
        with pytest.raises(ImportStoppedError, match="the database went away"):
            await scratch_importer.run([file])
        await ending
    await superuser.close()
    kept = len(await content_of(scratch))
    assert kept == BATCH
    summary = await scratch_importer.run([file])
    assert (summary.unchanged, summary.imported) == (kept, COUNT - kept)


FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT count(*) FROM decision) > 20 THEN
        RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file: No space left on device';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER full_disk AFTER INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION full_disk();
"""


@pytest.mark.parametrize("table", ["decision_article", "ai_posting"])
async def test_a_full_disk_stops_the_import_with_a_clear_line_and_nothing_half_written(
    scratch, table, content_of, scratch_importer
):
    await scratch.execute(FULL.format(table=table))
    sources = [Source(Path("generated"), draft) for draft in generate(30)]
    with pytest.raises(ImportStoppedError, match="the disk of the database is full") as stopped:
        await scratch_importer.import_sources(sources)
    stored = len(await content_of(scratch))
    assert stored == stopped.value.summary.imported == 20 // BATCH * BATCH
    await scratch.execute("DROP FUNCTION full_disk CASCADE")
    summary = await scratch_importer.import_sources(sources)
    assert (summary.unchanged, summary.imported) == (stored, 30 - stored)
    assert len(await content_of(scratch)) == 30
