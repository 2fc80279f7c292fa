"""Natural language, strategies, similarity, paging."""

from __future__ import annotations

import pytest

from courtsight.fictitious.queries import answers, example_queries
from courtsight.search import ranked

QUERIES = ["pencurian sepeda motor pada malam hari", "perceraian karena pertengkaran", "korupsi dana desa"]
STRATEGIES = ["hybrid", "lexical", "vector", "parent-child"]


# The static model knows Indonesian alone: a question in English needs a multilingual embedding model.
EXAMPLES = [query for query in example_queries() if query.language == "id"]


@pytest.mark.parametrize("query", EXAMPLES, ids=lambda query: query.text[:30])
async def test_each_example_is_answered_within_the_first_hits(corpus, query):
    found = await corpus.found(query.text, limit=5)
    assert set(found) & set(answers(query, corpus.drafts))


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("query", QUERIES)
async def test_every_strategy_finds_something_in_falling_order_of_its_score(corpus, query, strategy):
    answer = await corpus.search(query, strategy=strategy, limit=20)
    assert answer["strategy"] == strategy
    fused = [hit["scores"]["fused"] for hit in answer["data"]]
    assert fused
    assert fused == sorted(fused, reverse=True)


@pytest.mark.parametrize("strategy", ["vector", "parent-child"])
async def test_similarity_is_a_similarity_not_a_distance(corpus, strategy):
    """The ranking of the vectors is falling, and a decision's own words are nearer than others' (threat 32)."""
    draft = corpus.drafts[0]
    text = draft.sections["fakta"][:1500].replace('"', " ")
    answer = await corpus.search(text, strategy=strategy, limit=50)
    similarities = [hit["scores"]["vector"] for hit in answer["data"]]
    assert similarities == sorted(similarities, reverse=True)
    assert all(-1 <= value <= 1 for value in similarities)
    assert draft.case_number in [hit["decision"]["case_number"] for hit in answer["data"][:3]]
    assert similarities[0] > similarities[-1]


@pytest.mark.parametrize("strategy", ["hybrid", "vector", "parent-child"])
@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.7])
async def test_the_similarity_threshold_leaves_out_exactly_what_is_below_it(corpus, strategy, threshold):
    query = "pencurian dengan pemberatan"
    everything = await corpus.search(query, strategy=strategy, limit=100)
    kept = await corpus.search(query, strategy=strategy, limit=100, similarity_threshold=threshold)
    expected = {
        hit["decision"]["case_number"] for hit in everything["data"] if hit["scores"]["vector"] >= threshold
    }
    assert {hit["decision"]["case_number"] for hit in kept["data"]} >= expected
    assert all(hit["scores"]["vector"] >= threshold for hit in kept["data"])


async def test_a_threshold_without_vectors_is_refused_not_ignored(corpus):
    response = await corpus.ask("pencurian", strategy="lexical", similarity_threshold=0.5)
    assert response.status_code == 422
    assert response.json()["field_errors"][0]["field"] == "body.similarity_threshold"


async def test_scores_of_legs_that_did_not_take_part_are_null(corpus):
    lexical = (await corpus.search("pencurian", strategy="lexical"))["data"][0]["scores"]
    vector = (await corpus.search("pencurian", strategy="vector"))["data"][0]["scores"]
    number = (await corpus.search(corpus.drafts[0].case_number))["data"][0]["scores"]
    assert lexical["vector"] is None
    assert lexical["lexical"] > 0
    assert vector["lexical"] is None
    assert vector["vector"] > 0
    assert number == {"lexical": None, "vector": None, "fused": None}


@pytest.mark.parametrize("strategy", STRATEGIES)
async def test_pages_have_no_gaps_and_no_duplicates(corpus, strategy):
    whole = await corpus.found("menimbang bahwa terdakwa penggugat", strategy=strategy, limit=100)
    paged, page = [], 1
    while len(paged) < len(whole):
        answer = await corpus.search(
            "menimbang bahwa terdakwa penggugat", strategy=strategy, limit=7, page=page
        )
        paged += [hit["decision"]["case_number"] for hit in answer["data"]]
        assert answer["previous_page"] == (page - 1 or None)
        if not answer["has_more"]:
            break
        page += 1
    assert len(paged) == len(set(paged))
    assert paged[: len(whole)] == whole[: len(paged)]


async def test_pages_of_exact_lookups_and_filters_are_complete_too(corpus):
    for query in ("pasal 363 kuhp", "year:2019", "-korupsi"):
        whole = await corpus.found(query)
        paged: list[str] = []
        for page in range(1, len(whole) // 3 + 2):
            paged += await corpus.found(query, limit=3, page=page)
        assert paged[: len(whole)] == whole
        assert len(paged) == len(set(paged))


async def test_the_same_search_gives_the_same_answer(corpus):
    first = await corpus.search("sengketa tanah warisan", limit=50)
    assert await corpus.search("sengketa tanah warisan", limit=50) == first


async def test_ranked_hits_end_at_a_thousand(corpus):
    response = await corpus.ask("pencurian", page=101, limit=10)
    assert response.status_code == 422
    assert response.json()["field_errors"][0]["field"] == "body.page"
    assert (await corpus.search("pencurian", page=100, limit=10))["data"] == []


async def test_the_last_page_that_may_be_asked_for_says_that_it_is_the_last(corpus, monkeypatch):
    """Whatever the page size: what `has_more` promises can be asked for, and all that may be shown is shown."""
    monkeypatch.setattr(ranked, "MAXIMUM_DEPTH", 20)
    for size in (7, 10):
        found, page = [], 1
        while True:
            answer = await corpus.search("terdakwa", limit=size, page=page)
            found += [hit["decision"]["case_number"] for hit in answer["data"]]
            assert (answer["next_page"] is not None) == answer["has_more"]
            if not answer["has_more"]:
                break
            page += 1
        assert len(found) == len(set(found)) == 20


async def test_messages_are_in_the_language_of_the_reader(corpus):
    english = await corpus.search("pencurian", language="en")
    indonesian = await corpus.search("pencurian", language="id-ID,id;q=0.9")
    assert english["data"][0]["why"] != indonesian["data"][0]["why"]
    refused = await corpus.ask("-", language="id")
    assert refused.status_code == 422
    assert "kata" in refused.json()["detail"]
