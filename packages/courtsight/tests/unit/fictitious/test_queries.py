from __future__ import annotations

from typing import TYPE_CHECKING

from courtsight.fictitious.queries import answers, example_queries

if TYPE_CHECKING:
    from courtsight.decisions.draft import DecisionDraft


def test_there_are_about_ten_of_every_kind_in_both_languages() -> None:
    queries = example_queries()
    assert 10 <= len(queries) <= 12
    assert {query.kind for query in queries} == {
        "natural",
        "article",
        "number",
        "phrase",
        "filter",
        "exclusion",
    }
    assert {query.language for query in queries} == {"id", "en"}
    assert [query.kind for query in queries[:3]] == ["natural", "article", "number"]


def test_every_query_has_some_answers_but_not_many(corpus: list[DecisionDraft]) -> None:
    for query in example_queries():
        assert 1 <= len(answers(query, corpus)) <= 20, query.text


def test_the_number_query_has_exactly_one_answer(corpus: list[DecisionDraft]) -> None:
    by_number = next(query for query in example_queries() if query.kind == "number")
    assert answers(by_number, corpus) == [by_number.text]
