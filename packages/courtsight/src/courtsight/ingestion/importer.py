"""Imports files into the corpus: reads, prepares in worker processes, writes batch after batch.

Each batch is one transaction, so that whatever stops the import (a full disk, a killed database, Ctrl-C) leaves whole
decisions behind; the next run finds them by their content and goes on after them.
"""

from __future__ import annotations

import asyncio
import gzip
import multiprocessing
import os
import time
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from courtsight.ingestion.prepare import (
    PreparedDecision,
    Source,
    prepare_documents,
    prepare_drafts,
    prepare_files,
)
from courtsight.ingestion.readers import Format, ReadError, detect, files, read
from courtsight.ingestion.store import known_hashes, store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence

    from fondasi.ai.retrieval import Document, Index, PreparedDocument
    from fondasi.kit.db import Database

READ_AT_ONCE = 25  # decisions that a worker process takes: about 1 MB of text
WRITE_AT_ONCE = 250  # decisions in a transaction, and in a segment of the index
Prepared = tuple[list[PreparedDecision], list[ReadError]]


@dataclass(slots=True)
class ImportSummary:
    """What an import did. `waiting` decisions are prepared and not yet stored."""

    imported: int = 0
    replaced: int = 0
    unchanged: int = 0
    waiting: int = 0
    errors: list[ReadError] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def seen(self) -> int:
        """Records looked at."""
        return self.imported + self.replaced + self.unchanged + self.waiting + len(self.errors)


class ImportStoppedError(RuntimeError):
    """The database failed; what was written before stays, and the import can be run again."""

    def __init__(self, summary: ImportSummary, reason: str) -> None:
        super().__init__(
            f"The import stopped: {reason} {summary.imported} decisions are stored whole, none is half-written; "
            "run the same command again to go on."
        )
        self.summary = summary


class Importer:
    """Imports into one corpus.

    Args:
        database: where the corpus is.
        index: its search index.
        local_embedder: whether worker processes can embed (the static model); otherwise `index` does.
        processes: worker processes; one per CPU core when None.
    """

    def __init__(
        self, database: Database, index: Index, *, local_embedder: bool, processes: int | None = None
    ) -> None:
        self._database = database
        self._index = index
        self._embed = local_embedder
        self._processes = processes or os.cpu_count() or 1

    async def run(
        self, paths: Iterable[Path], *, replace: bool = False, progress: Callable[[ImportSummary], None] | None = None
    ) -> ImportSummary:
        """Import files and folders. See `import_sources` for the rest."""
        lines, single = await asyncio.to_thread(_sort, paths)
        summary = ImportSummary(errors=[item for item in single if isinstance(item, ReadError)])
        documents = [item for item in single if not isinstance(item, ReadError)]
        async with self._pool() as pool:
            work = self._work(pool, lines, documents, summary)
            return await self._write(work, summary, replace=replace, progress=progress)

    async def import_sources(
        self, sources: Iterable[Source], *, progress: Callable[[ImportSummary], None] | None = None
    ) -> ImportSummary:
        """Import drafts.

        Args:
            sources: drafts and where they are from, read lazily in a thread.
            progress: called with the summary so far, whenever some are prepared or stored.

        Raises:
            ImportStoppedError: the database failed in the middle.
        """
        summary = ImportSummary()
        async with self._pool() as pool:
            work = self._draft_work(pool, iter(sources), summary)
            return await self._write(work, summary, replace=False, progress=progress)

    @asynccontextmanager
    async def _pool(self) -> AsyncIterator[ProcessPoolExecutor]:
        pool = ProcessPoolExecutor(self._processes, mp_context=multiprocessing.get_context("spawn"))
        try:
            yield pool
        finally:
            await asyncio.to_thread(pool.shutdown, cancel_futures=True)

    async def _work(
        self,
        pool: ProcessPoolExecutor,
        lines: Sequence[Path],
        documents: Sequence[Path],
        summary: ImportSummary,
    ) -> AsyncIterator[asyncio.Future[Prepared]]:
        loop = asyncio.get_running_loop()
        async for future in self._draft_work(pool, _sources(lines, summary.errors), summary):
            yield future
        for start in range(0, len(documents), READ_AT_ONCE):
            batch = documents[start : start + READ_AT_ONCE]
            yield loop.run_in_executor(pool, partial(prepare_files, batch, embed=self._embed))

    async def _draft_work(
        self, pool: ProcessPoolExecutor, sources: Iterator[Source], summary: ImportSummary
    ) -> AsyncIterator[asyncio.Future[Prepared]]:
        loop = asyncio.get_running_loop()
        while batch := await asyncio.to_thread(lambda: list(islice(sources, READ_AT_ONCE))):
            fresh = await self._unknown(batch, summary)
            if fresh:
                yield loop.run_in_executor(pool, partial(_prepare, fresh, embed=self._embed))

    async def _unknown(self, batch: list[Source], summary: ImportSummary) -> list[Source]:
        """Leave out what the corpus has, before any work is spent on it."""
        hashes = [source.draft.content_hash for source in batch]
        async with _stopping(summary), self._database.connection() as connection:
            known = await known_hashes(connection, hashes)
        summary.unchanged += sum(item in known for item in hashes)
        return [source for source, content in zip(batch, hashes, strict=True) if content not in known]

    async def _write(
        self,
        work: AsyncIterator[asyncio.Future[Prepared]],
        summary: ImportSummary,
        *,
        replace: bool,
        progress: Callable[[ImportSummary], None] | None,
    ) -> ImportSummary:
        began = time.monotonic()
        waiting: deque[asyncio.Future[Prepared]] = deque()
        ready: list[PreparedDecision] = []

        async def collect() -> None:
            decisions, errors = await waiting.popleft()
            ready.extend(decisions)
            summary.errors.extend(errors)
            summary.waiting = len(ready)
            if len(ready) >= WRITE_AT_ONCE:
                await flush()
            elif progress is not None:
                progress(summary)

        async def flush() -> None:
            batch = ready.copy()
            ready.clear()
            await self._store(batch, summary, replace=replace)
            summary.waiting = 0
            summary.seconds = time.monotonic() - began
            if progress is not None:
                progress(summary)

        async for future in work:
            waiting.append(future)
            while len(waiting) > 2 * self._processes or (waiting and waiting[0].done()):
                await collect()
        while waiting:
            await collect()
        await flush()
        return summary

    async def _store(self, batch: list[PreparedDecision], summary: ImportSummary, *, replace: bool) -> None:
        if not batch:
            return
        async with _stopping(summary), self._database.unit_of_work() as session:
            stored = await store(session, self._index, batch, replace=replace)
        summary.imported += stored.imported
        summary.replaced += stored.replaced
        summary.unchanged += stored.unchanged
        summary.errors += [_conflict(decision) for decision in stored.conflicts]


async def prepare_all(
    index: Index, documents: Sequence[Document], *, local: bool
) -> AsyncIterator[list[PreparedDocument]]:
    """Prepare documents for another index, in worker processes where the embedder allows it."""
    batches = [documents[start : start + WRITE_AT_ONCE] for start in range(0, len(documents), WRITE_AT_ONCE)]
    if not local:
        for batch in batches:
            yield await index.prepare(batch)
        return
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = [loop.run_in_executor(pool, prepare_documents, batch) for batch in batches]
        for future in waiting:
            yield await future


def count_records(paths: Iterable[Path]) -> int:
    """How many records the files hold, for a progress bar: lines of JSON Lines, one for every other file."""
    lines, single = _sort(paths)
    total = len(single)
    for path in lines:
        opener = gzip.open if path.suffix == ".gz" else open
        try:
            with opener(path, "rb") as file:
                total += sum(block.count(b"\n") for block in iter(partial(file.read, 1 << 20), b""))
        except (OSError, EOFError):
            total += 1
    return total


def _prepare(sources: list[Source], *, embed: bool) -> Prepared:
    return prepare_drafts(sources, embed=embed), []


def _sort(paths: Iterable[Path]) -> tuple[list[Path], list[Path | ReadError]]:
    """JSON Lines files, which hold many decisions, and all others, which hold one each."""
    lines: list[Path] = []
    single: list[Path | ReadError] = []
    for path in paths:
        for found in files(path):
            if isinstance(found, ReadError):
                single.append(found)
                continue
            try:
                many = detect(found) is Format.JSON_LINES
            except ReadError as error:
                single.append(error)
                continue
            (lines if many else single).append(found)
    return lines, single


def _sources(paths: Sequence[Path], errors: list[ReadError]) -> Iterator[Source]:
    for path in paths:
        for number, result in enumerate(read(path), start=1):
            if isinstance(result, ReadError):
                errors.append(result)
            else:
                yield Source(f"{path} (record {number})", result)


def _conflict(decision: PreparedDecision) -> ReadError:
    number = f"{decision.draft.case_number} ({decision.draft.court or 'court unknown'})"
    return ReadError(
        Path(decision.origin),
        f"{number} is stored already with another text; use --replace to store this version instead",
    )


@asynccontextmanager
async def _stopping(summary: ImportSummary) -> AsyncIterator[None]:
    try:
        yield
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise ImportStoppedError(summary, _reason(error)) from error


def _reason(error: BaseException) -> str:
    original = getattr(error, "orig", None) or error
    cause = original.__cause__ or original
    if isinstance(cause, asyncpg.DiskFullError):
        return "the disk of the database is full; free some space."
    if isinstance(cause, asyncpg.PostgresConnectionError | asyncpg.AdminShutdownError | asyncpg.CannotConnectNowError):
        return "the database went away."
    if isinstance(cause, asyncpg.InterfaceError | OSError):
        return "the connection to the database was lost."
    return f"the database refused a batch ({type(cause).__name__}: {cause})."
