"""ClamAV looks at what is uploaded while it is stored, by the protocol of its daemon (clamd, `INSTREAM`)."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from prometheus_client import Counter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from fondasi.settings import ClamavSettings

CONNECT_SECONDS = 5
LONGEST_ANSWER = 4096  # bytes
PIECE = 256 * 1024  # bytes of a chunk; clamd takes up to its StreamMaxLength
CLEAN, FOUND = "stream: OK", " FOUND"
SCANNED = Counter("fondasi_files_scanned_total", "Files that ClamAV looked at.", ["verdict"])


class ScanError(Exception):
    """ClamAV cannot be asked, or does not say whether it found something."""


class InfectedError(Exception):
    """ClamAV found something; the text is what it calls it."""


class Antivirus:
    """ClamAV, where there is one.

    Args:
        settings: where it listens, and how long it may take.
    """

    def __init__(self, settings: ClamavSettings) -> None:
        self._url = settings.url
        self._timeout = settings.timeout

    async def passing(self, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The content as it is. It ends when ClamAV found nothing in all of it.

        Raises:
            InfectedError: it found something.
            ScanError: it cannot be asked.
        """
        if not self._url:
            async for piece in content:
                yield piece
            return
        async with self._connected() as (reader, writer):
            await self._send(writer, b"zINSTREAM\0")
            async for piece in content:
                for start in range(0, len(piece), PIECE):
                    chunk = piece[start : start + PIECE]
                    await self._send(writer, len(chunk).to_bytes(4) + chunk)
                yield piece
            await self._send(writer, bytes(4))
            answer = await self._answer(reader)
        if answer.endswith(FOUND):
            SCANNED.labels("infected").inc()
            raise InfectedError(answer.removeprefix("stream: ").removesuffix(FOUND)[:200])
        if answer != CLEAN:
            raise _failed(answer or "no answer")
        SCANNED.labels("clean").inc()

    async def ping(self) -> None:
        """Ask whether it is there.

        Raises:
            ScanError: it is not.
        """
        async with self._connected() as (reader, writer):
            await self._send(writer, b"zPING\0")
            if (answer := await self._answer(reader)) != "PONG":
                raise _failed(answer)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        address = urlsplit(self._url)
        with _translated():
            async with asyncio.timeout(min(CONNECT_SECONDS, self._timeout)):
                if address.scheme == "unix":
                    reader, writer = await asyncio.open_unix_connection(address.path, limit=LONGEST_ANSWER)
                else:
                    reader, writer = await asyncio.open_connection(
                        address.hostname, address.port, limit=LONGEST_ANSWER
                    )
        try:
            yield reader, writer
        finally:
            writer.close()

    async def _send(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        with _translated():
            writer.write(data)
            async with asyncio.timeout(self._timeout):
                await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader) -> str:
        answer = b""
        with _translated():
            async with asyncio.timeout(self._timeout):
                with suppress(asyncio.IncompleteReadError):  # no answer
                    answer = await reader.readuntil(b"\0")
        return answer.rstrip(b"\0").decode(errors="replace").strip()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OSError, TimeoutError, asyncio.LimitOverrunError) as error:
        raise _failed(type(error).__name__) from error


def _failed(why: str) -> ScanError:
    SCANNED.labels("failed").inc()
    return ScanError(why)
