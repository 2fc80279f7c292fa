"""The routes of the corpus over HTTP: documents, citations, similar ones, statistics, facets, suggestions."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest

from courtsight.decisions.citations import Kind, find

ROUTES = ["{}", "{}/citations", "{}/cited-by", "{}/similar"]


@pytest.fixture(scope="module")
def cited(corpus):
    """A decision that others of the corpus cite, and the numbers of those."""
    citing = {}
    for draft in corpus.drafts:
        numbers = {
            item.normalised
            for text in draft.sections.values()
            for item in find(text)
            if item.kind is Kind.DECISION
        }
        for number in numbers - {draft.case_number}:
            citing.setdefault(number, set()).add(draft.case_number)
    number = max(
        (number for number in citing if number in corpus.ids), key=lambda number: len(citing[number])
    )
    return number, citing[number]


async def test_documents_are_listed_newest_first_in_pages_without_gaps(corpus):
    numbers, days, page = [], [], 1
    while page:
        answer = await corpus.get("documents", page=page, items_per_page=13)
        numbers += [row["case_number"] for row in answer["data"]]
        days += [row["pronounced_on"] for row in answer["data"]]
        page = answer["next_page"]
    assert sorted(numbers) == sorted(corpus.ids)
    assert days == sorted(days, reverse=True)
    assert answer["total_count"] == len(corpus.drafts)


@pytest.mark.parametrize("column", ["case_number", "court", "pronounced_on"])
async def test_documents_are_sorted_by_a_column_both_ways(corpus, column):
    rising = (await corpus.get("documents", sort=column, items_per_page=100))["data"]
    falling = (await corpus.get("documents", sort=f"-{column}", items_per_page=100))["data"]
    values = [row[column] for row in rising]
    if column == "pronounced_on":
        assert values == sorted(values)
    assert [row[column] for row in falling[:1]] != values[:1]


async def test_a_document_has_all_that_was_imported(corpus):
    for draft in corpus.drafts[::15]:
        read = await corpus.get(f"documents/{corpus.ids[draft.case_number]}")
        assert {section["name"]: section["text"] for section in read["sections"]} == draft.sections
        for name in (
            *("case_number", "court", "level", "jurisdiction", "case_type", "legal_area", "year", "clerk"),
            *("outcome", "outcome_other", "outcome_note", "rule_of_law", "abstract", "keywords", "related"),
            *("source_url", "attachments", "presiding_judge", "fictitious"),
        ):
            assert read[name] == getattr(draft, name), name
        for name in ("registered_on", "deliberated_on", "pronounced_on", "uploaded_on"):
            day = getattr(draft, name)
            assert read[name] == (day and day.isoformat())
        assert read["judges"] == [draft.presiding_judge, *draft.member_judges]
        assert read["parties"] == [{"role": party.role, "name": party.name} for party in draft.parties]
        assert read["character_count"] == sum(map(len, draft.sections.values()))


async def test_a_document_is_not_sent_again_while_it_is_the_same(corpus):
    path = f"/api/v1/legal-search/documents/{corpus.ids[corpus.drafts[0].case_number]}"
    first = await corpus.client.get(path)
    again = await corpus.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await corpus.client.get(f"{path}/citations", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


async def test_citations_are_the_words_of_their_spans_in_reading_order(corpus):
    for draft in corpus.drafts[::20]:
        path, rows, page = f"documents/{corpus.ids[draft.case_number]}/citations", [], 1
        while page:
            answer = await corpus.get(path, page=page, items_per_page=100)
            rows += answer["data"]
            page = answer["next_page"]
        assert len(rows) == answer["total_count"] > 5
        sections = list(draft.sections)
        places = [(sections.index(row["section"]), row["start"]) for row in rows]
        assert places == sorted(places)
        for row in rows:
            assert draft.sections[row["section"]][row["start"] : row["end"]] == row["text"]
            assert row["kind"] in {"article", "statute", "decision"}


async def test_a_cited_decision_of_the_corpus_is_linked_both_ways(corpus, cited):
    number, citing = cited
    answer = await corpus.get(f"documents/{corpus.ids[number]}/cited-by", items_per_page=100)
    assert {row["case_number"] for row in answer["data"]} == citing
    assert answer["total_count"] == len(citing)
    for one in citing:
        rows = (await corpus.get(f"documents/{corpus.ids[one]}/citations", items_per_page=100))["data"]
        linked = {row["normalised"]: row["decision_id"] for row in rows if row["kind"] == "decision"}
        assert linked.get(number, str(corpus.ids[number])) == str(corpus.ids[number])
        assert one not in linked  # a decision names itself in its head, and does not cite itself


async def test_similar_decisions_are_near_and_never_the_decision_itself(corpus):
    same_area = 0
    for draft in corpus.drafts[::12]:
        hits = await corpus.get(f"documents/{corpus.ids[draft.case_number]}/similar", limit=5)
        assert len(hits) == 5
        assert draft.case_number not in {hit["decision"]["case_number"] for hit in hits}
        similarities = [hit["scores"]["vector"] for hit in hits]
        assert similarities == sorted(similarities, reverse=True)
        same_area += hits[0]["decision"]["legal_area"] == draft.legal_area
    assert same_area >= len(corpus.drafts[::12]) * 0.7


@pytest.mark.parametrize("route", ROUTES)
async def test_an_unknown_document_is_404_and_a_malformed_id_422(corpus, route):
    for given, status in ((uuid4(), 404), ("1", 422), ("' OR 1=1 --", 422), ("%00", 422)):
        response = await corpus.client.get(f"/api/v1/legal-search/documents/{route.format(given)}")
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"


async def test_statistics_count_what_is_there(corpus):
    answer = await corpus.get("stats")
    total = answer["total_statistics"]
    assert total["total_documents"] == total["fictitious_documents"] == len(corpus.drafts)
    assert total["total_sections"] == sum(len(draft.sections) for draft in corpus.drafts)
    assert total["total_chunks"] >= total["total_embedding_vectors"] > len(corpus.drafts)
    assert total["embedding_model"].startswith("static/")
    levels = {row["value"]: row["count"] for row in answer["by_level"]}
    assert levels == Counter(draft.level for draft in corpus.drafts)
    years = {row["value"]: row["count"] for row in answer["by_year"]}
    assert years == Counter(str(draft.year) for draft in corpus.drafts)


async def test_facets_of_the_whole_corpus_count_every_decision(corpus):
    answer = await corpus.get("facets")
    assert answer["total_count"] == len(corpus.drafts)
    for name in ("court", "level", "jurisdiction", "case_type", "legal_area", "outcome", "year"):
        expected = Counter(str(getattr(draft, name)) for draft in corpus.drafts)
        expected.pop("", None)
        most = 200 if name == "court" else 20
        wanted = sorted(expected.items(), key=lambda item: (-item[1], item[0]))[:most]
        assert [(row["value"], row["count"]) for row in answer[name]] == wanted, name


@pytest.mark.parametrize("filters", [{}, {"jurisdiction": "umum"}])
async def test_the_values_of_a_facet_can_all_be_paged_through(corpus, filters):
    values, page = [], 1
    while page is not None:
        answer = await corpus.get("facets/court", page=page, items_per_page=7, **filters)
        values += [(row["value"], row["count"]) for row in answer["data"]]
        page = answer["next_page"]
    chosen = [d for d in corpus.drafts if not filters or d.jurisdiction == filters["jurisdiction"]]
    assert dict(values) == Counter(draft.court for draft in chosen)
    assert len(values) == answer["total_count"] > 20
    assert [count for _, count in values] == sorted((count for _, count in values), reverse=True)
    articles = await corpus.get("facets/article", items_per_page=5, **filters)
    first = await corpus.get("facets", **filters)
    assert articles["data"] == first["article"][:5]
    response = await corpus.client.get("/api/v1/legal-search/facets/clerk")
    assert response.status_code == 422


async def test_facets_count_among_the_decisions_that_meet_the_filters(corpus):
    answer = await corpus.get("facets", jurisdiction="umum", year=2019)
    chosen = [draft for draft in corpus.drafts if draft.jurisdiction == "umum" and draft.year == 2019]
    for name in ("court", "level", "case_type", "legal_area", "outcome"):
        counted = {row["value"]: row["count"] for row in answer[name]}
        expected = Counter(str(getattr(draft, name)) for draft in chosen)
        assert counted.items() <= expected.items(), name
        assert len(counted) == min(200 if name == "court" else 20, len(expected))
        counts = [row["count"] for row in answer[name]]
        assert counts == sorted(counts, reverse=True)
    for row in answer["article"][:5]:
        found = await corpus.all_found(row["value"], filters={"jurisdiction": "umum", "year": 2019})
        assert len(found) >= row["count"]


@pytest.mark.parametrize(
    ("typed", "kind", "begins"),
    [
        ("9586 k", "decision", "9586 K/Pid.Sus/2019"),
        ("617/pid", "decision", "617/Pid.Sus/2019"),
        ("kuhp:36", "article", "KUHP:36"),
        ("pasal 363", "article", "KUHP:363"),
        ("narko", "legal_area", "narkotika"),
        ("Mahkamah", "court", "Mahkamah Agung"),
    ],
)
async def test_suggestions_complete_what_is_typed(corpus, typed, kind, begins):
    rows = await corpus.get("suggest", q=typed)
    assert any(row["kind"] == kind and row["text"].startswith(begins) for row in rows)
    assert len(rows) <= 10
    assert all((row["decision_id"] is not None) == (row["kind"] == "decision") for row in rows)


async def test_articles_and_courts_are_suggested_by_how_many_decisions_have_them(corpus):
    facets = await corpus.get("facets")
    counts = {
        row["value"]: row["count"] for row in (await corpus.get("facets/article", items_per_page=100))["data"]
    }
    rows = [row["text"] for row in await corpus.get("suggest", q="pasal 36") if row["kind"] == "article"]
    assert len(rows) > 1
    assert all(row.partition(":")[2].startswith("36") for row in rows)
    known = [counts[row] for row in rows if row in counts]
    assert known == sorted(known, reverse=True)
    assert known
    courts = [
        row["text"] for row in await corpus.get("suggest", q="pengadilan tinggi") if row["kind"] == "court"
    ]
    of_court = {row["value"]: row["count"] for row in facets["court"]}
    assert [of_court[court] for court in courts] == sorted(
        (of_court[court] for court in courts), reverse=True
    )
    assert courts
