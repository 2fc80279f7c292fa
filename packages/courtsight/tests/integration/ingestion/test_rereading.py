"""Decisions that older readers read are read anew: the same rows, with what their texts tell today."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from courtsight.decisions.draft import DecisionDraft, Section
from courtsight.decisions.sections import SectionSpan
from courtsight.decisions.verdict import Verdict
from courtsight.fictitious import generate
from courtsight.fictitious.writers import write_corpus
from courtsight.ingestion import rereading
from courtsight.ingestion.prepare import Source
from courtsight.ingestion.readers import drafting, read
from courtsight.ingestion.rereading import RereadSummary, count_older, reread

COUNT = 5
EVERYTHING = """
SELECT d.id, to_jsonb(d) - '{created_at,updated_at,reader_version,from_text}'::text[] AS row,
    (SELECT jsonb_agg(to_jsonb(s) ORDER BY position) FROM decision_section s WHERE s.decision_id = d.id) AS sections,
    (SELECT jsonb_agg(to_jsonb(p) ORDER BY number) FROM decision_page p WHERE p.decision_id = d.id) AS pages,
    (SELECT jsonb_agg(to_jsonb(c) ORDER BY position) FROM decision_citation c WHERE c.decision_id = d.id) AS citations,
    (SELECT jsonb_agg(to_jsonb(a) ORDER BY law, number) FROM decision_article a WHERE a.decision_id = d.id) AS articles
FROM decision d ORDER BY d.case_number
"""


def one_section(text):
    """What a reader says that knows no sections."""
    return [SectionSpan(Section.FACTS, 0, len(text))]


@pytest.fixture
def older(monkeypatch):
    """Readers that know less, until `done` is called."""
    monkeypatch.setattr(drafting, "find_sections", one_section)
    monkeypatch.setattr(drafting, "split_sections", lambda text: {Section.FACTS.value: text.strip()})
    monkeypatch.setattr(drafting, "read_verdict", lambda *_, **__: Verdict(outcome="misread"))
    return monkeypatch.undo


@pytest.fixture
def rows(clean_database):
    async def fetch(statement=EVERYTHING, *values):
        async with clean_database.connection() as connection:
            return await connection.fetch(statement, *values)

    return fetch


@pytest.fixture
def again(clean_database, index):
    """Read anew whatever is stored, as if older readers had read it."""

    async def run(*, age=True, **options):
        if age:
            async with clean_database.connection() as connection:
                await connection.execute("UPDATE decision SET reader_version = 0")
        return await reread(clean_database, index, local_embedder=True, processes=0, **options)

    return run


@pytest.mark.parametrize("kind", ["txt", "pdf"])
async def test_what_is_read_anew_is_what_an_import_of_the_file_gives(  # noqa: PLR0917 - fixtures
    importer, content, rows, again, older, client, tmp_path, kind
):
    folder = tmp_path / "decisions"
    write_corpus(folder, COUNT, format=kind)
    assert (await importer.run([folder])).imported == COUNT
    before = await rows()
    older()
    assert await again() == RereadSummary(changed=COUNT)
    after = await rows()
    await content()
    assert [row["id"] for row in after] == [row["id"] for row in before]
    drafts = {draft.case_number: draft for draft in read(folder) if isinstance(draft, DecisionDraft)}
    for row in after:
        read_back = (await client.get(f"/api/v1/legal-search/documents/{row['id']}")).json()
        draft = drafts[read_back["case_number"]]
        assert {one["name"]: one["text"] for one in read_back["sections"]} == draft.sections
        assert len(draft.sections) > 3
        assert read_back["outcome"] == draft.outcome
        assert read_back["judges"] == [name for name in (draft.presiding_judge, *draft.member_judges) if name]
    unchanged = await importer.run([folder])
    assert (unchanged.imported, unchanged.unchanged, unchanged.errors) == (0, COUNT, [])
    assert await again() == RereadSummary(unchanged=COUNT)
    assert await rows() == after


async def test_lines_of_pages_stand_where_the_new_sections_have_them(importer, rows, again, older, tmp_path):
    write_corpus(tmp_path / "decisions", 2, format="pdf")
    await importer.run([tmp_path / "decisions"])
    older()
    await again()
    for row in await rows(
        "SELECT d.id, p.lines, (SELECT string_agg(text, E'\\n\\n' ORDER BY position) FROM decision_section s"
        " WHERE s.decision_id = d.id) AS text FROM decision d JOIN decision_page p ON p.decision_id = d.id"
    ):
        spans = [row["lines"][place : place + 2] for place in range(0, len(row["lines"]), 6)]
        assert spans
        for start, end in spans:
            shown = row["text"][start:end]
            assert "\n" not in shown
            assert row["text"][start - 1 : start] in {"", "\n"}
            assert row["text"][end : end + 1] in {"", "\n"}


async def test_the_index_follows_and_articles_are_found(importer, again, older, client, tmp_path):
    write_corpus(tmp_path / "decisions", COUNT, format="txt")
    await importer.run([tmp_path / "decisions"])
    older()
    await again()
    draft = next(generate(1))
    words = " ".join(re.findall(r"\w+", draft.sections["amar_putusan"])[:40])
    answer = (await client.post("/api/v1/legal-search/search", json={"query": words})).json()
    sections = {hit["snippet"]["section"] for hit in answer["data"]}
    assert "amar_putusan" in sections


async def test_what_a_file_told_stays(importer, rows, again):
    text = (
        "MENGADILI: Menyatakan Terdakwa terbukti bersalah. Menjatuhkan pidana penjara selama 2 (dua) tahun."
    )
    draft = DecisionDraft(
        "1/Pid.B/2020/PN Cth",
        {"fakta": "Kerbau.", "amar_putusan": text},
        court="PN Contoh",
        case_type="pidana",
        outcome="bebas",
    )
    await importer.import_sources([Source(Path("made up"), drafting.completed_by_text(draft))])
    (before,) = await rows("SELECT outcome, sentence_days, from_text FROM decision")
    assert before["outcome"] == "bebas"
    assert (before["sentence_days"], set(before["from_text"])) == (720, {"sentence_days"})
    await rows("UPDATE decision SET sentence_days = 7")
    await again()
    (after,) = await rows("SELECT outcome, sentence_days, case_number, court FROM decision")
    assert tuple(after) == ("bebas", 720, "1/Pid.B/2020/PN Cth", "PN Contoh")
    assert [row["name"] for row in await rows("SELECT name FROM decision_section ORDER BY position")] == [
        "fakta",
        "amar_putusan",
    ]


async def test_what_stops_it_leaves_whole_steps_and_the_next_run_goes_on(
    importer, content, again, clean_database, monkeypatch
):
    monkeypatch.setattr(rereading, "READ_AT_ONCE", 2)
    await importer.import_sources(Source(Path("made up"), draft) for draft in generate(COUNT))

    class StoppedError(Exception):
        pass

    def stop(summary):
        if summary.settled >= 2:
            raise StoppedError

    before = await content()
    with pytest.raises(StoppedError):
        await again(progress=stop)
    assert await count_older(clean_database) == COUNT - 2
    assert (await again(age=False)).settled == COUNT - 2
    assert await count_older(clean_database) == 0
    assert await content() == before


async def test_a_decision_that_somebody_changed_meanwhile_is_left_for_the_next_run(
    importer, rows, again, monkeypatch, clean_database
):
    await importer.import_sources(Source(Path("made up"), draft) for draft in generate(2))
    (first, *_) = await rows("SELECT id FROM decision ORDER BY id")
    prepared = rereading._prepared

    async def meanwhile(*arguments, **options):
        found = await prepared(*arguments, **options)
        async with clean_database.connection() as connection:
            await connection.execute(
                "UPDATE decision SET clerk = 'Meanwhile', updated_at = now() + interval '1 second' WHERE id = $1",
                first["id"],
            )
        return found

    monkeypatch.setattr(rereading, "_prepared", meanwhile)
    assert (await again()).left == 1
    assert await count_older(clean_database) == 1
    (row,) = await rows("SELECT clerk FROM decision WHERE id = $1", first["id"])
    assert row["clerk"] == "Meanwhile"


async def test_a_text_that_is_now_that_of_another_decision_is_left(importer, rows, again, older, tmp_path):
    write_corpus(tmp_path / "decisions", 1, format="txt")
    await importer.run([tmp_path / "decisions"])
    older()
    (draft,) = read(tmp_path / "decisions")
    twin = replace(
        draft, court="PN Lain"
    )  # the same number and text, of another court, as an older version allowed
    await rows("UPDATE decision SET content_hash = 'older'")
    assert (await importer.import_sources([Source(Path("twin"), twin)])).imported == 1
    assert (await again()).left == 1
