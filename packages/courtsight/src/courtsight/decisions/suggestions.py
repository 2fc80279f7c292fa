"""What may follow what is being typed: the beginnings of numbers, articles and courts, in the spellings of people."""

from __future__ import annotations

import re
from dataclasses import dataclass

from courtsight.decisions.case_numbers import normalise_case_number
from courtsight.decisions.courts import KINDS, begun_name, courts_called, find_court
from courtsight.decisions.number_words import unglued

__all__ = ["Typed", "typed"]

_BEFORE_NUMBER = re.compile(
    r"^(?:(?:putusan|nomor|no|nr|reg|register|perkara|number|decision|case|mahkamah|agung|ma|mk|ri)\b[\s.:]*)+(?=\d)"
)
_BEFORE_ARTICLE = re.compile(r"^(?:pasal|psl|ps|article|art)\b[\s.]*")
_NUMBER = re.compile(r"0*(?P<number>[1-9]\d{0,5})(?P<rest>.*)", re.DOTALL)
_BEGUN = len("pengadilan n")
_TOKEN = re.compile(r"[a-z]+|\d+")


@dataclass(frozen=True, slots=True)
class Typed:
    """What has been typed, as it may begin.

    Attributes:
        text: it, in lower case with single blanks.
        number: the number in normal form, if it is whole as far as its year.
        numbers: LIKE patterns of numbers in lower case.
        article: the beginning of an article without blanks and colons: `kuhp36`, `362`.
        court: the beginning or a part of a court's short name, in lower case.
        courts: short names of the courts that it names.
    """

    text: str
    number: str | None
    numbers: tuple[str, ...]
    article: str
    court: str
    courts: tuple[str, ...]


def typed(text: str) -> Typed:
    """Read what has been typed so far."""
    lowered = " ".join(text.lower().split())
    rest = _BEFORE_NUMBER.sub("", lowered)
    article = re.sub(r"[\s:]", "", _BEFORE_ARTICLE.sub("", lowered))
    number = normalise_case_number(rest)
    return Typed(lowered, number, _patterns(rest), article, _short_court(lowered), _courts(lowered))


def _patterns(text: str) -> tuple[str, ...]:
    """`45 pid b` may begin `45/pid.b/…`; what stands between the parts is any one character."""
    match = _NUMBER.match(text)
    if match is None:
        return ()
    parts = [
        token for run in _TOKEN.findall(match["rest"]) for token in (unglued(run) if run.isalpha() else [run])
    ]
    if not parts:
        return (f"{match['number']}%",)
    following = "_".join(parts)
    return tuple(f"{match['number']}{mark}{following}%" for mark in ("/", " ", "-"))


def _short_court(text: str) -> str:
    """`pengadilan negeri kud` may begin `pn kudus`, and `pengadilan neg` the name of any court of that kind."""
    short = begun_name(text)
    begun = [kind for kind in KINDS if len(text) >= _BEGUN and kind.long.lower().startswith(text)]
    return f"{begun[0].short.lower()} " if short == text and len(begun) == 1 else short


def _courts(text: str) -> tuple[str, ...]:
    court = find_court(text)
    return (court.name,) if court is not None else tuple(found.name for found in courts_called(text))
