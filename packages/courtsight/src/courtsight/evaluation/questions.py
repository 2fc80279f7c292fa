"""Questions as people ask them, with graded answers: how they are kept, and how each leg of the search answers them.

A file has one question a line, of one kind, with the ids of the decisions that answer it: 2 for an answer, 1 for a
decision that is near. A question that nothing answers has no grades.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from courtsight.evaluation.baseline import Baseline
from courtsight.evaluation.errors import EvaluationDataError
from courtsight.evaluation.metrics import hit_first, ndcg
from courtsight.search.schemas import Strategy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from rich.progress import Progress

    from courtsight.decisions.draft import DecisionDraft
    from courtsight.evaluation.corpus import Corpus

DEPTH = 10
LEGS = ("bm25", "lexical", "semantic", "hybrid")
NO_ANSWER = "no-answer"
_STRATEGIES = {"lexical": Strategy.LEXICAL, "semantic": Strategy.VECTOR, "hybrid": Strategy.HYBRID}
Kind = Literal[
    "lay", "lawyer", "english", "typo", "abbreviation", "operator", "number", "article", "no-answer"
]


class Question(BaseModel):
    """A line of a file of questions. `rule` says where the grades are from (`courtsight.evaluation.rules`)."""

    model_config = ConfigDict(extra="forbid")

    id: str
    kind: Kind
    text: str = Field(min_length=1)
    rule: dict[str, list[dict[str, Any]]] = {}
    judged: dict[str, int] = Field(
        default={}, description="Grades that a reader gave against the rule, by record id; 0 for no answer."
    )
    grades: dict[str, Literal[1, 2]] = {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question went, by leg: hits by record id, nDCG@10, whether the first answers; `said_weak` of hybrid."""

    id: str
    kind: str
    hits: Mapping[str, Sequence[str]]
    gains: Mapping[str, float]
    firsts: Mapping[str, bool]
    said_weak: bool

    def as_json(self) -> dict[str, Any]:
        """The outcome as plain values."""
        return {
            "id": self.id,
            "kind": self.kind,
            "said_weak": self.said_weak,
            "ndcg@10": self.gains,
            "hits": self.hits,
        }


def read_questions(path: Path) -> list[Question]:
    """The questions of a file.

    Raises:
        EvaluationDataError: the file cannot be read, or a line is no question.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationDataError(f"{path}: {error}") from None
    questions = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            questions.append(Question.model_validate_json(line))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise EvaluationDataError(f"{path}:{number}: {where}: {first['msg']}") from None
    return questions


async def ask(corpus: Corpus, questions: Sequence[Question], bar: Progress) -> list[Outcome]:
    """Ask every question of every leg.

    Raises:
        EvaluationDataError: a question is graded for a decision that the data lacks.
    """
    places = {record.id: number for number, record in enumerate(corpus.records)}
    for question in questions:
        if missing := question.grades.keys() - places.keys():
            raise EvaluationDataError(f"question {question.id}: the data has no decision {min(missing)}.")
    baseline = await asyncio.to_thread(Baseline, [item.draft.full_text for item in corpus.records])
    progress = bar.add_task("Asking", total=len(questions))
    outcomes = []
    for question in questions:
        grades = {places[key]: grade for key, grade in question.grades.items()}
        text = as_typed(question, [corpus.records[place].draft for place in grades])
        ranked = {"bm25": await asyncio.to_thread(baseline.search, text, DEPTH)}
        answer: dict[str, Any] = {}
        for leg, strategy in _STRATEGIES.items():
            answer = await corpus.answer(text, limit=DEPTH, strategy=strategy)
            ranked[leg] = [corpus.numbers[hit.decision.id] for hit in answer["data"]]
        outcomes.append(
            Outcome(
                question.id,
                question.kind,
                {leg: [corpus.records[place].id for place in found] for leg, found in ranked.items()},
                {leg: ndcg(found, grades, DEPTH) for leg, found in ranked.items()},
                {leg: hit_first(found, grades) for leg, found in ranked.items()},
                says_weak(answer),
            )
        )
        bar.advance(progress)
    return outcomes


def as_typed(question: Question, answers: Sequence[DecisionDraft]) -> str:
    """What is typed: a question for a number may leave it to the data.

    `{number}` is the number of the decision that answers, `{words}` the same without punctuation, `{court}` its court.
    """
    if question.kind != "number" or len(answers) != 1:
        return question.text
    number = answers[0].case_number
    words = " ".join(re.findall(r"[^\W_]+", number.lower()))
    return question.text.format(number=number, words=words, court=answers[0].court)


def says_weak(answer: Mapping[str, Any]) -> bool:
    """Whether an answer says that nothing, or nothing good, was found."""
    return not answer["data"] or bool(answer.get("weak"))


def summarise(outcomes: Iterable[Outcome]) -> dict[str, dict[str, Any]]:
    """Means by kind, in the order in which kinds appear, and of all questions that have an answer.

    `said_weak` is the share whose answer said that it was weak or empty: right without an answer, wrong with one.
    """
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.kind].append(outcome)
        if outcome.kind != NO_ANSWER:
            groups["all"].append(outcome)
    return {kind: _means(kind, group) for kind, group in groups.items()}


def _means(kind: str, group: Sequence[Outcome]) -> dict[str, Any]:
    figures: dict[str, Any] = {"n": len(group), "said_weak": _mean([item.said_weak for item in group])}
    if kind != NO_ANSWER:
        for leg in LEGS:
            figures[leg] = {
                "ndcg@10": _mean([item.gains[leg] for item in group]),
                "hit@1": _mean([item.firsts[leg] for item in group]),
            }
    return figures


def _mean(values: Sequence[float]) -> float:
    return round(fmean(values), 4)
