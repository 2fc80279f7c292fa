"""How the words of a query are searched: what they are understood to ask for, what is added, and the index itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, Uuid, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect

from courtsight.decisions.models import Decision
from courtsight.lexicon.expansion import Addition, Expansion, expand
from courtsight.lexicon.forms import related_forms, spoken_forms
from courtsight.search import repository
from courtsight.search.parts import Use
from fondasi.ai.embeddings import EmbeddingUnavailableError
from fondasi.ai.retrieval import Alternative, Index, Results, RetrievalQuery
from fondasi.ai.retrieval import Strategy as RetrievalStrategy
from fondasi.ai.retrieval.tokens import split_words
from fondasi.ai.retrieval.vocabulary import edit_distance
from fondasi.kit.db import Session, driver_connection
from fondasi.kit.http import InvalidInput, Unavailable
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    import asyncpg

    from courtsight.search.parts import Part
    from courtsight.search.query import ParsedQuery
    from courtsight.search.schemas import SearchRequest, Strategy

MOST_CORRECTED = 5  # unknown words of a query that are looked for among the known ones
SPELLING_WEIGHT = 0.9
RELATED_WEIGHT = 0.7
MOST_FORMS = 3  # of a word, that are searched beside it
# Of what vectors count for, where they get translations of single words: no sentence in any language.
TRANSLATED_SHARE = 0.25
_dialect = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Plan:
    """How the words of a query are searched.

    Attributes:
        where: what decisions must have.
        parts: of the query, understood ones included.
        expansion: what to rank by; None where there is nothing to.
    """

    where: list[ColumnElement[bool]]
    parts: list[Part]
    expansion: Expansion | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """What the index found, for the words as they are likely meant.

    Attributes:
        results: the hits.
        expansion: what was searched for.
        meant: for words that no decision has, those that are likely meant.
        nothing: whether no decision has any of the words.
    """

    results: Results
    expansion: Expansion
    meant: Mapping[str, str]
    nothing: bool


@dataclass(frozen=True, slots=True)
class _Likely:
    """What words that no decision has may be: written forms of spoken ones, corrected ones, forms of the same root."""

    spoken: Mapping[str, tuple[str, ...]]
    meant: Mapping[str, str]
    related: Mapping[str, tuple[str, ...]]

    @property
    def any(self) -> bool:
        return bool(self.spoken or self.meant or self.related)


async def planned(
    session: Session,
    index: Index,
    request: SearchRequest,
    parsed: ParsedQuery,
    where: list[ColumnElement[bool]],
) -> Plan:
    """What the words of a query are understood to ask for, and what the lexicon adds to them.

    Raises:
        InvalidInput: the query says nothing.
    """
    where = where + await _phrase_conditions(session, index, parsed)
    if parsed.says_nothing:
        if not where:
            raise InvalidInput.of("body.query", t("there is no word to search for"), "empty_query")
        return Plan(where, list(parsed.parts), None)
    text, parts = parsed.text, [replace(part, use=Use.RANKED) for part in parsed.understood]
    if parsed.understood and request.understand:
        narrowed = where + [one for part in parsed.understood for one in part.conditions()]
        _, total = await repository.newest(session, narrowed, offset=0, limit=1)
        if total:  # where nothing meets what was understood, the words rank
            where, text, parts = narrowed, parsed.rest, list(parsed.understood)
    if not split_words(text):
        return Plan(where, [*parsed.parts, *parts], None)
    expansion = await expand(session, text, request.as_typed) if request.expand else Expansion(text)
    return Plan(where, [*parsed.parts, *parts], expansion)


async def rank(
    connection: asyncpg.Connection,
    index: Index,
    request: SearchRequest,
    expansion: Expansion,
    where: list[ColumnElement[bool]],
    *,
    limit: int,
    offset: int = 0,
    passages: bool = True,
) -> Ranked:
    """Search the index, once more with words as they are likely meant where no decision has them."""

    async def results() -> Results:
        query = retrieval_query(
            expansion.text,
            where,
            strategy=request.strategy,
            limit=limit,
            offset=offset,
            minimum_similarity=request.similarity_threshold,
            expansion=expansion if index.whole_text_vectors else replace(expansion, meaning=expansion.typed),
        )
        return await results_of(connection, index, replace(query, passages=passages))

    found = await results()
    unknown = found.unknown_words or ()
    settled = {*expansion.known, *(word for typed in request.as_typed for word in split_words(typed))}
    doubtful = [] if expansion.english else [word for word in unknown if word not in settled]
    likely = await _likely(connection, index, doubtful[:MOST_CORRECTED])
    if likely.any and request.expand:
        expansion = _corrected(expansion, likely)
        found = await results()
    nothing = not likely.any and set(unknown) == set(split_words(expansion.text)) and not found.coverage
    return Ranked(replace(found, unknown_words=tuple(unknown)), expansion, likely.meant, nothing)


async def _likely(connection: asyncpg.Connection, index: Index, words: Sequence[str]) -> _Likely:
    """What words that no decision has may be: the written form of a spoken one, a typed error, another form.

    One wrong letter is likelier than another form of the root, two are not.
    """
    written = {word: spoken_forms(word) for word in words}
    related = {
        word: [form for root in (word, *forms[:MOST_FORMS]) for form in related_forms(root)]
        for word, forms in written.items()
    }
    every = [form for candidates in (written, related) for forms in candidates.values() for form in forms]
    known = await index.known_words(connection, every)

    def first(forms: Sequence[str]) -> tuple[str, ...]:
        return tuple(form for form in dict.fromkeys(forms) if form in known)[:MOST_FORMS]

    spoken = {word: forms for word in words if (forms := first(written[word]))}
    unheard = [word for word in words if word not in spoken]
    near = await index.meant_words(connection, unheard) if unheard else {}
    others = {word: forms for word in unheard if (forms := first(related[word]))}
    meant = {
        word: other
        for word, other in near.items()
        if word not in others or edit_distance(word, other, 1) <= 1
    }
    return _Likely(spoken, meant, {word: forms for word, forms in others.items() if word not in meant})


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
    found = [one_of(await index.containing(connection, phrase)) for phrase in parsed.phrases]
    return found + [~one_of(await index.containing(connection, phrase)) for phrase in parsed.excluded]


def one_of(ids: Sequence[UUID]) -> ColumnElement[bool]:
    """One parameter however many ids there are, unlike IN."""
    return Decision.id == any_(literal(ids, ARRAY(Uuid)))


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


def _corrected(expansion: Expansion, likely: _Likely) -> Expansion:
    """The expansion with unknown words as they are likely meant, and with other forms of them."""
    anew = {**likely.meant, **{word: forms[0] for word, forms in likely.spoken.items()}}
    words = [anew.get(word, word) for word in split_words(expansion.meaning or expansion.text)]
    added = [
        *((word, (other,), "spelling", SPELLING_WEIGHT) for word, other in likely.meant.items()),
        *((word, forms, "variant", SPELLING_WEIGHT) for word, forms in likely.spoken.items()),
        *((word, forms, "variant", RELATED_WEIGHT) for word, forms in likely.related.items()),
    ]
    return replace(
        expansion,
        typed=respelled(expansion.typed, anew) or expansion.typed,
        meaning=" ".join(words),
        additions=(*expansion.additions, *(Addition(word, forms, kind) for word, forms, kind, _ in added)),
        alternatives=(
            *expansion.alternatives,
            *(Alternative(word, form, weight) for word, forms, _, weight in added for form in forms),
        ),
    )


def respelled(query: str, meant: Mapping[str, str]) -> str | None:
    """The query with unknown words replaced, None if there are none to replace."""
    if not meant:
        return None
    return re.sub(r"[^\W_]+", lambda match: meant.get(match[0].lower(), match[0]), query)
