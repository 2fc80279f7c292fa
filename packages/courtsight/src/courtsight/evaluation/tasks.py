"""The retrieval tasks, made from the data itself: known item, article, offence.

A  words 30 to 60 of the prosecutor's demand; relevant is that decision.
B  an article as a person writes it; relevant are the decisions that apply it.
C  the verdict's wording of the offence; relevant are the other decisions of the same offence.

Each task searches only the sections that do not give the answer away. Queries are capped at 400, in the order of the
SHA-1 of their text.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ValidationError

from courtsight.evaluation.errors import EvaluationDataError
from courtsight.ingestion.readers import Format, ReadError, detect, read_numbered_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from courtsight.decisions.draft import DecisionDraft

MOST_QUERIES = 400
_ARTICLE = re.compile(
    r"(?:(?P<code>KUHP|KUHAP)|UU (?P<act>\d+)/(?P<year>\d+)):"
    r"(?P<article>\d+[a-zA-Z]*)(?:\((?P<verse>\w+)\))?(?:ke-(?P<item>\w+))?(?P<letter>[a-z]?)"
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A record of the data: the draft, and the labels that the tasks are made of.

    `id` is the data's own; `sentence_days` the imprisonment, 0 where there is none.
    """

    draft: DecisionDraft
    articles_applied: tuple[str, ...]
    offence: str
    qualification: str
    id: str = ""
    sentence_days: int = 0


class _Labels(BaseModel):
    """What a line tells beyond the decision."""

    articles_applied: Annotated[list[str], BeforeValidator(lambda value: value or [])] = []
    offence: Annotated[str, BeforeValidator(lambda value: value or "")] = ""
    qualification: Annotated[str, BeforeValidator(lambda value: value or "")] = ""
    id: str = ""
    sentence_days: Annotated[int, BeforeValidator(lambda value: value or 0)] = 0


@dataclass(frozen=True, slots=True)
class Query:
    """A query and the record numbers that answer it."""

    text: str
    relevant: frozenset[int]


@dataclass(frozen=True, slots=True)
class Task:
    """Queries, and the sections that are searched; None for all."""

    name: str
    title: str
    sections: frozenset[str] | None
    queries: list[Query]


def load(path: Path) -> list[Labelled]:
    """The records of a file in the evaluation format.

    Raises:
        EvaluationDataError: a line cannot be read, or no record has labels.
    """
    if not path.is_file():
        raise EvaluationDataError(f"{path}: there is no such file.")
    try:
        kind = detect(path)
    except ReadError as error:
        raise EvaluationDataError(str(error)) from None
    if kind is not Format.JSON_LINES:
        raise EvaluationDataError(f"{path}: the content is {kind}, not decisions in JSON Lines.")
    records = []
    every_label = _labels(path)
    for _, result in read_numbered_lines(path):
        if isinstance(result, ReadError):
            raise EvaluationDataError(str(result))
        labels = next(every_label)
        told = labels.model_dump() | {"articles_applied": tuple(labels.articles_applied)}
        records.append(Labelled(result, **told))
    if not any(record.articles_applied or record.offence for record in records):
        raise EvaluationDataError(f"{path}: no record has the labels articles_applied and offence.")
    return records


def make_tasks(records: list[Labelled]) -> list[Task]:
    """Tasks A, B and C over the records."""
    indictment = frozenset({"riwayat_dakwaan", "fakta", "fakta_hukum"})
    known_item = indictment | {"identitas", "riwayat_perkara", "pertimbangan_hukum"}
    return [
        Task("A", "known item", known_item, _capped(_known_items(records))),
        Task("B", "article", None, _capped(_articles(records))),
        Task("C", "offence", indictment, _capped(_offences(records))),
    ]


def article_query(article: str) -> str | None:
    """An article as a person writes it: `KUHP:363(1)ke-4` gives "pasal 363 ayat 1 ke 4 kuhp"."""
    match = _ARTICLE.fullmatch(article)
    if match is None:
        return None
    words = ["pasal", match["article"]]
    words += ["ayat", match["verse"]] if match["verse"] else []
    words += ["huruf", match["letter"]] if match["letter"] else []
    words += ["ke", match["item"]] if match["item"] else []
    words += [match["code"].lower()] if match["code"] else ["uu", match["act"], match["year"]]
    return " ".join(words)


def _known_items(records: list[Labelled]) -> Iterator[Query]:
    answers: dict[str, set[int]] = defaultdict(set)
    for number, record in enumerate(records):
        words = record.draft.sections.get("riwayat_tuntutan", "").split()
        if len(words) >= 90:  # noqa: PLR2004 - long enough that words 30 to 60 are its middle
            answers[" ".join(words[30:60])].add(number)
    return _queries(answers)


def _articles(records: list[Labelled]) -> Iterator[Query]:
    answers: dict[str, set[int]] = defaultdict(set)
    for number, record in enumerate(records):
        for article in record.articles_applied:
            if (text := article_query(article)) is not None:
                answers[text].add(number)
    return (query for query in _queries(answers) if 3 <= len(query.relevant) <= 80)  # noqa: PLR2004


def _offences(records: list[Labelled]) -> Iterator[Query]:
    members: dict[str, set[int]] = defaultdict(set)
    for number, record in enumerate(records):
        members[record.offence].add(number)
    for number, record in enumerate(records):
        text = " ".join(record.qualification.split())
        others = members[record.offence] - {number}
        if record.offence and len(text.split()) >= 2 and 3 <= len(others) <= 120:  # noqa: PLR2004
            yield Query(text, frozenset(others))


def _queries(answers: Mapping[str, set[int]]) -> Iterator[Query]:
    return (Query(text, frozenset(numbers)) for text, numbers in answers.items())


def _capped(queries: Iterable[Query]) -> list[Query]:
    order = sorted(
        queries, key=lambda query: hashlib.sha1(query.text.encode(), usedforsecurity=False).hexdigest()
    )
    return order[:MOST_QUERIES]


def _labels(path: Path) -> Iterator[_Labels]:
    """The labels of each line that is not empty."""
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path, "rb") if compressed else path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            text = line.removeprefix(b"\xef\xbb\xbf")
            if not text.strip():
                continue
            try:
                yield _Labels.model_validate_json(text)
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]
                where = ".".join(map(str, first["loc"]))
                raise EvaluationDataError(f"{path}:{number}: {where}: {first['msg']}") from None
