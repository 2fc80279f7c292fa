"""Pages of HTML: the detail page of a decision in the Supreme Court's directory, and the text of a decision.

A detail page is a table of two cells, a label and a value, among other tables. It describes a decision and links to its
PDF; where it does not hold the text, the draft has no sections.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from courtsight.decisions.case_numbers import level_of, normalise_case_number
from courtsight.decisions.cleaning import clean
from courtsight.decisions.courts import canonical_name
from courtsight.decisions.dates import find_date
from courtsight.decisions.draft import CourtLevel, DecisionDraft, Section
from courtsight.decisions.kinds import case_kind, case_type_of
from courtsight.decisions.sections import find_sections
from courtsight.ingestion.readers.base import DEFAULT_LIMITS, Limits, ReadError, ReadResult, storable
from courtsight.ingestion.readers.child_process import RefusedError, page_parts
from courtsight.ingestion.readers.drafting import TOLD_BY_TEXT, draft_from_text

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
_LABELS = frozenset({
    "nomor", "tingkat_proses", "klasifikasi", "kata_kunci", "tahun", "tanggal_register", "lembaga_peradilan",
    "jenis_lembaga_peradilan", "hakim_ketua", "hakim_anggota", "panitera", "amar", "amar_lainnya", "catatan_amar",
    "tanggal_musyawarah", "tanggal_dibacakan", "kaidah", "abstrak",
})  # fmt: skip
_RELATED_ROWS = frozenset({"pertama", "banding", "kasasi", "peninjauan_kembali"})
# Names of their own: on lines, after a mark, after the word for their office, before a title.
_OFFICE = (
    r"(?:(?:br\s?)?hakim\s(?:ketua|anggota|tunggal)(?:\s(?:majelis|[ivx]{1,3}|\d)\b)*|ketua\smajelis"
    r"|panitera\s(?:pengganti|muda)|panitera(?=\s?:))"
)
_SPLIT = re.compile(
    r"\s*(?:;|\n|\||[,\s]\s*(?:br\s?)?(?=hakim\sanggota\b)|,\s(?=(?:Drs?|Dra|Hj?|Prof)\b\.?)|\u2022|\s{2,})\s*",
    re.IGNORECASE,
)
_OFFICES = re.compile(rf"^[\s,.:]*(?:\d{{1,2}}[.)]\s*)?(?:{_OFFICE}\b\s?[:.,]?\s*)+", re.IGNORECASE)
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
    yield _read(path, parts)


def _read(path: Path, parts: dict[str, Any]) -> ReadResult:
    """The draft of a page: what its table tells, and its text if it holds that."""
    fields = _fields(parts)
    number = normalise_case_number(fields.get("nomor", "") or fields.get("judul", ""))
    text = _decision_text(parts["text"])
    written = draft_from_text(path, text) if text else None
    if number is None:
        missing = ReadError(
            path, "the page has no field 'Nomor' with a decision number, and no text of a decision"
        )
        return written or missing
    draft = _draft(number, fields, parts["links"], storable(parts["canonical"]))
    if isinstance(written, DecisionDraft) and written.case_number.startswith(number.partition(" ")[0]):
        names = [name for name in ("court", *TOLD_BY_TEXT) if not getattr(draft, name)]
        told = {name: getattr(written, name) for name in names}
        return replace(draft, from_text=written.from_text.intersection(names), **told)
    return draft


_TITLE = re.compile(
    r"^[^\w\n]{0,8}(?:salinan\s)?(?:p\s?u\s?t\s?u\s?s\s?a\s?n|p\s?e\s?n\s?e\s?t\s?a\s?p\s?a\s?n)\b",
    re.IGNORECASE | re.MULTILINE,
)
_SHORTEST_TEXT = 400  # characters
_FEWEST_SECTIONS = 3


def _decision_text(raw: str) -> str:
    """The text of a decision that a page holds; nothing where it holds none."""
    text = clean("\n".join(" ".join(line.split()) for line in storable(raw).split("\n")))
    title = _TITLE.search(text)
    text = text[title.start() :] if title else text
    if len(text) < _SHORTEST_TEXT:
        return ""
    found = {span.section for span in find_sections(text)}
    return text if Section.VERDICT in found and len(found) >= _FEWEST_SECTIONS else ""


def _fields(parts: dict[str, Any]) -> dict[str, str]:
    """The fields of a page by label. Those of the decision's own table come before what other tables say."""
    tables: dict[int, dict[str, str]] = {}
    for table, name, text in parts["rows"]:
        label, value = _LABEL.sub("_", _cell(name).lower()).strip("_"), _cell(text)
        if label and value.lower() not in _EMPTY:
            tables.setdefault(table, {}).setdefault(label, value)
    fields: dict[str, str] = {}
    for found in sorted(tables.values(), key=_describes, reverse=True):
        if fields and not normalise_case_number(found.get("nomor", "")):
            found.pop("nomor", None)
        for label, value in found.items():
            fields.setdefault(label, value)
    if parts["heading"] is not None:
        fields.setdefault("judul", _cell(parts["heading"]))
    return fields


def _describes(fields: dict[str, str]) -> tuple[bool, int]:
    """How likely a table is the one that describes the decision."""
    return normalise_case_number(fields.get("nomor", "")) is not None, len(_LABELS & fields.keys())


def _draft(number: str, fields: dict[str, str], links: list[str], address: str) -> DecisionDraft:
    court = canonical_name(_first(fields, "lembaga_peradilan", "pengadilan"))
    kind, area = _classified(fields.get("klasifikasi", ""))
    pronounced = _date(fields, "tanggal_dibacakan", "tanggal_putusan")
    year = fields.get("tahun", "").strip()
    return DecisionDraft(
        case_number=number,
        sections={},
        court=court,
        level=_LEVELS.get(_first(fields, "tingkat_proses").lower()) or level_of(number),
        jurisdiction=_JURISDICTIONS.get(court.partition(" ")[0].upper(), ""),
        case_type=kind or case_type_of(number),
        legal_area=_line(_first(fields, "sub_klasifikasi")).lower() or area,
        year=int(year)
        if re.fullmatch(r"(?:18|19|20)[0-9]{2}", year)
        else pronounced.year
        if pronounced
        else None,
        presiding_judge=_person(_first(fields, "hakim_ketua", "hakim_tunggal")),
        member_judges=_names(_first(fields, "hakim_anggota")),
        clerk=_person(_first(fields, "panitera", "panitera_pengganti")),
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


def _person(value: str) -> str:
    """One name, without the word for its office."""
    return next(iter(_names(value)), "")


def _names(value: str) -> list[str]:
    """Names on lines of their own, or parted by semicolons, by the word for their office, or before a title."""
    parts = (_OFFICES.sub("", " ".join(part.split())) for part in _SPLIT.split(value) if part)
    return [name for part in parts if (name := part.strip(" ,:"))]


def _classified(value: str) -> tuple[str, str]:
    """The kind of case and the area of law in a classification such as "Pidana / Pencurian / Pidana Umum"."""
    steps = [step.lower() for step in _STEP.split(value) if step]
    kinds = [kind for step in steps if (kind := case_kind(step))]
    areas = [step for step in steps if not case_kind(step)]
    return max(kinds, key=len, default=""), areas[-1] if areas else ""


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
