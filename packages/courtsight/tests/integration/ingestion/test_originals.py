"""The PDF that a decision was read from is kept once, beside the decision, and goes with it."""

from __future__ import annotations

import asyncio
import shutil

import pytest

from courtsight import commands
from courtsight.fictitious import generate
from courtsight.fictitious.writers import to_html, to_text, write_json_lines, write_pdf
from courtsight.ingestion.importer import Importer
from courtsight.ingestion.originals import keep_originals
from courtsight.ingestion.prepare import Source, digest_of, prepare_files
from courtsight.ingestion.readers import read
from fondasi.files import module as files
from fondasi.kit.db import driver_connection
from fondasi.kit.storage import LocalStorage

DOCUMENTS = "/api/v1/legal-search/documents"
PURGE = next(job for job in files.jobs if job.name == "files.purge")


@pytest.fixture(scope="module")
def drafts():
    return list(generate(4))


@pytest.fixture
def storage(settings):
    shutil.rmtree(settings.data_dir / "files", ignore_errors=True)
    return LocalStorage(settings.data_dir / "files", 10)


@pytest.fixture
def importer(clean_database, index, storage):
    return Importer(clean_database, index, local_embedder=True, processes=0, storage=storage)


@pytest.fixture
def purged(clean_database, run_jobs):
    """Runs a statement and then the purge; what was to be removed."""

    async def run(statement):
        async with clean_database.unit_of_work() as session:
            await (await driver_connection(session)).execute(statement)
            await PURGE.enqueue(session)
        marked = await objects(clean_database)
        await run_jobs(PURGE)
        assert await objects(clean_database) == []
        return marked

    return run


@pytest.fixture
def pdf(drafts, tmp_path):
    path = tmp_path / "decision.pdf"
    write_pdf(drafts[0], path)
    return path


async def only(client):
    (listed,) = (await client.get(DOCUMENTS)).json()["data"]
    return f"{DOCUMENTS}/{listed['id']}"


async def kept(storage):
    return [key async for keys in storage.listed() for key in keys]


async def objects(database):
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT state, owner_id FROM stored_object")
    return [tuple(row) for row in rows]


async def test_the_file_that_was_read_is_there_to_be_saved_and_never_shown(importer, client, pdf):
    await importer.run([pdf])
    decision = await only(client)
    told = (await client.get(decision)).json()["original"]
    assert told == {"page_count": len(next(read(pdf)).pages), "size": pdf.stat().st_size}
    answer = await client.get(f"{decision}/original")
    assert answer.content == pdf.read_bytes()
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_part_of_the_file_can_be_asked_for(importer, client, pdf):
    await importer.run([pdf])
    address, size = f"{await only(client)}/original", pdf.stat().st_size
    part = await client.get(address, headers={"Range": "bytes=5-14"})
    assert (part.status_code, part.content) == (206, pdf.read_bytes()[5:15])
    assert part.headers["Content-Range"] == f"bytes 5-14/{size}"
    beyond = await client.get(address, headers={"Range": f"bytes={size}-"})
    assert beyond.status_code == 416


async def test_importing_again_keeps_no_second_file(importer, client, pdf, storage, clean_database):
    await importer.run([pdf])
    before = await kept(storage)
    summary = await importer.run([pdf])
    assert (summary.unchanged, summary.errors) == (1, [])
    assert await kept(storage) == before
    assert await objects(clean_database) == [("kept", None)]


async def test_two_imports_side_by_side_keep_one_file(clean_database, index, storage, pdf):
    importers = [
        Importer(clean_database, index, local_embedder=True, processes=0, storage=storage) for _ in range(3)
    ]
    summaries = await asyncio.gather(*(each.run([pdf]) for each in importers))
    assert [summary.errors for summary in summaries] == [[], [], []]
    assert await objects(clean_database) == [("kept", None)]
    assert len(await kept(storage)) == 1


async def test_a_decision_that_has_no_file_yet_gets_it_by_a_later_import(
    clean_database, index, importer, client, pdf
):
    await Importer(clean_database, index, local_embedder=True, processes=0).run([pdf])
    decision = await only(client)
    assert (await client.get(decision)).json()["original"] is None
    assert (await client.get(f"{decision}/original")).json()["error_code"] == "ORIGINAL_NOT_KEPT"
    assert (await importer.run([pdf])).unchanged == 1
    assert (await client.get(f"{decision}/original")).content == pdf.read_bytes()


async def test_a_decision_of_a_list_gets_file_and_pages_where_a_pdf_says_the_same(
    importer, client, pdf, tmp_path
):
    draft = next(read(pdf))
    write_json_lines([draft], tmp_path / "list.jsonl")
    await importer.run([tmp_path / "list.jsonl"])
    await importer.run([pdf])
    original = (await client.get(await only(client))).json()["original"]
    assert original == {"page_count": len(draft.pages), "size": pdf.stat().st_size}


async def test_a_decision_of_which_only_pages_with_lines_are_known_gets_all_of_them(
    clean_database, index, importer, client, pdf
):
    await Importer(clean_database, index, local_embedder=True, processes=0).run([pdf])
    pages = len(next(read(pdf)).pages)
    async with clean_database.connection() as connection:
        await connection.execute("DELETE FROM decision_page WHERE number = $1", pages)
    await importer.run([pdf])
    decision = await only(client)
    assert (await client.get(decision)).json()["original"]["page_count"] == pages
    assert (await client.get(f"{decision}/pages/{pages}")).status_code == 200


async def test_an_import_of_drafts_brings_the_files_that_one_before_did_not(
    clean_database, index, importer, client, pdf
):
    async with clean_database.connection() as connection:
        sources = [Source(pdf, next(read(pdf)), original=digest_of(pdf))]
        await Importer(clean_database, index, local_embedder=True, processes=0).import_sources(sources)
        assert await connection.fetch("SELECT FROM decision_original") == []
        summary = await importer.import_sources(sources)
    assert (summary.imported, summary.unchanged, summary.errors) == (0, 1, [])
    assert (await client.get(f"{await only(client)}/original")).content == pdf.read_bytes()
    again = await importer.import_sources(sources)
    assert (again.unchanged, await objects(clean_database)) == (1, [("kept", None)])


async def test_a_demo_that_was_stopped_before_its_files_were_kept_gets_them(app, clean_database, monkeypatch):
    monkeypatch.setattr(commands, "DEMO_DECISIONS", 3)
    await commands.fill_demo(app.state.platform)
    async with clean_database.connection() as connection:
        await connection.execute(
            "DELETE FROM decision_original WHERE id = (SELECT id FROM decision_original LIMIT 1)"
        )
        await commands.fill_demo(app.state.platform)
        assert await connection.fetchval("SELECT count(*) FROM decision_original") == 3


async def test_a_page_of_the_directory_completes_a_decision_and_leaves_its_file(
    importer, client, pdf, drafts, tmp_path
):
    (tmp_path / "page.html").write_text(to_html(drafts[0]))
    await importer.run([pdf])
    await importer.run([tmp_path / "page.html"])
    assert (await client.get(f"{await only(client)}/original")).content == pdf.read_bytes()


async def test_what_is_deleted_takes_its_file_along(importer, client, pdf, storage, purged):
    await importer.run([pdf])
    address = f"{await only(client)}/original"
    assert await purged("DELETE FROM decision") == [("gone", None)]
    assert (await client.get(address)).status_code == 404
    assert await kept(storage) == []


async def test_a_text_that_takes_the_place_of_another_takes_that_of_its_file(
    importer, client, pdf, drafts, clean_database
):
    await importer.run([pdf])
    text = to_text(drafts[0]).replace("MENGADILI:", "MENGADILI SENDIRI:")
    (other := pdf.with_name("other.txt")).write_text(text)
    refused = await importer.run([other])
    assert len(refused.errors) == 1
    await importer.run([other], replace=True)
    assert (await client.get(await only(client))).json()["original"] is None
    assert await objects(clean_database) == [("gone", None)]


async def test_a_refused_pdf_leaves_nothing_in_the_storage(importer, pdf, storage, clean_database):
    await importer.run([pdf])
    other = pdf.with_name("other.pdf")
    (draft,) = generate(1)
    draft.sections["penutup"] += " Kata lain."
    write_pdf(draft, other)
    assert len((await importer.run([other])).errors) == 1
    assert len(await kept(storage)) == 1
    assert await objects(clean_database) == [("kept", None)]


async def test_a_storage_that_fails_costs_the_file_alone_and_the_next_import_brings_it(
    clean_database, index, importer, client, pdf
):
    (blocked := pdf.with_name("blocked")).write_text("no folder")
    broken = Importer(
        clean_database, index, local_embedder=True, processes=0, storage=LocalStorage(blocked / "files", 10)
    )
    summary = await broken.run([pdf])
    assert summary.imported == 1
    assert "could not be kept" in summary.errors[0].reason
    decision = await only(client)
    assert (await client.get(decision)).json()["original"] is None
    assert await objects(clean_database) == [("gone", None)]  # the purge tries again
    assert (await importer.run([pdf])).errors == []
    assert (await client.get(f"{decision}/original")).content == pdf.read_bytes()


async def test_a_file_that_changes_meanwhile_is_not_kept(clean_database, index, storage, pdf):
    await Importer(clean_database, index, local_embedder=True, processes=0).run([pdf])
    prepared, _ = prepare_files([pdf], embed=False)
    pdf.write_bytes(pdf.read_bytes() + b"\n")
    (error,) = await keep_originals(clean_database, storage, prepared)
    assert "changed while it was imported" in error.reason
    assert await objects(clean_database) == []
    assert await kept(storage) == []
