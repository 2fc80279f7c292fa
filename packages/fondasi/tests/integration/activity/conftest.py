"""Shared by the tests of the trail: reading it, the owner's connection, accounts."""

import asyncpg
import pytest_asyncio
from sqlalchemy import select

from fondasi.activity.refusals import Refusals
from fondasi.kit.audit import ActivityRecord
from fondasi.kit.db import Database
from fondasi.settings import DatabaseSettings


@pytest_asyncio.fixture
async def owner(database_urls, clean_database):
    """A connection as the role that owns the tables."""
    connection = await asyncpg.connect(database_urls.owner)
    yield connection
    await connection.close()


@pytest_asyncio.fixture
async def as_app(database_urls, clean_database):
    """A connection as the app's role."""
    connection = await asyncpg.connect(database_urls.app)
    yield connection
    await connection.close()


@pytest_asyncio.fixture
async def by_owner(database_urls, clean_database):
    """The database as the owner's role, which alone may write entries of other times."""
    database = Database(database_urls.owner, DatabaseSettings())
    yield database
    await database.close()


@pytest_asyncio.fixture
async def trail(clean_database, app):
    """The rows of an action, or all: `await trail("login")`. Refusals of the tests before count for nothing."""
    app.state.platform.get(Refusals)._written.clear()

    async def read(action: str | None = None) -> list[ActivityRecord]:
        query = select(ActivityRecord).order_by(ActivityRecord.created_at, ActivityRecord.id)
        if action is not None:
            query = query.where(ActivityRecord.action == action)
        async with clean_database.read_session() as session:
            return list(await session.scalars(query))

    return read


@pytest_asyncio.fixture
async def admin(sign_in):
    """Headers of an administrator."""
    return await sign_in("root", superuser=True)


@pytest_asyncio.fixture
async def user(sign_in):
    """Headers of a user."""
    return await sign_in("ani")
