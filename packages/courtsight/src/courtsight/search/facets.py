"""Values to filter by, counted among what a search finds.

Each facet is counted without its own filter: who has chosen one court still sees the others, with what each would add.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from courtsight.decisions import repository, tally
from courtsight.decisions.courts import place_of_court
from courtsight.decisions.filters import conditions
from courtsight.decisions.models import COUNTED
from courtsight.decisions.schemas import Facet, Filters
from courtsight.decisions.service import counted
from courtsight.search.matching import Matching, how_many, matching
from fondasi.kit.http import page_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from courtsight.search.schemas import Counting
    from fondasi.ai.retrieval import Index
    from fondasi.kit.db import Session
    from fondasi.kit.http import PageParams

Values = dict[str, list[tuple[str, int]]]

VALUES, COURTS = 20, 200  # of each facet, beside each other
_ALL = 10_000
_WITHOUT = {Facet.REGION: {"region", "court"}}  # a court is of one region


async def facets(session: Session, index: Index, asked: Counting) -> dict[str, Any]:
    """The most frequent values of each facet, as `Facets` takes them.

    Raises:
        InvalidInput: as `search` does.
    """
    found, values = await _counts(session, index, asked, list(Facet), articles=VALUES)
    if found.ids is not None:
        total = len(found.ids)
    else:
        total = await how_many(session, found.where) if _asks(asked) else await _everything(session)
    return {
        "total_count": total,
        "whole": found.whole,
        **{name: counted(rows[:VALUES]) for name, rows in values.items()},
        "court": [_court(*row) for row in values["court"][:COURTS]],
        "without": {} if total else await _without_each(session, index, asked),
    }


async def facet(
    session: Session, index: Index, asked: Counting, name: Facet, params: PageParams
) -> dict[str, Any]:
    """A page of the values of a facet, the most frequent first.

    Raises:
        InvalidInput: as `search` does.
    """
    if not _asks(asked) and name is not Facet.REGION:
        found = await tally.most_frequent(session, [name.value], params.items_per_page, params.offset)
        total = await tally.how_many_values(session, name.value)
        return page_of(counted(found[name.value]), total, params)
    _, values = await _counts(session, index, asked, [name])
    rows = values[name]
    return page_of(counted(rows[params.offset : params.offset + params.items_per_page]), len(rows), params)


async def _counts(
    session: Session, index: Index, asked: Counting, names: Sequence[Facet], *, articles: int | None = None
) -> tuple[Matching, Values]:
    """What is found with all filters, and the values of facets, each among what is found without its own filter.

    Of articles, of which a thousand decisions apply another thousand, no more than so many.
    """
    active = _active(asked)
    groups: dict[frozenset[str], list[Facet]] = {frozenset(): []}
    for name in names:
        without = frozenset(_WITHOUT.get(name, {name.value}) & active)
        groups.setdefault(without, []).append(name)
    values: Values = {}
    whole = Matching([])
    for without, members in groups.items():
        found = await _found(session, index, asked, without)
        if not without:
            whole = found
        values |= await _values(session, found, members, articles)
    return whole, values


async def _values(session: Session, found: Matching, names: Sequence[Facet], articles: int | None) -> Values:
    columns = {"court" if name is Facet.REGION else name.value for name in names} - {"article"}
    ordered = [name for name in COUNTED if name in columns]
    if not found.where:
        wanted = [*ordered, *(("article",) if Facet.ARTICLE in names else ())]
        values = await tally.most_frequent(session, wanted, VALUES)
        if "court" in columns:
            values |= await tally.most_frequent(session, ["court"], _ALL)
    else:
        values = await repository.counts(session, found.where, ordered) if ordered else {}
        if Facet.ARTICLE in names:
            values["article"] = await repository.article_counts(session, found.where, articles)
    if Facet.REGION in names:
        values["region"] = _regions(values["court"])
    return {name.value: values[name.value] for name in names}


async def _found(session: Session, index: Index, asked: Counting, without: Iterable[str] = ()) -> Matching:
    if asked.query is None:
        return Matching(conditions(asked.filters(*without)))
    return await matching(session, index, asked.searched(asked.query, *without))


async def _without_each(session: Session, index: Index, asked: Counting) -> dict[str, int]:
    """How many decisions there would be without each of the filters."""
    return {
        name: await how_many(session, (await _found(session, index, asked, [name])).where)
        for name in sorted(_active(asked))
    }


async def _everything(session: Session) -> int:
    return (await tally.totals(session)).get("decision", 0)


def _active(asked: Counting) -> set[str]:
    return {name for name in Filters.model_fields if getattr(asked, name) is not None}


def _asks(asked: Counting) -> bool:
    return asked.query is not None or bool(_active(asked))


def _regions(courts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    found: Counter[str] = Counter()
    for name, count in courts:
        region = place_of_court(name)[1]
        if region:
            found[region] += count
    return sorted(found.items(), key=lambda row: (-row[1], row[0]))


def _court(name: str, count: int) -> dict[str, Any]:
    level, region = place_of_court(name)
    return {"value": name, "count": count, "level": level, "region": region}
