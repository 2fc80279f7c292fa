"""The `courtsight` command, as a person runs it; in this process, on the worker's database."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from courtsight import commands as module
from courtsight.commands import commands
from courtsight.fictitious import generate
from courtsight.fictitious.writers import write_corpus
from courtsight.ingestion.importer import ImportStoppedError, ImportSummary

pytestmark = pytest.mark.usefixtures("clean_database")


@pytest.fixture
def run(settings, monkeypatch):
    """Run `courtsight ARGUMENTS`; gives the exit code and what was printed, spaces collapsed."""
    monkeypatch.setattr(module, "get_settings", lambda: settings)
    monkeypatch.setattr(module, "console", module.Console(width=200))
    monkeypatch.setattr(module, "errors", module.Console(stderr=True, width=400))

    async def invoke(*arguments):
        import asyncio

        result = await asyncio.to_thread(
            CliRunner().invoke, commands, [str(argument) for argument in arguments]
        )
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, " ".join(result.output.split())

    return invoke


async def test_generate_import_and_search(run, tmp_path):
    file = tmp_path / "decisions.jsonl.gz"
    code, output = await run("generate", file, "--count", 5)
    assert (code, output) == (0, f"Wrote 5 fictitious decisions to {file}.")
    code, output = await run("import", file, "--processes", 1)
    assert code == 0
    assert "imported" in output
    draft = next(generate(1))
    code, output = await run("search", draft.case_number)
    assert code == 0
    assert f"1. {draft.case_number} {draft.court}" in output
    assert "understood as: decision number" in output
    code, output = await run("search", '"tidak ada yang menulis ini begini"')
    assert code == 0
    assert "Nothing was found." in output


async def test_duplicates_are_listed_and_removed_and_the_first_stays(run, client, database, tmp_path):
    file = tmp_path / "decisions.jsonl"
    write_corpus(file, 3)
    await run("import", file, "--processes", 1)
    assert await run("duplicates") == (0, "0 duplicates.")
    first, again, other = generate(3)
    async with database.connection() as connection:  # as the migration to identities leaves them
        await connection.execute(
            "UPDATE decision SET duplicate_of = f.id, number_key = f.number_key, court_key = f.court_key"
            " FROM decision f WHERE f.case_number = $1 AND decision.case_number = $2",
            *(first.case_number, again.case_number),
        )
        kept = await connection.fetchval("SELECT id FROM decision WHERE case_number = $1", first.case_number)
    code, output = await run("duplicates")
    assert code == 0
    assert output.startswith(f"{again.case_number} ({again.court}) ")
    assert output.endswith(f": as {kept} 1 duplicates.")
    assert (await run("duplicates", "--remove"))[1].endswith("1 duplicates removed.")
    assert await run("duplicates") == (0, "0 duplicates.")
    listed = (await client.get("/api/v1/legal-search/documents")).json()["data"]
    assert {row["case_number"] for row in listed} == {first.case_number, other.case_number}
    found = await client.post(
        "/api/v1/legal-search/search", json={"query": "dan", "strategy": "lexical", "limit": 100}
    )
    assert {hit["decision"]["case_number"] for hit in found.json()["data"]} == {
        first.case_number,
        other.case_number,
    }


async def test_import_names_what_it_refused_and_exits_with_1(run, tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_text("{no json\n")
    code, output = await run("import", bad, tmp_path / "missing.pdf", "--processes", 1)
    assert code == 1
    assert f"refused {bad}:1: " in output
    assert f"refused {tmp_path / 'missing.pdf'}: there is no such file or folder" in output


def taken_lines(name):
    """The lines of a file, which is removed."""
    path = Path(name)
    lines = path.read_text().splitlines()
    path.unlink()
    return lines


@pytest.mark.parametrize("named", [True, False])
async def test_all_that_was_refused_is_in_a_file(run, tmp_path, named):
    folder, target = tmp_path / "bad", tmp_path / "refused.txt"
    folder.mkdir()
    for number in range(module.ERRORS_SHOWN + 10):
        (folder / f"{number:02}.txt").write_text("bukan putusan")
    code, output = await run("import", folder, "--processes", 1, *(["--refused", target] if named else []))
    assert code == 1
    assert output.count(": no decision number") == module.ERRORS_SHOWN
    found = re.search(r"\.\.\. and 10 more; all that was refused is in (\S+\.txt)", output)
    assert found is not None
    assert not named or found[1] == str(target)
    assert len(taken_lines(found[1])) == module.ERRORS_SHOWN + 10


async def test_a_stopped_import_is_one_clear_line(run, monkeypatch, tmp_path):
    async def stop(*_, **__):
        raise ImportStoppedError(
            ImportSummary(imported=7), "the disk of the database is full; free some space."
        )

    monkeypatch.setattr(module.Importer, "run", stop)
    write_corpus(tmp_path / "one.jsonl", 1)
    code, output = await run("import", tmp_path / "one.jsonl")
    assert code == 1
    assert (
        "The import stopped: the disk of the database is full; free some space. 7 decisions are stored"
        in output
    )


@pytest.mark.parametrize("query", ["", "   ", "a" * 10_001, "-", '"', "year:soon", "article:xyz", "\x00"])
async def test_a_search_that_cannot_be_understood_is_one_clear_line(run, query):
    code, output = await run("search", "--", query)
    assert code in {0, 1}
    assert output
    if query != "\x00":
        assert code == 1


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.jsonl", None, "there is no such file"),
        ("empty.jsonl", b"", "empty"),
        ("text.txt", b"Putusan Nomor 1/Pid.B/2020/PN Cth", "not decisions in JSON Lines"),
        ("broken.jsonl", b'{"case_number": \n', "broken.jsonl:1"),
        ("image.jsonl", b"\x89PNG\r\n\x1a\n0000", "PNG"),
        ("cut.jsonl.gz", gzip.compress(b'{"case_number": "x"}' * 1000)[:60], "cut.jsonl.gz"),
        (
            "unlabelled.jsonl",
            json.dumps({"case_number": "1/Pid.B/2020/PN Cth", "sections": {"fakta": "x"}}).encode(),
            "no record has the labels",
        ),
        (
            "labels.jsonl",
            json.dumps(
                {"case_number": "1/Pid.B/2020", "sections": {"fakta": "x"}, "articles_applied": 5}
            ).encode(),
            "labels.jsonl:1: articles_applied",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_evaluate_refuses_a_wrong_file_with_its_reason(run, tmp_path, name, content, reason):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    code, output = await run("evaluate", "--data", path)
    assert code == 1
    assert reason in output
    assert str(path) in output


async def test_an_unknown_option_or_format_is_refused(run, tmp_path):
    assert (await run("generate", tmp_path / "x", "--format", "docx"))[0] == 2
    assert (await run("search", "a", "--limit", "0"))[0] == 2
    assert (await run("search", "a", "--strategy", "magic"))[0] == 2
