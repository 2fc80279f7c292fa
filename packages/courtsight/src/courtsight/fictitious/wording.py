"""Numbers, money, dates and templates in the wording of Indonesian court decisions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from courtsight.fictitious.chance import Dice

_ONES = (
    "nol",
    "satu",
    "dua",
    "tiga",
    "empat",
    "lima",
    "enam",
    "tujuh",
    "delapan",
    "sembilan",
    "sepuluh",
    "sebelas",
)
_SCALES = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus"))
_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober")
MONTHS = (*_MONTHS, "November", "Desember")
_TEENS_FROM, _TEENS_TO = 12, 20
_CHOICE = re.compile(r"\[\[([^\[\]]*)\]\]")
_SLOT = re.compile(r"\{(\w+)\}")


def spell(number: int) -> str:
    """A whole number ≥ 0 in words: 1250 is "seribu dua ratus lima puluh"."""
    if number < _TEENS_FROM:
        return _ONES[number]
    if number < _TEENS_TO:
        return f"{_ONES[number - 10]} belas"
    for size, name in _SCALES:
        if number >= size:
            head, rest = divmod(number, size)
            words = f"se{name}" if head == 1 and size <= 1000 else f"{spell(head)} {name}"  # noqa: PLR2004
            return f"{words} {spell(rest)}" if rest else words
    tens, rest = divmod(number, 10)
    return f"{_ONES[tens]} puluh {_ONES[rest]}" if rest else f"{_ONES[tens]} puluh"


def counted(number: int) -> str:
    """A number with its words, as courts print it: `3 (tiga)`."""
    return f"{number} ({spell(number)})"


def rupiah(amount: int) -> str:
    """An amount in rupiah with its words."""
    return f"Rp{amount:,}".replace(",", ".") + f",00 ({spell(amount)} rupiah)"


def term(months: int) -> str:
    """A term of imprisonment: 18 months is "1 (satu) tahun dan 6 (enam) bulan"."""
    years, rest = divmod(months, 12)
    parts = [f"{counted(years)} tahun"] * bool(years) + [f"{counted(rest)} bulan"] * bool(rest)
    return " dan ".join(parts)


def long_date(day: date) -> str:
    """`12 Maret 2018`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def weekday_date(day: date) -> str:
    """`Senin, tanggal 12 Maret 2018`, as decisions print it."""
    return f"{_DAYS[day.weekday()]}, tanggal {long_date(day)}"


def fill(template: str, values: Mapping[str, str], dice: Dice) -> str:
    """Choose one of every `[[this|that]]`, then put a value in every `{slot}`.

    Values may hold choices and slots of their own.

    Raises:
        KeyError: a slot has no value.
    """
    text = template
    while "[[" in text or "{" in text:
        text = _CHOICE.sub(lambda match: dice.pick(match[1].split("|")), text)
        text = _SLOT.sub(lambda match: values[match[1]], text)
    return text


def lines(block: str) -> list[str]:
    """The paragraphs of a template block: one a line, blank lines left out."""
    return [line.strip() for line in block.splitlines() if line.strip()]


def numbered(items: Sequence[str]) -> str:
    """`1. ...` on a line each."""
    return "\n".join(f"{place}. {item}" for place, item in enumerate(items, 1))


def listed(items: Sequence[str]) -> str:
    """`a, b dan c`."""
    *head, last = items
    return f"{', '.join(head)} dan {last}" if head else last
