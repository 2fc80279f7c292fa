"""Whether pages show every hit once and in one order, whatever their size."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from courtsight.search.ranked import MAXIMUM_DEPTH

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from rich.progress import Progress

    from courtsight.evaluation.corpus import Corpus

QUERIES = 50
LARGEST = 100
SIZES_A_QUERY = 2
SEED = 2026


@dataclass(frozen=True, slots=True)
class Difference:
    """What pages of one size show against pages of the largest: hits shown again, hits left out, another order."""

    repeated: int
    missing: int
    reordered: bool


def compare(reference: Sequence[Hashable], paged: Sequence[Hashable]) -> Difference:
    """Compare the hits of all pages with those that they should show."""
    shown = list(dict.fromkeys(paged))
    return Difference(
        repeated=len(paged) - len(shown),
        missing=len(set(reference) - set(shown)),
        reordered=list(paged) != list(reference),
    )


async def page_through(corpus: Corpus, queries: Sequence[str], bar: Progress) -> dict[str, Any]:
    """Read each query's hits in pages of 100, and of sizes drawn from 3 to 99, down to the last page allowed."""
    dice = random.Random(SEED)  # noqa: S311 - chooses sizes
    chosen = dice.sample(list(queries), min(QUERIES, len(queries)))
    progress = bar.add_task("Paging", total=len(chosen))
    differences = []
    for query in chosen:
        reference = await _all_pages(corpus, query, LARGEST)
        for size in dice.sample(range(3, LARGEST), SIZES_A_QUERY):
            deepest = MAXIMUM_DEPTH // size * size  # no page may go over the last hit allowed
            differences.append(compare(reference[:deepest], await _all_pages(corpus, query, size)))
        bar.advance(progress)
    return {
        "queries": len(chosen),
        "readings": len(differences),
        "repeated": sum(one.repeated for one in differences),
        "missing": sum(one.missing for one in differences),
        "reordered": sum(one.reordered for one in differences),
    }


async def _all_pages(corpus: Corpus, query: str, size: int) -> list[int]:
    found: list[int] = []
    page = 1
    while page * size <= MAXIMUM_DEPTH:
        answer = await corpus.answer(query, limit=size, page=page)
        found += [corpus.numbers[hit.decision.id] for hit in answer["data"]]
        if not answer["has_more"]:
            break
        page += 1
    return found
