"""Writes an archive, row by row: one JSON document, a list of rows for each table. It is never in memory as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from fondasi.kit import clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from uuid import UUID

    from fondasi.kit.db import Session
    from fondasi.module import PersonalData

ROWS = 200  # read at a time


class Archive:
    """Everything that is kept about a user.

    Args:
        tables: what modules keep of people.
        user_id: whose.

    Attributes:
        rows: how many were written.
    """

    def __init__(self, tables: Sequence[PersonalData], user_id: UUID) -> None:
        self.rows = 0
        self._tables = [table for table in tables if table.export is not None]
        self._user_id = user_id

    async def pieces(self, session: Session) -> AsyncIterator[bytes]:
        """The document, in pieces."""
        head = {"user_id": self._user_id, "made_at": clock.now()}
        yield orjson.dumps(head, default=str, option=orjson.OPT_UTC_Z)[:-1] + b',"data":{'
        for number, table in enumerate(self._tables):
            yield (b"," if number else b"") + orjson.dumps(table.table) + b":["
            first = True
            async for rows in self._parts(session, table):
                yield (b"" if first else b",") + b",".join(rows)
                first = False
            yield b"]"
        yield b"}}\n"

    async def _parts(self, session: Session, table: PersonalData) -> AsyncIterator[list[bytes]]:
        assert table.export is not None
        found = await session.stream(table.export(self._user_id).execution_options(yield_per=ROWS))
        async for part in found.mappings().partitions():
            self.rows += len(part)
            yield [orjson.dumps(dict(row), default=str, option=orjson.OPT_UTC_Z) for row in part]
