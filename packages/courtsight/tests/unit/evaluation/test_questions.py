"""Questions: how files are read, what is counted, the rules that grade, and the two halves."""

from __future__ import annotations

import pytest

from courtsight.decisions.draft import DecisionDraft
from courtsight.evaluation.errors import EvaluationDataError
from courtsight.evaluation.questions import Outcome, Question, as_typed, read_questions, says_weak, summarise
from courtsight.evaluation.rules import Judged, grades, halves

RECORD = {
    "id": "a",
    "legal_area": "pencurian",
    "articles_applied": ["KUHP:363(1)ke-4"],
    "sentence_days": 210,
    "sections": {"fakta": "Mengambil 2 (dua) ekor SAPI,\ndi Desa Awan."},
}


def outcome(kind, gain, first, *, weak):
    return Outcome("Q1", kind, {}, dict.fromkeys(("bm25", "lexical", "semantic"), 0.0) | {"hybrid": gain},
                   dict.fromkeys(("bm25", "lexical", "semantic"), False) | {"hybrid": first}, weak)  # fmt: skip


def test_means_are_by_kind_and_over_all_that_have_an_answer():
    groups = summarise([
        outcome("lay", 1.0, True, weak=False),
        outcome("lay", 0.5, False, weak=True),
        outcome("typo", 0.3, False, weak=False),
        outcome("no-answer", 0.0, False, weak=True),
        outcome("no-answer", 0.0, False, weak=False),
        outcome("no-answer", 0.0, False, weak=True),
    ])  # fmt: skip
    assert groups["lay"]["n"] == 2
    assert groups["lay"]["hybrid"] == {"ndcg@10": 0.75, "hit@1": 0.5}
    assert groups["lay"]["said_weak"] == 0.5
    assert groups["all"]["n"] == 3
    assert groups["all"]["hybrid"] == {"ndcg@10": 0.6, "hit@1": 0.3333}
    assert groups["all"]["said_weak"] == 0.3333
    assert groups["no-answer"] == {"n": 3, "said_weak": 0.6667}


def test_an_answer_says_that_it_is_weak_or_has_no_hits():
    assert says_weak({"data": []})
    assert says_weak({"data": ["hit"], "weak": True})
    assert not says_weak({"data": ["hit"], "weak": False})
    assert not says_weak({"data": ["hit"]})


@pytest.mark.parametrize(
    ("clause", "met"),
    [
        ({"has": ["dua ekor sapi di desa"]}, True),
        ({"has": ["sapi", "kambing"]}, False),
        ({"has": [r"\bsap\b"]}, False),
        ({"lacks": ["kambing"]}, True),
        ({"lacks": ["kambing", "sapi"]}, False),
        ({"legal_area": "pencurian", "has": ["sapi"]}, True),
        ({"legal_area": ["penipuan", "pencurian"]}, True),
        ({"legal_area": "penipuan"}, False),
        ({"applies": ["KUHP:363"]}, True),
        ({"applies": ["KUHP:363(1)ke-4"]}, True),
        ({"applies": ["KUHP:36"]}, False),
        ({"days": [200, 220]}, True),
        ({"days": [0, 200]}, False),
    ],
)
def test_a_clause_holds_when_all_of_it_does(clause, met):
    assert Judged(RECORD).grade({"2": [clause]}) == (2 if met else 0)


def test_a_record_has_its_highest_grade_and_a_reader_the_last_word():
    rule = {"2": [{"has": ["sapi"]}], "1": [{"legal_area": "pencurian"}]}
    near = RECORD | {"id": "b", "sections": {"fakta": "kambing"}}
    far = near | {"id": "c", "legal_area": "waris"}
    records = [Judged(RECORD), Judged(near), Judged(far)]
    question = Question(id="Q1", kind="lay", text="maling sapi", rule=rule)
    assert grades(question, records) == {"a": 2, "b": 1}
    question.judged = {"b": 0, "c": 2}
    assert grades(question, records) == {"a": 2, "c": 2}


def test_halves_take_turns_within_a_kind_whatever_the_order():
    questions = [
        Question(id=f"{kind}{number}", kind=kind, text=f"{kind} {number}")
        for kind in ("lay", "typo")
        for number in range(9)
    ]
    seen, unseen = halves(questions)
    assert [len([one for one in half if one.kind == "lay"]) for half in (seen, unseen)] == [5, 4]
    assert {one.id for one in seen} | {one.id for one in unseen} == {one.id for one in questions}
    again = halves(reversed(questions))
    assert [[one.id for one in half if one.kind == "typo"] for half in again] == [
        [one.id for one in half if one.kind == "typo"] for half in (seen, unseen)
    ]


def test_a_line_that_is_no_question_is_named(tmp_path):
    file = tmp_path / "questions.jsonl"
    file.write_text('{"id": "Q1", "kind": "lay", "text": "maling sapi", "grades": {"a": 2}}\n\n')
    assert [one.grades for one in read_questions(file)] == [{"a": 2}]
    file.write_text('{"id": "Q1", "kind": "lay", "text": "x"}\n{"id": "Q2", "kind": "poem", "text": "x"}\n')
    with pytest.raises(EvaluationDataError, match=r"questions\.jsonl:2: kind: "):
        read_questions(file)
    with pytest.raises(EvaluationDataError, match="No such file"):
        read_questions(tmp_path / "none.jsonl")


def test_a_question_may_leave_the_number_to_the_data():
    draft = DecisionDraft("45/Pid.B/2014/PN Tls", {}, court="PN Telaga Senja")
    question = Question(id="Q1", kind="number", text="putusan {court} no {words}, {number}")
    assert (
        as_typed(question, [draft]) == "putusan PN Telaga Senja no 45 pid b 2014 pn tls, 45/Pid.B/2014/PN Tls"
    )
    assert as_typed(question, []) == question.text
