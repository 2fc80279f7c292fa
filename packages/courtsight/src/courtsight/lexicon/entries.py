"""The entries that a new database begins with, read from `entries.txt`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Shipped:
    """An entry of the file; see `courtsight.lexicon.models.LexiconEntry`."""

    kind: str
    language: str
    both_ways: bool
    source: str
    term: str
    alternatives: tuple[str, ...]


def shipped_entries() -> list[Shipped]:
    """All entries of the file, one for each kind and term; the first of two counts."""
    found: dict[tuple[str, str], Shipped] = {}
    head: tuple[str, str, bool, str] = ("", "", False, "")
    text = files("courtsight.lexicon").joinpath("entries.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            kind, language, direction, source = (part.strip() for part in line.strip("[]").split(";"))
            head = (kind, language, direction == "both", source)
        elif line and not line.startswith("#"):
            for entry in _entries(line, *head):
                found.setdefault((entry.kind, entry.term), entry)
    return list(found.values())


def _entries(line: str, kind: str, language: str, both_ways: bool, source: str) -> list[Shipped]:
    term, colon, rest = line.partition(":")
    if not colon:  # words of one kind in a row
        return [Shipped(kind, language, both_ways, source, word, ()) for word in line.split()]
    alternatives = tuple(part.strip() for part in rest.split(",") if part.strip())
    return [Shipped(kind, language, both_ways, source, term.strip(), alternatives)]
