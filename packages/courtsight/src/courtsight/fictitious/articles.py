"""The articles that a fictitious decision applies, in the short form of the data set (`KUHP:363(1)ke-4`)."""

from __future__ import annotations

import re

_ARTICLE = re.compile(r"Pasal (\d+[A-Z]?)(?: ayat \((\d+)\))?(?: huruf ([a-z]))?(?: ke-(\d+))?")
_STATUTE = re.compile(
    r"KUHPerdata|KUHP\b|KUHAP|Kompilasi Hukum Islam|HIR"
    r"|(Undang-Undang|Peraturan Pemerintah) Nomor (\d+) Tahun (\d{4})"
)
_SHORT = {"Undang-Undang": "UU", "Peraturan Pemerintah": "PP", "Kompilasi Hukum Islam": "KHI"}


def short_articles(text: str) -> list[str]:
    """Every article named in the text, each once; an article belongs to the next statute named after it."""
    found: dict[str, None] = {}
    for article in _ARTICLE.finditer(text):
        statute = _STATUTE.search(text, article.end())
        if statute is None:
            continue
        kind, number, year = statute.groups()
        name = f"{_SHORT[kind]} {number}/{year}" if kind else _SHORT.get(statute[0], statute[0])
        section, paragraph, letter, place = article.groups()
        found[
            f"{name}:{section}"
            + (f"({paragraph})" if paragraph else "")
            + (letter or "")
            + (f"ke-{place}" if place else "")
        ] = None
    return list(found)
