"""Which documents contain a phrase, word for word: every one of them, and no other.

Postings of the phrase's word pairs give the candidates; the words of their passages, in order, decide.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from fondasi.ai.retrieval import postings
from fondasi.ai.retrieval.tokens import hash_pairs, hash_words, split_words

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg
    from numpy.typing import NDArray

# A document is a candidate when all terms have a posting for it.
_CANDIDATES = f"""
WITH term AS MATERIALIZED (SELECT hash FROM unnest($2::bigint[]) AS t (hash))
SELECT d.ordinal, d.document_id
FROM (
    SELECT t.hash, unnest(p.documents) AS ordinal FROM term t{postings.FREQUENT}
    UNION ALL
    SELECT t.hash, p.documents[place] FROM term t{postings.RARE}
) AS found
JOIN ai_document d ON d.collection_id = $1 AND d.ordinal = found.ordinal
GROUP BY d.ordinal, d.document_id
HAVING count(DISTINCT found.hash) = cardinality($2::bigint[])
"""  # noqa: S608 - fragments of this package
_WORDS = """
SELECT ordinal, section, words FROM ai_passage
WHERE collection_id = $1 AND ordinal = ANY($2::integer[])
ORDER BY ordinal, position
"""
_BATCH = 500  # documents whose words are held at once, about 15 MB
_LOW_HALF = np.uint64(0xFFFFFFFF)


async def documents_containing(connection: asyncpg.Connection, collection_id: int, phrase: str) -> list[UUID]:
    """Ids of the documents in which the words of the phrase follow each other within a section.

    Case and punctuation do not count. A phrase without words is in no document.
    """
    words = hash_words(split_words(phrase))
    if not len(words):
        return []
    terms = hash_pairs(words) if len(words) > 1 else words
    distinct = np.unique(terms).view(np.int64).tolist()
    rows = await connection.fetch(_CANDIDATES, collection_id, distinct)
    candidates = {row["ordinal"]: row["document_id"] for row in rows}
    if len(words) <= 2:  # noqa: PLR2004 - a word, or the one pair that the postings hold
        return list(candidates.values())
    wanted = (words & _LOW_HALF).astype(np.uint32)
    ordinals = sorted(candidates)
    found: list[UUID] = []
    for start in range(0, len(ordinals), _BATCH):
        passages = await connection.fetch(_WORDS, collection_id, ordinals[start : start + _BATCH])
        for ordinal, own in groupby(passages, key=lambda row: row["ordinal"]):
            sections = groupby(own, key=lambda row: row["section"])
            if any(_contains(b"".join(row["words"] for row in parts), wanted) for _, parts in sections):
                found.append(candidates[ordinal])
    return found


def _contains(words: bytes, wanted: NDArray[np.uint32]) -> bool:
    """Whether the words (32-bit hashes, little-endian) hold the wanted ones in a row."""
    text = np.frombuffer(words, dtype="<u4")
    if len(text) < len(wanted):
        return False
    places = np.flatnonzero(text[: len(text) - len(wanted) + 1] == wanted[0])
    return any(np.array_equal(text[place : place + len(wanted)], wanted) for place in places)
