"""The detail page of a decision in the Supreme Court's directory: tables of two cells, a label and a value.

A page describes a decision and links to its PDF; it rarely holds the text. The draft then has no sections.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from courtsight.decisions.case_numbers import level_of, normalise_case_number
from courtsight.decisions.courts import canonical_name
from courtsight.decisions.dates import find_date
from courtsight.decisions.draft import CourtLevel, DecisionDraft
from courtsight.ingestion.readers.base import DEFAULT_LIMITS, Limits, ReadError, ReadResult, storable
from courtsight.ingestion.readers.child_process import RefusedError, page_parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

__all__ = ["read_html"]

_PAGE_BYTES = 4 * 1024 * 1024
_EMPTY = frozenset({"", "-", "--", "\u2013", "\u2014", "\u2014\u2014", "n/a", "tidak ada"})
_LEVELS = {
    "pertama": CourtLevel.FIRST_INSTANCE,
    "tingkat pertama": CourtLevel.FIRST_INSTANCE,
    "banding": CourtLevel.APPEAL,
    "kasasi": CourtLevel.CASSATION,
    "peninjauan kembali": CourtLevel.REVIEW,
    "pk": CourtLevel.REVIEW,
}
_JURISDICTIONS = {
    "PN": "umum", "PT": "umum", "PA": "agama", "PTA": "agama", "MS": "agama", "PTUN": "tata usaha negara",
    "PTTUN": "tata usaha negara", "DILMIL": "militer", "PM": "militer", "DILMILTI": "militer",
}  # fmt: skip
_RELATED_ROWS = frozenset({"pertama", "banding", "kasasi", "peninjauan_kembali"})
_SPLIT = re.compile(r"\s*(?:;|\n|\||,\s(?=(?:Dr|Drs|Dra|Hj|H|Prof)\b\.?|Hakim\s)|\u2022|\s{2,})\s*")
_LABEL = re.compile(r"[\s_:]+")
_STEP = re.compile(r"\s*(?:\n|\u00bb|\u203a|>|\s/\s)\s*")


def read_html(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[ReadResult]:
    """Read one detail page; a page without a decision number is an error."""
    try:
        if path.stat().st_size > min(_PAGE_BYTES, limits.file_bytes):
            yield ReadError(path, f"the page is larger than {_PAGE_BYTES:,} bytes")
            return
        parts = page_parts(path, limits)
    except OSError as error:
        yield ReadError(path, error.strerror or str(error))
        return
    except RefusedError as error:
        yield ReadError(path, str(error))
        return
    fields = _fields(parts)
    number = normalise_case_number(fields.get("nomor", "") or fields.get("judul", ""))
    if number is None:
        yield ReadError(path, "the page has no field 'Nomor' with a decision number")
        return
    yield _draft(number, fields, parts["links"], storable(parts["canonical"]))


def _fields(parts: dict[str, Any]) -> dict[str, str]:
    """The fields of a page by label."""
    fields: dict[str, str] = {}
    for name, text in parts["rows"]:
        label, value = _LABEL.sub("_", _cell(name).lower()).strip("_"), _cell(text)
        if label and value.lower() not in _EMPTY:
            fields.setdefault(label, value)
    if parts["heading"] is not None:
        fields.setdefault("judul", _cell(parts["heading"]))
    return fields


def _draft(number: str, fields: dict[str, str], links: list[str], address: str) -> DecisionDraft:
    court = canonical_name(_first(fields, "lembaga_peradilan", "pengadilan"))
    kinds = [step for step in _STEP.split(fields.get("klasifikasi", "")) if step]
    pronounced = _date(fields, "tanggal_dibacakan", "tanggal_putusan")
    year = fields.get("tahun", "").strip()
    return DecisionDraft(
        case_number=number,
        sections={},
        court=court,
        level=_LEVELS.get(_first(fields, "tingkat_proses").lower()) or level_of(number),
        jurisdiction=_JURISDICTIONS.get(court.partition(" ")[0].upper(), ""),
        case_type=kinds[0].lower() if kinds else "",
        legal_area=kinds[-1].lower() if len(kinds) > 1 else "",
        year=int(year)
        if re.fullmatch(r"(?:18|19|20)[0-9]{2}", year)
        else pronounced.year
        if pronounced
        else None,
        presiding_judge=_line(_first(fields, "hakim_ketua")),
        member_judges=_names(_first(fields, "hakim_anggota")),
        clerk=_line(_first(fields, "panitera", "panitera_pengganti")),
        registered_on=_date(fields, "tanggal_register"),
        deliberated_on=_date(fields, "tanggal_musyawarah"),
        pronounced_on=pronounced,
        uploaded_on=_date(fields, "tanggal_upload", "tanggal_unggah", "upload"),
        keywords=[word.strip() for word in re.split(r"[;,\n]", fields.get("kata_kunci", "")) if word.strip()],
        outcome=_line(_first(fields, "amar")).lower(),
        outcome_other=_line(_first(fields, "amar_lainnya")).lower(),
        outcome_note=_first(fields, "catatan_amar"),
        rule_of_law=_first(fields, "kaidah", "kaidah_hukum"),
        abstract=_first(fields, "abstrak"),
        source_url=address,
        attachments=_files(links, address),
        related=_related(fields, number),
    )


def _cell(text: str) -> str:
    """The text of a cell: one line for each block, link or line break, spaces collapsed."""
    lines = (" ".join(line.split()) for line in storable(text).split("\n"))
    return "\n".join(line for line in lines if line)


def _first(fields: dict[str, str], *labels: str) -> str:
    return next((fields[label] for label in labels if fields.get(label)), "")


def _line(value: str) -> str:
    return " ".join(value.split())


def _names(value: str) -> list[str]:
    """Names on lines of their own, or separated by semicolons, or by a comma before a title."""
    parts = (
        re.sub(r"^(?:br)?hakim anggota:?\s", "", part, flags=re.IGNORECASE) for part in _SPLIT.split(value)
    )
    return [name for part in parts if (name := part.strip(" ,"))]


def _date(fields: dict[str, str], *labels: str) -> date | None:
    value = _first(fields, *labels)
    return find_date(value) if value else None


def _files(links: list[str], address: str) -> list[str]:
    """Absolute addresses of the PDF and ZIP; only http and https."""
    found = []
    for link in links:
        try:
            target = urljoin(address, storable(link).strip())
            parts = urlsplit(target)
        except ValueError:
            continue
        wanted = re.search(r"/(?:pdf|zip)/|\.(?:pdf|zip)$", parts.path, re.IGNORECASE)
        if parts.scheme in {"http", "https"} and wanted:
            found.append(target)
    return list(dict.fromkeys(found))


def _related(fields: dict[str, str], own: str) -> list[str]:
    labels = [label for label in fields if label.startswith("putusan_terkait") or label in _RELATED_ROWS]
    lines = [line for label in labels for line in fields[label].split("\n")]
    numbers = [normalise_case_number(line) for line in lines]
    return list(dict.fromkeys(number for number in numbers if number and number != own))
