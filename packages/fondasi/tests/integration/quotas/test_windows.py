"""Moving windows in memory and in Redis: the same rules, exactly."""

import asyncio
from uuid import uuid4

import pytest
import pytest_asyncio

from fondasi.quotas import windows as module
from fondasi.quotas.windows import (
    MICROSECONDS,
    REDIS_PREFIX,
    MemoryWindows,
    RedisWindows,
    WindowsUnavailableError,
)
from fondasi.settings import RedisSettings


@pytest_asyncio.fixture(params=["memory", "redis"])
async def windows(request):
    if request.param == "memory":
        opened = MemoryWindows()
    else:
        opened = RedisWindows(request.getfixturevalue("redis_server").settings)
    yield opened
    await opened.close()


@pytest.fixture
def key():
    return uuid4().hex


async def age(windows, key, seconds):
    """Let what was let through be older, as if the time had passed."""
    if isinstance(windows, MemoryWindows):
        times, _ = windows._windows[key]
        for place, moment in enumerate(times):
            times[place] = moment - seconds
        return
    client, name = windows._client, REDIS_PREFIX + key
    for place, moment in enumerate(await client.lrange(name, 0, -1)):
        await client.lset(name, place, int(moment) - int(seconds * MICROSECONDS))


async def test_requests_up_to_the_limit_pass_and_the_next_does_not(windows, key):
    outcomes = [await windows.hit(key, 3, 60) for _ in range(4)]
    assert [item.allowed for item in outcomes] == [True, True, True, False]
    assert [item.remaining for item in outcomes] == [2, 1, 0, 0]
    assert all(59 < item.wait <= 60 for item in outcomes)


async def test_keys_are_counted_apart(windows, key):
    assert (await windows.hit(key, 1, 60)).allowed
    assert (await windows.hit(key + "2", 1, 60)).allowed


async def test_window_moves_instead_of_starting_anew(windows, key):
    """A fixed window would let four pass around its boundary."""
    await windows.hit(key, 2, 60)
    await age(windows, key, 40)
    await windows.hit(key, 2, 60)
    await age(windows, key, 25)  # the first has left the window, the second has not
    assert (await windows.hit(key, 2, 60)).allowed
    assert not (await windows.hit(key, 2, 60)).allowed


async def test_wait_is_exact(windows, key):
    await windows.hit(key, 1, 60)
    await age(windows, key, (await windows.hit(key, 1, 60)).wait - 10)
    refused = await windows.hit(key, 1, 60)
    assert not refused.allowed
    await age(windows, key, refused.wait + 0.001)
    assert (await windows.hit(key, 1, 60)).allowed


async def test_refused_requests_do_not_prolong_the_wait(windows, key):
    await windows.hit(key, 1, 60)
    for _ in range(4):
        await age(windows, key, 10)
        assert not (await windows.hit(key, 1, 60)).allowed
    await age(windows, key, 20)
    assert (await windows.hit(key, 1, 60)).allowed


async def test_lowered_limit_counts_what_was_let_through_before(windows, key):
    for _ in range(5):
        await windows.hit(key, 10, 60)
    refused = await windows.hit(key, 2, 60)
    assert not refused.allowed
    assert refused.remaining == 0
    assert (await windows.hit(key, 6, 60)).allowed


async def test_parallel_requests_never_pass_the_limit(windows, key):
    outcomes = await asyncio.gather(*(windows.hit(key, 10, 60) for _ in range(200)))
    assert sum(item.allowed for item in outcomes) == 10


async def test_memory_forgets_callers_that_are_gone():
    windows = MemoryWindows()
    for number in range(1000):
        await windows.hit(f"caller {number}", 5, 60)
        await age(windows, f"caller {number}", 60)
    await windows.hit("patient", 5, 60)
    for _ in range(600):
        await windows.hit("stayer", 1000, 60)
    assert len(windows) == 2


async def test_redis_forgets_callers_by_itself(redis_server, key):
    """The time to live is set by the same script that writes: no crash can leave a key for ever."""
    windows = RedisWindows(redis_server.settings)
    await windows.hit(key, 5, 60)
    assert 0 < await windows._client.pttl(REDIS_PREFIX + key) <= 60_000
    await windows.close()


async def test_redis_is_asked_once_for_each_request(redis_server, key):
    windows = RedisWindows(redis_server.settings)
    await windows.hit(key, 5, 60)
    before = (await windows._client.info("stats"))["total_commands_processed"]
    for _ in range(10):
        await windows.hit(key, 5, 60)
    calls = (await windows._client.info("commandstats"))["cmdstat_evalsha"]["calls"]
    await windows.hit(key, 5, 60)
    assert (await windows._client.info("commandstats"))["cmdstat_evalsha"]["calls"] == calls + 1
    assert before
    await windows.close()


async def test_redis_that_forgot_its_scripts_is_told_again(redis_server, key):
    windows = RedisWindows(redis_server.settings)
    await windows.hit(key, 5, 60)
    await windows._client.script_flush()
    assert (await windows.hit(key, 5, 60)).remaining == 3
    await windows.close()


async def test_redis_that_hangs_costs_its_timeout_once(key, monkeypatch):
    """A server that accepts and never answers: the first caller waits, the others are told at once."""
    monkeypatch.setattr(module, "RETRY_SECONDS", 60)
    asked = 0

    async def say_nothing(reader, writer):
        nonlocal asked
        asked += 1
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    windows = RedisWindows(RedisSettings(url=f"redis://127.0.0.1:{port}/0", timeout=0.2))
    for _ in range(3):
        with pytest.raises(WindowsUnavailableError):
            await windows.hit(key, 5, 60)
    assert asked == 1
    await windows.close()
    silent.close()
