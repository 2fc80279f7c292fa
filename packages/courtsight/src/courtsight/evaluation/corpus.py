"""The records of an evaluation in a scratch database, and the rankings that are measured over them."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import psutil
from sqlalchemy import select

from courtsight.decisions.models import Decision
from courtsight.ingestion.importer import Importer
from courtsight.ingestion.prepare import Source
from courtsight.search import service
from courtsight.search.schemas import SearchRequest, Strategy
from fondasi.ai.retrieval import Index
from fondasi.kit.http import Problem
from fondasi.runtime import open_platform
from fondasi.settings import DatabaseSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from uuid import UUID

    from rich.progress import Progress

    from courtsight.evaluation.tasks import Labelled
    from fondasi.platform import Platform
    from fondasi.settings import Settings

Ranker: TypeAlias = "Callable[[str], Awaitable[list[int]]]"


class Corpus:
    """Imported records: `numbers` tells which record a stored decision is."""

    def __init__(self, platform: Platform, records: Sequence[Labelled], processes: int | None) -> None:
        self.platform = platform
        self.records = records
        self.processes = processes
        self.numbers: dict[UUID, int] = {}
        self.imported: dict[str, float] = {}

    @property
    def index(self) -> Index:
        """The index over whole decisions."""
        return self.platform.get(Index)

    @property
    def local_embedder(self) -> bool:
        """Whether documents are embedded in this machine's processes."""
        return self.platform.settings.embedding.provider == "static"

    async def import_all(self, bar: Progress) -> None:
        """Import every record, whole, and note what it took."""
        task = bar.add_task("Importing", total=len(self.records))
        importer = Importer(
            self.platform.database, self.index, local_embedder=self.local_embedder, processes=self.processes
        )
        sources = (
            Source(Path("record"), item.draft, number) for number, item in enumerate(self.records, start=1)
        )
        began = time.monotonic()
        async with _peak_memory() as memory:
            await importer.import_sources(
                sources, progress=lambda summary: bar.update(task, completed=summary.settled)
            )
        seconds = round(time.monotonic() - began, 2)
        by_hash = {item.draft.content_hash: number for number, item in enumerate(self.records)}
        async with self.platform.database.read_session() as session:
            rows = await session.execute(select(Decision.id, Decision.content_hash))
            self.numbers = {key: by_hash[content] for key, content in rows}
        self.imported = {
            "seconds": seconds,
            "decisions": len(self.numbers),
            "rss_mb": round(memory[0] / 1e6, 1),
        }

    async def answer(
        self,
        query: str,
        *,
        limit: int,
        page: int = 1,
        strategy: Strategy = Strategy.HYBRID,
        index: Index | None = None,
    ) -> dict[str, Any]:
        """What a user gets, query understanding included; a query that is refused finds nothing."""
        request = SearchRequest(query=query, items_per_page=limit, page=page, strategy=strategy)
        async with self.platform.database.read_session() as session:
            try:
                return await service.search(session, index or self.index, request)
            except Problem:
                return {"data": [], "has_more": False}

    def ranker(self, strategy: Strategy, depth: int, index: Index | None = None) -> Ranker:
        """The search that users get, as record numbers."""

        async def rank(query: str) -> list[int]:
            answer = await self.answer(query, limit=depth, strategy=strategy, index=index)
            return [self.numbers[hit.decision.id] for hit in answer["data"]]

        return rank


@asynccontextmanager
async def opened(
    records: Sequence[Labelled], settings: Settings, bar: Progress, processes: int | None
) -> AsyncIterator[Corpus]:
    """The records, imported into a database of their own that is thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="courtsight-evaluation-") as folder:
        scratch = settings.model_copy(
            update={"data_dir": Path(folder), "database": DatabaseSettings(), "modules": ["courtsight"]}
        )
        async with open_platform(scratch, create=True) as platform:
            corpus = Corpus(platform, records, processes)
            await corpus.import_all(bar)
            yield corpus


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
