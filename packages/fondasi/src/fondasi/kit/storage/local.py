"""Files in a folder, written past the event loop, and on the disk when they are said to be."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from fondasi.kit.disk import sync_directory
from fondasi.kit.storage.base import PIECE, Storage, StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

T = TypeVar("T")

THREADS = 8
BATCH = 1024 * 1024  # bytes of a write
MOST_PIECES = 512  # of a write; Linux takes 1,024 at once
SYNCED = 32 * 1024 * 1024  # bytes after which the disk begins to take them, so that little is left at the end
SYNCS = 10  # times as long as other steps may it take the disk to have all of it
UNFINISHED = ".part"


class LocalStorage(Storage):
    """A folder. Threads of its own write, so that a slow disk holds up nothing else.

    Args:
        folder: where the files are; made when something is written.
        timeout: seconds that a step may take, such as a write of a megabyte: a disk on the network may never answer.
    """

    def __init__(self, folder: Path, timeout: float) -> None:
        self._folder = folder
        self._timeout = timeout
        self._threads = ThreadPoolExecutor(THREADS, "storage")
        self._undoing = set[asyncio.Task[None]]()

    async def write(self, key: str, content: AsyncIterator[bytes]) -> int:
        """As `Storage.write`: into a file beside, which takes its name when the disk has all of it."""
        file = _Unfinished(self._folder / key)
        pieces: list[bytes] = []
        waiting = 0
        try:
            await self._hand_over(file, file.open)
            async for piece in content:
                pieces.append(piece)
                waiting += len(piece)
                if waiting >= BATCH or len(pieces) == MOST_PIECES:
                    await self._hand_over(file, file.write, pieces)
                    self._sync_some(file)
                    pieces, waiting = [], 0
            await self._hand_over(file, file.write, pieces)
            await self._settled(file, syncing=True)
            await self._hand_over(file, file.finish)
            await self._settled(file)
        except BaseException:
            undoing = asyncio.create_task(self._undo(file))
            self._undoing.add(undoing)
            undoing.add_done_callback(self._undoing.discard)
            await asyncio.wait({undoing}, timeout=self._timeout)  # it goes on when the disk does
            raise
        return file.size

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """As `Storage.read`."""
        path = self._folder / key
        while start < end:
            with _translated():
                piece = await self._bounded(_read, path, start, min(PIECE, end - start))
            start += len(piece)
            yield piece

    async def listed(self) -> AsyncIterator[list[str]]:
        """As `Storage.listed`: a folder at a time."""
        with _translated():
            folders = await self._bounded(_folders, self._folder)
        for folder in folders:
            with _translated():
                names = await self._bounded(_names, folder)
            yield [f"{folder.name}/{name}" for name in names]

    async def delete(self, key: str) -> None:
        """As `Storage.delete`."""
        with _translated():
            await self._bounded(_remove, self._folder / key)

    async def _hand_over(self, file: _Unfinished, step: Callable[..., None], *what: object) -> None:
        """Begin a step when the one before has ended; meanwhile more may come."""
        await self._settled(file)
        file.step = self._run(step, *what)
        file.seconds = self._timeout * (SYNCS if step == file.finish else 1)

    def _sync_some(self, file: _Unfinished) -> None:
        if file.size - file.synced >= SYNCED and (file.syncing is None or file.syncing.done()):
            file.synced = file.size
            file.syncing = self._run(file.sync)

    async def _settled(self, file: _Unfinished, *, syncing: bool = False) -> None:
        """Wait for the step that was begun; say if it failed, or what the disk was told to take."""
        with _translated():
            if file.step is not None:
                await asyncio.wait_for(asyncio.shield(file.step), file.seconds)
            if file.syncing is not None and (syncing or file.syncing.done()):
                await asyncio.wait_for(asyncio.shield(file.syncing), SYNCS * self._timeout)

    async def _undo(self, file: _Unfinished) -> None:
        """Wait for the threads that have the file, and leave nothing behind."""
        steps = [step for step in (file.step, file.syncing) if step is not None]
        await asyncio.gather(*steps, return_exceptions=True)
        with suppress(OSError):  # whoever asked for the write deletes the key later
            await self._run(file.undo)

    async def _bounded(self, function: Callable[..., T], *arguments: object) -> T:
        return await asyncio.wait_for(self._run(function, *arguments), self._timeout)

    def _run(self, function: Callable[..., T], *arguments: object) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)


class _Unfinished:
    """A file that is being written; its methods run in threads, one after the other but for `sync`.

    Attributes:
        step: the last of them.
        seconds: that it may take.
        syncing: the last `sync`.
        size: bytes that were written.
        synced: how many of them the disk was told to take.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._beside = path, _beside(path)
        self._descriptor = -1
        self._named = False
        self.step: asyncio.Future[None] | None = None
        self.seconds = 0.0
        self.syncing: asyncio.Future[None] | None = None
        self.size = self.synced = 0

    def open(self) -> None:
        """Make the file beside, and its folder."""
        folder = self._path.parent
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            sync_directory(folder.parent)
        self._descriptor = os.open(self._beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)

    def write(self, pieces: list[bytes]) -> None:
        """Write all of them; a disk that is nearly full takes some."""
        left = [memoryview(piece) for piece in pieces if piece]
        while left:
            written = os.writev(self._descriptor, left)
            self.size += written
            while left and written >= len(left[0]):
                written -= len(left.pop(0))
            if written:
                left[0] = left[0][written:]

    def sync(self) -> None:
        """Have the disk take what was written."""
        os.fdatasync(self._descriptor)

    def finish(self) -> None:
        """Give the file its name once the disk has it, and the folder its entry."""
        os.fsync(self._descriptor)
        os.close(self._descriptor)
        self._descriptor = -1
        self._beside.rename(self._path)
        self._named = True
        sync_directory(self._path.parent)

    def undo(self) -> None:
        """Remove it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._beside.unlink(missing_ok=True)
        if self._named:
            self._path.unlink(missing_ok=True)


def _read(path: Path, start: int, size: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        piece = os.pread(descriptor, size, start)
    finally:
        os.close(descriptor)
    if not piece:
        raise EOFError(path)
    return piece


def _folders(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []


def _names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _beside(path).unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(path.name + UNFINISHED)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError) as error:
        raise StorageError(type(error).__name__) from error
