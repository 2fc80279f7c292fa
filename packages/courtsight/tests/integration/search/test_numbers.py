"""A search for a decision number finds that decision, in any spelling."""

from __future__ import annotations

import re

import pytest


def stripped(number: str) -> str:
    """As the data set writes it: lower case, no punctuation."""
    return " ".join(re.findall(r"\w+", number.lower()))


SPELLINGS = {
    "normal": lambda number: number,
    "upper": str.upper,
    "lower": str.lower,
    "stripped": stripped,
    "printed": lambda number: f"Putusan Nomor : {number.replace('/PN ', '/PN.')}",
    "zeros": lambda number: f"no. 00{number}",
    "spaced": lambda number: number.replace("/", " / "),
    "quoted": lambda number: f'"{number}"',
    "in words": lambda number: f"  putusan mahkamah agung nomor {stripped(number)} ",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_every_number_of_the_corpus_is_the_first_hit(corpus, spelling):
    missed = []
    for draft in corpus.drafts:
        answer = await corpus.search(SPELLINGS[spelling](draft.case_number), limit=1)
        first = [hit["decision"]["case_number"] for hit in answer["data"]]
        if answer["interpretation"] != "decision_number" or first != [draft.case_number]:
            missed.append((SPELLINGS[spelling](draft.case_number), answer["interpretation"], first))
    assert missed == []
