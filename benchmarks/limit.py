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

COLUMNS = (
    "id, username, name, first_name, last_name, email, phone, profile_picture_url, bio, country, gender, "
    "date_of_birth, auth_type, is_email_verified, email_verified_at, is_phone_verified, phone_verified_at, "
    "user_type, status, language, timezone, theme, profile_accessibility, is_superuser, last_sign_in_at, "
    "created_at, updated_at, deleted_at"
)
USERS = f'SELECT {COLUMNS} FROM "user" WHERE deleted_at IS NULL ORDER BY created_at DESC, id LIMIT 100'
TOTAL = 'SELECT count(*) FROM "user" WHERE deleted_at IS NULL'


async def health(_: Request) -> Response:
    """The process answers."""
    body = {"status": "healthy", "timestamp": datetime.now(UTC)}
    return Response(orjson.dumps(body), media_type="application/json")


async def user(request: Request) -> Response:
    """One row by a unique key."""
    row = await request.app.state.pool.fetchrow(USER, request.headers["x-user"])
    body = {**dict(row), "id": str(row["id"])}
    return Response(orjson.dumps(body), media_type="application/json")


async def users(request: Request) -> Response:
    """A page of 100 rows, all columns that an account is shown with, and how many there are."""
    async with request.app.state.pool.acquire() as connection:
        rows = await connection.fetch(USERS)
        total = await connection.fetchval(TOTAL)
    body = {"data": [{**row, "id": str(row["id"])} for row in rows], "total_count": total}
    return Response(orjson.dumps(body), media_type="application/json")


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Hold a pool while serving."""
    async with asyncpg.create_pool(os.environ["LIMIT_DATABASE_URL"], min_size=4, max_size=20) as pool:
        app.state.pool = pool
        yield


app = Starlette(
    routes=[Route("/health", health), Route("/user", user), Route("/users", users)], lifespan=lifespan
)
