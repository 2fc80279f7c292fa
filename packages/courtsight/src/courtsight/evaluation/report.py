"""Runs what is to be measured over one import into a scratch database, and reports."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from rich.progress import Progress
from rich.table import Table

from courtsight.evaluation.corpus import opened
from courtsight.evaluation.forms import type_forms
from courtsight.evaluation.paging import page_through
from courtsight.evaluation.parsing import parse_all
from courtsight.evaluation.quality import CLIENTS, TaskRun
from courtsight.evaluation.questions import LEGS as ASKED_LEGS
from courtsight.evaluation.questions import NO_ANSWER, ask, read_questions, summarise
from courtsight.evaluation.tasks import Labelled, load, make_tasks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from courtsight.evaluation.corpus import Corpus
    from fondasi.settings import Settings

LEGS = ("baseline", "lexical", "vector", "hybrid")
MISSED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to measure; nothing chosen means tasks A, B and C."""

    questions: tuple[Path, ...] = ()
    forms: bool = False
    paging: bool = False
    parsing: bool = False
    checked: Path | None = None

    @property
    def tasks(self) -> bool:
        """Whether to measure tasks A, B and C."""
        return not (self.questions or self.forms or self.paging or self.parsing)

    @property
    def searches(self) -> bool:
        """Whether anything has to be imported."""
        return bool(self.tasks or self.questions or self.forms or self.paging)


@dataclass(slots=True)
class Report:
    """What was measured, by name; what was not is empty. Latency is of hybrid search with 8 clients."""

    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    imported: dict[str, float] = field(default_factory=dict)
    latency_ms: dict[str, float] = field(default_factory=dict)
    questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    forms: dict[str, Any] = field(default_factory=dict)
    paging: dict[str, Any] = field(default_factory=dict)
    parsing: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values; what was not measured is left out."""
        values = {
            "tasks": self.tasks,
            "import": self.imported,
            "latency_ms": self.latency_ms,
            "questions": self.questions,
            "answers": self.answers,
            "forms": self.forms,
            "paging": self.paging,
            "parsing": self.parsing,
        }
        return {name: value for name, value in values.items() if value}


async def evaluate_file(
    path: Path,
    settings: Settings,
    console: Console,
    *,
    wanted: Wanted | None = None,
    processes: int | None = None,
) -> Report:
    """Import a file into a scratch database, and measure.

    Args:
        path: decisions with labels.
        settings: for the embedding model.
        console: where progress is shown.
        wanted: what to measure.
        processes: worker processes of the import; see `Importer`.

    Raises:
        EvaluationDataError: the file, or one of questions, is not in the evaluation format.
    """
    wanted = wanted or Wanted()
    asked = {file.stem: read_questions(file) for file in wanted.questions}
    records = await asyncio.to_thread(load, path)
    report = Report()
    with Progress(console=console) as bar:
        if wanted.parsing:
            report.parsing = await asyncio.to_thread(parse_all, records, bar, wanted.checked)
        if wanted.searches:
            async with opened(records, settings, bar, processes) as corpus:
                report.imported = corpus.imported
                if wanted.tasks:
                    await _measure_tasks(corpus, report, bar)
                for name, questions in asked.items():
                    outcomes = await ask(corpus, questions, bar)
                    report.questions[name] = summarise(outcomes)
                    report.answers[name] = [outcome.as_json() for outcome in outcomes]
                if wanted.forms:
                    report.forms = await type_forms(corpus, bar)
                if wanted.paging:
                    texts = [question.text for questions in asked.values() for question in questions]
                    report.paging = await page_through(corpus, texts or _task_texts(records), bar)
    return report


async def _measure_tasks(corpus: Corpus, report: Report, bar: Progress) -> None:
    run = TaskRun(corpus, bar)
    for task in make_tasks(list(corpus.records)):
        report.tasks[task.name] = await run.measure(task)
        report.titles[task.name] = task.title
    report.latency_ms = await run.latency()


def _task_texts(records: Sequence[Labelled]) -> list[str]:
    return [query.text for task in make_tasks(list(records)) for query in task.queries]


def print_report(report: Report, console: Console, *, as_json: bool) -> None:
    """Print tables, or one line of JSON."""
    if as_json:
        print(orjson.dumps(report.as_json()).decode())  # noqa: T201 - the command's output
        return
    if report.tasks:
        _print_tasks(report, console)
    for name, figures in report.questions.items():
        _print_questions(name, figures, console)
    for kind, figures in report.forms.items():
        console.print(
            f"forms of a {kind}: {figures['exact']:.1%} of {figures['n']} found exactly", highlight=False
        )
        for text in figures["missed"][:MISSED_SHOWN]:
            console.print(f"   missed {text}", markup=False, highlight=False)
    if paging := report.paging:
        console.print(
            f"paging: {paging['queries']} queries, {paging['readings']} readings: {paging['repeated']} hits repeated, "
            f"{paging['missing']} missing, {paging['reordered']} readings in another order",
            highlight=False,
        )
    if report.parsing:
        _print_parsing(report.parsing, console)


def _print_tasks(report: Report, console: Console) -> None:
    table = Table("task", "queries", "leg", "nDCG@10 (95 %)", "R@100 (95 %)")
    for name, figures in report.tasks.items():
        for leg in LEGS:
            if leg in figures:
                gain, found = (_interval(figures[leg], measure) for measure in ("ndcg@10", "recall@100"))
                table.add_row(f"{name} {report.titles[name]}", str(figures["n"]), leg, gain, found)
        table.add_section()
    console.print(table)
    imported, latency = report.imported, report.latency_ms
    console.print(
        f"import: {imported['decisions']:.0f} decisions in {imported['seconds']:.1f} s, "
        f"{imported['rss_mb']:.0f} MB resident   "
        f"hybrid search, {CLIENTS} clients: p50 {latency['p50']:.1f} ms, p95 {latency['p95']:.1f} ms"
    )


def _print_questions(name: str, groups: dict[str, Any], console: Console) -> None:
    table = Table("kind", "n", *(f"{leg} nDCG@10 (hit@1)" for leg in ASKED_LEGS), "said weak", title=name)
    for kind, figures in groups.items():
        legs = ["" if kind == NO_ANSWER else _gain_and_first(figures[leg]) for leg in ASKED_LEGS]
        table.add_row(kind, str(figures["n"]), *legs, f"{figures['said_weak']:.0%}")
    console.print(table)


def _print_parsing(parsing: dict[str, Any], console: Console) -> None:
    table = Table("field", "labelled", "read", "right", "precision", "recall")
    for name, figures in parsing.items():
        shares = (f"{figures[measure]:.3f}" for measure in ("precision", "recall"))
        table.add_row(name, *(str(figures[count]) for count in ("labelled", "read", "right")), *shares)
    console.print(table)


def _gain_and_first(figures: dict[str, float]) -> str:
    return f"{figures['ndcg@10']:.3f} ({figures['hit@1']:.0%})"


def _interval(figures: dict[str, Any], measure: str) -> str:
    low, high = figures[f"{measure}_interval"]
    return f"{figures[measure]:.3f}  ({low:.3f}-{high:.3f})"
