"""Several workers on one Redis: they count as one, and live on without it where that is safe."""

import asyncio
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from structlog.testing import CapturingLogger

from fondasi import quotas

OPEN, GUESS = "/api/v1/probe/open", "/api/v1/probe/guess"
LOGIN = {"username": "nobody", "password": "wrong"}


@pytest.fixture
def redis(redis_server):
    """The server, running and empty."""
    redis_server.stop()
    redis_server.start()
    return redis_server


@pytest_asyncio.fixture
async def two(small, running, probe, redis, tiers):
    """Clients of two applications that share nothing but the database and Redis."""
    settings = small.model_copy(update={"redis": redis.settings})
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(running(settings, probe)) for _ in range(2)]


async def test_two_workers_count_exactly_as_one(two):
    answers = await asyncio.gather(*(two[number % 2].get(OPEN) for number in range(60)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 57
    assert {answer.headers["ratelimit"].split(";t=")[0] for answer in answers} == {
        '"address";r=2',
        '"address";r=1',
        '"address";r=0',
    }


async def test_stopped_redis_closes_sign_in_and_nothing_else_and_recovers(two, redis):
    worker = two[0]
    assert (await worker.post("/api/v1/login", json=LOGIN)).status_code == 401
    before = REGISTRY.get_sample_value("fondasi_rate_limits_unchecked_total") or 0
    redis.stop()
    for path in (GUESS, "/api/v1/login"):
        answer = await worker.post(path, json=LOGIN)
        assert answer.status_code == 503
        assert answer.json()["error_code"] == "UNAVAILABLE"
        assert "REDIS_URL" in answer.json()["detail"]  # `local` says what is away
        assert int(answer.headers["retry-after"]) > 0
    opened = [await worker.get(OPEN) for _ in range(10)]
    assert [answer.status_code for answer in opened] == [200] * 10
    assert all("ratelimit" not in answer.headers for answer in opened)
    assert REGISTRY.get_sample_value("fondasi_rate_limits_unchecked_total") == before + 12
    redis.start()
    async with asyncio.timeout(60):
        while (await worker.post(GUESS)).status_code == 503:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert [(await worker.get(OPEN)).status_code for _ in range(4)] == [200, 200, 200, 429]


async def test_worker_starts_without_redis_and_says_so(  # noqa: PLR0917 - fixtures
    small, running, probe, redis, tiers, monkeypatch
):
    log = CapturingLogger()  # whatever another test has made of the real one
    monkeypatch.setattr(quotas, "log", log)
    redis.stop()
    try:
        async with running(small.model_copy(update={"redis": redis.settings}), probe) as worker:
            assert (await worker.get(OPEN)).status_code == 200
            assert (await worker.post(GUESS)).status_code == 503
            assert "start it, or correct REDIS_URL" in str(log.calls)
    finally:
        redis.start()
