import asyncio
from uuid import UUID

import numpy as np
import pytest
from integration.ai.retrieval.conftest import ids

from fondasi.ai.embeddings import EmbeddingUnavailableError
from fondasi.ai.embeddings.static import StaticEmbedder, load_static_model
from fondasi.ai.retrieval import (
    CollectionModelError,
    Index,
    Ranking,
    RetrievalQuery,
    Strategy,
    segments,
    statement,
)


async def test_words_find_documents_with_scores_and_spans(filled, connection):
    query = RetrievalQuery("pencurian MOTOR?", strategy=Strategy.LEXICAL)
    results = await filled.search(connection, query)
    hit = results.hits[0]
    assert [each.document_id.int for each in results.hits] == [1, 2]
    assert not results.has_more
    assert hit.matched_words == ("pencurian", "motor")
    assert hit.scores.bm25 > results.hits[1].scores.bm25 > 0
    assert hit.scores.pairs > 0
    assert hit.scores.vector is None
    assert hit.scores.total == pytest.approx(1.0)
    assert (hit.child.section, hit.child.start, hit.child.end) == ("facts", 0, 44)


async def test_neighbouring_words_beat_scattered_ones(filled, connection):
    assert await ids(filled, connection, "budi santoso", strategy=Strategy.LEXICAL) == [3, 2]


async def test_vectors_find_what_words_do_not(filled, connection):
    assert await ids(filled, connection, "mencuri", strategy=Strategy.LEXICAL) == []
    for strategy in (Strategy.VECTOR, Strategy.HYBRID, Strategy.PARENT_CHILD):
        query = RetrievalQuery("mencuri sepeda", strategy=strategy, similarity_threshold=0.1)
        hit = (await filled.search(connection, query)).hits[0]
        assert hit.document_id.int == 1
        assert 0.1 < hit.scores.vector <= 1
        assert hit.matched_words == ()


async def test_vectors_count_for_as_much_as_a_query_says_to_them(connection, document):
    index = Index("told", StaticEmbedder(load_static_model()))
    told, untold = "narkotika sabu ganja", "mutah rechtsverwerking nusyuz"
    await index.add(connection, [document(number, f"{told} {untold} {number}") for number in range(1, 15)])
    weights = {}
    for text in (told, untold):
        results = await index.search(connection, RetrievalQuery(text, limit=14))
        best = max(hit.scores.bm25 + hit.scores.pairs for hit in results.hits)
        scores = results.hits[0].scores
        weights[text] = (scores.total - (scores.bm25 + scores.pairs) / best) / scores.vector
    whole = Ranking().query_vector_weight(3)
    assert weights[told] == pytest.approx(whole, rel=0.02)
    assert weights[untold] == pytest.approx(whole / 5, rel=0.02)


async def test_filters_apply_before_ranking(filled, connection):
    chosen = [UUID(int=2), UUID(int=139)]
    found = {
        strategy: await ids(
            filled,
            connection,
            "pencurian motor",
            strategy=strategy,
            limit=1,
            filter_sql="SELECT document_id FROM ai_document WHERE document_id = ANY($1)",
            filter_parameters=(chosen,),
        )
        for strategy in Strategy
    }
    assert found == {strategy: [2] for strategy in Strategy}


@pytest.mark.parametrize("strategy", Strategy)
async def test_a_broad_filter_finds_what_a_narrow_one_does(filled, connection, monkeypatch, strategy):
    async def found():
        statement.search_statement.cache_clear()
        return await ids(
            filled,
            connection,
            "pencurian motor saksi",
            strategy=strategy,
            limit=30,
            similarity_threshold=-1,
            filter_sql="SELECT document_id FROM ai_document WHERE document_id >= $1",
            filter_parameters=(UUID(int=2),),
        )

    narrow = await found()
    monkeypatch.setattr(statement, "FEW", 3)
    broad = await found()
    monkeypatch.undo()
    statement.search_statement.cache_clear()
    assert 2 in narrow
    assert 1 not in narrow
    assert narrow == broad


async def test_a_filter_that_leaves_few_finds_them_all(filled, connection, document):
    far = [document(n, f"wanprestasi kontrak sewa {n}") for n in range(500, 503)]
    await filled.add(connection, far)
    found = await ids(
        filled,
        connection,
        "saksi memberi keterangan di sidang",
        strategy=Strategy.VECTOR,
        similarity_threshold=-1,
        filter_sql="SELECT document_id FROM ai_document WHERE document_id >= $1",
        filter_parameters=(UUID(int=500),),
    )
    assert sorted(found) == [500, 501, 502]


async def test_pages_follow_each_other(filled, connection):
    everything = await ids(
        filled, connection, "saksi memberi keterangan", limit=13, strategy=Strategy.LEXICAL
    )
    pages = []
    for offset in (0, 5, 10):
        query = RetrievalQuery("saksi memberi keterangan", limit=5, offset=offset, strategy=Strategy.LEXICAL)
        results = await filled.search(connection, query)
        pages += [hit.document_id.int for hit in results.hits]
        assert results.has_more == (offset < 10)
    assert pages == everything
    assert len(pages) == 13


@pytest.mark.parametrize("strategy", list(Strategy))
async def test_every_page_size_cuts_the_same_order(index, connection, document, strategy):
    """Both legs go on behind the hundredth document, and disagree: what one ranks first the other ranks last."""
    texts = ["pencurian " * (1 + n % 7) + f"motor sepeda saksi{n % 11} " * (1 + n % 5) for n in range(240)]
    await index.add(connection, [document(n, text) for n, text in enumerate(texts, 1)])
    query = "pencurian motor saksi3"
    whole = await ids(index, connection, query, limit=240, strategy=strategy)
    for size in (7, 60):
        paged = []
        for offset in range(0, 240, size):
            paged += await ids(index, connection, query, limit=size, offset=offset, strategy=strategy)
        assert paged == whole, size
    assert sorted(whole) == list(range(1, 241))


@pytest.fixture
async def repetitive(connection, embedder, document, monkeypatch):
    """300 documents that all have two words, some more often, their postings in blocks; and the budget of its index."""
    monkeypatch.setattr(segments, "BLOCK_SIZE", 8)
    index = Index("decisions", embedder, ranking=Ranking(postings_budget=40))
    batches = [
        [document(n, "gula " * (n % 37 + 1) + "kopi " * (n % 11 + 1)) for n in range(start, start + 100)]
        for start in (1, 101, 201)
    ]
    for batch in batches:
        await index.add(connection, batch)
    return index


async def test_a_frequent_word_is_read_as_far_as_the_budget_goes_its_best_documents_first(
    repetitive, connection, embedder
):
    everything = Index("decisions", embedder)
    for query in ("gula", "kopi"):
        wanted = RetrievalQuery(query, limit=300, strategy=Strategy.LEXICAL)
        whole = await everything.search(connection, wanted)
        best = await repetitive.search(connection, wanted)
        assert len(whole.hits) == 300
        assert 40 <= len(best.hits) < 120  # the last block of the budget may go beyond it
        first = [[hit.scores.bm25 for hit in found.hits[:20]] for found in (whole, best)]
        assert first[0] == first[1]


async def test_the_budget_does_not_grow_with_the_collection(repetitive, connection):
    read = "SELECT sum(size) FROM ai_posting WHERE terms IS NULL"
    assert await connection.fetchval(read) >= 600  # what two words would cost without it
    wanted = RetrievalQuery("gula kopi", limit=300, strategy=Strategy.LEXICAL)
    assert 40 <= len((await repetitive.search(connection, wanted)).hits) < 240
    await repetitive.compact(connection)
    assert 40 <= len((await repetitive.search(connection, wanted)).hits) < 240


async def test_the_nearest_passage_ranks_without_an_index_of_passages(filled, connection, document):
    filler = "Saksi menerangkan hal yang lain sama sekali di depan sidang. " * 40
    sections = {f"part{n}": filler for n in range(4)}
    await filled.add(connection, [document(1, "Terdakwa mengambil kerbau milik korban.", **sections)])
    hits = (
        await filled.search(connection, RetrievalQuery("mengambil kerbau", strategy=Strategy.PARENT_CHILD))
    ).hits
    assert hits[0].document_id.int == 1
    assert hits[0].passage.section == "facts"


async def test_scores_are_bm25(index, connection, document):
    await index.add(
        connection, [document(1, "a b"), document(2, "a c"), document(3, "c d"), document(4, "d e")]
    )
    hits = (await index.search(connection, RetrievalQuery("a", strategy=Strategy.LEXICAL))).hits
    assert [hit.document_id.int for hit in hits] == [1, 2]
    assert hits[0].scores.bm25 == pytest.approx(np.log(1 + 2.5 / 2.5), rel=1e-3)


@pytest.mark.parametrize("strategy", Strategy)
@pytest.mark.parametrize(
    "text",
    ["", "   ", "🙂", "'; DROP TABLE ai_document; --", "a & b | !c <-> :*", "\x00\x01", "kata " * 5000],
)
async def test_any_text_is_answered(filled, connection, strategy, text):
    results = await filled.search(connection, RetrievalQuery(text, strategy=strategy))
    assert len(results.hits) <= 10


async def test_a_collection_that_does_not_exist_has_no_hits(embedder, connection):
    results = await Index("nothing", embedder).search(connection, RetrievalQuery("x"))
    assert results.hits == []


async def test_vectors_of_two_models_do_not_mix(filled, connection, make_embedder):
    other = Index("decisions", make_embedder(model_id="test/other"))
    with pytest.raises(CollectionModelError, match="test/words"):
        await other.search(connection, RetrievalQuery("x"))


async def test_a_collection_can_be_indexed_again_with_another_model(
    filled, connection, make_embedder, document
):
    other = Index("decisions", make_embedder(model_id="test/other", dimension=128))
    await other.drop(connection)
    await other.add(connection, [document(1, "pencurian motor")])
    assert await ids(other, connection, "mencuri sepeda") == [1]


async def test_an_index_notices_that_its_collection_was_made_anew(filled, connection, embedder, document):
    assert await ids(filled, connection, "pencurian motor")
    other = Index("decisions", embedder)
    await other.drop(connection)
    await other.add(connection, [document(80, "pencurian motor")])
    assert await ids(filled, connection, "pencurian motor") == [80]
    await other.drop(connection)
    assert await ids(filled, connection, "pencurian motor") == []


async def test_words_rank_while_the_embedder_is_down(filled, connection, embedder, monkeypatch):
    async def fail(_):
        raise EmbeddingUnavailableError("down")

    assert not (await filled.search(connection, RetrievalQuery("pencurian motor"))).words_only
    monkeypatch.setattr(embedder, "embed_query", fail)
    results = await filled.search(connection, RetrievalQuery("pencurian motor"))
    assert results.words_only
    assert results.hits[0].document_id.int == 1
    with pytest.raises(EmbeddingUnavailableError):
        await filled.search(connection, RetrievalQuery("pencurian motor", strategy=Strategy.VECTOR))


async def test_any_dimension_works(connection, make_embedder, document):
    index = Index("small", make_embedder(dimension=10))
    await index.add(connection, [document(1, "pencurian"), document(2, "penipuan")])
    assert (await ids(index, connection, "mencuri", strategy=Strategy.VECTOR))[0] == 1


async def test_collections_are_apart(filled, connection, embedder, document):
    other = Index("other", embedder)
    await other.add(connection, [document(70, "pencurian motor")])
    assert await ids(other, connection, "pencurian motor") == [70]
    assert 70 not in await ids(filled, connection, "pencurian motor", limit=50)
    await other.drop(connection)
    assert await ids(other, connection, "pencurian motor") == []
    assert (await ids(filled, connection, "pencurian motor"))[0] == 1


async def test_spans_lie_in_the_source_text(index, connection, document):
    filler = "Saksi menerangkan hal yang lain sama sekali di depan sidang. " * 80
    text = filler + "Terdakwa mengambil kerbau milik korban. " + filler
    await index.add(connection, [document(1, text), document(2, filler)])
    for strategy in (Strategy.LEXICAL, Strategy.HYBRID):
        hit = (await index.search(connection, RetrievalQuery("mengambil kerbau", strategy=strategy))).hits[0]
        assert "mengambil kerbau" in text[hit.child.start : hit.child.end]
        assert hit.child.end - hit.child.start <= 400
        assert hit.passage.end - hit.passage.start <= 2000
        assert hit.passage.start <= hit.child.start < hit.child.end <= hit.passage.end


async def test_one_round_trip(filled, connection):
    statements = []
    await ids(filled, connection, "pencurian")
    with connection.query_logger(statements.append):
        await ids(filled, connection, "pencurian motor")
        await asyncio.sleep(0.01)
    assert len(statements) == 1


@pytest.mark.parametrize("strategy", [Strategy.VECTOR, Strategy.HYBRID, Strategy.PARENT_CHILD])
async def test_a_query_without_a_vector_brings_in_nothing_at_random(filled, connection, strategy):
    assert await ids(filled, connection, "🙂", strategy=strategy) == []
