"""JSON Lines: one decision a line, and an error with its number for each bad one."""

from __future__ import annotations

import gzip
import json
from datetime import date

import pytest

from courtsight.decisions.draft import CourtLevel, DecisionDraft
from courtsight.ingestion.readers import Limits, ReadError, read_json_lines


def record(**changes):
    return {
        "id": "0",
        "case_number": "12/Pid.B/2014/PN",
        "year": 2014,
        "decided": "2014-06-23",
        "court": "pn-kota-contoh",
        "level": "pn",
        "klasifikasi": "pidana-umum",
        "sub_klasifikasi": "pencurian",
        "qualification": "pencurian dalam keadaan memberatkan",
        "amar": "pidana",
        "amar_lainnya": "tidak-diketahui",
        "url": "https://putusan.example/12",
        "sections": {"kepala_putusan": "putusan nomor 12", "amar_putusan": "mengadili terdakwa contoh"},
    } | changes


def written(tmp_path, *lines, name="decisions.jsonl"):
    path = tmp_path / name
    content = b"".join(
        line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines
    )
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def only_error(path, **limits):
    (result,) = read_json_lines(path, Limits(**limits))
    assert isinstance(result, ReadError)
    return result


def test_a_record_becomes_a_draft(tmp_path):
    (draft,) = read_json_lines(written(tmp_path, record()))
    assert draft == DecisionDraft(
        case_number="12/Pid.B/2014/PN",
        sections={"kepala_putusan": "putusan nomor 12", "amar_putusan": "mengadili terdakwa contoh"},
        court="PN Kota Contoh",
        level=CourtLevel.FIRST_INSTANCE,
        jurisdiction="umum",
        case_type="pidana",
        legal_area="pencurian",
        year=2014,
        pronounced_on=date(2014, 6, 23),
        outcome="pidana",
        outcome_note="pencurian dalam keadaan memberatkan",
        source_url="https://putusan.example/12",
    )


def test_compressed_lines_are_the_same(tmp_path):
    lines = [record(), record(case_number="13/Pid.B/2014/PN")]
    plain = list(read_json_lines(written(tmp_path, *lines)))
    assert list(read_json_lines(written(tmp_path, *lines, name="decisions.jsonl.gz"))) == plain


@pytest.mark.parametrize("name", ["decisions.jsonl", "decisions.jsonl.gz"])
def test_a_bad_line_is_named_and_the_others_go_on(tmp_path, name):
    lines = [record(case_number=f"{number}/Pid.B/2014/PN") for number in range(1, 1201)]
    lines[999] = b'{"case_number": \n'
    path = written(tmp_path, *lines, name=name)
    results = list(read_json_lines(path))
    (error,) = [result for result in results if isinstance(result, ReadError)]
    assert (error.path, error.line, len(results)) == (path, 1000, 1200)
    assert "Invalid JSON" in error.reason
    assert str(error).startswith(f"{path}:1000: ")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"[1, 2]\n", "object"),
        (b"\xff\xfe{}\n", "Invalid JSON"),
        (b"[" * 100_000 + b"\n", "Invalid JSON"),
        (record(case_number=None), "case_number"),
        (record(case_number="  "), "case_number"),
        (record(sections=[]), "sections"),
        (record(sections={"fakta": 5}), "sections.fakta"),
        (record(sections={"fakta": " \x00 "}), "no text"),
        (record(sections={"lain": "x"}), "'lain' is not a section"),
        (record(decided="31 februari"), "decided"),
        (record(year=10**30), "year"),
    ],
)
def test_every_refusal_says_why(tmp_path, line, reason):
    error = only_error(written(tmp_path, line))
    assert reason in error.reason
    assert error.line == 1


def test_control_characters_are_left_out(tmp_path):
    (draft,) = read_json_lines(written(tmp_path, record(sections={"fakta": "a\x00b\x07c\td\r\ne"})))
    assert draft.sections == {"fakta": "abc\td\ne"}


def test_empty_lines_and_a_byte_order_mark_are_passed_over(tmp_path):
    line = json.dumps(record()).encode() + b"\n"
    results = list(read_json_lines(written(tmp_path, b"\xef\xbb\xbf" + line, b"\n", b"  \n", line)))
    assert [type(result) for result in results] == [DecisionDraft, DecisionDraft]


@pytest.mark.parametrize("name", ["decisions.jsonl", "decisions.jsonl.gz"])
def test_an_endless_line_is_refused_and_the_next_is_read(tmp_path, name):
    path = written(tmp_path, b"{" + b" " * 5_000_000 + b"}\n", record(), name=name)
    error, draft = read_json_lines(path, Limits(line_bytes=1_000_000))
    assert (error.line, "longer than 1,000,000 bytes" in error.reason) == (1, True)
    assert draft.case_number == "12/Pid.B/2014/PN"


def test_a_gzip_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.jsonl.gz"
    with gzip.open(path, "wb") as archive:
        for _ in range(30):
            archive.write(b"\n" * 1_000_000)
    assert "grows more than 200 times" in only_error(path).reason


def test_a_truncated_archive_keeps_what_was_read(tmp_path):
    path = written(tmp_path, *(record(court=f"pn-{n}" * 300) for n in range(3000)), name="decisions.jsonl.gz")
    path.write_bytes(path.read_bytes()[:-200])
    *drafts, error = read_json_lines(path)
    assert drafts
    assert all(isinstance(draft, DecisionDraft) for draft in drafts)
    assert "damaged or cut off" in error.reason


def test_a_missing_file_is_an_error(tmp_path):
    assert "No such file" in only_error(tmp_path / "none.jsonl").reason


@pytest.mark.sample
def test_the_sample_is_read_without_error(sample_path):
    results = list(read_json_lines(sample_path))
    assert len(results) == 2000
    assert all(isinstance(result, DecisionDraft) for result in results)
    assert len({(draft.court, draft.case_number) for draft in results}) == 2000
