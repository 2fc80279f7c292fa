"""What tells a decision from all others: its number, without the court, and the court that gave it.

`45/Pid.B/2014/PN Kds`, `45/Pid.B/2014/PN` of PN Kudus and `45/Pid.B/2014` of Pengadilan Negeri Kudus are one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtsight.decisions.case_numbers import NumberParts, take_apart
from courtsight.decisions.courts import (
    canonical_name,
    code_pattern,
    court_key,
    court_with_key,
    courts,
    courts_with_code,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Identity",
    "code_fits",
    "court_name",
    "courts_meant",
    "identity_of",
    "may_be_of",
    "more_exact",
    "same_decision",
    "told_court",
]

# Registers that are written in two ways.
_SAME_REGISTERS = (("/pid.prap/", "/pid.pra/"), ("/pid.tpk/", "/pid.sus-tpk/"))


@dataclass(frozen=True, slots=True)
class Identity:
    """A decision's number without its court, in lower case, and its court.

    Attributes:
        number: `45/pid.b/2014`, `123 k/pid/2019`.
        court: the key of a court (`pn-kudus`, `pn rimba raya`); where only a code is known that the table lacks, that
            with a colon (`pn rmr:`); where only its kind is known, `pn:`; empty where nothing is.
    """

    number: str
    court: str

    @property
    def tells_court(self) -> bool:
        """Whether it says which court it was."""
        return bool(self.court) and not self.court.endswith(":")


def identity_of(case_number: str, court: str) -> Identity:
    """The identity of a decision, from its number in normal form and its court, which may be empty."""
    parts = take_apart(case_number)
    number = parts.base.lower()
    for written, same in _SAME_REGISTERS:
        number = number.replace(written, same)
    told = told_court(parts)
    if told and parts.kind not in _DISTRICTS:
        return Identity(number, told)
    return Identity(number, court_key(court) or told)


def court_name(case_number: str, court: str) -> str:
    """The one name of the court: as the source calls it, or as the number tells; empty where neither does."""
    if court:
        return canonical_name(court)
    known = court_with_key(told_court(take_apart(case_number)))
    return known.name if known is not None else ""


def told_court(parts: NumberParts) -> str:
    """What a number tells of its court, as `Identity.court`."""
    if parts.kind in {"MA", "MK", "PP"}:
        return parts.kind.lower()
    if not parts.kind:
        return ""
    if parts.kind.startswith("Dilmil"):
        return _military(parts)
    known = courts_with_code(parts.kind, parts.code) if parts.code else ()
    if len(known) == 1:
        return known[0].key
    code = re.sub(r"[^a-z]", "", parts.code.lower())
    return f"{parts.kind.lower()} {code}".strip() + ":"


def same_decision(wanted: Identity, known: Iterable[Identity]) -> Identity | None:
    """The one of `known` that is the same decision, if their words for the court differ; None if none or several are.

    A code that the table lacks fits a court that it lacks by its letters: `PN Rmr` is PN Rimba Raya.
    """
    alike = [other for other in known if other == wanted or _fits(wanted, other) or _fits(other, wanted)]
    if wanted in alike:
        return wanted
    return alike[0] if len(alike) == 1 else None


def courts_meant(case_number: str) -> tuple[list[str], list[str]]:
    """The keys of courts that a number may mean, and LIKE patterns of further ones; it may mean any where one is `%`.

    A decision whose court is unknown is among them as far as its number agrees.
    """
    parts = take_apart(case_number)
    kind = parts.kind.lower()
    if not kind:
        return [], ["%"]
    told = told_court(parts)
    known = [court.key for court in courts_with_code(parts.kind, parts.code)] if parts.code else []
    keys = list(dict.fromkeys((told, *known, f"{kind}:", "")))
    if known or not told.endswith(":"):
        return keys, []
    return keys, [code_pattern(parts.kind, parts.code)] if parts.code else [f"{kind} %", f"{kind}-%"]


def may_be_of(case_number: str, court: str) -> bool:
    """Whether a number may mean a decision of the court with this key."""
    keys, patterns = courts_meant(case_number)
    return court in keys or any(_like(court, pattern) for pattern in patterns)


def more_exact(one: str, other: str) -> str:
    """Of two forms of one number, the one that says more of the court."""
    first, second = take_apart(one), take_apart(other)
    if first.base != second.base:
        return one
    return max((one, other), key=lambda form: (bool(take_apart(form).kind), bool(take_apart(form).code)))


def code_fits(code: str, court: str) -> bool:
    """Whether a code may be that of a court (`PN Kudus`): letters of its place, in their order, the first included."""
    letters = re.sub(r"[^a-z]", "", code.lower())
    place = re.sub(r"[^a-z]", "", court.partition(" ")[2].lower())
    return bool(letters) and re.match(".*?".join(letters), place) is not None


_DISTRICTS = frozenset({"PN", "PT", "PA", "PTA", "MS", "PTUN", "PTTUN"})


def _military(parts: NumberParts) -> str:
    unit = parts.code.lower()
    beginning = "-".join(filter(None, (parts.kind.lower(), unit)))
    found = [court.key for court in courts() if f"{court.key}-".startswith(f"{beginning}-")]
    return found[0] if len(found) == 1 else f"{beginning}:"


def _fits(coded: Identity, other: Identity) -> bool:
    if (
        coded.number != other.number
        or " " not in coded.court
        or not coded.court.endswith(":")
        or "-" in other.court
    ):
        return False
    kind, _, code = coded.court.rstrip(":").partition(" ")
    return _like(other.court, code_pattern(kind, code))


def _like(text: str, pattern: str) -> bool:
    """As LIKE of SQL; keys and patterns know no underscore."""
    return re.fullmatch(re.escape(pattern).replace("%", ".*"), text) is not None
