"""The order of a list, the list as a file, a search by a link, and words that are searched as they are typed."""

from __future__ import annotations

import csv
import io

import pytest

QUERIES = [
    {"query": "pencurian sepeda motor"},
    {"query": "pencurian sepeda motor", "strategy": "lexical"},
    {"query": "pasal 363 kuhp"},
    {"query": "tahun:2019"},
]


async def hits(corpus, **asked):
    found, page = [], 1
    while page:
        answer = await corpus.get("search", page=page, items_per_page=4, **asked)
        found += answer["data"]
        page = page + 1 if answer["has_more"] else 0
    return found


@pytest.mark.parametrize("asked", QUERIES)
@pytest.mark.parametrize("sort", ["-pronounced_on", "pronounced_on"])
async def test_a_list_by_day_has_the_same_decisions_with_their_passages(corpus, asked, sort):
    ranked = {hit["decision"]["id"]: hit for hit in await hits(corpus, **asked)}
    ordered = await hits(corpus, sort=sort, **asked)
    assert {hit["decision"]["id"] for hit in ordered} == set(ranked)
    assert len(ordered) == len(ranked) > 4
    days = [hit["decision"]["pronounced_on"] for hit in ordered]
    assert days == sorted(days, reverse=sort.startswith("-"))
    for hit in ordered[:4]:
        before = ranked[hit["decision"]["id"]]
        assert (hit["snippet"] is None) == (before["snippet"] is None)
        assert [reason.split("(")[0] for reason in hit["why"]] == [
            reason.split("(")[0] for reason in before["why"]
        ]


async def test_the_decision_that_a_query_names_is_among_those_by_day(corpus):
    number = next(draft.case_number for draft in corpus.drafts if draft.court != "Mahkamah Agung")
    found = await hits(corpus, query=f"pencurian {number}", sort="pronounced_on")
    named = next(hit for hit in found if hit["decision"]["case_number"] == number)
    assert number in named["why"][0] or named["scores"]["fused"]


@pytest.mark.parametrize("asked", QUERIES)
@pytest.mark.parametrize("sort", ["relevance", "pronounced_on"])
async def test_a_saved_list_is_the_list(corpus, asked, sort):
    expected = [hit["decision"]["case_number"] for hit in await hits(corpus, sort=sort, **asked)]
    path, parameters = "/api/v1/legal-search/search/export", {"sort": sort, **asked}
    table = await corpus.client.get(path, params=parameters)
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["content-disposition"] == 'attachment; filename="decisions.csv"'
    lines = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert [line["case_number"] for line in lines] == expected
    assert lines[0]["id"] == str(corpus.ids[expected[0]])
    objects = await corpus.client.get(path, params={**parameters, "format": "json"})
    assert [row["case_number"] for row in objects.json()] == expected
    assert objects.headers["content-disposition"] == 'attachment; filename="decisions.json"'


async def test_a_link_searches_as_a_body_does(corpus):
    body = {"filters": {"level": "first_instance", "year": [2018, 2019]}, "items_per_page": 5}
    linked = await corpus.get(
        "search", query="pencurian", level="first_instance", year=[2018, 2019], items_per_page=5
    )
    sent = await corpus.search("pencurian", **body)
    assert [hit["decision"]["id"] for hit in linked["data"]] == [
        hit["decision"]["id"] for hit in sent["data"]
    ]
    response = await corpus.client.get("/api/v1/legal-search/search", params={"query": "a", "banana": 1})
    assert response.status_code == 422


async def test_a_word_is_searched_as_it_is_typed_where_that_is_asked_for(corpus):
    query = "nyolong motor di pasar"
    plain = await corpus.search(query, strategy="lexical")
    assert "nyolong" in {item["words"] for item in plain["also_searched"]}
    typed = await corpus.search(query, strategy="lexical", as_typed=["Nyolong"])
    assert "nyolong" not in {item["words"] for item in typed["also_searched"]}
    assert {item["words"] for item in plain["also_searched"]} - {"nyolong"} == {
        item["words"] for item in typed["also_searched"]
    }
    assert [hit["decision"]["id"] for hit in typed["data"]] != [
        hit["decision"]["id"] for hit in plain["data"]
    ]
    wrong = await corpus.search("penciruan motor", as_typed=["penciruan"])
    assert wrong["did_you_mean"] is None
    assert wrong["also_searched"] == []
