"""Where grades are from: rules over the labels and the words of each record, the same for every record.

A rule maps a grade to clauses; a record has the highest grade of which it meets a clause. A clause is a table, all of
which must hold:

`has`, `lacks`            patterns that the words of the text hold, or do not (lower case, single spaces)
`applies`                 articles of `articles_applied`, or a beginning of one
`days`                    least and most days of imprisonment
any other name            a field of the record: its value, or one of a list
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from courtsight.evaluation.questions import Question

_WORD = re.compile(r"[^\W_]+")


class Judged:
    """A record that rules are tried on: its fields as the file has them, and the words of its text."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.fields = record

    @cached_property
    def words(self) -> str:
        """The text's words, lower-case, with single spaces between and around."""
        text = "\n".join(str(section) for section in self.fields["sections"].values())
        return f" {' '.join(_WORD.findall(text.lower()))} "

    def grade(self, rule: Mapping[str, Sequence[Mapping[str, Any]]]) -> int:
        """The highest grade of which the record meets a clause; 0 for none."""
        met = (int(grade) for grade, clauses in rule.items() if any(map(self._meets, clauses)))
        return max(met, default=0)

    def _meets(self, clause: Mapping[str, Any]) -> bool:
        return all(self._holds(name, wanted) for name, wanted in clause.items())

    def _holds(self, name: str, wanted: Any) -> bool:
        match name:
            case "has":
                return all(re.search(pattern, self.words) for pattern in wanted)
            case "lacks":
                return not any(re.search(pattern, self.words) for pattern in wanted)
            case "applies":
                applied = self.fields.get("articles_applied") or []
                return any(_begins(article, beginning) for article in applied for beginning in wanted)
            case "days":
                return bool(wanted[0] <= (self.fields.get("sentence_days") or 0) <= wanted[1])
            case _:
                values = wanted if isinstance(wanted, list) else [wanted]
                return self.fields.get(name) in values


def grades(question: Question, records: Iterable[Judged]) -> dict[str, int]:
    """The grades of a question over records, by id: its rule, and what a reader judged otherwise."""
    found = {str(record.fields["id"]): record.grade(question.rule) for record in records}
    found.update(question.judged)
    return {key: grade for key, grade in found.items() if grade}


def halves(questions: Iterable[Question]) -> tuple[list[Question], list[Question]]:
    """Seen and unseen: the questions of each kind in the order of the SHA-256 of their text, in turn."""
    kinds: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        kinds[question.kind].append(question)
    ordered = [sorted(group, key=_digest) for group in kinds.values()]
    seen = [question for group in ordered for question in group[::2]]
    unseen = [question for group in ordered for question in group[1::2]]
    return seen, unseen


def _digest(question: Question) -> str:
    return hashlib.sha256(question.text.encode()).hexdigest()


def _begins(article: str, beginning: str) -> bool:
    """Whether an article is the wanted one or a part of it: `KUHP:363(1)` begins with `KUHP:363`, `KUHP:3630` not."""
    rest = article.removeprefix(beginning)
    return article.startswith(beginning) and not rest[:1].isdigit()
