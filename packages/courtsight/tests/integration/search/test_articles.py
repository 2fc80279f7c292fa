"""A search for an article finds the decisions that name it: those that apply it first."""

from __future__ import annotations

from collections import defaultdict

import pytest

from courtsight.decisions.applied import article_roles
from courtsight.decisions.citations import ArticleQuery, ancestors
from courtsight.decisions.typed import parse_article_query
from courtsight.search.query import parse_query


@pytest.fixture(scope="module")
def roles(corpus):
    return {draft.case_number: article_roles(draft) for draft in corpus.drafts}


@pytest.fixture(scope="module")
def named(roles):
    """For each article, at every level: the decisions that name it or a part of it."""
    found = defaultdict(set)
    for number, own in roles.items():
        for citation in own.citations:
            if citation.kind == "article":
                for form in ancestors(citation.normalised):
                    found[form].add(number)
    return found


@pytest.fixture(scope="module")
def applied(roles):
    found = defaultdict(set)
    for number, own in roles.items():
        for article in own.applied:
            for form in ancestors(article):
                found[form].add(number)
    return found


async def test_an_article_finds_every_decision_that_names_it_and_no_other(corpus, named):
    wrong = []
    for article in sorted(named, key=lambda form: (-len(named[form]), form))[:60]:
        if not parse_article_query(article):
            continue
        if await corpus.all_found(article) != named[article]:
            wrong.append(article)
    assert wrong == []


async def test_decisions_that_apply_the_article_come_first(corpus, named, applied):
    for article in sorted(applied, key=lambda form: (-len(applied[form]), form))[:25]:
        if ":" not in article:
            continue
        found = await corpus.found(article)
        split = len(applied[article])
        assert set(found[:split]) == applied[article], article
        assert set(found[split:]) == named[article] - applied[article], article


@pytest.mark.parametrize(
    "query",
    [
        "Pasal 363 ayat (1) ke-4 KUHP",
        "pasal 363 ayat 1 ke 4 kuhp",
        "363 ayat (1) ke-4 KUHP",
        "KUHP:363(1)ke-4",
        "KUHP pasal 363 ayat 1 ke-4",
    ],
)
async def test_any_spelling_of_an_article_gives_the_same_hits(corpus, named, query):
    answer = await corpus.search(query)
    assert answer["interpretation"] == "article"
    assert await corpus.all_found(query) == named["KUHP:363(1)ke-4"]


async def test_a_chain_finds_the_decisions_that_name_all_of_it(corpus, named):
    found = await corpus.all_found("pasal 362 jo pasal 363 kuhp")
    assert found == named["KUHP:362"] & named["KUHP:363"]


async def test_the_same_number_of_two_laws_needs_both(corpus, named):
    twice = [
        (form, other)
        for form in named
        for other in named
        if form < other and ":" in form and ":" in other and form.split(":")[1] == other.split(":")[1]
    ]
    for one, other in sorted(twice, key=lambda pair: -len(named[pair[0]] & named[pair[1]]))[:5]:
        both = named[one] & named[other]
        assert await corpus.all_found(other, filters={"article": one}) == both
        law, _, number = other.partition(":")
        chain = f"pasal {number} {law} jo pasal {number} {one.partition(':')[0]}"
        if both and {item.normalised for item in parse_article_query(chain)} == {one, other}:
            assert await corpus.all_found(chain) == both


async def test_an_article_without_a_law_is_looked_up_in_all_laws(corpus, named, applied):
    everywhere = {
        number for form, numbers in named.items() if form.rpartition(":")[2] == "363" for number in numbers
    }
    found = await corpus.found("pasal 363")
    assert set(found) == everywhere
    assert set(found[: len(applied["KUHP:363"])]) == applied["KUHP:363"]


async def test_a_number_is_not_the_beginning_of_another(corpus, roles):
    """Article 36 is not article 363, in the hits and in what they show."""
    answer = await corpus.search("pasal 36")
    for hit in answer["data"]:
        if answer["interpretation"] == "article":
            assert any(
                ArticleQuery("36").matches(citation.normalised)
                for citation in roles[hit["decision"]["case_number"]].citations
                if citation.kind == "article"
            )


async def test_the_snippet_marks_the_citation(corpus):
    answer = await corpus.search("pasal 363 kuhp", limit=20)
    wanted = ArticleQuery("363", "KUHP")
    for hit in answer["data"]:
        draft = corpus.draft(hit["decision"]["case_number"])
        snippet = hit["snippet"]
        ((begin, end),) = snippet["highlights"]
        assert draft.sections[snippet["section"]][snippet["start"] : snippet["end"]] == snippet["text"]
        assert "363" in snippet["text"][begin:end]
        assert wanted.matches("KUHP:363(1)")


async def test_it_says_whether_the_verdict_applies_or_the_indictment_names_it(corpus, applied):
    answer = await corpus.search("pasal 363 ayat (1) ke-4 kuhp", limit=50)
    for hit in answer["data"]:
        is_applied = hit["decision"]["case_number"] in applied["KUHP:363(1)ke-4"]
        assert (hit["why"][0] == "The verdict applies KUHP:363(1)ke-4.") == is_applied
    indonesian = await corpus.search("pasal 363 ayat (1) ke-4 kuhp", language="id")
    assert indonesian["data"][0]["why"][0] != answer["data"][0]["why"][0]


async def test_an_article_that_nothing_names_is_searched_for_as_text(corpus):
    answer = await corpus.search("pasal 9999 kuhp")
    assert answer["interpretation"] == "text"
    assert answer["data"]


async def test_an_article_that_the_filters_leave_nothing_of_has_no_hits(corpus):
    answer = await corpus.search("pasal 363 kuhp", filters={"year": 1950})
    assert (answer["interpretation"], answer["total_count"]) == ("article", 0)


async def test_a_page_behind_the_last_keeps_the_count(corpus, named):
    answer = await corpus.search("pasal 363 kuhp", page=500, limit=10)
    assert answer["interpretation"] == "article"
    assert answer["total_count"] == len(named["KUHP:363"])
    assert answer["data"] == []


@pytest.mark.parametrize(
    "query",
    [
        "Pasal 362 atau Pasal 378 KUHP",
        "362 atau 378 kuhp",
        "article 362 or article 378 of the criminal code",
    ],
)
async def test_or_finds_the_decisions_that_name_either(corpus, named, query):
    answer = await corpus.search(query)
    assert answer["interpretation"] == "article"
    either = named["KUHP:362"] | named["KUHP:378"]
    assert either > named["KUHP:362"] & named["KUHP:378"]
    assert await corpus.all_found(query) == either
    assert await corpus.all_found('"putusan"', filters={"article": query}) == either


@pytest.mark.parametrize(
    "query", ["UU 35/2009", "uu no. 35 tahun 2009 tentang narkotika", "UU Narkotika", "UU 35/09"]
)
async def test_a_law_finds_every_decision_that_cites_it_and_no_other(corpus, roles, query):
    citing = {
        number
        for number, own in roles.items()
        if any(citation.law == "UU 35/2009" for citation in own.citations)
    }
    assert 0 < len(citing) < len(roles)
    answer = await corpus.search(query)
    assert answer["interpretation"] == "article"
    assert answer["data"][0]["snippet"]["highlights"]
    assert await corpus.all_found(query) == citing
    assert await corpus.all_found('"putusan"', filters={"article": query}) == citing
    facets = await corpus.get("facets", article=query)
    assert all(count["value"].partition(":")[2] for count in facets["article"])


def test_a_query_that_says_more_than_an_article_is_text():
    assert parse_query("pasal 363 kuhp pencurian sepeda").articles == ()
