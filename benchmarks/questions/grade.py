"""Grade questions over their data, and split them in two halves: see README.md.

`python -m benchmarks.questions.grade DATA NAME [NEW ...]` reads NAME-seen.jsonl and NAME-unseen.jsonl beside this file
and the new questions, and writes both halves again with the grades that the rules give.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from courtsight.evaluation.questions import NO_ANSWER, Question, read_questions
from courtsight.evaluation.rules import Judged, grades, halves

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent
MOST = 110  # graded decisions: who asks for more asks for a list, not for an answer


def main() -> None:
    """Write both halves, and print the questions whose grades make no sense."""
    data, name, *new = sys.argv[1:]
    files = [HERE / f"{name}-{half}.jsonl" for half in ("seen", "unseen")]
    questions = [one for file in files if file.is_file() for one in read_questions(file)]
    questions += [one for file in new for one in read_questions(Path(file))]
    records = list(_records(Path(data)))
    for question in questions:
        question.grades = grades(question, records)  # type: ignore[assignment]
        if doubt := _doubt(question):
            print(f"{question.id} {question.kind} {question.text!r}: {doubt}")
    for file, half in zip(files, halves(questions), strict=True):
        _write(file, half)
        print(f"{file.name}: {len(half)} questions")


def _doubt(question: Question) -> str:
    """What makes no sense in the grades of a question."""
    given = question.grades.values()
    if question.kind == NO_ANSWER:
        return "it has an answer" if given else ""
    if 2 not in given:
        return "it has no answer"
    return f"{len(given)} decisions answer it or are near" if len(given) > MOST else ""


def _records(path: Path) -> Iterator[Judged]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        for line in lines:
            yield Judged(orjson.loads(line))


def _write(path: Path, questions: Sequence[Question]) -> None:
    lines = (question.model_dump(exclude_defaults=True) for question in questions)
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))


if __name__ == "__main__":
    main()
