"""What routes ask for: a session for reading, the unit of work, the platform; inside a tenant, the same for its rows.

The unit of work ends before the answer is sent (`scope="function"`): a caller that reads 201 can rely on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection  # noqa: TC002 - FastAPI reads the annotation

from fondasi.kit.db import Session
from fondasi.platform import Platform

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID


# In the state of a request: awaited with its unit of work before anything else is done in it.
BEGUN = "unit_of_work_begun"


async def current_platform(connection: HTTPConnection) -> Platform:
    """The platform of the running app."""
    return connection.app.state.platform  # type: ignore[no-any-return]


CurrentPlatform = Annotated[Platform, Depends(current_platform)]


async def read_session(connection: HTTPConnection, platform: CurrentPlatform) -> AsyncIterator[Session]:
    """A session for reading."""
    state = connection.scope["state"]
    stranger, fresh = state.get("principal") is None, state.get("fresh", False)
    async with platform.database.read_session(stranger=stranger, fresh=fresh) as session:
        yield session


async def unit_of_work(connection: HTTPConnection, platform: CurrentPlatform) -> AsyncIterator[Session]:
    """A unit of work."""
    async with platform.database.unit_of_work() as session:
        await _begin(connection, session)
        yield session


async def tenant_read_session(
    connection: HTTPConnection, platform: CurrentPlatform
) -> AsyncIterator[Session]:
    """A session for reading the rows of the tenant that the route's guard found."""
    fresh = connection.scope["state"].get("fresh", False)
    async with platform.database.read_session(tenant=_tenant_of(connection), fresh=fresh) as session:
        yield session


async def tenant_unit_of_work(
    connection: HTTPConnection, platform: CurrentPlatform
) -> AsyncIterator[Session]:
    """A unit of work on the rows of the tenant that the route's guard found."""
    async with platform.database.unit_of_work(tenant=_tenant_of(connection)) as session:
        await _begin(connection, session)
        yield session


async def _begin(connection: HTTPConnection, session: Session) -> None:
    if (begun := connection.scope["state"].get(BEGUN)) is not None:
        await begun(session)


def _tenant_of(connection: HTTPConnection) -> UUID:
    tenant: UUID | None = connection.scope["state"].get("tenant_id")
    if tenant is None:
        raise LookupError("The route has no guard that finds the tenant: add require_in_tenant(...).")
    return tenant


ReadSession = Annotated[Session, Depends(read_session, scope="function")]
UnitOfWork = Annotated[Session, Depends(unit_of_work, scope="function")]
TenantReadSession = Annotated[Session, Depends(tenant_read_session, scope="function")]
TenantUnitOfWork = Annotated[Session, Depends(tenant_unit_of_work, scope="function")]
