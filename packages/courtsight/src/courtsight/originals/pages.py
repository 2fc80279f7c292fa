"""Pictures of the pages of PDFs, and the places of words on them, made by pdfium in a process of its own.

One is made after another, so few wait; what was made last is kept, and what cannot be made is remembered: it is not
tried again, or not for a while where it took too long, which may be for others that keep the machine busy.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from courtsight.ingestion.readers import Limits
from courtsight.ingestion.readers.child_process import LateError, RefusedError, page_picture, part_boxes
from courtsight.originals.errors import PageNotShown, PagesBusy
from fondasi.files import StorageUnavailable
from fondasi.kit.storage import Storage, StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from courtsight.ingestion.readers.child_process import LinePart
    from courtsight.originals.service import Original

T = TypeVar("T")
Box = tuple[float, float, float, float]
Key = tuple[str, int, int]  # a PDF, a page of it, and the width of a picture

MIB = 1024 * 1024
LIMITS = Limits(seconds=10, memory_bytes=1024 * MIB)
LARGEST = 64 * MIB  # bytes of a PDF whose pages are shown
MOST_WAITING = 32
KEPT = 64 * MIB  # bytes of the pictures that are kept
PLACES = 0  # the width of no picture, but the places of words
LATE = 60.0  # seconds that what took too long is not tried again
MOST_REFUSED = 64 * 1024  # of those that are remembered
_SMALL = 1024  # bytes that whatever is kept counts at least


class Pages:
    """Makes pictures of pages.

    Args:
        storage: where the PDFs are.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._thread = ThreadPoolExecutor(1, "pages")
        self._turn = asyncio.Semaphore(1)
        self._waiting = 0
        self._kept: OrderedDict[Key, bytes] = OrderedDict()
        self._refused: OrderedDict[Key, float] = OrderedDict()  # until when
        self._under_way: dict[Key, asyncio.Task[bytes]] = {}

    async def picture(self, original: Original, page: int, width: int) -> bytes:
        """A page as WebP; those who ask for the same one at the same time wait for the same picture.

        Raises:
            PageNotShown: it cannot be made within the limits.
            PagesBusy: too many wait already.
            StorageUnavailable: the PDF cannot be read.
        """
        key = (original.key, page, width)
        if (picture := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return picture
        if (task := self._under_way.get(key)) is None:
            task = self._under_way[key] = asyncio.create_task(self._make(original, key))
            task.add_done_callback(partial(self._made, key))
        return await asyncio.shield(task)

    async def boxes(self, original: Original, page: int, lines: Sequence[LinePart]) -> list[Box]:
        """Where parts of lines of a page stand, as exact as the letters of the PDF tell.

        Raises:
            PageNotShown: they cannot be found within the limits.
            PagesBusy: too many wait already.
            StorageUnavailable: the PDF cannot be read.
        """
        key = (original.key, page, PLACES)
        return await self._with_file(original, key, lambda path: part_boxes(path, lines, LIMITS))

    def close(self) -> None:
        """Begin nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _make(self, original: Original, key: Key) -> bytes:
        _, page, width = key
        picture = await self._with_file(original, key, lambda path: page_picture(path, page, width, LIMITS))
        self._kept[key] = picture
        while sum(max(len(each), _SMALL) for each in self._kept.values()) > KEPT:
            self._kept.popitem(last=False)
        return picture

    def _made(self, key: Key, task: asyncio.Task[bytes]) -> None:
        del self._under_way[key]
        if not task.cancelled():
            task.exception()  # those who asked may all be gone

    async def _with_file(self, original: Original, key: Key, work: Callable[[Path], T]) -> T:
        """Do something in the thread with a copy of the PDF, when it is one's turn, unless it was refused lately."""
        if original.size > LARGEST or self._is_refused(key):
            raise PageNotShown
        if self._waiting >= MOST_WAITING:
            raise PagesBusy
        self._waiting += 1
        try:
            async with self._turn:
                if self._is_refused(key):  # to somebody before, meanwhile
                    raise PageNotShown
                return await self._do(original, work)
        except RefusedError as error:
            self._refuse(key, LATE if isinstance(error, LateError) else math.inf)
            raise PageNotShown from None
        finally:
            self._waiting -= 1

    def _is_refused(self, key: Key) -> bool:
        return self._refused.get(key, 0.0) > time.monotonic()

    def _refuse(self, key: Key, seconds: float) -> None:
        self._refused[key] = time.monotonic() + seconds
        self._refused.move_to_end(key)
        if len(self._refused) > MOST_REFUSED:
            self._refused.popitem(last=False)

    async def _do(self, original: Original, work: Callable[[Path], T]) -> T:
        loop = asyncio.get_running_loop()
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            try:
                async for piece in self._pieces(original):
                    await loop.run_in_executor(self._thread, file.write, piece)
            except StorageError as error:
                raise StorageUnavailable from error
            await loop.run_in_executor(self._thread, file.flush)
            return await loop.run_in_executor(self._thread, work, Path(file.name))

    def _pieces(self, original: Original) -> AsyncIterator[bytes]:
        return self._storage.read(original.key, 0, original.size)
