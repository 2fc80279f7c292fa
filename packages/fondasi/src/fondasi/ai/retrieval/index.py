"""`Index`: add, remove and search the documents of one collection."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fondasi.ai.embeddings import EmbeddingUnavailableError, Weighing
from fondasi.ai.retrieval import indexing, merging
from fondasi.ai.retrieval.containing import documents_containing
from fondasi.ai.retrieval.documents import Document, PreparedDocument, assemble, texts_to_embed
from fondasi.ai.retrieval.passages import PassagePicker
from fondasi.ai.retrieval.query import Hit, Results, RetrievalQuery, Scores, Size
from fondasi.ai.retrieval.ranking import DEFAULT_RANKING, Ranking
from fondasi.ai.retrieval.statement import Strategy, search_statement
from fondasi.ai.retrieval.tokens import (
    QueryTerms,
    hash_pairs,
    hash_words,
    query_terms,
    split_words,
)
from fondasi.ai.retrieval.vocabulary import known_words, meant_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import asyncpg

    from fondasi.ai.embeddings import Embedder, Vectors

NEVER_RARE = (-1.0, 0.0)  # shares that no word falls below
_STATIC = "static/"
_SUMS = "coalesce(sum(passages), 0) AS passages, coalesce(sum(vectors), 0) AS vectors"
_SIZE = f"""
SELECT s.documents - r.documents AS documents, s.passages - r.passages AS passages, s.vectors - r.vectors AS vectors
FROM ai_collection c
CROSS JOIN LATERAL (
    SELECT coalesce(sum(documents), 0) AS documents, {_SUMS} FROM ai_segment WHERE collection_id = c.id
) AS s
CROSS JOIN LATERAL (SELECT count(*) AS documents, {_SUMS} FROM ai_removal WHERE collection_id = c.id) AS r
WHERE c.name = $1
"""  # noqa: S608 - constants


class Index:
    """The search index of one collection in PostgreSQL.

    Methods take an asyncpg connection, `await driver_connection(session)`. What they write belongs to the caller's
    transaction; outside of one, each call is a transaction of its own.
    """

    def __init__(
        self,
        collection: str,
        embedder: Embedder,
        *,
        ranking: Ranking = DEFAULT_RANKING,
        whole_text_vectors: bool | None = None,
    ) -> None:
        """Name the collection; the database is not touched.

        Args:
            collection: name of the collection; made when the first document is added.
            embedder: makes the vectors of documents and queries.
            ranking: parameters of the ranking.
            whole_text_vectors: whether the embedder takes whole documents. If not, a document's vector is the mean
                of its passages'. By default only the static embedder does.
        """
        self.collection = collection
        self.ranking = ranking
        self._embedder = embedder
        self.whole_text_vectors = (
            embedder.model_id.startswith(_STATIC) if whole_text_vectors is None else whole_text_vectors
        )
        self._collection_id: int | None = None

    async def open(self, connection: asyncpg.Connection) -> int:
        """The collection's id; makes the collection if there is none. Commit before others search it.

        Raises:
            CollectionModelError: it holds vectors of another model.
        """
        return await indexing.open_collection(
            connection, self.collection, self._embedder.model_id, self._embedder.dimension
        )

    async def add(self, connection: asyncpg.Connection, documents: Sequence[Document]) -> int:
        """Index documents, replacing those with the same id; returns how many were new or changed.

        Best in batches of some hundred: each call writes one segment.
        """
        collection_id = await self.open(connection)
        hashes = {document.id: document.content_hash for document in documents}
        known = await indexing.unchanged(connection, collection_id, hashes)
        latest = {document.id: document for document in documents if document.id not in known}
        await self.write(connection, await self.prepare(list(latest.values())))
        return len(latest)

    async def prepare(self, documents: Sequence[Document]) -> list[PreparedDocument]:
        """Chunk, count and embed documents, off the event loop. `documents.prepare` does it in a worker process."""
        whole = self.whole_text_vectors
        texts, parents = await asyncio.to_thread(texts_to_embed, documents, whole_text_vectors=whole)
        vectors = await self._embedder.embed_documents(texts)
        return await asyncio.to_thread(assemble, documents, vectors, parents, whole_text_vectors=whole)

    async def write(self, connection: asyncpg.Connection, documents: Sequence[PreparedDocument]) -> None:
        """Write prepared documents with distinct ids, replacing those that are known."""
        await indexing.write(connection, await self.open(connection), documents, self.ranking)

    async def remove(self, connection: asyncpg.Connection, ids: Sequence[UUID]) -> int:
        """Remove documents; returns how many were indexed."""
        return await indexing.remove(connection, await self.open(connection), ids)

    async def merge(self, connection: asyncpg.Connection, *, least: int = 2) -> int:
        """Merge some segments into one, or drop what removed documents left in one; returns how many were merged.

        0 when there is nothing to do, or somebody else is doing it. A search reads every segment, so that it slows as
        they add up. Searches and writers go on meanwhile.

        Args:
            connection: outside of a transaction, unless a step may be as long as what surrounds it.
            least: segments that are worth it; fewer wait for more.
        """
        return await merging.merge(connection, await self.open(connection), least)

    async def compact(self, connection: asyncpg.Connection) -> int:
        """Merge until there is nothing to merge, a transaction a step; returns how many segments were merged.

        Whatever stops it leaves whole steps behind, and the next call goes on after them.
        """
        merged = 0
        while step := await self.merge(connection):
            merged += step
        return merged

    async def drop(self, connection: asyncpg.Connection) -> None:
        """Remove the collection and all that it holds, whatever model its vectors come from."""
        await indexing.drop_collection(connection, self.collection)
        self._collection_id = None

    async def search(self, connection: asyncpg.Connection, query: RetrievalQuery) -> Results:
        """Search, in one round trip once the collection's id is known to this object; one more where nothing is found.

        A collection that does not exist has no hits. A hybrid search goes on with words alone while the embedder is
        not available.

        Raises:
            CollectionModelError: the collection holds vectors of another model.
            EmbeddingError: the embedder failed; the lexical strategy needs none.
        """
        collection_id = await self._known_collection(connection)
        if collection_id is None:
            return Results([], has_more=False)
        terms = query_terms(query.text, query.alternatives)
        vector = None
        if query.strategy is not Strategy.LEXICAL:
            try:
                vector = await self._embedder.embed_query(query.meaning or query.text)
            except EmbeddingUnavailableError:
                if query.strategy is not Strategy.HYBRID or query.minimum_similarity is not None:
                    raise
                words = await self.search(connection, replace(query, strategy=Strategy.LEXICAL))
                return replace(words, words_only=True)
        statement = search_statement(
            query.strategy,
            self._embedder.dimension,
            query.filter_sql,
            alternatives=bool(terms.alternatives),
            passages=query.passages,
        )
        parameters = self._parameters(query, terms, vector)
        rows = await connection.fetch(statement, collection_id, *parameters, *query.filter_parameters)
        if not rows and await self._was_made_anew(connection, collection_id):
            return await self.search(connection, query)
        return self._results(rows, query, terms)

    async def containing(self, connection: asyncpg.Connection, phrase: str) -> list[UUID]:
        """Ids of all documents that contain a phrase, word for word; case and punctuation do not count."""
        collection_id = await self._known_collection(connection)
        return [] if collection_id is None else await documents_containing(connection, collection_id, phrase)

    async def meant_words(self, connection: asyncpg.Connection, words: Sequence[str]) -> dict[str, str]:
        """For words that no document has, the word of the collection that is likely meant, where there is one."""
        collection_id = await self._known_collection(connection)
        return {} if collection_id is None else await meant_words(connection, collection_id, words)

    async def known_words(self, connection: asyncpg.Connection, words: Sequence[str]) -> dict[str, int]:
        """Those of some words that documents of the collection have, and how many have each."""
        collection_id = await self._known_collection(connection)
        return {} if collection_id is None else await known_words(connection, collection_id, words)

    async def size(self, connection: asyncpg.Connection) -> Size:
        """How much the index holds."""
        counts = await connection.fetchrow(_SIZE, self.collection)
        if counts is None:
            return Size(self._embedder.model_id, 0, 0, 0)
        return Size(self._embedder.model_id, counts["documents"], counts["passages"], counts["vectors"])

    async def _known_collection(self, connection: asyncpg.Connection) -> int | None:
        if self._collection_id is None:
            self._collection_id = await indexing.find_collection(
                connection, self.collection, self._embedder.model_id, self._embedder.dimension
            )
        return self._collection_id

    async def _was_made_anew(self, connection: asyncpg.Connection, searched: int) -> bool:
        """Whether another process has made the collection again since its id was looked up."""
        self._collection_id = None
        return await self._known_collection(connection) not in {None, searched}

    def _parameters(
        self, query: RetrievalQuery, terms: QueryTerms, vector: Vectors | None
    ) -> tuple[Any, ...]:
        ranking = self.ranking
        low, high = ranking.standing_out
        return (
            terms.hashes.view("int64").tolist(),
            terms.pairs.tolist(),
            terms.masks.tolist(),
            float(ranking.postings_budget),
            ranking.pair_weight,
            ranking.run_weight,
            ranking.candidates,
            vector.tolist() if vector is not None and vector.any() else None,
            self._vector_weight(query, terms),
            low,
            high,
            query.similarity_threshold,
            query.offset,
            query.limit + 1,
            (terms.pair_sequence + 1).tolist(),
            query.minimum_similarity,
            terms.weights.tolist(),
            terms.groups.tolist(),
            *(NEVER_RARE if isinstance(self._embedder, Weighing) else ranking.rare),
        )

    def _vector_weight(self, query: RetrievalQuery, terms: QueryTerms) -> float:
        if query.strategy is Strategy.HYBRID:
            told = None
            if isinstance(self._embedder, Weighing):
                told = self._embedder.weigh(query.meaning or query.text)
            return query.meaning_share * self.ranking.query_vector_weight(len(terms.sequence), told)
        return 0.0 if query.strategy is Strategy.LEXICAL else 1.0

    def _results(self, rows: Sequence[Any], query: RetrievalQuery, terms: QueryTerms) -> Results:
        lexical = query.strategy in {Strategy.LEXICAL, Strategy.HYBRID}
        if not rows:
            return Results([], has_more=False, unknown_words=terms.words if lexical else None)
        found = rows[: query.limit]
        spans = self._picker(rows[0], query, terms).pick(found) if query.passages else {}
        hits = []
        for row in found:
            nearest = row["similarities"] if query.strategy is Strategy.HYBRID else None
            similarity = max(filter(_known, (row["vector"], *(nearest or ()))), default=None)
            scores = Scores(row["total"], row["bm25"], row["pairs"], similarity)
            passage, child = spans.get(row["ordinal"], (None, None))
            matched = terms.matched_words(row["word_mask"] or 0) if query.passages else ()
            hits.append(Hit(row["document_id"], scores, matched, passage, child))
        has_more = len(rows) > query.limit
        if not lexical:
            return Results(hits, has_more=has_more, similarity=rows[0]["first_similarity"])
        unknown, coverage = _coverage(rows[0], terms)
        return Results(hits, has_more, False, unknown, coverage, rows[0]["first_similarity"])

    def _picker(self, first: Any, query: RetrievalQuery, terms: QueryTerms) -> PassagePicker:
        weights = dict(zip(first["numbers"] or (), first["weights"] or (), strict=True))
        hashes = terms.hashes.tolist()
        known = {hashes[number - 1]: weight for number, weight in weights.items()}
        if query.strategy in {Strategy.VECTOR, Strategy.PARENT_CHILD}:
            known = dict.fromkeys(hashes[: len(terms.words)], 1.0)
        share = min(1.0, self._vector_weight(query, terms))
        for text, _ in terms.alternatives:  # the words of a phrase share what its pairs weigh
            words = hash_words(split_words(text))
            if len(words) > 1:
                own = max((known.get(pair, 0.0) for pair in hash_pairs(words).tolist()), default=0.0)
                for word in words.tolist():
                    known.setdefault(word, own / len(words))
        return PassagePicker(terms.passages, known, share)


def _coverage(first: Any, terms: QueryTerms) -> tuple[tuple[str, ...], float]:
    """The words that no document has, and how much of the query's weight the best hit has."""
    known = {number - 1 for number in first["known"] or ()}
    weights = {
        number - 1: weight
        for number, weight in zip(first["numbers"] or (), first["weights"] or (), strict=True)
    }
    rarest = math.log(1 + (first["documents"] + 0.5) / 0.5)
    mask = first["first_mask"] or 0
    groups: dict[int, list[int]] = {}
    for number, (group, pair) in enumerate(zip(terms.groups.tolist(), terms.pairs.tolist(), strict=True)):
        if not pair:
            groups.setdefault(group, []).append(number)
    bits = terms.masks.tolist()
    unknown, total, covered = [], 0.0, 0.0
    for members in groups.values():
        own = members[0]
        if not known.intersection(members):
            if own < len(terms.words):
                unknown.append(terms.words[own])
                total += rarest
            continue
        weight = max(weights.get(number, 0.0) for number in members)
        total += weight
        covered += weight if any(mask & bits[number] for number in members) else 0.0
    return tuple(unknown), covered / total if total else 0.0


def _known(value: float | None) -> bool:
    return value is not None
