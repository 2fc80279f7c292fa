"""Builds an archive, row by row: gzip of one JSON document, a list of rows for each table.

Neither the rows nor the archive are ever in memory as a whole.
"""

from __future__ import annotations

import asyncio
import zlib
from typing import TYPE_CHECKING, Any

import orjson

from fondasi.identity.exports import repository
from fondasi.identity.exports.errors import ArchiveTooLargeError
from fondasi.kit import clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from uuid import UUID

    from fondasi.kit.db import Session
    from fondasi.module import PersonalData

GZIP = 16 + zlib.MAX_WBITS
ROWS = 200  # read at a time
PART = 256 * 1024  # bytes before compression


class ArchiveWriter:
    """Compresses what is written and keeps it in parts.

    Args:
        session: the unit of work of the job.
        export_id: whose parts they are.
        limit: bytes, compressed.
    """

    def __init__(self, session: Session, export_id: UUID, limit: int) -> None:
        self.size = 0
        self._session = session
        self._export_id = export_id
        self._limit = limit
        self._number = 0
        self._waiting = bytearray()
        self._compressor = zlib.compressobj(wbits=GZIP)

    async def write(self, content: bytes) -> None:
        """Add to the archive.

        Raises:
            ArchiveTooLargeError: it is over the limit.
        """
        self._waiting += content
        if len(self._waiting) >= PART:
            await self._keep(await asyncio.to_thread(self._compressor.compress, bytes(self._waiting)))
            self._waiting.clear()

    async def close(self) -> None:
        """Write the rest.

        Raises:
            ArchiveTooLargeError: it is over the limit.
        """
        await self._keep(self._compressor.compress(bytes(self._waiting)) + self._compressor.flush())

    async def _keep(self, content: bytes) -> None:
        self.size += len(content)
        if self.size > self._limit:
            raise ArchiveTooLargeError
        if content:
            await repository.write_part(self._session, self._export_id, self._number, content)
            self._number += 1


async def write_archive(
    session: Session, archive: ArchiveWriter, tables: Sequence[PersonalData], user_id: UUID
) -> int:
    """Write everything that is kept about a user; how many rows.

    Raises:
        ArchiveTooLargeError: there is more than an archive may hold.
    """
    head = {"user_id": user_id, "made_at": clock.now()}
    await archive.write(orjson.dumps(head, default=str)[:-1] + b',"data":{')
    rows = 0
    for index, item in enumerate(table for table in tables if table.export is not None):
        await archive.write((b"," if index else b"") + orjson.dumps(item.table) + b":[")
        first = True
        async for row in _rows(session, item, user_id):
            await archive.write((b"" if first else b",") + orjson.dumps(row, default=str))
            first = False
            rows += 1
        await archive.write(b"]")
    await archive.write(b"}}\n")
    await archive.close()
    return rows


async def _rows(session: Session, item: PersonalData, user_id: UUID) -> AsyncIterator[dict[str, Any]]:
    assert item.export is not None
    query = item.export(user_id).execution_options(yield_per=ROWS)
    result = await session.stream(query)
    async for row in result.mappings():
        yield dict(row)
