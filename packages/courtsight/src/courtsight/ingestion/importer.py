"""Imports files into the corpus: reads, prepares in worker processes, writes batch after batch.

Each batch is one transaction, so that whatever stops the import (a full disk, a killed database, Ctrl-C) leaves whole
decisions behind; the next run finds them by their content and goes on after them.
"""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections import deque
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from courtsight.ingestion.merging import merge_segments
from courtsight.ingestion.originals import keep_originals, without_original
from courtsight.ingestion.prepare import (
    PreparedDecision,
    Source,
    prepare_documents,
    prepare_drafts,
    prepare_files,
)
from courtsight.ingestion.processes import how_many, worker_processes
from courtsight.ingestion.readers import (
    DEFAULT_LIMITS,
    Format,
    ReadError,
    detect,
    files,
    read_numbered_lines,
)
from courtsight.ingestion.store import known_hashes, store
from fondasi.ai.embeddings import EmbeddingError
from fondasi.kit.db import is_unavailable
from fondasi.kit.db.refusals import DISK_FULL
from fondasi.kit.db.troubles import is_full
from fondasi.settings import StartError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from courtsight.decisions.identity import Identity
    from fondasi.ai.retrieval import Document, Index, PreparedDocument
    from fondasi.kit.db import Database
    from fondasi.kit.storage import Storage

READ_AT_ONCE = 25  # decisions that a worker process takes: about 1 MB of text
BYTES_AT_ONCE = 2 * 1024 * 1024  # of files of one decision each
WRITE_AT_ONCE = 250  # decisions in a transaction, and in a segment of the index
WRITE_SECONDS = 30.0  # that what is read waits for others to be stored with, where files take long to read
MERGE_AT_ONCE = 16  # segments of the index that are worth a merge in the middle of an import
Prepared = tuple[list[PreparedDecision], list[ReadError]]


@dataclass(slots=True)
class ImportSummary:
    """What an import did. `waiting` decisions are prepared and not yet stored."""

    imported: int = 0
    replaced: int = 0
    completed: int = 0
    unchanged: int = 0
    waiting: int = 0
    errors: list[ReadError] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def settled(self) -> int:
        """Records that stay as they are now if the import stops: stored, known already or refused."""
        return self.imported + self.replaced + self.completed + self.unchanged + len(self.errors)


class ImportStoppedError(StartError):
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
        processes: worker processes; one per CPU core when None. With 0 a thread of this process does the work, which
            suits a few decisions: a new process takes a second to start.
        storage: where the PDFs are kept that decisions were read from; None keeps none.
    """

    def __init__(
        self,
        database: Database,
        index: Index,
        *,
        local_embedder: bool,
        processes: int | None = None,
        storage: Storage | None = None,
    ) -> None:
        self._database = database
        self._index = index
        self._storage = storage
        self._embed = local_embedder
        self._processes = how_many(processes)
        self._ahead = 2 * max(1, self._processes)

    async def run(
        self,
        paths: Iterable[Path],
        *,
        replace: bool = False,
        progress: Callable[[ImportSummary], None] | None = None,
    ) -> ImportSummary:
        """Import files and folders.

        Args:
            paths: JSON Lines files first, then all others, each in the order given.
            replace: whether a new text of a known decision takes its place.
            progress: called after every batch with the summary so far.

        Raises:
            ImportStoppedError: the database failed in the middle.
        """
        lines, single = await asyncio.to_thread(_sort, paths)
        summary = ImportSummary(errors=[item for item in single if isinstance(item, ReadError)])
        documents = [item for item in single if not isinstance(item, ReadError)]
        async with worker_processes(self._processes) as pool:
            run = self._run(pool, summary, progress)
            if replace:
                run.settled = set()
            await run.write(run.prepare(_sources(lines, summary.errors), documents), self._ahead)
        return summary

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
        async with worker_processes(self._processes) as pool:
            run = self._run(pool, summary, progress)
            await run.write(run.prepare(iter(sources)), self._ahead)
        return summary

    def _run(
        self, pool: Executor, summary: ImportSummary, progress: Callable[[ImportSummary], None] | None
    ) -> _Run:
        return _Run(
            self._database,
            self._index,
            pool,
            summary,
            storage=self._storage,
            embed=self._embed,
            progress=progress,
        )


@dataclass(slots=True)
class _Run:
    """One import. `settled` are the numbers that it has met, kept when it replaces; see `store`."""

    database: Database
    index: Index
    pool: Executor
    summary: ImportSummary
    storage: Storage | None = field(kw_only=True)
    embed: bool = field(kw_only=True)
    progress: Callable[[ImportSummary], None] | None = field(kw_only=True)
    settled: set[Identity] | None = None
    segments: int = 0

    async def prepare(
        self, sources: Iterator[Source], documents: Sequence[Path] = ()
    ) -> AsyncIterator[asyncio.Future[Prepared]]:
        """Hand drafts, then files of one decision each, to the workers."""
        loop = asyncio.get_running_loop()
        while batch := await asyncio.to_thread(lambda: list(islice(sources, READ_AT_ONCE))):
            if fresh := await self._unknown(batch):
                yield loop.run_in_executor(self.pool, partial(prepare_drafts, fresh, embed=self.embed))
        for paths in await asyncio.to_thread(_batches, documents):
            yield loop.run_in_executor(self.pool, partial(prepare_files, paths, embed=self.embed))

    async def write(self, work: AsyncIterator[asyncio.Future[Prepared]], ahead: int) -> None:
        """Store what the workers hand back, in order; at most `ahead` of their tasks wait."""
        began = stored = time.monotonic()
        waiting: deque[asyncio.Future[Prepared]] = deque()
        ready: list[PreparedDecision] = []

        async def collect() -> None:
            decisions, errors = await waiting.popleft()
            ready.extend(decisions)
            self.summary.errors.extend(errors)
            self.summary.waiting = len(ready)
            if len(ready) >= WRITE_AT_ONCE or (ready and time.monotonic() - stored >= WRITE_SECONDS):
                await flush()
            elif self.progress is not None:
                self.progress(self.summary)

        async def flush() -> None:
            nonlocal stored
            await self._store(ready)
            stored = time.monotonic()
            if ready and self.segments % MERGE_AT_ONCE == 0:
                await merge_segments(self.database, self.index, least=MERGE_AT_ONCE)
            ready.clear()
            self.summary.waiting = 0
            self.summary.seconds = time.monotonic() - began
            if self.progress is not None:
                self.progress(self.summary)

        with _stopping(self.summary), _cancelling():
            async for future in work:
                waiting.append(future)
                while len(waiting) > ahead or (waiting and waiting[0].done()):
                    await collect()
            while waiting:
                await collect()
            await flush()
            await merge_segments(self.database, self.index, least=2 if self.segments > 1 else MERGE_AT_ONCE)

    async def _unknown(self, batch: list[Source]) -> list[Source]:
        """Leave out what the corpus has with its file, before any work is spent on it."""
        hashes = [source.draft.content_hash for source in batch]
        files = [item for item, source in zip(hashes, batch, strict=True) if source.original]
        async with self.database.connection() as connection:
            known = await known_hashes(connection, hashes)
            if self.storage is not None and files:
                known -= (await without_original(connection, files)).keys()
        self.summary.unchanged += sum(item in known for item in hashes)
        if self.settled is not None:
            self.settled.update(
                source.draft.identity for source, item in zip(batch, hashes, strict=True) if item in known
            )
        return [source for source, item in zip(batch, hashes, strict=True) if item not in known]

    async def _store(self, batch: list[PreparedDecision]) -> None:
        if not batch:
            return
        if not self.embed:
            documents = await self.index.prepare([decision.document() for decision in batch])
            for decision, document in zip(batch, documents, strict=True):
                decision.indexed = document
        replacing = self.settled is not None
        async with self.database.unit_of_work() as session:
            stored = await store(session, self.index, batch, replacing=replacing, settled=self.settled)
        self.segments += 1
        self.summary.imported += stored.imported
        self.summary.replaced += stored.replaced
        self.summary.completed += stored.completed
        self.summary.unchanged += stored.unchanged
        self.summary.errors += [_conflict(decision, replacing=replacing) for decision in stored.conflicts]
        if self.storage is not None:
            self.summary.errors += await keep_originals(self.database, self.storage, batch)


async def prepare_all(
    index: Index, documents: Sequence[Document], *, local: bool, processes: int | None = None
) -> AsyncIterator[list[PreparedDocument]]:
    """Prepare documents for another index, in worker processes where the embedder allows it; see `Importer`."""
    batches = [documents[start : start + WRITE_AT_ONCE] for start in range(0, len(documents), WRITE_AT_ONCE)]
    if not local:
        for batch in batches:
            yield await index.prepare(batch)
        return
    loop = asyncio.get_running_loop()
    async with worker_processes(how_many(processes)) as pool:
        waiting = [loop.run_in_executor(pool, prepare_documents, batch) for batch in batches]
        for future in waiting:
            yield await future


def count_records(paths: Iterable[Path]) -> int:
    """How many records the files hold, for a progress bar: lines of JSON Lines, one for every other file."""
    lines, single = _sort(paths)
    total = len(single)
    for path in lines:
        try:
            with path.open("rb") as file:
                packed = file.read(2) == b"\x1f\x8b"
            with gzip.open(path, "rb") if packed else path.open("rb") as blocks:
                last = b"\n"
                for block in iter(partial(blocks.read, 1 << 20), b""):
                    total += block.count(b"\n")
                    last = block[-1:]
                    if blocks.tell() > DEFAULT_LIMITS.inflation_ratio * path.stat().st_size:
                        break  # the reader will refuse it
                total += last != b"\n"
        except (OSError, EOFError, zlib.error):
            total += 1
    return total


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


def _batches(paths: Sequence[Path]) -> list[list[Path]]:
    """Files that a worker process takes together: few enough that the others have something to do meanwhile."""
    batches: list[list[Path]] = []
    room = 0
    for path in paths:
        try:
            size = path.stat().st_size
        except OSError:
            size = 0  # whoever reads it says so
        if not batches or size > room or len(batches[-1]) == READ_AT_ONCE:
            batches.append([])
            room = BYTES_AT_ONCE
        batches[-1].append(path)
        room -= size
    return batches


def _sources(paths: Sequence[Path], errors: list[ReadError]) -> Iterator[Source]:
    for path in paths:
        for line, result in read_numbered_lines(path):
            if isinstance(result, ReadError):
                errors.append(result)
            else:
                yield Source(path, result, line)


def _conflict(decision: PreparedDecision, *, replacing: bool) -> ReadError:
    number = f"{decision.draft.case_number} ({decision.draft.court or 'court unknown'})"
    if replacing:
        return decision.source.refused(f"{number} stands in this import before, with another text")
    return decision.source.refused(
        f"{number} is stored already with another text; use --replace to store this version instead"
    )


@contextmanager
def _stopping(summary: ImportSummary) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise ImportStoppedError(summary, _reason(error)) from error
    except EmbeddingError as error:
        raise ImportStoppedError(summary, f"the embedding model failed ({error}).") from error
    except BrokenProcessPool as error:
        raise ImportStoppedError(
            summary, "a worker process was killed, for want of memory perhaps."
        ) from error


@contextmanager
def _cancelling() -> Iterator[None]:
    """An error of a task that was told to stop, such as one of the statement that was under way, is no other fault."""
    try:
        yield
    except Exception as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError from error
        raise


def _reason(error: Exception) -> str:
    original = getattr(error, "orig", None) or error
    cause = original.__cause__ or original
    if is_full(error):
        return DISK_FULL[0].lower() + DISK_FULL[1:]
    if is_unavailable(error):
        return "the database went away."
    if isinstance(cause, asyncpg.InterfaceError | OSError):
        return "the connection to the database was lost."
    return f"the database refused a batch ({type(cause).__name__}: {cause})."
