"""Facets count what the list beside them holds, each without its own filter; several values of one add up."""

from __future__ import annotations

from collections import Counter

import pytest

NAMES = ("court", "level", "jurisdiction", "case_type", "legal_area", "outcome", "year")
QUERIES = {
    "words": {"query": "pencurian sepeda motor", "strategy": "lexical"},
    "meaning": {"query": "pencurian sepeda motor"},
    "a phrase": {"query": '"barang bukti"', "strategy": "lexical"},
    "an article": {"query": "pasal 363 kuhp"},
    "a field": {"query": "tahun:2019"},
    "what is understood": {"query": "penipuan tahun 2019"},
    "a mistyped word": {"query": "penciruan", "strategy": "lexical"},
    "only filters": {},
}


async def rows(corpus, query="", *, strategy="hybrid", **filters):
    """The decisions of all pages."""
    found, page = [], 1
    while page:
        if query:
            fields = {"strategy": strategy, "filters": filters, "items_per_page": 100, "page": page}
            answer = await corpus.search(query, **fields)
            found += [hit["decision"] for hit in answer["data"]]
        else:
            answer = await corpus.get("documents", items_per_page=100, page=page, **filters)
            found += answer["data"]
        page = page + 1 if answer["has_more"] else 0
    return found


def counted(decisions, name):
    return Counter(str(row[name]) for row in decisions if row[name])


def values(answer, name):
    return {row["value"]: row["count"] for row in answer[name]}


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("filters", [{}, {"level": "first_instance"}])
async def test_facets_equal_the_list_they_stand_beside(corpus, name, filters):
    asked = QUERIES[name]
    answer = await corpus.get("facets", **asked, **filters)
    found = await rows(corpus, **asked, **filters)
    assert answer["total_count"] == len(found) > 0
    assert answer["whole"]
    assert answer["without"] == {}
    for facet in set(NAMES) - set(filters):
        expected = counted(found, facet)
        assert values(answer, facet).items() <= expected.items(), facet
        assert len(answer[facet]) == min(len(expected), 200 if facet == "court" else 20)


@pytest.mark.parametrize("asked", [{}, {"query": "pencurian sepeda motor", "strategy": "lexical"}])
async def test_each_facet_is_counted_without_its_own_filter(corpus, asked):
    """And choosing another of its values adds as many decisions as it says."""
    outcomes = (await corpus.get("facets", **asked))["outcome"]
    one, other = outcomes[0], outcomes[1]
    answer = await corpus.get("facets", outcome=one["value"], **asked)
    assert answer["outcome"] == outcomes
    assert answer["total_count"] == one["count"]
    assert values(answer, "level") == counted(await rows(corpus, outcome=one["value"], **asked), "level")
    both = [one["value"], other["value"]]
    assert len(await rows(corpus, outcome=both, **asked)) == one["count"] + other["count"]
    assert (await corpus.get("facets", outcome=both, **asked))["total_count"] == one["count"] + other["count"]


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("level", ["appeal", "kasasi"]),
        ("year", [2018, 2019]),
        ("court", ["Mahkamah Agung", "ptun"]),
        ("legal_area", ["narkotika", "cerai"]),
        ("jurisdiction", ["agama", "Umum"]),
        ("article", ["Pasal 363 KUHP", "UU 35/2009"]),
    ],
)
async def test_of_several_values_any_does(corpus, name, chosen):
    each = [{row["id"] for row in await rows(corpus, '"putusan"', **{name: value})} for value in chosen]
    both = {row["id"] for row in await rows(corpus, '"putusan"', **{name: chosen})}
    assert both == each[0] | each[1]
    assert len(both) > max(map(len, each))
    assert {row["id"] for row in await rows(corpus, **{name: chosen})} == both
    linked = await corpus.get("search", query='"putusan"', items_per_page=100, **{name: chosen})
    assert {hit["decision"]["id"] for hit in linked["data"]} <= both


async def test_courts_tell_their_level_and_region_and_a_region_is_a_filter(corpus):
    answer = await corpus.get("facets")
    courts = {row["value"]: row for row in answer["court"]}
    assert (courts["Mahkamah Agung"]["level"], courts["Mahkamah Agung"]["region"]) == (None, "Nasional")
    assert all(row["level"] == "first_instance" for name, row in courts.items() if name.startswith("PN "))
    national = await rows(corpus, region="nasional")
    assert {row["court"] for row in national} == {"Mahkamah Agung"}
    assert values(answer, "region") == {"Nasional": len(national)}
    chosen = await corpus.get("facets", region="Nasional")
    assert values(chosen, "region") == {"Nasional": len(national)}
    assert await rows(corpus, region="Atlantis") == []


async def test_where_nothing_is_found_the_filters_that_exclude_are_named(corpus):
    answer = await corpus.get("facets", query="pasal 363 kuhp", year=1999, level="first_instance")
    assert answer["total_count"] == 0
    without_year = len(await rows(corpus, "pasal 363 kuhp", level="first_instance"))
    assert answer["without"] == {"level": 0, "year": without_year}
    assert without_year > 0


async def test_a_query_that_says_nothing_is_refused(corpus):
    response = await corpus.client.get("/api/v1/legal-search/facets", params={"query": '"'})
    assert response.status_code == 422
    response = await corpus.client.get("/api/v1/legal-search/facets", params={"court": ["x"] * 21})
    assert response.json()["field_errors"][0]["field"] == "query.court"
    response = await corpus.ask("a", filters={"court": []})
    assert response.json()["field_errors"][0]["field"] == "body.filters.court"
