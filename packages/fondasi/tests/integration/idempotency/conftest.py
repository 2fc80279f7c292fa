"""People who send requests twice."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from fondasi.idempotency.models import IdempotencyKey
from fondasi.tenancy.models import Tenant

API = "/api/v1"


@pytest.fixture
def send(client):
    """POST with a key: `await send("/tenants", headers, "k", json={...})`; a new key when None is given."""

    async def post(path, headers, key=None, **options):
        headers = {**headers, "Idempotency-Key": key or str(uuid4())}
        return await client.post(API + path, headers=headers, **options)

    return post


@pytest.fixture
def send_until_done(send):
    """The same, again and again while another one is under way."""

    async def post(*arguments, **options):
        while (answer := await send(*arguments, **options)).status_code == 409:
            assert int(answer.headers["retry-after"]) > 0
            await asyncio.sleep(0.05)
        return answer

    return post


@pytest.fixture
def tenants(clean_database):
    """The names of all tenants."""

    async def read():
        async with clean_database.unit_of_work() as session:
            return (await session.scalars(select(Tenant.name).order_by(Tenant.name))).all()

    return read


@pytest.fixture
def keys(clean_database):
    """How many answers are kept outside tenants."""

    async def count():
        async with clean_database.read_session() as session:
            return await session.scalar(select(func.count()).select_from(IdempotencyKey))

    return count
