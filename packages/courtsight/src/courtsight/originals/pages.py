"""Pictures of the pages of PDFs, and the places of words on them, made by pdfium in a process of its own.

One is made after another, so few wait; what was made last is kept, what cannot be made too.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from courtsight.ingestion.readers import Limits
from courtsight.ingestion.readers.child_process import RefusedError, page_picture, part_boxes
from courtsight.originals.errors import PageNotShown, PagesBusy
from fondasi.files import StorageUnavailable
from fondasi.kit.storage import Storage, StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from courtsight.ingestion.readers.child_process import LinePart
    from courtsight.originals.service import Original

T = TypeVar("T")
Box = tuple[float, float, float, float]

MIB = 1024 * 1024
LIMITS = Limits(seconds=10, memory_bytes=1024 * MIB)
LARGEST = 64 * MIB  # bytes of a PDF whose pages are shown
MOST_WAITING = 32
KEPT = 64 * MIB  # bytes of the pictures that are kept
REFUSED = b""  # in the place of a picture that cannot be made
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
        self._kept: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self._under_way: dict[tuple[str, int, int], asyncio.Task[bytes]] = {}

    async def picture(self, original: Original, page: int, width: int) -> bytes:
        """A page as WebP; those who ask for the same one at the same time wait for the same picture.

        Raises:
            PageNotShown: it cannot be made within the limits.
            PagesBusy: too many wait already.
            StorageUnavailable: the PDF cannot be read.
        """
        key = (original.key, page, width)
        if (picture := self._kept.get(key)) is None:
            if (task := self._under_way.get(key)) is None:
                task = self._under_way[key] = asyncio.create_task(self._make(original, page, width))
                task.add_done_callback(lambda _: self._under_way.pop(key, None))
            picture = await asyncio.shield(task)
        else:
            self._kept.move_to_end(key)
        if picture == REFUSED:
            raise PageNotShown
        return picture

    async def boxes(self, original: Original, lines: Sequence[LinePart]) -> list[Box]:
        """Where parts of lines stand, as exact as the letters of the PDF tell.

        Raises:
            PageNotShown: they cannot be found within the limits.
            PagesBusy: too many wait already.
            StorageUnavailable: the PDF cannot be read.
        """
        try:
            return await self._with_file(original, lambda path: part_boxes(path, lines, LIMITS))
        except RefusedError:
            raise PageNotShown from None

    def close(self) -> None:
        """Begin nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _make(self, original: Original, page: int, width: int) -> bytes:
        try:
            picture = await self._with_file(original, lambda path: page_picture(path, page, width, LIMITS))
        except (RefusedError, PageNotShown):
            picture = REFUSED
        self._kept[original.key, page, width] = picture
        while sum(max(len(each), _SMALL) for each in self._kept.values()) > KEPT:
            self._kept.popitem(last=False)
        return picture

    async def _with_file(self, original: Original, work: Callable[[Path], T]) -> T:
        """Do something in the thread with a copy of the PDF, when it is one's turn."""
        if original.size > LARGEST:
            raise PageNotShown
        if self._waiting >= MOST_WAITING:
            raise PagesBusy
        self._waiting += 1
        try:
            async with self._turn:
                return await self._do(original, work)
        finally:
            self._waiting -= 1

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
