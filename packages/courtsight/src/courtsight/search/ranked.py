"""Ranked search: words and meaning, with what the query is understood to say and what the lexicon adds."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, Uuid, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect

from courtsight.decisions.filters import number_condition
from courtsight.decisions.identity import may_be_of
from courtsight.decisions.models import Decision
from courtsight.lexicon.expansion import Addition, Expansion, expand
from courtsight.search import repository
from courtsight.search.parts import Use
from courtsight.search.schemas import AlsoSearched, QueryPart, Scores, SearchHit, SearchRequest, Strategy
from courtsight.search.snippets import passage_snippet
from courtsight.search.weak import is_weak
from fondasi.ai.embeddings import EmbeddingUnavailableError
from fondasi.ai.retrieval import Alternative, Hit, Index, Results, RetrievalQuery
from fondasi.ai.retrieval import Strategy as RetrievalStrategy
from fondasi.ai.retrieval.tokens import split_words
from fondasi.kit.db import Session, driver_connection
from fondasi.kit.http import InvalidInput, Unavailable, window_of
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    import asyncpg

    from courtsight.search.parts import Part
    from courtsight.search.query import ParsedQuery

MAXIMUM_DEPTH = 1000  # ranked hits that can be paged through
MOST_NAMED = 20  # decisions of the number that a query names among other words
MOST_CORRECTED = 5  # unknown words of a query that are looked for among the known ones
SPELLING_WEIGHT = 0.9
# Of what vectors count for, where they get translations of single words: no sentence in any language.
TRANSLATED_SHARE = 0.25
_OPERATORS_OF_OTHERS = frozenset({"OR", "AND", "NOT", "ATAU", "DAN"})
_dialect = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]


async def ranked(
    session: Session,
    index: Index,
    request: SearchRequest,
    parsed: ParsedQuery,
    where: list[ColumnElement[bool]],
) -> dict[str, Any]:
    """A page of ranked hits, as `SearchAnswer` takes it.

    Raises:
        InvalidInput: the query says nothing, or the page is too deep.
    """
    if request.similarity_threshold is not None and request.strategy is Strategy.LEXICAL:
        raise InvalidInput.of("body.similarity_threshold", t("the lexical strategy knows no similarity"))
    if offset_of(request) >= MAXIMUM_DEPTH:
        raise InvalidInput.of(
            "body.page", t("ranked hits end at {limit}; narrow the search", limit=MAXIMUM_DEPTH)
        )
    where = where + await _phrase_conditions(session, index, parsed)
    if parsed.says_nothing:
        return await _only_filtered(session, request, parsed, where)
    text, parts = parsed.text, [replace(part, use=Use.RANKED) for part in parsed.understood]
    if parsed.understood and request.understand:
        narrowed = where + [one for part in parsed.understood for one in part.conditions()]
        _, total = await repository.newest(session, narrowed, offset=0, limit=1)
        if total:  # where nothing meets what was understood, the words rank
            where, text, parts = narrowed, parsed.rest, list(parsed.understood)
            if not split_words(text):
                return await _only_filtered(session, request, parsed, where, parts)
    expansion = await expand(session, text) if request.expand else Expansion(text)
    return await _found(session, index, request, parsed, where, expansion, parts)


async def _found(  # noqa: PLR0917 - what `ranked` has put together
    session: Session,
    index: Index,
    request: SearchRequest,
    parsed: ParsedQuery,
    where: list[ColumnElement[bool]],
    expansion: Expansion,
    parts: list[Part],
) -> dict[str, Any]:
    offset = offset_of(request)
    limit = min(request.items_per_page, MAXIMUM_DEPTH - offset)
    named = await _named(session, parsed, where)
    if named:
        where = [*where, Decision.id.not_in([hit.decision.id for hit in named])]
    first = named[offset : offset + limit]
    connection = await driver_connection(session)

    async def results() -> Results:
        query = retrieval_query(
            expansion.text,
            where,
            strategy=request.strategy,
            limit=max(1, limit - len(first)),
            offset=max(0, offset - len(named)),
            minimum_similarity=request.similarity_threshold,
            expansion=expansion if index.whole_text_vectors else replace(expansion, meaning=expansion.typed),
        )
        return await results_of(connection, index, query)

    found = await results()
    unknown = found.unknown_words or ()
    doubtful = [] if expansion.english else [word for word in unknown if word not in expansion.known]
    meant = await index.meant_words(connection, doubtful[:MOST_CORRECTED]) if doubtful else {}
    if meant and request.expand:
        expansion = _corrected(expansion, meant)
        found = await results()
    nothing = not meant and set(unknown) == set(split_words(expansion.text)) and not found.coverage
    ranks = [] if nothing else await shown_hits(connection, found.hits, parsed)
    hits = (first + ranks)[:limit]
    more = not nothing and (found.has_more or len(first) + len(ranks) > limit)
    total = offset + len(hits) + int(more and offset + limit < MAXIMUM_DEPTH)
    nothing = nothing and not named
    answer = answer_of(request, hits, total, "text", [*parsed.parts, *parts])
    missing = bool(parsed.case_number or parsed.articles)  # looked up in vain
    weak = bool(hits) and not named and (missing or is_weak(found))
    return {
        **answer,
        "strategy": Strategy.LEXICAL if found.words_only else request.strategy,
        "also_searched": [AlsoSearched.model_validate(addition) for addition in expansion.additions],
        "left_out": list(expansion.left_out),
        "unknown_words": list(unknown),
        "did_you_mean": _respelled(request.query, meant),
        "weak": weak,
        "notices": _notices(request, unknown, nothing=nothing, weak=weak),
    }


async def _named(session: Session, parsed: ParsedQuery, where: list[ColumnElement[bool]]) -> list[SearchHit]:
    """The decision that a query names among other words; they stand before all that is ranked."""
    if parsed.named_number is None:
        return []
    number, court = parsed.named_number, parsed.court_of_number
    wanted = [number_condition(number, court), *where]
    rows, _ = await repository.newest(session, wanted, offset=0, limit=MOST_NAMED)
    return await numbered(session, rows, number, court)


async def numbered(session: Session, rows: Sequence[Decision], number: str, court: str) -> list[SearchHit]:
    """Decisions that were looked up by their number, as they are shown."""
    openings = await repository.openings(session, [row.id for row in rows])
    return [
        SearchHit.of(row, Scores(), [_number_reason(row, number, court)], openings.get(row.id))
        for row in rows
    ]


def _number_reason(row: Decision, typed: str, court: str) -> str:
    if row.court_key in {court, ""} if court else may_be_of(typed, row.court_key):
        return t("It is decision {number}.", number=row.case_number)
    return t("It has the same number, {number}, of another court.", number=row.case_number)


def _corrected(expansion: Expansion, meant: Mapping[str, str]) -> Expansion:
    """The expansion with unknown words as they are likely meant."""
    words = [meant.get(word, word) for word in split_words(expansion.meaning or expansion.text)]
    return replace(
        expansion,
        typed=_respelled(expansion.typed, meant) or "",
        meaning=" ".join(words),
        additions=(
            *expansion.additions,
            *(Addition(word, (other,), "spelling") for word, other in meant.items()),
        ),
        alternatives=(
            *expansion.alternatives,
            *(Alternative(word, other, SPELLING_WEIGHT) for word, other in meant.items()),
        ),
    )


def _respelled(query: str, meant: Mapping[str, str]) -> str | None:
    """The query with unknown words replaced, None if there are none to replace."""
    if not meant:
        return None
    return re.sub(r"[^\W_]+", lambda match: meant.get(match[0].lower(), match[0]), query)


def _notices(request: SearchRequest, unknown: Sequence[str], *, nothing: bool, weak: bool) -> list[str]:
    """What to know of the answer."""
    notices = []
    if nothing:
        notices.append(t("Nothing found: no decision has these words."))
    elif unknown:
        notices.append(t("No decision has: {words}.", words=", ".join(unknown)))
    if weak:
        notices.append(t("Nothing fits well. These decisions are only near."))
    words = request.query.split()
    if not _OPERATORS_OF_OTHERS.isdisjoint(words) and not request.query.isupper():
        notices.append(t('OR, AND and NOT are words here. Write "a phrase", -word or field:value.'))
    if any(word.endswith("*") or re.search(r"\w~\d?$", word) for word in words):
        notices.append(t("The marks * and ~ do nothing here: near spellings are searched by themselves."))
    return notices


async def results_of(connection: asyncpg.Connection, index: Index, query: RetrievalQuery) -> Results:
    """What the index finds.

    Raises:
        Unavailable: the strategy needs the embedding model, which cannot be reached.
    """
    try:
        return await index.search(connection, query)
    except EmbeddingUnavailableError as error:
        raise Unavailable(
            t(
                "The embedding model cannot be reached. Search with the lexical strategy, or try again shortly."
            )
        ) from error


async def _phrase_conditions(
    session: Session, index: Index, parsed: ParsedQuery
) -> list[ColumnElement[bool]]:
    """Quoted phrases must occur, excluded ones must not."""
    if not parsed.phrases and not parsed.excluded:
        return []
    connection = await driver_connection(session)
    found = [_one_of(await index.containing(connection, phrase)) for phrase in parsed.phrases]
    return found + [~_one_of(await index.containing(connection, phrase)) for phrase in parsed.excluded]


def _one_of(ids: Sequence[UUID]) -> ColumnElement[bool]:
    """One parameter however many ids there are, unlike IN."""
    return Decision.id == any_(literal(ids, ARRAY(Uuid)))


async def _only_filtered(
    session: Session,
    request: SearchRequest,
    parsed: ParsedQuery,
    where: list[ColumnElement[bool]],
    parts: Sequence[Part] = (),
) -> dict[str, Any]:
    """Nothing to rank by (`court:"PN X"`, `-word`): the newest decisions that meet the conditions."""
    if not where:
        raise InvalidInput.of("body.query", t("there is no word to search for"), "empty_query")
    rows, total = await repository.newest(
        session, where, offset=offset_of(request), limit=request.items_per_page
    )
    only_excluded = parsed.excluded and not parsed.fields
    why = [t("It lacks the excluded words.") if only_excluded else t("It meets the filters.")]
    openings = await repository.openings(session, [row.id for row in rows])
    hits = [SearchHit.of(row, Scores(), why, openings.get(row.id)) for row in rows]
    return answer_of(request, hits, total, "text", [*parsed.parts, *parts])


async def shown_hits(
    connection: asyncpg.Connection, found: Sequence[Hit], parsed: ParsedQuery
) -> list[SearchHit]:
    """What the index found, as it is shown."""
    if not found:
        return []
    spans = [(hit.document_id, hit.child or hit.passage) for hit in found]
    decisions = await repository.found_decisions(connection, spans)
    hits = []
    for hit, (_, span) in zip(found, spans, strict=True):
        if hit.document_id not in decisions:
            continue  # deleted between the two statements
        decision, text = decisions[hit.document_id]
        snippet = passage_snippet(span, text, hit.matched_words, parsed.phrases) if span and text else None
        why = _reasons(hit, parsed)
        hits.append(SearchHit(decision=decision, snippet=snippet, scores=_scores(hit), why=why))
    return hits


def _scores(hit: Hit) -> Scores:
    scores = hit.scores
    lexical = None if scores.bm25 is None else scores.bm25 + (scores.pairs or 0.0)
    return Scores(lexical=lexical, vector=scores.vector, fused=scores.total)


def _reasons(hit: Hit, parsed: ParsedQuery) -> list[str]:
    reasons = [t("It contains “{phrase}”.", phrase=phrase) for phrase in parsed.phrases]
    if hit.matched_words:
        reasons.append(t("It contains: {words}.", words=", ".join(hit.matched_words[:12])))
    if hit.scores.vector is not None:
        reasons.append(t("Its meaning is near (similarity {score}).", score=f"{hit.scores.vector:.2f}"))
    return reasons


def retrieval_query(
    text: str,
    where: list[ColumnElement[bool]],
    *,
    strategy: Strategy,
    limit: int,
    offset: int = 0,
    minimum_similarity: float | None = None,
    expansion: Expansion | None = None,
) -> RetrievalQuery:
    """What the index is asked for."""
    sql, parameters = _compiled(select(Decision.id).where(*where)) if where else (None, ())
    # A least similarity below 0 also lets in documents whose vectors alone bring them in.
    threshold = min(0.0, minimum_similarity or 0.0)
    return RetrievalQuery(
        text=text,
        limit=limit,
        offset=offset,
        strategy=RetrievalStrategy(strategy.value),
        filter_sql=sql,
        filter_parameters=parameters,
        similarity_threshold=threshold,
        minimum_similarity=minimum_similarity,
        alternatives=expansion.alternatives if expansion else (),
        meaning=expansion.meaning if expansion else "",
        meaning_share=TRANSLATED_SHARE if expansion and expansion.translated else 1.0,
    )


def _compiled(query: Select[Any]) -> tuple[str, tuple[Any, ...]]:
    compiled = query.compile(dialect=_dialect, compile_kwargs={"render_postcompile": True})
    return str(compiled), tuple(compiled.params[name] for name in compiled.positiontup or ())


def offset_of(request: SearchRequest) -> int:
    """Hits before the page."""
    return (request.page - 1) * request.items_per_page


def answer_of(
    request: SearchRequest, hits: list[SearchHit], total: int, interpretation: str, parts: Sequence[Part]
) -> dict[str, Any]:
    """A page of hits, as `SearchAnswer` takes it."""
    window = window_of(hits, total, page=request.page, items_per_page=request.items_per_page)
    ordered = sorted(parts, key=lambda part: part.start)
    return {
        **window,
        "interpretation": interpretation,
        "strategy": request.strategy,
        "parts": [QueryPart.model_validate(part) for part in ordered],
    }
