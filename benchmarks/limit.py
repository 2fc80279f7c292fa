"""The limit: the smallest program that does the same work. Starlette, raw asyncpg, orjson, uvicorn; nothing else.

Served by `uvicorn benchmarks.limit:app` with `LIMIT_DATABASE_URL`; the benchmarks start it beside the platform.
"""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

USER = 'SELECT id, username, name, email, status, is_superuser FROM "user" WHERE username = $1'


async def health(_: Request) -> Response:
    """The process answers."""
    body = {"status": "healthy", "timestamp": datetime.now(UTC)}
    return Response(orjson.dumps(body), media_type="application/json")


async def user(request: Request) -> Response:
    """One row by a unique key."""
    row = await request.app.state.pool.fetchrow(USER, request.headers["x-user"])
    body = {**dict(row), "id": str(row["id"])}
    return Response(orjson.dumps(body), media_type="application/json")


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Hold a pool while serving."""
    async with asyncpg.create_pool(os.environ["LIMIT_DATABASE_URL"], min_size=4, max_size=20) as pool:
        app.state.pool = pool
        yield


app = Starlette(routes=[Route("/health", health), Route("/user", user)], lifespan=lifespan)
