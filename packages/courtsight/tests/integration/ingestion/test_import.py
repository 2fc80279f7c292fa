"""Imports: of every format, again and again, side by side, and with files that cannot be read."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from printing import Shape, print_pdf

from courtsight.decisions.draft import DecisionDraft
from courtsight.fictitious import generate
from courtsight.fictitious.writers import (
    to_html,
    to_record,
    to_text,
    write_corpus,
    write_json_lines,
    write_pdf,
)
from courtsight.ingestion import importer as importing
from courtsight.ingestion.importer import Importer, count_records
from courtsight.ingestion.prepare import Source
from courtsight.ingestion.readers import read
from fondasi.ai.retrieval.tokens import split_words


@pytest.fixture(scope="module")
def drafts():
    return list(generate(12))


def made_up(number, text="Terdakwa mengambil sepeda.", court="PN Contoh", **fields):
    return DecisionDraft(number, {"fakta": text}, court=court, **fields)


async def imported(importer, *drafts):
    return await importer.import_sources(
        Source(Path("made up"), draft, line) for line, draft in enumerate(drafts, start=1)
    )


def lines(path, *drafts):
    write_json_lines(drafts, path)
    return path


async def test_json_lines_bring_every_field(importer, client, drafts, tmp_path):
    summary = await importer.run([lines(tmp_path / "decisions.jsonl.gz", *drafts)])
    assert (summary.imported, summary.errors) == (len(drafts), [])
    listed = (await client.get("/api/v1/legal-search/documents?items_per_page=100")).json()["data"]
    ids = {row["case_number"]: row["id"] for row in listed}
    for draft in drafts:
        read_back = (await client.get(f"/api/v1/legal-search/documents/{ids[draft.case_number]}")).json()
        assert {section["name"]: section["text"] for section in read_back["sections"]} == draft.sections
        assert read_back["judges"] == [draft.presiding_judge, *draft.member_judges]
        assert len(read_back["parties"]) == len(draft.parties)
        for name in ("keywords", "rule_of_law", "abstract", "related", "clerk", "legal_area", "outcome_note"):
            assert read_back[name] == getattr(draft, name)


@pytest.mark.parametrize("kind", ["jsonl", "txt", "html", "pdf"])
async def test_every_format_is_imported_and_found(importer, client, tmp_path, kind):
    target = tmp_path / ("decisions.jsonl" if kind == "jsonl" else "decisions")
    write_corpus(target, 4, format=kind)
    summary = await importer.run([target])
    assert (summary.imported, summary.errors) == (4, [])
    for draft in generate(4):
        answer = await client.post("/api/v1/legal-search/search", json={"query": draft.case_number})
        assert answer.json()["data"][0]["decision"]["case_number"] == draft.case_number


@pytest.mark.parametrize("kind", ["jsonl", "txt", "html", "pdf"])
async def test_a_second_import_of_the_same_changes_nothing(importer, content, tmp_path, kind):
    target = tmp_path / ("decisions.jsonl" if kind == "jsonl" else "decisions")
    write_corpus(target, 3, format=kind)
    await importer.run([target])
    before = await content()
    for replacing in (False, True):
        summary = await importer.run([target], replace=replacing)
        assert (summary.imported, summary.replaced, summary.unchanged, summary.errors) == (0, 0, 3, [])
    assert await content() == before


async def test_a_known_number_with_another_text_is_refused_by_file_and_line(
    importer, content, drafts, tmp_path
):
    await imported(importer, drafts[0])
    before = await content()
    changed = replace(drafts[0], sections={**drafts[0].sections, "fakta": "Lain sama sekali."})
    path = tmp_path / "again.jsonl"
    path.write_bytes(b"\n\n" + json.dumps(to_record(changed)).encode() + b"\n")
    summary = await importer.run([path])
    (error,) = summary.errors
    assert str(error) == (
        f"{path}:3: {drafts[0].case_number} ({drafts[0].court}) is stored already with another text; "
        "use --replace to store this version instead"
    )
    assert await content() == before


async def test_replace_stores_the_new_text_under_the_old_id(importer, client, content, tmp_path):
    first, second = (
        made_up("1/Pid.B/2020/PN Cth"),
        made_up("1/Pid.B/2020/PN Cth", "Terdakwa mengambil kerbau."),
    )
    await imported(importer, first)
    before = (await client.get("/api/v1/legal-search/documents")).json()["data"][0]["id"]
    summary = await importer.run([lines(tmp_path / "new.jsonl", second)], replace=True)
    assert (summary.imported, summary.replaced, summary.errors) == (0, 1, [])
    answer = (await client.post("/api/v1/legal-search/search", json={"query": "kerbau"})).json()
    assert [hit["decision"]["id"] for hit in answer["data"]] == [before]
    gone = (await client.post("/api/v1/legal-search/search", json={"query": '"sepeda"'})).json()
    assert gone["data"] == []
    assert len(await content()) == 1


@pytest.mark.parametrize("batch", [1, 250])
async def test_of_several_texts_with_one_number_the_first_counts_at_every_run(
    importer, content, tmp_path, monkeypatch, batch
):
    monkeypatch.setattr(importing, "WRITE_AT_ONCE", batch)
    monkeypatch.setattr(importing, "READ_AT_ONCE", batch)
    number = "1/Pid.B/2020/PN Cth"
    path = lines(
        tmp_path / "twice.jsonl", made_up(number), made_up(number, "Lain."), made_up("2/Pid.B/2020/PN Cth")
    )
    for replacing in (False, True, True):
        summary = await importer.run([path], replace=replacing)
        assert [error.line for error in summary.errors] == [2]
        assert summary.replaced == 0
        if replacing:
            assert "stands in this import before" in summary.errors[0].reason
    assert len(await content()) == 2


async def test_the_same_text_of_another_court_or_twice_in_a_file_is_the_same_decision(importer, content):
    number = "1/Pid.B/2020/PN Cth"
    summary = await imported(importer, made_up(number), made_up(number), made_up(number, court="PN Lain"))
    assert (summary.imported, summary.unchanged, summary.errors) == (1, 2, [])
    assert len(await content()) == 1


async def test_one_number_of_two_courts_is_two_decisions(importer, content):
    number = "1/Pid.B/2020/PN"
    summary = await imported(importer, made_up(number), made_up(number, "Lain.", court="PN Lain"))
    assert summary.imported == 2
    assert len(await content()) == 2


async def test_two_imports_side_by_side_store_each_decision_once(clean_database, index, drafts, content):
    async def run(chosen):
        importer = Importer(clean_database, index, local_embedder=True, processes=0)
        return await imported(importer, *chosen)

    summaries = await asyncio.gather(run(drafts), run(drafts[::-1]), run(drafts[3:]))
    assert sum(summary.imported for summary in summaries) == len(drafts)
    assert all(not summary.errors for summary in summaries)
    assert len(await content()) == len(drafts)


async def test_a_bad_file_is_named_with_its_reason_and_the_rest_is_imported(
    importer, content, drafts, tmp_path
):
    folder = tmp_path / "folder"
    folder.mkdir()
    good, number = iter(drafts), 1000
    (folder / "good.txt").write_text(to_text(next(good)))
    (folder / "good.html").write_text(to_html(next(good)))
    write_pdf(next(good), folder / "good.pdf")
    (folder / "truncated.pdf").write_bytes((folder / "good.pdf").read_bytes()[:700])
    (folder / "empty.txt").write_bytes(b"")
    (folder / "really.pdf").write_text(to_text(drafts[5]))
    (folder / "image.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "archive.zip").write_bytes(b"PK\x03\x04" + bytes(100))
    (folder / "cut.jsonl.gz").write_bytes(
        gzip.compress(json.dumps(to_record(drafts[6])).encode() * 50)[:2000]
    )
    (folder / "not-gzip.jsonl.gz").write_bytes(b"\x1f\x8b" + b"garbage" * 40)
    (folder / "bomb.jsonl.gz").write_bytes(gzip.compress(b'{"a": "' + bytes(60_000_000) + b'"}'))
    record = json.dumps(to_record(drafts[7])).encode()
    (folder / "thousand.jsonl").write_bytes(b"\n" * (number - 2) + record + b"\n{not json\n" + record.replace(
        drafts[7].case_number.encode(), b"7/Pid.B/2001/PN Cth") + b"\n")  # fmt: skip
    long_name = to_record(drafts[8]) | {"court": "PN " + "x" * 3000}
    (folder / "long.jsonl").write_text(json.dumps(long_name))
    (folder / "gone.txt").symlink_to(tmp_path / "nowhere")
    summary = await importer.run([folder, tmp_path / "missing"])
    reasons = {}
    for error in summary.errors:
        reasons.setdefault(error.path.name, []).append(error)
    bad = {"truncated.pdf", "empty.txt", "really.pdf", "image.txt", "archive.zip", "cut.jsonl.gz"}
    bad |= {"not-gzip.jsonl.gz", "bomb.jsonl.gz", "thousand.jsonl", "long.jsonl", "gone.txt", "missing"}
    assert set(reasons) == bad
    assert all(error.reason for error in summary.errors)
    assert [error.line for error in reasons["thousand.jsonl"]] == [number]
    assert "300 characters" in reasons["long.jsonl"][0].reason
    assert summary.imported == 5
    assert len(await content()) == 5
    assert count_records([folder, tmp_path / "missing"]) >= 10


@pytest.mark.parametrize("ending", [b"", b"\n"])
def test_the_last_line_counts_however_it_ends(tmp_path, ending):
    path = tmp_path / "some.jsonl"
    path.write_bytes(b"{}\n{}" + ending)
    assert count_records([path]) == 2


async def test_the_lines_of_a_pdf_are_stored_with_their_places(importer, clean_database, tmp_path, drafts):
    draft = next(draft for draft in drafts if draft.sentence_days)
    (tmp_path / "decision.pdf").write_bytes(print_pdf(draft.full_text, Shape(frame="new", lines_per_page=30)))
    summary = await importer.run([tmp_path])
    assert (summary.imported, summary.errors) == (1, [])
    async with clean_database.connection() as connection:
        pages = await connection.fetch("SELECT number, width, lines FROM decision_page ORDER BY number")
        text = await connection.fetchval(
            "SELECT string_agg(text, E'\\n\\n' ORDER BY position) FROM decision_section"
        )
        stored = await connection.fetchrow("SELECT outcome, sentence_days FROM decision")
    assert tuple(stored) == (draft.outcome, draft.sentence_days)
    lines = [text[row[at] : row[at + 1]] for _, _, row in pages for at in range(0, len(row), 6)]
    assert [page["number"] for page in pages] == list(range(1, len(pages) + 1))
    assert "\n".join(lines).split() == text.split()
    assert all(0 < left < 10 * width for _, width, row in pages for left in row[2::6])


async def test_a_large_import_leaves_one_segment_for_searches_to_read(  # noqa: PLR0917 - fixtures
    importer, client, clean_database, content, drafts, monkeypatch
):
    monkeypatch.setattr(importing, "WRITE_AT_ONCE", 3)
    monkeypatch.setattr(importing, "READ_AT_ONCE", 3)
    await imported(importer, *drafts)
    async with clean_database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM ai_segment") == 1
    assert len(await content()) == len(drafts)
    answer = await client.post("/api/v1/legal-search/search", json={"query": '"terbukti secara sah"'})
    assert answer.json()["data"]


@pytest.mark.parametrize("order", ["together", "page first", "text first"])
@pytest.mark.parametrize("kind", ["txt", "pdf"])
async def test_a_page_and_the_text_of_a_decision_complete_each_other(  # noqa: PLR0917 - fixtures
    importer, client, content, tmp_path, order, kind
):
    write_corpus(tmp_path / "pages", 3, format="html")
    write_corpus(tmp_path / "texts", 3, format=kind)
    paths = [tmp_path / "pages", tmp_path / "texts"]
    runs = {"together": [paths], "page first": [[path] for path in paths]}
    summaries = [await importer.run(run) for run in runs.get(order, [[path] for path in paths[::-1]])]
    assert sum(summary.imported for summary in summaries) == 3
    assert sum(summary.completed for summary in summaries) == 3
    assert [summary.errors for summary in summaries] == [[]] * len(summaries)
    assert len(await content()) == 3
    for draft in generate(3):
        words = split_words(draft.sections["amar_putusan"])[2:6]
        query = f'"{" ".join(words)}" nomor:"{draft.case_number}"'
        (hit,) = (await client.post("/api/v1/legal-search/search", json={"query": query})).json()["data"]
        read_back = (await client.get(f"/api/v1/legal-search/documents/{hit['decision']['id']}")).json()
        assert read_back["rule_of_law"] == draft.rule_of_law
        assert read_back["keywords"] == draft.keywords
        assert read_back["sections"]
    before = await content()
    again = await importer.run(paths)
    assert (again.imported, again.completed, again.unchanged, again.errors) == (0, 0, 6, [])
    assert await content() == before


def test_records_that_the_writer_writes_are_read_back_as_they_were(drafts, tmp_path):
    for draft, read_back in zip(drafts, read(lines(tmp_path / "all.jsonl", *drafts)), strict=True):
        assert read_back == draft


async def test_a_draft_with_little_in_it_is_imported_and_listed_last(importer, content, client):
    dated = made_up("1/Pid.B/2020/PN Cth", pronounced_on=date(2020, 1, 2))
    bare = [DecisionDraft("1/Pid/2020", {"fakta": "x"}), DecisionDraft("?", {"fakta": "!"})]
    summary = await imported(importer, *bare, dated)
    assert (summary.imported, summary.errors) == (3, [])
    assert len(await content()) == 3
    for sort in ("pronounced_on", "-pronounced_on"):
        rows = (await client.get("/api/v1/legal-search/documents", params={"sort": sort})).json()["data"]
        assert [row["pronounced_on"] for row in rows] == ["2020-01-02", None, None]
