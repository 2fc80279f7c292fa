"""Several processes: what one commits, no other answers without. With Redis down, everything is served uncached."""

import asyncio

import asyncpg
import pytest
from integration.kit.cache.shelf import get, put
from sqlalchemy import text

from fondasi.kit.cache import invalidate

LINES = "/lines/ani"
KEYS = "{username}_lines:*"


@pytest.fixture
def redis(redis_server):
    """The server, running and empty."""
    redis_server.stop()
    redis_server.start()
    return redis_server


async def until(client, wanted: str, bio: str) -> None:
    """Ask until the cache is used again; whatever is answered meanwhile is what was committed."""
    async with asyncio.timeout(30):
        while True:
            answer, status = await get(client, LINES)
            assert answer["bio"] == bio
            if status == wanted:
                return
            await asyncio.sleep(0.05)


async def test_memory_of_another_process_hears_of_a_commit(start):
    async with start(2) as (first, second):
        await get(second, LINES)
        await put(first, "new", KEYS)
        async with asyncio.timeout(30):  # a notification takes some milliseconds
            while (await get(second, LINES))[0]["bio"] != "new":  # noqa: ASYNC110 - another process tells
                await asyncio.sleep(0.01)


async def test_nothing_is_used_while_changes_are_not_heard_of(start, database_urls):
    async with start(1) as (client,):
        await get(client, LINES)
        own = await asyncpg.connect(database_urls.app)
        ended = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'fondasi listener' AND datname = current_database()"
        )
        assert await own.fetch(ended)
        async with asyncio.timeout(30):
            while (await get(client, LINES))[1] == "hit":  # noqa: ASYNC110 - the server ends it
                await asyncio.sleep(0.01)
        # What is changed now is not told.
        await own.execute("UPDATE \"user\" SET bio = 'untold' WHERE username = 'ani'")
        await own.close()
        await until(client, "hit", "untold")


class TestRedis:
    async def test_processes_share_entries_and_changes_at_once(self, start, redis, runs):
        async with start(2, redis=redis.settings) as (first, second):
            await until(first, "hit", "old")
            assert (await get(second, LINES))[1] == "hit"
            assert runs["lines"] <= 3
            for number in range(20):
                await put(first, f"bio {number}", KEYS)
                assert (await get(second, LINES))[0]["bio"] == f"bio {number}"
                assert (await get(first, LINES))[0]["bio"] == f"bio {number}"

    @pytest.mark.long
    async def test_killed_and_restarted_with_an_old_state(self, start, redis, tmp_path):
        redis.stop()
        redis.start("--dir", str(tmp_path), "--dbfilename", "dump.rdb")
        async with start(2, redis=redis.settings) as (first, second):
            await until(first, "hit", "old")
            await redis.command("SAVE")
            await put(first, "new", KEYS)
            redis.stop()
            answer, status = await get(second, LINES)
            assert (answer["bio"], status) == ("new", "bypass")
            await put(second, "newer", KEYS)
            redis.start("--dir", str(tmp_path), "--dbfilename", "dump.rdb")
            assert await redis.command("DBSIZE")
            for client in (first, second):
                await until(client, "hit", "newer")
            async with start(1, redis=redis.settings) as (third,):
                assert (await get(third, LINES))[0]["bio"] == "newer"

    @pytest.mark.long
    async def test_paused_while_something_is_committed(self, start, redis):
        quick = redis.settings.model_copy(update={"timeout": 0.2})
        async with start(2, redis=quick) as (first, second):
            await until(first, "hit", "old")
            await until(second, "hit", "old")
            for number in range(3):
                redis.pause()
                try:
                    await put(first, f"bio {number}", KEYS)
                    answer, status = await get(second, LINES)
                    assert (answer["bio"], status) == (f"bio {number}", "bypass")
                finally:
                    redis.resume()
                for client in (second, first):
                    await until(client, "hit", f"bio {number}")

    async def test_process_that_dies_at_the_commit_leaves_nothing_stale(self, start, redis, people):
        """Between its commit and its last word to Redis nobody uses what it changed."""

        from fondasi.kit.cache.cache import Cache

        async with start(2, redis=redis.settings) as (first, second):
            await until(second, "hit", "old")
            platform = first._transport.app.state.platform
            cache = platform.get(Cache)
            dropped, cache.store.drop = cache.store.drop, _dies
            try:
                with pytest.raises(SystemError):
                    async with platform.database.unit_of_work() as session:
                        await session.execute(text("UPDATE \"user\" SET bio = 'new' WHERE username = 'ani'"))
                        invalidate(session, KEYS, username="ani")
            finally:
                cache.store.drop = dropped
            answer, status = await get(second, LINES)
            assert (answer["bio"], status) == ("new", "bypass")

    async def test_starts_without_redis(self, start, redis):
        redis.stop()
        try:
            async with start(1, redis=redis.settings) as (client,):
                assert (await get(client, LINES))[1] == "bypass"
        finally:
            redis.start()


async def _dies(marks) -> bool:
    raise SystemError
