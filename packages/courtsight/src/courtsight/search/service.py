"""Search: exact lookups of decisions and articles, and ranked search for everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, Uuid, any_, false, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect

from courtsight.decisions.filters import conditions, number_condition, query_filters
from courtsight.decisions.identity import may_be_of
from courtsight.decisions.models import Decision
from courtsight.decisions.service import read_decision
from courtsight.search import repository
from courtsight.search.query import ParsedQuery, parse_query
from courtsight.search.schemas import Scores, SearchHit, SearchRequest, Strategy
from courtsight.search.snippets import article_snippet, passage_snippet
from fondasi.ai.embeddings import EmbeddingUnavailableError
from fondasi.ai.retrieval import Hit, Index, Results, RetrievalQuery
from fondasi.ai.retrieval import Strategy as RetrievalStrategy
from fondasi.kit.db import Session, driver_connection
from fondasi.kit.http import InvalidInput, Unavailable, window_of
from fondasi.kit.i18n import t, tn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import asyncpg

    from courtsight.decisions.citations import ArticleQuery

MAXIMUM_DEPTH = 1000  # ranked hits that can be paged through
MOST_NAMED = 20  # decisions of the number that a query names among other words
MOST_OPERATORS = 32  # fields, articles, quoted phrases and excluded words in one query, all together
SIMILAR_FROM = 4000  # characters of a decision that its neighbours are looked up by
_dialect = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]


async def search(session: Session, index: Index, request: SearchRequest) -> dict[str, Any]:
    """A page of hits, as `SearchAnswer` takes it.

    A decision number or an article that nothing in the whole corpus has is searched for as text.

    Raises:
        InvalidInput: a filter is not understood, the query says nothing, or the page is too deep.
    """
    parsed = parse_query(request.query)
    where = _conditions(request, parsed)
    answer = None
    if parsed.case_number:
        answer = await _exact_numbers(session, request, parsed, where)
    elif parsed.articles:
        answer = await _articles(session, request, parsed.articles, where)
    return answer or await _ranked(session, index, request, parsed, where)


async def similar(session: Session, index: Index, decision_id: UUID, limit: int) -> list[SearchHit]:
    """Decisions that are near in meaning, the decision itself left out.

    Raises:
        DecisionNotFound: there is no such decision.
    """
    decision = await read_decision(session, decision_id)
    text = await repository.characteristic_text(session, decision.id, SIMILAR_FROM)
    query = _retrieval_query(text, [Decision.id != decision.id], strategy=Strategy.VECTOR, limit=limit)
    connection = await driver_connection(session)
    results = await _results(connection, index, query)
    return await _hits(connection, results.hits, ParsedQuery())


async def corpus_size(session: Session) -> int:
    """How many decisions there are."""
    return await repository.count_decisions(session)


def _conditions(request: SearchRequest, parsed: ParsedQuery) -> list[ColumnElement[bool]]:
    """What the request's filters and those of its query demand."""
    if parsed.operators > MOST_OPERATORS:
        message = t("more than {limit} fields, quoted phrases and excluded words", limit=MOST_OPERATORS)
        raise InvalidInput.of("body.query", message, "too_long")
    where = conditions(request.filters, place="body.filters")
    where += conditions(*query_filters(parsed.fields), place="body.query")
    for filters in query_filters(parsed.excluded_fields):
        # A value that the decision lacks does not meet the filter either.
        where += [
            func.coalesce(condition, false()).is_(False)
            for condition in conditions(filters, place="body.query")
        ]
    return where


async def _exact_numbers(
    session: Session, request: SearchRequest, parsed: ParsedQuery, where: list[ColumnElement[bool]]
) -> dict[str, Any] | None:
    number, court = parsed.case_number or "", parsed.court_of_number
    offset = _offset(request)
    rows, total = await repository.by_number(
        session, number, where, offset=offset, limit=request.items_per_page, court=court
    )
    if not total and not (where and (await repository.by_number(session, number, [], offset=0, limit=1))[1]):
        return None
    hits = await _numbered(session, rows, number, court)
    return _answer(request, hits, total, "decision_number")


async def _numbered(session: Session, rows: Sequence[Decision], number: str, court: str) -> list[SearchHit]:
    openings = await repository.openings(session, [row.id for row in rows])
    return [
        SearchHit.of(row, Scores(), [_number_reason(row, number, court)], openings.get(row.id))
        for row in rows
    ]


def _number_reason(row: Decision, typed: str, court: str) -> str:
    if row.court_key in {court, ""} if court else may_be_of(typed, row.court_key):
        return t("It is decision {number}.", number=row.case_number)
    return t("It has the same number, {number}, of another court.", number=row.case_number)


async def _named(session: Session, parsed: ParsedQuery, where: list[ColumnElement[bool]]) -> list[SearchHit]:
    """The decision that a query names among other words; they stand before all that is ranked."""
    if parsed.named_number is None:
        return []
    number, court = parsed.named_number, parsed.court_of_number
    wanted = [number_condition(number, court), *where]
    rows, _ = await repository.newest(session, wanted, offset=0, limit=MOST_NAMED)
    return await _numbered(session, rows, number, court)


async def _articles(
    session: Session,
    request: SearchRequest,
    articles: Sequence[ArticleQuery],
    where: list[ColumnElement[bool]],
) -> dict[str, Any] | None:
    offset = _offset(request)
    rows, total = await repository.by_articles(
        session, articles, where, offset=offset, limit=request.items_per_page
    )
    if not total and not (
        where and (await repository.by_articles(session, articles, [], offset=0, limit=1))[1]
    ):
        return None
    ids = [row.decision_id for row in rows]
    decisions = (
        await repository.citing_decisions(await driver_connection(session), ids, articles) if ids else {}
    )
    names = ", ".join(article.normalised for article in articles)
    hits = []
    for row in rows:
        if row.decision_id not in decisions:
            continue  # deleted between the two statements
        decision, place = decisions[row.decision_id]
        snippet = article_snippet(place) if place else None
        why = _article_reasons(names, row)
        hits.append(SearchHit(decision=decision, snippet=snippet, scores=Scores(), why=why))
    return _answer(request, hits, total, "article")


def _article_reasons(names: str, row: Any) -> list[str]:
    reasons = []
    if row.rank is not None:
        reasons.append(t("The verdict applies {articles}.", articles=names))
    if row.charged:
        reasons.append(t("The indictment names {articles}.", articles=names))
    if row.mentions:
        reasons.append(
            tn(
                "The text names it {count} time.",
                "The text names it {count} times.",
                row.mentions,
                count=row.mentions,
            )
        )
    return reasons


async def _ranked(
    session: Session,
    index: Index,
    request: SearchRequest,
    parsed: ParsedQuery,
    where: list[ColumnElement[bool]],
) -> dict[str, Any]:
    offset = _offset(request)
    if request.similarity_threshold is not None and request.strategy is Strategy.LEXICAL:
        raise InvalidInput.of("body.similarity_threshold", t("the lexical strategy knows no similarity"))
    if offset >= MAXIMUM_DEPTH:
        raise InvalidInput.of(
            "body.page", t("ranked hits end at {limit}; narrow the search", limit=MAXIMUM_DEPTH)
        )
    limit = min(request.items_per_page, MAXIMUM_DEPTH - offset)
    where = where + await _phrase_conditions(session, index, parsed)
    if parsed.says_nothing:
        return await _only_filtered(session, request, parsed, where)
    named = await _named(session, parsed, where)
    if named:
        where = [*where, Decision.id.not_in([hit.decision.id for hit in named])]
    first = named[offset : offset + limit]
    query = _retrieval_query(
        parsed.text,
        where,
        strategy=request.strategy,
        limit=max(1, limit - len(first)),
        offset=max(0, offset - len(named)),
        minimum_similarity=request.similarity_threshold,
    )
    connection = await driver_connection(session)
    results = await _results(connection, index, query)
    hits = (first + await _hits(connection, results.hits, parsed))[:limit]
    more = results.has_more or len(first) + len(results.hits) > limit
    total = offset + len(hits) + int(more and offset + limit < MAXIMUM_DEPTH)
    answer = _answer(request, hits, total, "text")
    return {**answer, "strategy": Strategy.LEXICAL} if results.words_only else answer


async def _results(connection: asyncpg.Connection, index: Index, query: RetrievalQuery) -> Results:
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
    session: Session, request: SearchRequest, parsed: ParsedQuery, where: list[ColumnElement[bool]]
) -> dict[str, Any]:
    """Nothing to rank by (`court:"PN X"`, `-word`): the newest decisions that meet the conditions."""
    if not where:
        raise InvalidInput.of("body.query", t("there is no word to search for"), "empty_query")
    rows, total = await repository.newest(
        session, where, offset=_offset(request), limit=request.items_per_page
    )
    only_excluded = parsed.excluded and not parsed.fields
    why = [t("It lacks the excluded words.") if only_excluded else t("It meets the filters.")]
    openings = await repository.openings(session, [row.id for row in rows])
    hits = [SearchHit.of(row, Scores(), why, openings.get(row.id)) for row in rows]
    return _answer(request, hits, total, "text")


async def _hits(connection: asyncpg.Connection, found: Sequence[Hit], parsed: ParsedQuery) -> list[SearchHit]:
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


def _retrieval_query(
    text: str,
    where: list[ColumnElement[bool]],
    *,
    strategy: Strategy,
    limit: int,
    offset: int = 0,
    minimum_similarity: float | None = None,
) -> RetrievalQuery:
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
    )


def _compiled(query: Select[Any]) -> tuple[str, tuple[Any, ...]]:
    compiled = query.compile(dialect=_dialect, compile_kwargs={"render_postcompile": True})
    return str(compiled), tuple(compiled.params[name] for name in compiled.positiontup or ())


def _offset(request: SearchRequest) -> int:
    return (request.page - 1) * request.items_per_page


def _answer(request: SearchRequest, hits: list[SearchHit], total: int, interpretation: str) -> dict[str, Any]:
    window = window_of(hits, total, page=request.page, items_per_page=request.items_per_page)
    return {**window, "interpretation": interpretation, "strategy": request.strategy}
