"""Fictitious decisions as files, in every format that the importers read."""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
from typing import TYPE_CHECKING, Any, Literal

from courtsight.decisions.applied import article_roles
from courtsight.decisions.draft import CourtLevel, DecisionDraft
from courtsight.fictitious.corpus import DEFAULT_SEED, generate
from courtsight.fictitious.courts import printed_number
from courtsight.fictitious.library import frame
from courtsight.fictitious.printing import print_decision
from courtsight.fictitious.wording import long_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

Format = Literal["jsonl", "txt", "html", "pdf"]

_STAGES = {
    CourtLevel.FIRST_INSTANCE: "Pertama",
    CourtLevel.APPEAL: "Banding",
    CourtLevel.CASSATION: "Kasasi",
    CourtLevel.REVIEW: "Peninjauan Kembali",
}
_CLASSES = {"pidana": "pidana-umum"}


def to_record(draft: DecisionDraft) -> dict[str, Any]:
    """The decision as an object of the data set's shape, plus a field for everything else in a draft."""
    roles = article_roles(draft)
    text = draft.full_text
    day = draft.pronounced_on
    return {
        "id": hashlib.sha256(draft.case_number.encode()).hexdigest()[:32],
        "case_number": draft.case_number,
        "year": draft.year,
        "decided": _iso(day),
        "court": draft.court,
        "province": "",
        "level": _level_code(draft),
        "klasifikasi": _slug(_CLASSES.get(draft.case_type, draft.case_type)),
        "sub_klasifikasi": _slug(draft.legal_area),
        "offence": draft.legal_area if draft.case_type.startswith("pidana") else None,
        "qualification": _qualification(text),
        "amar": _slug(draft.outcome),
        "amar_lainnya": _slug(draft.outcome_other),
        "sentence_days": draft.sentence_days or 0,
        "status": "fiktif",
        "url": draft.source_url,
        "articles_applied": list(roles.applied),
        "articles_charged": list(roles.charged),
        "n_chars": len(text),
        "cluster": draft.content_hash.hex()[:12],
        "jurisdiction": draft.jurisdiction,
        "case_type": draft.case_type,
        "legal_area": draft.legal_area,
        "parties": [{"role": party.role, "name": party.name} for party in draft.parties],
        "presiding_judge": draft.presiding_judge,
        "member_judges": draft.member_judges,
        "clerk": draft.clerk,
        "registered_on": _iso(draft.registered_on),
        "deliberated_on": _iso(draft.deliberated_on),
        "pronounced_on": _iso(day),
        "uploaded_on": _iso(draft.uploaded_on),
        "keywords": draft.keywords,
        "outcome": draft.outcome,
        "outcome_other": draft.outcome_other,
        "outcome_note": draft.outcome_note,
        "rule_of_law": draft.rule_of_law,
        "abstract": draft.abstract,
        "attachments": draft.attachments,
        "related": draft.related,
        "fictitious": draft.fictitious,
        "sections": draft.sections,
    }


def write_json_lines(drafts: Iterable[DecisionDraft], path: Path) -> int:
    """One JSON object a line, compressed if the name ends in `.gz`; returns how many were written.

    The compressed file holds no time and no name, so writing it again gives the same bytes.
    """
    count = 0
    with path.open("wb") as raw:
        zipped = gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if path.suffix == ".gz" else None
        for draft in drafts:
            line = json.dumps(to_record(draft), ensure_ascii=False).encode() + b"\n"
            (zipped or raw).write(line)
            count += 1
        if zipped:
            zipped.close()
    return count


def to_text(draft: DecisionDraft) -> str:
    """The decision as plain text, sections apart by a blank line."""
    return draft.full_text + "\n"


def to_html(draft: DecisionDraft) -> str:
    """A detail page as in the Supreme Court's directory: a table of two cells, a label and its value; no text."""
    rows = "\n".join(
        f"<tr><td>{label}</td><td>{html.escape(value).replace(chr(10), '<br>')}</td></tr>"
        for label, value in _rows(draft)
        if value
    )
    slug = _file_name(draft)
    related = "\n".join(
        f'<li><a href="{_slug(number.replace("/", "-"))}.html">{html.escape(number)}</a></li>'
        for number in draft.related
    )
    title = f"Putusan {draft.court} Nomor {printed_number(draft.case_number)}"
    return f"""<!DOCTYPE html>
<html lang="id">
<head><meta charset="utf-8"><title>{html.escape(title)}</title></head>
<body>
<p class="notice">{frame("closing")["notice"]}</p>
<h2>{html.escape(title)}</h2>
<table class="table">
{rows}
<tr><td>Putusan Terkait</td><td><ul>
{related}
</ul></td></tr>
<tr><td>Lampiran</td><td><a href="{slug}.pdf">Download PDF</a> <a href="{slug}.zip">Download ZIP</a></td></tr>
</table>
</body>
</html>
"""


def write_pdf(draft: DecisionDraft, path: Path) -> None:
    """The decision as a paged PDF with a text layer."""
    path.write_bytes(print_decision(draft)[0])


def write_corpus(path: Path, count: int = 300, seed: int = DEFAULT_SEED, format: Format = "jsonl") -> int:  # noqa: A002
    """Write the corpus and return how many decisions it has.

    Args:
        path: For `jsonl` a file (compressed if it ends in `.gz`); for the others a folder that gets a file
            a decision and is created if needed.
        count: How many decisions.
        seed: Which corpus.
        format: `jsonl`, `txt`, `html` or `pdf`.

    Raises:
        OSError: the place cannot be written.
    """
    drafts = generate(count, seed)
    if format == "jsonl":
        path.parent.mkdir(parents=True, exist_ok=True)
        return write_json_lines(drafts, path)
    path.mkdir(parents=True, exist_ok=True)
    written = 0
    for draft in drafts:
        target = path / f"{_file_name(draft)}.{format}"
        if format == "pdf":
            write_pdf(draft, target)
        else:
            target.write_text(to_text(draft) if format == "txt" else to_html(draft), encoding="utf-8")
        written += 1
    return written


def _rows(draft: DecisionDraft) -> list[tuple[str, str]]:
    return [
        ("Nomor", printed_number(draft.case_number)),
        ("Tingkat Proses", _STAGES[draft.level] if draft.level else ""),
        ("Klasifikasi", f"{draft.case_type.title()} / {draft.legal_area.title()}"),
        ("Kata Kunci", ", ".join(draft.keywords)),
        ("Tahun", str(draft.year or "")),
        ("Tanggal Register", _printed(draft.registered_on)),
        ("Lembaga Peradilan", draft.court.upper()),
        ("Jenis Lembaga Peradilan", draft.court.split()[0].replace("Mahkamah", "MA")),
        ("Hakim Ketua", draft.presiding_judge),
        ("Hakim Anggota", "\n".join(draft.member_judges)),
        ("Panitera", draft.clerk),
        ("Amar", draft.outcome.title()),
        ("Amar Lainnya", draft.outcome_other.upper()),
        ("Catatan Amar", draft.outcome_note),
        ("Tanggal Musyawarah", _printed(draft.deliberated_on)),
        ("Tanggal Dibacakan", _printed(draft.pronounced_on)),
        ("Tanggal Upload", _printed(draft.uploaded_on)),
        ("Kaidah", draft.rule_of_law),
        ("Abstrak", draft.abstract),
    ]


def _level_code(draft: DecisionDraft) -> str:
    if draft.level is CourtLevel.CASSATION:
        return "kasasi"
    if draft.level is CourtLevel.REVIEW:
        return "pk"
    return draft.case_number.rpartition("/")[2].partition(" ")[0].lower()


def _qualification(text: str) -> str | None:
    match = re.search(r"bersalah melakukan tindak pidana (.+?) sebagaimana", text)
    return match[1] if match else None


def _file_name(draft: DecisionDraft) -> str:
    return _slug(printed_number(draft.case_number).replace("/", "-"))


def _slug(words: str) -> str:
    return words.strip().lower().replace(" ", "-")


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _printed(day: date | None) -> str:
    return long_date(day) if day else ""
