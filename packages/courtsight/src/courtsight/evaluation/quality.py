"""Tasks A, B and C: each leg of the search beside the baseline, and the latency of what users get."""

from __future__ import annotations

import asyncio
import time
from statistics import median
from typing import TYPE_CHECKING, Any

from courtsight.evaluation.baseline import Baseline
from courtsight.evaluation.metrics import Estimate, estimate, ndcg, recall
from courtsight.evaluation.tasks import Labelled, Task, make_tasks
from courtsight.ingestion.importer import prepare_all
from courtsight.search.schemas import Strategy
from fondasi.ai.embeddings import create_embedder
from fondasi.ai.retrieval import Document, Index, RetrievalQuery
from fondasi.ai.retrieval import Strategy as Leg
from fondasi.kit.db import driver_connection

if TYPE_CHECKING:
    from rich.progress import Progress

    from courtsight.evaluation.corpus import Corpus, Ranker

DEPTH = 100
CLIENTS = 8


class TaskRun:
    """Measures tasks over a corpus."""

    def __init__(self, corpus: Corpus, bar: Progress) -> None:
        self._corpus = corpus
        self._bar = bar

    async def measure(self, task: Task) -> dict[str, Any]:
        """The figures of all legs of a task."""
        index = await self._index_for(task)
        texts = ["\n".join(_chosen(item, task).values()) for item in self._corpus.records]
        baseline = await asyncio.to_thread(Baseline, texts)

        async def lookup(query: str) -> list[int]:
            return await asyncio.to_thread(baseline.search, query, DEPTH)

        rankers: dict[str, Ranker] = {
            "lexical": self._leg(index, Leg.LEXICAL),
            "vector": self._leg(index, Leg.VECTOR),
            "hybrid": self._corpus.ranker(Strategy.HYBRID, DEPTH, index),
        }
        figures: dict[str, Any] = {"n": len(task.queries)}
        figures["baseline"] = await self._score(task, "baseline", lookup, clients=1)
        for name, ranker in rankers.items():
            figures[name] = await self._score(task, name, ranker, clients=CLIENTS)
        return figures

    async def latency(self) -> dict[str, float]:
        """Pages of ten for the queries of all tasks, from 8 clients that wait for each answer."""
        tasks = make_tasks(list(self._corpus.records))
        queue = iter([query.text for task in tasks for query in task.queries[:100]])
        times: list[float] = []

        async def client() -> None:
            for text in queue:
                began = time.perf_counter()
                await self._corpus.answer(text, limit=10)
                times.append((time.perf_counter() - began) * 1000)

        await asyncio.gather(*(client() for _ in range(CLIENTS)))
        times.sort()
        return {"p50": round(median(times), 2), "p95": round(times[int(0.95 * (len(times) - 1))], 2)}

    async def _index_for(self, task: Task) -> Index:
        """The whole corpus's index, or one over the sections that the task may search."""
        corpus = self._corpus
        if task.sections is None:
            return corpus.index
        embedder = await asyncio.to_thread(create_embedder, corpus.platform.settings.embedding)
        index = Index(f"task {task.name}", embedder)
        progress = self._bar.add_task(f"Indexing for task {task.name}", total=len(corpus.numbers))
        documents = [
            Document(key, _chosen(corpus.records[number], task)) for key, number in corpus.numbers.items()
        ]
        async for prepared in prepare_all(
            index, documents, local=corpus.local_embedder, processes=corpus.processes
        ):
            async with corpus.platform.database.unit_of_work() as session:
                await index.write(await driver_connection(session), prepared)
            self._bar.advance(progress, len(prepared))
        return index

    def _leg(self, index: Index, strategy: Leg) -> Ranker:
        async def rank(query: str) -> list[int]:
            async with self._corpus.platform.database.read_session() as session:
                wanted = RetrievalQuery(query, limit=DEPTH, strategy=strategy)
                results = await index.search(await driver_connection(session), wanted)
            return [self._corpus.numbers[hit.document_id] for hit in results.hits]

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


def _chosen(item: Labelled, task: Task) -> dict[str, str]:
    sections = item.draft.sections
    return {name: text for name, text in sections.items() if task.sections is None or name in task.sections}


def _figures(name: str, value: Estimate) -> dict[str, Any]:
    return {name: round(value.mean, 4), f"{name}_interval": [round(value.low, 4), round(value.high, 4)]}
