"""All that a tenant has, as JSON: the rows of every table of tenants, whichever module it belongs to."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import orjson

from fondasi.kit import clock
from fondasi.kit.db import driver_connection
from fondasi.kit.http import Unavailable
from fondasi.kit.i18n import t
from fondasi.tenancy import repository
from fondasi.tenancy.errors import TenantNotFound, TooManyExports
from fondasi.tenancy.schemas import TenantRead

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from uuid import UUID

    from fondasi.kit.db import Database

ROWS = 500  # fetched at a time
AT_ONCE = 4
PIECE = 256 * 1024
# Also of modules that are switched off now. What nobody reads stays behind, and so do copies of answers to members.
TABLES = """
SELECT c.relname AS name, array(
    SELECT s.attname::text FROM pg_attribute s WHERE s.attrelid = c.oid AND s.attname ~ '_(hash|secret)$'
) AS left_out
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnotnull
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
    AND c.relname <> 'tenant_idempotency_key'
ORDER BY 1
"""


class Exports:
    """The exports that this process makes or hands out now: one for each caller, and a few in all.

    Each is written to a file first, so that whoever reads slowly holds no connection to the database.
    """

    def __init__(self, most: int = AT_ONCE) -> None:
        self._most = most
        self._callers: set[UUID] = set()

    async def open(self, database: Database, tenant_id: UUID, caller: UUID) -> AsyncIterator[bytes]:
        """Write the export to a file without a name, and hand it out in pieces.

        Args:
            database: where the tenant is.
            tenant_id: the tenant.
            caller: who reads it. Their place is taken until they have read all, or are gone.

        Raises:
            TenantNotFound: it was deleted a moment ago.
            TooManyExports: the caller reads another one.
            Unavailable: too many are read at the same time.
        """
        if caller in self._callers:
            raise TooManyExports
        if len(self._callers) >= self._most:
            raise Unavailable(
                t("Too many exports are read at the same time. Try again in a minute."), retry_after=60
            )
        self._callers.add(caller)
        pieces = self._pieces(database, tenant_id, caller)
        await anext(pieces)  # it is written now
        return pieces

    async def _pieces(self, database: Database, tenant_id: UUID, caller: UUID) -> AsyncIterator[bytes]:
        try:
            with TemporaryFile() as file:
                async with aclosing(export(database, tenant_id)) as parts:
                    async for part in parts:
                        await asyncio.to_thread(file.write, part)
                await asyncio.to_thread(file.seek, 0)
                yield b""
                while piece := await asyncio.to_thread(file.read, PIECE):
                    yield piece
        finally:
            self._callers.discard(caller)


async def export(database: Database, tenant_id: UUID) -> AsyncGenerator[bytes]:
    """A JSON document in pieces, all of one moment; memory does not grow with the tenant.

    Raises:
        TenantNotFound: it was deleted a moment ago.
    """
    async with database.read_session(tenant=tenant_id) as session:
        tenant = await repository.get_tenant(session, tenant_id)
        if tenant is None:
            raise TenantNotFound
        head = {
            "tenant": TenantRead.model_validate(tenant).model_dump(mode="json"),
            "exported_at": clock.now(),
        }
        yield orjson.dumps(head, option=orjson.OPT_UTC_Z)[:-1] + b',"tables":{'
        driver = await driver_connection(session)
        for number, (name, left_out) in enumerate(await driver.fetch(TABLES)):
            yield (b"," if number else b"") + orjson.dumps(name) + b":["
            query = f'SELECT (to_jsonb(row) - $2::text[])::text FROM "{name}" row WHERE tenant_id = $1'  # noqa: S608
            cursor = await driver.cursor(query, tenant_id, left_out)
            first = True
            while rows := await cursor.fetch(ROWS):
                yield (b"" if first else b",") + ",".join(row[0] for row in rows).encode()
                first = False
            yield b"]"
        yield b"}}"
