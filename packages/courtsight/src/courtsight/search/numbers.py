"""What of a query is the number of a decision, and whether it says anything else."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from courtsight.decisions.case_numbers import find_case_numbers, take_apart
from courtsight.decisions.citations import lower
from courtsight.decisions.cited import beside
from courtsight.decisions.courts import KINDS, court_with_key

__all__ = ["NumberQuery", "number_in"]

_LONGEST = 300  # characters of a query that asks for a decision by its number
_WORD = re.compile(r"[^\W_]+")
_NUMERIC = re.compile(r"\d+")
# What people and files write around a number: it asks for nothing more.
_AROUND = frozenset({
    "putusan", "putusannya", "penetapan", "salinan", "nomor", "no", "nomer", "nr", "number", "reg", "regno",
    "register", "perkara", "kasus", "decision", "case", "judgment", "verdict", "mahkamah", "agung", "konstitusi",
    "ma", "mk", "mari", "ri", "republik", "indonesia", "supreme", "court", "constitutional", "tanggal", "tgl",
    "tertanggal", "tahun", "dated", "of", "the", "pdf", "zip", "doc", "docx", "txt", "html", "htm", "rtf",
    "januari", "februari", "pebruari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "oktober",
    "november", "nopember", "desember", "january", "february", "march", "may", "june", "july", "august", "october",
    "december", "pengadilan", "di", "pada", "kelas",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class NumberQuery:
    """A decision that a query asks for.

    Attributes:
        number: its number, in normal form.
        court: the key of the court that is named beside the number; empty if none is.
        alone: whether the query says nothing else.
    """

    number: str
    court: str
    alone: bool


def number_in(query: str) -> NumberQuery | None:
    """The first decision number of a query, as people and files write it; None if there is none.

    `Putusan PN Kudus Nomor 45/Pid.B/2014 tanggal 3 Juni 2014`, `45_Pid.B_2014_PN_Kds.pdf` and `No. 1398 K/Pid/1994` say
    nothing else; `penipuan 45/Pid.B/2014/PN Kds` does.
    """
    text = unicodedata.normalize("NFKC", " ".join(query.split()))
    if len(text) > _LONGEST:
        return None
    lowered = lower(text)
    found = find_case_numbers(text, lowered)
    if not found:
        return None
    number, start, end = found[0]
    court = beside(lowered, start, end, take_apart(number).kind)
    if len(found) > 1:
        return NumberQuery(number, court, alone=False)
    said = _AROUND | _words_of(court) if court else _AROUND
    rest = _WORD.findall(f"{lowered[:start]} {lowered[end:]}".replace("_", " "))
    return NumberQuery(number, court, alone=all(word in said or _NUMERIC.fullmatch(word) for word in rest))


def _words_of(court: str) -> set[str]:
    """All words by which a court may be called."""
    known = court_with_key(court)
    names = [court, *(kind.long for kind in KINDS), *(kind.short for kind in KINDS)]
    if known is not None:
        names += [known.name, known.long_name, known.code, *known.other_names, *known.other_codes]
    return set(_WORD.findall(" ".join(names).lower()))
