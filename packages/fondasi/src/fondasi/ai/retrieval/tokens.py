"""Words, their 64-bit hashes, and the hashes of adjacent pairs: the terms of the lexical index.

A word is a run of letters and digits in lower case, so that `No. 45/Pid.B/2014` and `no 45 pid b 2014` give the
same terms. A word's hash is the first eight bytes of its BLAKE2b digest: the same in every process and version.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Hashes: TypeAlias = NDArray[np.uint64]

ALTERNATIVE_WEIGHT = 0.7  # of what is searched beside a word, against the word itself
MASK_BITS = 63  # a PostgreSQL bigint has that many bits beside its sign
MAXIMUM_WORDS = 256
_WORD = re.compile(r"[^\W_]+")
_CACHED_WORDS = 500_000
_MIX_FIRST = np.uint64(0x9E3779B97F4A7C15)
_MIX_BOTH = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)


class _WordHashes(dict[str, int]):
    """Hash of each word met so far; starts anew when it holds half a million words (about 50 MB)."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _CACHED_WORDS:
            self.clear()
        value = int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")
        self[word] = value
        return value


_hashes = _WordHashes()


def split_words(text: str) -> list[str]:
    """The words of a text in order, normalised (NFKC when not ASCII, lower case)."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _WORD.findall(text.lower())


def hash_words(words: Sequence[str]) -> Hashes:
    """64-bit hash of each word, shape `(len(words),)`."""
    return np.fromiter(map(_hashes.__getitem__, words), dtype=np.uint64, count=len(words))


def hash_pairs(words: Hashes) -> Hashes:
    """64-bit hash of each adjacent pair of words, shape `(max(len(words) - 1, 0),)`; order matters."""
    first, second = words[:-1], words[1:]
    mixed = ((first ^ (first >> _HALF)) * _MIX_FIRST + second) * _MIX_BOTH
    return np.asarray((mixed ^ (mixed >> _HALF)) * _MIX_FIRST, dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Alternative:
    """What is searched beside words of a query: a variant, a synonym, a translation.

    Attributes:
        words: words of the query, in a row.
        text: what is searched beside them.
        weight: how much it counts against the words themselves.
    """

    words: str
    text: str
    weight: float = ALTERNATIVE_WEIGHT


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """The distinct terms of a query: its words, then its pairs, then those of the alternatives.

    An alternative of one word is that word; a longer one is the pairs of words in it.

    Attributes:
        hashes: `(n,)` hashes of the terms.
        pairs: `(n,)` whether the term is a pair.
        masks: `(n,)` int64. For a word, the bit of its place in `words`; for a pair, the bits of the places where it
            starts in the query. Places from 63 on have no bit.
        words: the distinct words, in the order of the query.
        sequence: `(m,)` hashes of all words of the query in order.
        pair_sequence: `(m - 1,)` for each pair of the query in order, the index of its term in `hashes`.
        weights: `(n,)` how much each term counts; below 1 for those of alternatives.
        groups: `(n,)` terms of one group are ways to say one thing: the best of them counts in a document.
        alternatives: the texts of the alternatives, each with the bits of all its terms.
        passages: `(m + k,)` the sequence with the words of the alternatives behind it, apart from each other.
    """

    hashes: Hashes
    pairs: NDArray[np.bool_]
    masks: NDArray[np.int64]
    words: tuple[str, ...]
    sequence: Hashes
    pair_sequence: NDArray[np.int32]
    weights: NDArray[np.float64]
    groups: NDArray[np.int32]
    alternatives: tuple[tuple[str, int], ...]
    passages: Hashes

    def matched_words(self, mask: int) -> tuple[str, ...]:
        """The words and the alternatives whose bits are all set in a mask."""
        words = [word for place, word in enumerate(self.words[:MASK_BITS]) if mask >> place & 1]
        return (*words, *(text for text, bits in self.alternatives if bits and mask & bits == bits))


def query_terms(text: str, alternatives: Sequence[Alternative] = ()) -> QueryTerms:
    """The terms of a query and of its alternatives; words after the first 256 are ignored."""
    sequence = split_words(text)[:MAXIMUM_WORDS]
    words = tuple(dict.fromkeys(sequence))
    word_hashes = hash_words(words)
    sequence_hashes = hash_words(sequence)
    pair_hashes = hash_pairs(sequence_hashes).tolist()
    pair_masks = dict.fromkeys(pair_hashes, 0)
    for place, value in enumerate(pair_hashes):
        pair_masks[value] |= _bit(place)
    numbers = {value: len(words) + place for place, value in enumerate(pair_masks)}
    hashes = np.concatenate([word_hashes, np.fromiter(pair_masks, dtype=np.uint64, count=len(pair_masks))])
    masks = [_bit(place) for place in range(len(words))] + list(pair_masks.values())
    added = _Added(words, len(hashes))
    for alternative in alternatives:
        added.add(alternative)
    own = len(hashes)
    return QueryTerms(
        hashes=np.concatenate([hashes, np.array(added.hashes, dtype=np.uint64)]),
        pairs=np.array(
            [False] * len(words) + [True] * len(pair_masks) + [False] * len(added.hashes), dtype=bool
        ),
        masks=np.array(masks + added.masks, dtype=np.int64),
        words=words,
        sequence=sequence_hashes,
        pair_sequence=np.array([numbers[value] for value in pair_hashes], dtype=np.int32),
        weights=np.array([1.0] * own + added.weights),
        groups=np.array([*range(own), *added.groups], dtype=np.int32),
        alternatives=tuple(added.texts),
        passages=np.concatenate([sequence_hashes, *added.sequences]),
    )


class _Added:
    """The terms of alternatives, as they come behind those of a query."""

    def __init__(self, words: Sequence[str], first_group: int) -> None:
        self.hashes: list[int] = []
        self.masks: list[int] = []
        self.weights: list[float] = []
        self.groups: list[int] = []
        self.texts: list[tuple[str, int]] = []
        self.sequences: list[Hashes] = []
        self._places = {word: place for place, word in enumerate(words)}
        self._bit = len(words)
        self._next_group = first_group
        self._groups: dict[str, int] = {}

    def add(self, alternative: Alternative) -> None:
        """Add the terms of one; those of the same words share a group, and a single word is of the group itself."""
        words = split_words(alternative.text)
        if not words or (len(words) == 1 and words[0] in self._places):
            return
        key = " ".join(split_words(alternative.words))
        if key not in self._groups:
            own = self._places.get(key)
            self._groups[key] = self._next_group if own is None else own
            self._next_group += own is None
        sequence = hash_words(words)
        terms = (hash_pairs(sequence) if len(words) > 1 else sequence).tolist()
        bits = [_bit(self._bit + place) for place in range(len(terms))]
        self._bit += len(terms)
        self.hashes += terms
        self.masks += bits
        self.weights += [alternative.weight] * len(terms)
        self.groups += [self._groups[key]] * len(terms)
        self.texts.append((" ".join(words), sum(bits) if all(bits) else 0))
        self.sequences += [np.zeros(1, dtype=np.uint64), sequence]


def _bit(place: int) -> int:
    return 1 << place if place < MASK_BITS else 0
