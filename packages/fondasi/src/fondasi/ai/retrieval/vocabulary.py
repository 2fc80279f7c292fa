"""The words of a collection, and which of them somebody may have meant who typed another.

Postings know words by their hashes alone; `ai_word` has them as they are written. A word may stand there twice where
two writers met, so that no writer waits for another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.ai.retrieval import postings
from fondasi.ai.retrieval.tokens import hash_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import asyncpg

SHORTEST, LONGEST = 5, 24  # letters of a word that is kept, and corrected
TWO_EDITS_FROM = 9  # letters; a shorter word is another word after two edits
MOST_CANDIDATES = 60

_REMEMBER = """
INSERT INTO ai_word (collection_id, word, letters)
SELECT $1, w.word, w.letters FROM unnest($2::text[], $3::integer[]) AS w (word, letters)
WHERE NOT EXISTS (SELECT FROM ai_word k WHERE k.collection_id = $1 AND k.word = w.word)
"""
# Few words differ in so few of their letters.
_NEAR = """
SELECT DISTINCT word FROM ai_word
WHERE collection_id = $1 AND length(word) BETWEEN $2 AND $3 AND bit_count((letters # $4)::bit(32)) <= $5
"""
_AMONG = "SELECT word FROM ai_word WHERE collection_id = $1 AND word = ANY($2)"
_COUNTS = f"""
WITH term AS MATERIALIZED (SELECT hash FROM unnest($2::bigint[]) AS t (hash))
SELECT hash, sum(n)::integer AS documents
FROM (
    SELECT t.hash, p.size AS n FROM term t{postings.FREQUENT}
    UNION ALL
    SELECT t.hash, 1 AS n FROM term t{postings.RARE}
) AS counted
GROUP BY hash
"""  # noqa: S608 - fragments of this package


def kept(words: Iterable[str]) -> set[str]:
    """Those words that the vocabulary keeps: of letters alone, neither short nor endless."""
    return {word for word in words if SHORTEST <= len(word) <= LONGEST and word.isascii() and word.isalpha()}


async def remember(connection: asyncpg.Connection, collection_id: int, words: Iterable[str]) -> None:
    """Add words to the vocabulary of a collection."""
    ordered = sorted(words)
    if ordered:
        await connection.execute(_REMEMBER, collection_id, ordered, list(map(_letters, ordered)))


async def meant_words(
    connection: asyncpg.Connection, collection_id: int, words: Sequence[str]
) -> dict[str, str]:
    """For words that no document has, the word of the collection that is nearest; of equals, that of most documents.

    A neighbour is one edit away (a letter more, less, another, or two exchanged), of long words two. One with the same
    letters in another order is meant before others.
    """
    found: dict[str, str] = {}
    for word in words:
        if word in kept([word]):
            best = await _nearest(connection, collection_id, word)
            if best:
                found[word] = best
    return found


async def known_words(
    connection: asyncpg.Connection, collection_id: int, words: Sequence[str]
) -> dict[str, int]:
    """Those of some words that documents have, and how many have each."""
    long = kept(words)
    rows = await connection.fetch(_AMONG, collection_id, sorted(long)) if long else []
    wanted = [*{row["word"] for row in rows}, *(word for word in dict.fromkeys(words) if word not in long)]
    hashes = hash_words(wanted).view("int64").tolist()
    counts = await _documents(connection, collection_id, hashes) if wanted else {}
    return {word: counts[value] for word, value in zip(wanted, hashes, strict=True) if value in counts}


async def _documents(
    connection: asyncpg.Connection, collection_id: int, hashes: Sequence[int]
) -> dict[int, int]:
    rows = await connection.fetch(_COUNTS, collection_id, hashes)
    return {row["hash"]: row["documents"] for row in rows}


async def _nearest(connection: asyncpg.Connection, collection_id: int, word: str) -> str | None:
    edits = 2 if len(word) >= TWO_EDITS_FROM else 1
    rows = await connection.fetch(
        _NEAR, collection_id, len(word) - edits, len(word) + edits, _letters(word), 2 * edits
    )
    near = sorted((edit_distance(word, row["word"], edits), row["word"]) for row in rows)
    near = [(distance, other) for distance, other in near if distance <= edits][:MOST_CANDIDATES]
    if not near:
        return None
    hashes = hash_words([other for _, other in near]).view("int64").tolist()
    counts = await _documents(connection, collection_id, hashes)
    ranked = [
        (distance + (other[0] != word[0]), sorted(other) != sorted(word), -counts[value], other)
        for (distance, other), value in zip(near, hashes, strict=True)
        if value in counts
    ]
    return min(ranked)[3] if ranked else None


def edit_distance(one: str, other: str, most: int) -> int:
    """Insertions, deletions, substitutions and exchanges of neighbours that make one word another.

    Anything above `most` may be given as `most + 1`. Optimal string alignment (Damerau 1964; Wagner, Lowrance 1975).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, second in enumerate(other, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != second))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == second:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > most:
            return most + 1
        before, last = last, current
    return last[-1]


def _letters(word: str) -> int:
    """The letters of a word as bits."""
    bits = 0
    for letter in set(word):
        bits |= 1 << (ord(letter) - ord("a"))
    return bits
