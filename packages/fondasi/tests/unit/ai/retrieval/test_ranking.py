import pytest

from fondasi.ai.retrieval import InvalidQueryError, Ranking, RetrievalQuery, Strategy
from fondasi.ai.retrieval.statement import OWN_PARAMETERS, search_statement


def test_long_queries_lean_on_words():
    ranking = Ranking(vector_weight=4.0, long_query=22)
    assert ranking.query_vector_weight(2) == pytest.approx(4.0, abs=0.01)
    assert ranking.query_vector_weight(22) == 2.0
    assert ranking.query_vector_weight(40) < 0.01


def test_queries_that_say_little_to_the_vectors_lean_on_words():
    ranking = Ranking(vector_weight=4.0, long_query=22, telling=(1.0, 3.0))
    whole = ranking.query_vector_weight(2)
    assert ranking.query_vector_weight(2, 0.0) == pytest.approx(whole / 5)
    assert ranking.query_vector_weight(2, 2.0) == pytest.approx(whole / 2)
    assert ranking.query_vector_weight(2, 3.0) == ranking.query_vector_weight(2, 9.0) == whole


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": 0},
        {"limit": -1},
        {"limit": 10**9},
        {"offset": -1},
        {"offset": 1000},
        {"similarity_threshold": 1.5},
        {"similarity_threshold": float("nan")},
    ],
)
def test_fields_out_of_range(fields):
    with pytest.raises(InvalidQueryError):
        RetrievalQuery("x", **fields)


def test_parameters_of_a_filter_follow_the_own_ones():
    statement = search_statement(
        Strategy.HYBRID, 256, "SELECT id FROM post WHERE a = $1 AND b = $2 OR a = $1"
    )
    first, second = OWN_PARAMETERS + 1, OWN_PARAMETERS + 2
    assert f"WHERE a = ${first} AND b = ${second} OR a = ${first}" in statement


def test_a_strategy_reads_only_what_it_needs():
    assert "<#>" not in search_statement(Strategy.LEXICAL, 256, None)
    assert "ai_posting" not in search_statement(Strategy.VECTOR, 256, None)
    assert "ai_posting" not in search_statement(Strategy.PARENT_CHILD, 256, None)
