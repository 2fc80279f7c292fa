"""All that a tenant has, as JSON: the rows of every table of tenants, whichever module it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from fondasi.kit import clock
from fondasi.kit.db import driver_connection
from fondasi.tenancy import repository
from fondasi.tenancy.errors import TenantNotFound
from fondasi.tenancy.schemas import TenantRead

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from fondasi.kit.db import Database

ROWS = 500  # fetched at a time
# Also of modules that are switched off now. What nobody reads stays behind.
TABLES = """
SELECT c.relname AS name, array(
    SELECT s.attname::text FROM pg_attribute s WHERE s.attrelid = c.oid AND s.attname ~ '_(hash|secret)$'
) AS left_out
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnotnull
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
ORDER BY 1
"""


async def export(database: Database, tenant_id: UUID) -> AsyncIterator[bytes]:
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
        yield orjson.dumps(head)[:-1] + b',"tables":{'
        driver = await driver_connection(session)
        for number, (name, left_out) in enumerate(await driver.fetch(TABLES)):
            yield (b"," if number else b"") + orjson.dumps(name) + b":["
            query = f'SELECT (to_jsonb(row) - $2::text[])::text FROM "{name}" row WHERE tenant_id = $1'  # noqa: S608
            first = True
            async for record in driver.cursor(query, tenant_id, left_out, prefetch=ROWS):
                yield (b"" if first else b",") + record[0].encode()
                first = False
            yield b"]"
        yield b"}}"
