"""JSON Lines in the format of the indo-law data set: one decision a line, plain or compressed with gzip."""

from __future__ import annotations

import datetime as dt
import gzip
import zlib
from contextlib import closing
from typing import IO, TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from courtsight.decisions.case_numbers import level_of, normalise_case_number
from courtsight.decisions.draft import CourtLevel, DecisionDraft, Party, Section
from courtsight.decisions.kinds import case_kind
from courtsight.ingestion.readers.base import DEFAULT_LIMITS, Limits, ReadError, ReadResult, storable
from courtsight.ingestion.readers.drafting import completed_by_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["read_json_lines", "read_numbered_lines"]

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_CHUNK = 1024 * 1024
_FREE_INFLATION = 16 * 1024 * 1024
_LEVELS = {"pn": CourtLevel.FIRST_INSTANCE, "pa": CourtLevel.FIRST_INSTANCE, "ptun": CourtLevel.FIRST_INSTANCE,
           "pm": CourtLevel.FIRST_INSTANCE, "dilmil": CourtLevel.FIRST_INSTANCE, "ms": CourtLevel.FIRST_INSTANCE,
           "pt": CourtLevel.APPEAL, "pta": CourtLevel.APPEAL, "pttun": CourtLevel.APPEAL,
           "kasasi": CourtLevel.CASSATION, "pk": CourtLevel.REVIEW}  # fmt: skip
_JURISDICTIONS = {"pn": "umum", "pt": "umum", "pa": "agama", "pta": "agama", "ms": "agama",
                  "ptun": "tata usaha negara", "pttun": "tata usaha negara", "pm": "militer",
                  "dilmil": "militer"}  # fmt: skip
_UNKNOWN = "tidak-diketahui"
_SECTIONS = frozenset(section.value for section in Section)


def _nothing_if_empty(value: object) -> object:
    return None if value == "" else value


def _text_or_empty(value: object) -> object:
    return "" if value is None else value


def _list_or_empty(value: object) -> object:
    return [] if value is None else value


_Text = Annotated[str, BeforeValidator(_text_or_empty)]
_Texts = Annotated[list[str], BeforeValidator(_list_or_empty)]
_Date = Annotated[dt.date | None, BeforeValidator(_nothing_if_empty)]


class _Party(BaseModel):
    model_config = ConfigDict(extra="ignore")

    role: _Text = ""
    name: str


class _Record(BaseModel):
    """A line of the data set; fields that a decision does not need are ignored.

    What the data set lacks has the names of `DecisionDraft`, and comes before what the data set's own fields tell.
    """

    model_config = ConfigDict(extra="ignore")

    case_number: str
    sections: dict[str, _Text]
    year: Annotated[int, Field(ge=1800, le=2200)] | None = None
    decided: _Date = None
    court: _Text = ""
    level: _Text = ""
    klasifikasi: _Text = ""
    sub_klasifikasi: _Text = ""
    qualification: _Text = ""
    amar: _Text = ""
    amar_lainnya: _Text = ""
    sentence_days: Annotated[int, Field(ge=0, le=100_000)] | None = None
    url: _Text = ""
    fictitious: bool = False
    jurisdiction: _Text = ""
    case_type: _Text = ""
    legal_area: _Text = ""
    parties: Annotated[list[_Party], BeforeValidator(_list_or_empty)] = []
    presiding_judge: _Text = ""
    member_judges: _Texts = []
    clerk: _Text = ""
    registered_on: _Date = None
    deliberated_on: _Date = None
    pronounced_on: _Date = None
    uploaded_on: _Date = None
    keywords: _Texts = []
    outcome: _Text = ""
    outcome_other: _Text = ""
    outcome_note: _Text = ""
    rule_of_law: _Text = ""
    abstract: _Text = ""
    attachments: _Texts = []
    related: _Texts = []


def read_json_lines(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[ReadResult]:
    """Read one decision a line; a bad line is an error with its number and the rest goes on.

    A damaged or exploding archive ends the file with an error: what was read before it stays.
    """
    return (result for _, result in read_numbered_lines(path, limits))


def read_numbered_lines(path: Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[tuple[int, ReadResult]]:
    """As `read_json_lines`, with the number of each line, from 1."""
    number = 0
    try:
        with path.open("rb") as raw:
            compressed = raw.read(2) == _GZIP
            raw.seek(0)
            lines = _inflated_lines(raw, limits) if compressed else _lines(raw, limits)
            for number, line in enumerate(lines, start=1):
                text = line.removeprefix(_BOM) if number == 1 else line
                if not text.strip():
                    continue
                try:
                    yield number, _draft(text, limits)
                except _RefusedError as refused:
                    yield number, ReadError(path, str(refused), number)
    except _RefusedError as refused:
        yield number + 1, ReadError(path, str(refused), number + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        reason = f"the gzip archive is damaged or cut off ({error})"
        yield number + 1, ReadError(path, reason, number + 1)
    except OSError as error:
        yield number + 1, ReadError(path, error.strerror or str(error), None)


class _RefusedError(Exception):
    """Why a line, or the rest of the file, is refused."""


def _draft(line: bytes, limits: Limits) -> DecisionDraft:
    if len(line) > limits.line_bytes:
        raise _RefusedError(f"the line is longer than {limits.line_bytes:,} bytes")
    try:
        record = _Record.model_validate_json(line)
    except ValidationError as error:
        raise _RefusedError(_reason(error)) from None
    sections = _read_sections(record.sections)
    case_number = normalise_case_number(record.case_number) or storable(record.case_number).strip()
    if not case_number:
        raise _RefusedError("case_number: is empty")
    return completed_by_text(_mapped(record, case_number, sections))


def _mapped(record: _Record, case_number: str, sections: dict[str, str]) -> DecisionDraft:
    level = record.level.strip().lower()
    kind = record.klasifikasi.strip().lower()
    pronounced = record.pronounced_on or record.decided
    return DecisionDraft(
        case_number=case_number,
        sections=sections,
        court=storable(record.court),
        level=_LEVELS.get(level) or level_of(case_number),
        jurisdiction=storable(record.jurisdiction) or _JURISDICTIONS.get(level, ""),
        case_type=storable(record.case_type) or case_kind(kind) or _words(kind),
        legal_area=storable(record.legal_area) or _words(record.sub_klasifikasi),
        year=record.year if record.year is not None else pronounced.year if pronounced else None,
        parties=[Party(storable(party.role), storable(party.name)) for party in record.parties],
        presiding_judge=storable(record.presiding_judge),
        member_judges=_storable_all(record.member_judges),
        clerk=storable(record.clerk),
        registered_on=record.registered_on,
        deliberated_on=record.deliberated_on,
        pronounced_on=pronounced,
        uploaded_on=record.uploaded_on,
        keywords=_storable_all(record.keywords),
        outcome=storable(record.outcome) or _words(record.amar),
        outcome_other=storable(record.outcome_other) or _words(record.amar_lainnya),
        outcome_note=storable(record.outcome_note) or storable(record.qualification),
        sentence_days=record.sentence_days or None,
        rule_of_law=storable(record.rule_of_law),
        abstract=storable(record.abstract),
        source_url=storable(record.url),
        attachments=_storable_all(record.attachments),
        related=_storable_all(record.related),
        fictitious=record.fictitious,
    )


def _storable_all(texts: list[str]) -> list[str]:
    return [storable(text) for text in texts]


def _read_sections(raw: dict[str, str]) -> dict[str, str]:
    unknown = sorted(raw.keys() - _SECTIONS)
    if unknown:
        raise _RefusedError(f"sections: {storable(unknown[0])[:80]!r} is not a section of a decision")
    sections = {name: text for name, value in raw.items() if (text := storable(value).strip())}
    if not sections:
        raise _RefusedError("sections: there is no text")
    return sections


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(storable(str(part))[:80] for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]


def _words(slug: str) -> str:
    slug = storable(slug).strip()
    return "" if slug == _UNKNOWN else slug.replace("-", " ")


def _lines(raw: IO[bytes], limits: Limits) -> Iterator[bytes]:
    """Lines of at most one byte over the limit; the rest of a longer line is skipped."""
    while line := raw.readline(limits.line_bytes + 1):
        rest = line
        while len(rest) > limits.line_bytes and not rest.endswith(b"\n"):
            rest = raw.readline(limits.line_bytes + 1)
        yield line


def _inflated_lines(raw: IO[bytes], limits: Limits) -> Iterator[bytes]:
    with closing(gzip.GzipFile(fileobj=raw)) as archive:
        pending = b""
        oversized = False
        total = 0
        while chunk := archive.read(_CHUNK):
            total += len(chunk)
            if total > _FREE_INFLATION and total > limits.inflation_ratio * max(1, raw.tell()):
                raise _RefusedError(f"the archive grows more than {limits.inflation_ratio} times: refused")
            *complete, pending_tail = chunk.split(b"\n")
            for part in complete:
                if not oversized:
                    yield pending + part
                pending, oversized = b"", False
            if not oversized:
                pending += pending_tail
            if len(pending) > limits.line_bytes:
                yield pending
                pending, oversized = b"", True
        if pending and not oversized:
            yield pending
