"""The measures, against values that were worked out by hand."""

from __future__ import annotations

import math

import pytest

from courtsight.decisions.draft import DecisionDraft
from courtsight.evaluation.baseline import Baseline
from courtsight.evaluation.metrics import estimate, hit_first, ndcg, recall
from courtsight.evaluation.tasks import Labelled, article_query, make_tasks


def test_ndcg_of_a_perfect_ranking_is_one_and_of_none_zero():
    assert ndcg([1, 2, 3], {1, 2, 3}) == 1
    assert ndcg([4, 5], {1}) == 0
    assert ndcg([], {1}) == 0
    assert ndcg([1], set()) == 0


def test_ndcg_falls_with_the_logarithm_of_the_place():
    assert ndcg([9, 1], {1}) == pytest.approx(1 / math.log2(3))
    assert ndcg([1, 9, 2], {1, 2}) == pytest.approx((1 + 1 / 2) / (1 + 1 / math.log2(3)))
    assert ndcg([9] * 10 + [1], {1}) == 0


def test_an_answer_weighs_three_times_what_is_near():
    grades = {1: 2, 2: 1}  # gains 3 and 1
    best = 3 + 1 / math.log2(3)
    assert ndcg([1, 2], grades) == 1
    assert ndcg([2, 1], grades) == pytest.approx((1 + 3 / math.log2(3)) / best)
    assert ndcg([9, 2], grades) == pytest.approx((1 / math.log2(3)) / best)
    assert ndcg([1], dict.fromkeys(range(20), 2)) == pytest.approx(
        1 / sum(1 / math.log2(place + 2) for place in range(10))
    )


def test_the_first_hit_counts_when_nothing_has_a_better_grade():
    assert hit_first([1, 2], {1: 2, 2: 1})
    assert not hit_first([2, 1], {1: 2, 2: 1})
    assert hit_first([2], {2: 1})
    assert not hit_first([], {1: 2})
    assert not hit_first([1], {})


def test_recall_is_the_share_among_the_first_hundred():
    assert recall([1, 2, 9], {1, 2, 3, 4}) == 0.5
    assert recall([9] * 100 + [1], {1}) == 0


def test_the_interval_holds_the_mean_and_is_the_same_every_time():
    values = [0.0, 1.0] * 50
    first = estimate(values)
    assert first == estimate(values)
    assert first.low < first.mean == 0.5 < first.high
    assert estimate([]).mean == 0


def test_the_baseline_ranks_the_text_with_most_of_the_words_first():
    baseline = Baseline(["sepeda motor hilang", "sepeda", "tanah warisan"])
    assert baseline.search("Sepeda motor!", 10) == [0, 1]
    assert baseline.search('"() NEAR - *', 10) == []


@pytest.mark.parametrize(
    ("article", "query"),
    [
        ("KUHP:363(1)ke-4", "pasal 363 ayat 1 ke 4 kuhp"),
        ("UU 35/2009:112(1)", "pasal 112 ayat 1 uu 35 2009"),
        ("UU 35/2009:127(1)a", "pasal 127 ayat 1 huruf a uu 35 2009"),
        ("KUHAP:183", "pasal 183 kuhap"),
        ("363", None),
    ],
)
def test_an_article_is_asked_for_as_a_person_writes_it(article, query):
    assert article_query(article) == query


def test_tasks_are_made_of_the_labels():
    def record(number, offence):
        words = " ".join(f"kata{number}x{place}" for place in range(100))
        draft = DecisionDraft(f"{number}/Pid.B/2020/PN Cth", {"riwayat_tuntutan": words})
        return Labelled(draft, ("KUHP:362",), offence, "pencurian biasa")

    tasks = {task.name: task for task in make_tasks([record(number, "pencurian") for number in range(5)])}
    assert len(tasks["A"].queries) == 5
    assert all(len(query.text.split()) == 30 and len(query.relevant) == 1 for query in tasks["A"].queries)
    assert "riwayat_tuntutan" not in (tasks["A"].sections or ())
    (article,) = tasks["B"].queries
    assert article.relevant == frozenset(range(5))
    assert {len(query.relevant) for query in tasks["C"].queries} == {4}
