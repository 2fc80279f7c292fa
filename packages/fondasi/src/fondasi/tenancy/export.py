"""All that a tenant has, as JSON: the rows of every table of tenants, whichever module it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from fondasi.kit import clock
from fondasi.kit.db import Base, TenantOwned, driver_connection
from fondasi.tenancy import repository
from fondasi.tenancy.errors import TenantNotFound
from fondasi.tenancy.schemas import TenantRead

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from uuid import UUID

    from sqlalchemy import Table

    from fondasi.kit.db import Database

SECRETS = ("_hash", "_secret")  # how the names of columns end that nobody reads
ROWS = 500  # fetched at a time


def exported_tables() -> list[Table]:
    """The tables of tenants, by name."""
    mapped: Iterator[type[TenantOwned]] = (
        mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, TenantOwned)
    )
    return sorted(
        {Base.metadata.tables[model.__tablename__] for model in mapped}, key=lambda table: table.name
    )


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
        for number, table in enumerate(exported_tables()):
            yield (b"," if number else b"") + orjson.dumps(table.name) + b":["
            left_out = [column.name for column in table.columns if column.name.endswith(SECRETS)]
            query = f'SELECT (to_jsonb(row) - $2::text[])::text FROM "{table.name}" row WHERE tenant_id = $1'  # noqa: S608
            first = True
            async for record in driver.cursor(query, tenant_id, left_out, prefetch=ROWS):
                yield (b"" if first else b",") + record[0].encode()
                first = False
            yield b"]"
        yield b"}}"
