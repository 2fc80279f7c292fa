"""The reader is picked by content and name; folders are read in sorted order."""

from __future__ import annotations

import gzip
import json
import os
import pickle

import pytest

from courtsight.decisions.draft import DecisionDraft
from courtsight.ingestion.readers import Format, ReadError, detect, read, read_text

LINE = json.dumps({"case_number": "12/Pid.B/2014/PN", "sections": {"fakta": "sepeda"}}).encode() + b"\n"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jsonl", LINE, Format.JSON_LINES),
        ("a.jsonl.gz", gzip.compress(LINE, mtime=0), Format.JSON_LINES),
        ("a", LINE, Format.JSON_LINES),
        ("a.unknown", b"%PDF-1.4\n", Format.PDF),
        ("a.html", b"\xef\xbb\xbf <!DOCTYPE html>", Format.HTML),
        ("a.htm", b"just words", Format.HTML),
        ("a.txt", b"PUTUSAN", Format.TEXT),
    ],
)
def test_content_and_name_tell_the_format(tmp_path, name, content, kind):
    path = tmp_path / name
    path.write_bytes(content)
    assert detect(path) is kind


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"PK\x03\x04", "a ZIP archive"),
        ("a.pdf", b"plain words", "lacks %PDF-"),
        ("a.jsonl", b"%PDF-1.4", "named .jsonl but the content is PDF"),
        ("a.txt", b"%PDF-1.4", "named .txt but the content is PDF"),
        ("a.bin", b"\x01\x02\x03", "neither the name nor the content"),
        ("a.pdf", b"", "empty"),
        ("a.jsonl", b" \n ", "empty"),
    ],
)
def test_what_is_no_decision_is_refused_by_name_and_reason(tmp_path, name, content, reason):
    path = tmp_path / name
    path.write_bytes(content)
    (error,) = read(path)
    assert isinstance(error, ReadError)
    assert error.path == path
    assert reason in error.reason


def test_a_folder_is_read_in_sorted_order_and_errors_stop_nothing(tmp_path, criminal_text):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.txt").write_text(criminal_text)
    (tmp_path / "a.jsonl").write_bytes(LINE)
    (tmp_path / "a.png").write_bytes(b"\x89PNG....")
    (tmp_path / ".hidden.txt").write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path)
    results = list(read(tmp_path))
    assert [type(result) for result in results] == [DecisionDraft, ReadError, DecisionDraft]
    assert results[-1].case_number == "12/Pid.B/2014/PN Cth"


def test_reading_is_lazy(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINE * 3)
    results = read(path)
    assert next(results).case_number == "12/Pid.B/2014/PN"


def test_an_error_survives_the_way_between_processes(tmp_path):
    error = pickle.loads(pickle.dumps(ReadError(tmp_path, "damaged", 3)))
    assert (error.path, error.reason, error.line) == (tmp_path, "damaged", 3)
    assert str(error) == f"{tmp_path}:3: damaged"


def test_a_missing_path_is_an_error(tmp_path):
    (error,) = read(tmp_path / "none")
    assert "no such file" in error.reason


def test_a_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    (error,) = read(tmp_path / "pipe.txt")
    assert "not a regular file" in error.reason


class TestPlainText:
    def test_a_decision_has_its_sections(self, tmp_path, criminal_text, criminal_sections):
        path = tmp_path / "a.txt"
        path.write_text(criminal_text)
        (draft,) = read(path)
        assert list(draft.sections) == criminal_sections
        assert "".join(draft.full_text.split()) == "".join(criminal_text.split())

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
    def test_the_usual_encodings_are_read(self, tmp_path, criminal_text, encoding):
        path = tmp_path / "a.txt"
        path.write_bytes(criminal_text.replace("Pedagang", "Caf\u00e9").encode(encoding))
        (draft,) = read_text(path)
        assert "Caf\u00e9" in draft.full_text

    def test_binary_data_is_refused(self, tmp_path):
        path = tmp_path / "a.txt"
        path.write_bytes(bytes(range(32)) * 50)
        (error,) = read(path)
        assert "binary" in error.reason

    def test_a_text_without_a_number_is_refused(self, tmp_path):
        path = tmp_path / "a.txt"
        path.write_text("Bukan putusan.")
        (error,) = read(path)
        assert "no decision number" in error.reason
