from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from courtsight.decisions.draft import CourtLevel
from courtsight.fictitious.courts import printed_number
from courtsight.fictitious.writers import to_html, to_record, to_text, write_corpus, write_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from courtsight.decisions.draft import DecisionDraft

NOTICE = "PUTUSAN FIKTIF"
SAMPLE_FIELDS = {
    "id",
    "case_number",
    "year",
    "decided",
    "court",
    "province",
    "level",
    "klasifikasi",
    "sub_klasifikasi",
    "offence",
    "qualification",
    "amar",
    "amar_lainnya",
    "sentence_days",
    "status",
    "url",
    "articles_applied",
    "articles_charged",
    "n_chars",
    "cluster",
    "sections",
}


def test_records_have_the_fields_of_the_data_set(corpus: list[DecisionDraft]) -> None:
    for draft in corpus:
        assert to_record(draft).keys() >= SAMPLE_FIELDS
    levels = {to_record(draft)["level"] for draft in corpus}
    assert levels == {"pn", "pa", "ptun", "pt", "pta", "pttun", "kasasi", "pk"}


def test_a_conviction_has_its_sentence_and_articles(corpus: list[DecisionDraft]) -> None:
    draft = next(draft for draft in corpus if draft.legal_area == "pencurian")
    record = to_record(draft)
    assert record["articles_applied"][0] == "KUHP:363(1)ke-4"
    assert record["articles_charged"] == ["KUHP:363(1)ke-4", "KUHP:362"]
    assert record["sentence_days"] >= 240
    assert record["qualification"] == "pencurian dalam keadaan memberatkan"


@pytest.mark.parametrize("name", ["corpus.jsonl", "corpus.jsonl.gz"])
def test_json_lines_hold_every_decision(corpus: list[DecisionDraft], tmp_path: Path, name: str) -> None:
    path = tmp_path / "new" / name
    assert write_corpus(path, 20) == 20
    raw = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    records = [json.loads(line) for line in raw.splitlines()]
    assert [record["case_number"] for record in records] == [draft.case_number for draft in corpus[:20]]
    assert records[3]["sections"] == corpus[3].sections
    before = path.read_bytes()
    write_corpus(path, 20)
    assert path.read_bytes() == before


def test_plain_text_holds_the_full_text(corpus: list[DecisionDraft], tmp_path: Path) -> None:
    assert write_corpus(tmp_path / "text", 4, format="txt") == 4
    files = {path.read_text("utf-8") for path in (tmp_path / "text").iterdir()}
    assert files == {to_text(draft) for draft in corpus[:4]}


def test_a_detail_page_has_the_fields_of_the_directory(corpus: list[DecisionDraft]) -> None:
    draft = next(draft for draft in corpus if draft.level is CourtLevel.CASSATION and draft.rule_of_law)
    page = to_html(draft)
    for label in (
        "Nomor",
        "Tingkat Proses",
        "Klasifikasi",
        "Kata Kunci",
        "Tahun",
        "Tanggal Register",
        "Tanggal Musyawarah",
        "Tanggal Dibacakan",
        "Lembaga Peradilan",
        "Hakim Ketua",
        "Hakim Anggota",
        "Panitera",
        "Amar",
        "Catatan Amar",
        "Kaidah",
        "Abstrak",
        "Putusan Terkait",
    ):
        assert f"<tr><td>{label}</td><td>" in page
    assert f"<td>{printed_number(draft.case_number)}</td>" in page
    assert NOTICE in page
    assert ".pdf" in page


def test_a_lower_court_has_its_short_name_in_the_directory(corpus: list[DecisionDraft]) -> None:
    page = to_html(corpus[0])
    assert "<tr><td>Lembaga Peradilan</td><td>PN MUARA PELANGI</td></tr>" in page


def test_a_pdf_has_a_text_layer_with_number_and_notice(corpus: list[DecisionDraft], tmp_path: Path) -> None:
    draft = corpus[2]
    write_pdf(draft, tmp_path / "decision.pdf")
    document = pypdfium2.PdfDocument(tmp_path / "decision.pdf")
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    assert len(document) > 2
    assert NOTICE in text
    assert printed_number(draft.case_number) in text
    assert "MENGADILI:" in text
    assert len(text) > 0.9 * len(draft.full_text)
