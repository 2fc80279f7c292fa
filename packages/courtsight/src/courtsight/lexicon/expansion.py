"""What the lexicon adds to a query, and what it leaves out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtsight.lexicon import repository
from fondasi.ai.retrieval import Alternative
from fondasi.ai.retrieval.tokens import split_words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from courtsight.lexicon.models import LexiconEntry
    from fondasi.kit.db import Session

LONGEST_PHRASE = 8  # words
SHORTEST_STEM = 4  # letters: what is left of "hanya", "tanya", "punya" is no word
STEM_WEIGHT = 0.9
LONGEST_QUERY = 24  # words; what is longer was copied from a text, and says it in that text's words
_INDONESIAN = frozenset("yang dan di dengan dalam tidak untuk pada oleh dari ke atau karena sebagai".split())  # noqa: SIM905
_ENGLISH = frozenset("the of for with and was were from by without how what who in is".split())  # noqa: SIM905
_ENDING = "nya"
_SAID_ANEW = frozenset(
    {"translation", "slang", "abbreviation"}
)  # kinds whose terms say nothing to the vectors


@dataclass(frozen=True, slots=True)
class Addition:
    """What is searched beside words of the query, and why: a kind of entry, or `spelling`."""

    words: str
    alternatives: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Expansion:
    """A query with what the lexicon knows of it.

    Attributes:
        text: the words to rank by, without those that say nothing.
        typed: the words as they came, for models that know languages.
        meaning: the same with terms said anew, for vectors that know Indonesian alone.
        additions: what is searched beside them.
        alternatives: the same for the index.
        left_out: words that say nothing.
        known: words that the lexicon knows, alone or in a phrase.
        english: whether the query is in English.
    """

    text: str
    typed: str = ""
    meaning: str = ""
    additions: tuple[Addition, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    left_out: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()
    english: bool = False

    @property
    def translated(self) -> bool:
        """Whether `meaning` is made of translations of single words and phrases."""
        return self.meaning != self.typed and any(one.kind == "translation" for one in self.additions)


async def expand(session: Session, text: str, as_typed: Collection[str] = ()) -> Expansion:
    """What the lexicon knows of the words of a query; nothing for one that is long.

    Args:
        session: where to read.
        text: the words to rank by.
        as_typed: words and phrases that nothing is searched beside.
    """
    words = split_words(text)
    if not words or len(words) > LONGEST_QUERY:
        return Expansion(text)
    phrases = {
        " ".join(words[start : start + length])
        for start in range(len(words))
        for length in range(1, min(LONGEST_PHRASE, len(words) - start) + 1)
    }
    phrases.difference_update(" ".join(split_words(phrase)) for phrase in as_typed)
    known = _by_phrase(await repository.entries_of(session, sorted(phrases)), phrases)
    return _expanded(text, words, known, phrases)


def _by_phrase(
    entries: Sequence[LexiconEntry], phrases: set[str]
) -> dict[str, list[tuple[LexiconEntry, tuple[str, ...]]]]:
    """For each phrase the entries that it finds, with what is searched beside it."""
    known: dict[str, list[tuple[LexiconEntry, tuple[str, ...]]]] = {}
    for entry in entries:
        ways = (entry.term, *entry.alternatives) if entry.both_ways else (entry.term,)
        for phrase in phrases.intersection(ways):
            others = dict.fromkeys(
                (*entry.alternatives, entry.term) if phrase != entry.term else entry.alternatives
            )
            others.pop(phrase, None)
            known.setdefault(phrase, []).append((entry, tuple(others)))
    return known


def _expanded(
    text: str,
    words: list[str],
    known: Mapping[str, list[tuple[LexiconEntry, tuple[str, ...]]]],
    phrases: set[str],
) -> Expansion:
    indonesian = not _INDONESIAN.isdisjoint(words)
    english = not indonesian and not _ENGLISH.isdisjoint(words)
    kept: list[str] = []
    meaning: list[str] = []
    left_out: list[str] = []
    known_words: set[str] = set()
    additions: list[Addition] = []
    alternatives: list[Alternative] = []
    place = 0
    while place < len(words):
        phrase, entries = _longest(words[place:], known, english=not indonesian)
        place += len(phrase.split())
        if any(entry.kind == "ignored" and (entry.language == "id" or english) for entry, _ in entries):
            left_out.append(phrase)
            continue
        if not entries and phrase in phrases and (stem := _without_ending(phrase)):
            additions.append(Addition(phrase, (stem,), "variant"))
            alternatives.append(Alternative(phrase, stem, STEM_WEIGHT))
        if entries:
            known_words.update(phrase.split())
        if not ("translation" in {entry.kind for entry, _ in entries} and " " in phrase):
            kept.append(phrase)  # words of a phrase in English mean something else one by one
        anew: list[str] = []
        for entry, others in entries:
            if others:
                additions.append(Addition(phrase, others, entry.kind))
                alternatives += [Alternative(phrase, other, entry.weight) for other in others]
                anew += others if entry.kind in _SAID_ANEW and entry.term == phrase else ()
        meaning += anew or [phrase]
    if not kept and not alternatives:
        return Expansion(text)
    return Expansion(
        text=text if kept == words else " ".join(kept),
        typed=text,
        meaning=" ".join(meaning),
        additions=tuple(additions),
        alternatives=tuple(alternatives),
        left_out=tuple(left_out),
        known=frozenset(known_words),
        english=english,
    )


def _without_ending(word: str) -> str:
    """The word without "-nya" (its, the), which says nothing: `izinnya` gives `izin`; empty if there is none."""
    stem = word.removesuffix(_ENDING)
    return stem if stem != word and len(stem) >= SHORTEST_STEM else ""


def _longest(
    words: list[str],
    known: Mapping[str, list[tuple[LexiconEntry, tuple[str, ...]]]],
    *,
    english: bool,
) -> tuple[str, list[tuple[LexiconEntry, tuple[str, ...]]]]:
    """The longest phrase at the beginning that the lexicon knows, or the first word."""
    for length in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        phrase = " ".join(words[:length])
        found = [item for item in known.get(phrase, ()) if english or item[0].language == "id"]
        if found:
            return phrase, found
    return words[0], []
