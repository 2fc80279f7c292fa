"""Every place of a decision where a query matches: from hit to hit."""

from __future__ import annotations

import re
from uuid import UUID

import pytest


async def opened(corpus, query, **fields):
    """The first hit of a search, its text by section, and its matches."""
    answer = await corpus.search(query, limit=1, **fields)
    decision = answer["data"][0]["decision"]["id"]
    document = await corpus.get(f"documents/{decision}")
    matches = await corpus.get(f"documents/{decision}/matches", q=query)
    return {section["name"]: section["text"] for section in document["sections"]}, matches


def words(texts, matches):
    return [texts[match["section"]][match["start"] : match["end"]] for match in matches["data"]]


async def test_words_are_found_wherever_they_stand_in_reading_order(corpus):
    texts, matches = await opened(corpus, "pencurian sepeda motor", strategy="lexical")
    found = words(texts, matches)
    expected = sum(
        len(re.findall(r"\b(?:pencurian|sepeda|motor)\b", text, re.IGNORECASE)) for text in texts.values()
    )
    assert sum(len(re.findall(r"pencurian|sepeda|motor", word.lower())) for word in found) >= expected > 0
    assert any(word.lower() == "sepeda motor" for word in found)
    order = list(texts)
    places = [(order.index(match["section"]), match["start"]) for match in matches["data"]]
    assert places == sorted(places)
    assert matches["total_count"] == len(found)


async def test_what_is_searched_beside_the_words_is_found_too(corpus):
    texts, matches = await opened(corpus, "theft of a motorcycle")
    found = {word.lower() for word in words(texts, matches)}
    assert found & {"pencurian", "mencuri"}
    assert not found & {"of", "a"}


async def test_a_phrase_is_one_match(corpus):
    texts, matches = await opened(corpus, '"barang bukti"')
    found = words(texts, matches)
    assert {re.sub(r"\W+", " ", word.lower()) for word in found} == {"barang bukti"}


async def test_an_article_is_found_where_it_is_cited(corpus):
    texts, matches = await opened(corpus, "pasal 363 kuhp")
    found = words(texts, matches)
    assert found
    assert all("363" in word for word in found)


@pytest.mark.parametrize(
    ("path", "status"),
    [(f"{UUID(int=1)}/matches?q=a", 404), ("1/matches?q=a", 422), (f"{UUID(int=1)}/matches", 422)],
)
async def test_what_is_not_there_is_said(corpus, path, status):
    response = await corpus.client.get(f"/api/v1/legal-search/documents/{path}")
    assert response.status_code == status


async def test_a_query_of_signs_has_no_match(corpus):
    decision = next(iter(corpus.ids.values()))
    for query in ("?!", "-", "court:x"):
        matches = await corpus.get(f"documents/{decision}/matches", q=query)
        assert matches == {"total_count": 0, "words": [], "data": []}
