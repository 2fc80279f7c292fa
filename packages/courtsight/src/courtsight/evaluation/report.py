"""Runs the tasks against the real search in a scratch database, and reports."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson
import psutil
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import select

from courtsight.decisions.models import Decision
from courtsight.evaluation.baseline import Baseline
from courtsight.evaluation.metrics import Estimate, estimate, ndcg, recall
from courtsight.evaluation.tasks import Labelled, Task, load, make_tasks
from courtsight.ingestion.importer import Importer, prepare_all
from courtsight.ingestion.prepare import Source
from courtsight.search import service
from courtsight.search.schemas import SearchRequest
from fondasi.ai.embeddings import create_embedder
from fondasi.ai.retrieval import Document, Index, RetrievalQuery, Strategy
from fondasi.kit.db import driver_connection
from fondasi.runtime import open_platform
from fondasi.settings import DatabaseSettings, Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from uuid import UUID

    from rich.console import Console

    from fondasi.kit.db import Session
    from fondasi.platform import Platform

DEPTH = 100
CLIENTS = 8
LEGS = ("baseline", "lexical", "vector", "hybrid")
Ranker: TypeAlias = "Callable[[str], Awaitable[list[int]]]"


@dataclass(slots=True)
class Report:
    """Quality per task and leg, what the import took, and the latency of hybrid search with 8 clients."""

    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    imported: dict[str, float] = field(default_factory=dict)
    latency_ms: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {"tasks": self.tasks, "import": self.imported, "latency_ms": self.latency_ms}


async def evaluate_file(
    path: Path, settings: Settings, console: Console, *, processes: int | None = None
) -> Report:
    """Import a file into a scratch database, run tasks A, B and C, and measure.

    Args:
        path: decisions with labels.
        settings: for the embedding model.
        console: where progress is shown.
        processes: worker processes of the import; see `Importer`.

    Raises:
        EvaluationDataError: the file is not in the evaluation format.
    """
    records = await asyncio.to_thread(load, path)
    report = Report()
    with Progress(console=console) as bar:
        async with _scratch_platform(settings) as platform:
            run = _Run(platform, records, report, bar, processes)
            await run.import_all()
            for task in make_tasks(records):
                await run.measure(task)
    return report


def print_report(report: Report, console: Console, *, as_json: bool) -> None:
    """Print tables, or one line of JSON."""
    if as_json:
        print(orjson.dumps(report.as_json()).decode())  # noqa: T201 - the command's output
        return
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


class _Run:
    def __init__(
        self,
        platform: Platform,
        records: list[Labelled],
        report: Report,
        bar: Progress,
        processes: int | None,
    ) -> None:
        self._processes = processes
        self._platform = platform
        self._records = records
        self._report = report
        self._bar = bar
        self._numbers: dict[UUID, int] = {}

    async def import_all(self) -> None:
        """Import every record, whole, and note what it took."""
        task = self._bar.add_task("Importing", total=len(self._records))
        importer = Importer(
            self._platform.database,
            self._platform.get(Index),
            local_embedder=self._platform.settings.embedding.provider == "static",
            processes=self._processes,
        )
        sources = (
            Source(Path("record"), item.draft, number) for number, item in enumerate(self._records, start=1)
        )
        began = time.monotonic()
        async with _peak_memory() as memory:
            await importer.import_sources(
                sources, progress=lambda summary: self._bar.update(task, completed=summary.settled)
            )
        seconds = round(time.monotonic() - began, 2)
        by_hash = {item.draft.content_hash: number for number, item in enumerate(self._records)}
        async with self._platform.database.read_session() as session:
            rows = await session.execute(select(Decision.id, Decision.content_hash))
            self._numbers = {key: by_hash[content] for key, content in rows}
        self._report.imported = {
            "seconds": seconds,
            "decisions": len(self._numbers),
            "rss_mb": round(memory[0] / 1e6, 1),
        }

    async def measure(self, task: Task) -> None:
        """All legs of a task."""
        index = await self._index_for(task)
        texts = [self._text(item, task) for item in self._records]
        baseline = await asyncio.to_thread(Baseline, texts)
        figures: dict[str, Any] = {"n": len(task.queries)}

        async def lookup(query: str) -> list[int]:
            return await asyncio.to_thread(baseline.search, query, DEPTH)

        rankers: dict[str, Ranker] = {
            "lexical": self._leg(index, Strategy.LEXICAL),
            "vector": self._leg(index, Strategy.VECTOR),
            "hybrid": self._hybrid(index),
        }
        figures["baseline"] = await self._score(task, "baseline", lookup, clients=1)
        for name, ranker in rankers.items():
            figures[name] = await self._score(task, name, ranker, clients=CLIENTS)
        self._report.tasks[task.name] = figures
        self._report.titles[task.name] = task.title
        if task.sections is None:
            self._report.latency_ms = await self._latency(index, task)

    async def _index_for(self, task: Task) -> Index:
        """The whole corpus's index, or one over the sections that the task may search."""
        whole = self._platform.get(Index)
        if task.sections is None:
            return whole
        embedder = await asyncio.to_thread(create_embedder, self._platform.settings.embedding)
        index = Index(f"task {task.name}", embedder)
        progress = self._bar.add_task(f"Indexing for task {task.name}", total=len(self._numbers))
        documents = [
            Document(key, _chosen(self._records[number], task)) for key, number in self._numbers.items()
        ]
        local = self._platform.settings.embedding.provider == "static"
        async for prepared in prepare_all(index, documents, local=local, processes=self._processes):
            async with self._platform.database.unit_of_work() as session:
                await index.write(await driver_connection(session), prepared)
            self._bar.advance(progress, len(prepared))
        return index

    def _text(self, item: Labelled, task: Task) -> str:
        return "\n".join(_chosen(item, task).values())

    def _leg(self, index: Index, strategy: Strategy) -> Ranker:
        async def rank(query: str) -> list[int]:
            async with self._platform.database.read_session() as session:
                wanted = RetrievalQuery(query, limit=DEPTH, strategy=strategy)
                results = await index.search(await driver_connection(session), wanted)
            return [self._numbers[hit.document_id] for hit in results.hits]

        return rank

    def _hybrid(self, index: Index) -> Ranker:
        """The search that users get, query understanding included."""

        async def rank(query: str) -> list[int]:
            async with self._platform.database.read_session() as session:
                answer = await _search(session, index, query, DEPTH)
            return [self._numbers[hit.decision.id] for hit in answer["data"]]

        return rank

    async def _score(self, task: Task, leg: str, rank: Ranker, *, clients: int) -> dict[str, Any]:
        progress = self._bar.add_task(f"Task {task.name}, {leg}", total=len(task.queries))
        gains = [0.0] * len(task.queries)
        found = [0.0] * len(task.queries)
        queue = iter(range(len(task.queries)))

        async def client() -> None:
            for place in queue:
                query = task.queries[place]
                ranked = await rank(query.text)
                gains[place] = ndcg(ranked, set(query.relevant))
                found[place] = recall(ranked, set(query.relevant))
                self._bar.advance(progress)

        await asyncio.gather(*(client() for _ in range(clients)))
        return {**_figures("ndcg@10", estimate(gains)), **_figures("recall@100", estimate(found))}

    async def _latency(self, index: Index, article_task: Task) -> dict[str, float]:
        """Pages of ten for the queries of all tasks, from 8 clients that wait for each answer."""
        texts = [query.text for task in make_tasks(self._records) for query in task.queries[:100]]
        assert article_task.sections is None
        times: list[float] = []
        queue = iter(texts)

        async def client() -> None:
            for text in queue:
                began = time.perf_counter()
                async with self._platform.database.read_session() as session:
                    await _search(session, index, text, 10)
                times.append((time.perf_counter() - began) * 1000)

        await asyncio.gather(*(client() for _ in range(CLIENTS)))
        times.sort()
        return {"p50": round(median(times), 2), "p95": round(times[int(0.95 * (len(times) - 1))], 2)}


async def _search(session: Session, index: Index, query: str, limit: int) -> dict[str, Any]:
    return await service.search(session, index, SearchRequest(query=query, items_per_page=limit))


def _chosen(item: Labelled, task: Task) -> dict[str, str]:
    sections = item.draft.sections
    return {name: text for name, text in sections.items() if task.sections is None or name in task.sections}


def _figures(name: str, value: Estimate) -> dict[str, Any]:
    return {name: round(value.mean, 4), f"{name}_interval": [round(value.low, 4), round(value.high, 4)]}


def _interval(figures: dict[str, Any], measure: str) -> str:
    low, high = figures[f"{measure}_interval"]
    return f"{figures[measure]:.3f}  ({low:.3f}-{high:.3f})"


@asynccontextmanager
async def _scratch_platform(settings: Settings) -> AsyncIterator[Platform]:
    """A platform on a database of its own that is thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="courtsight-evaluation-") as folder:
        scratch = settings.model_copy(
            update={"data_dir": Path(folder), "database": DatabaseSettings(), "modules": ["courtsight"]}
        )
        async with open_platform(scratch, create=True) as platform:
            yield platform


@asynccontextmanager
async def _peak_memory() -> AsyncIterator[Sequence[float]]:
    """The most memory, in bytes, that this process and its children (PostgreSQL included) took together."""
    peak = [0.0]
    own = psutil.Process(os.getpid())

    async def watch() -> None:
        while True:
            peak[0] = max(peak[0], await asyncio.to_thread(_memory, own))
            await asyncio.sleep(0.5)

    task = asyncio.create_task(watch())
    try:
        yield peak
    finally:
        task.cancel()


def _memory(own: psutil.Process) -> float:
    """Proportional set size where the system tells it (pages shared by processes count once), else resident size."""
    total = 0.0
    for process in (own, *own.children(recursive=True)):
        try:
            full = process.memory_full_info()
            total += getattr(full, "pss", full.rss)
        except psutil.Error:
            continue
    return total
