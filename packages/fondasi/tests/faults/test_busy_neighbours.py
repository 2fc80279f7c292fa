"""What waits for one table, or for a database that stands still, does not take the rest with it."""

import asyncio

import asyncpg
import pytest
from faults.conftest import API

LOCKED = f"{API}/tasks"
OTHERS = [f"{API}/users/me", f"{API}/settings", f"{API}/sessions", "/health/ready"]


@pytest.fixture
async def locked_jobs(database_urls):
    """Nobody reads the table of jobs."""
    owner = await asyncpg.connect(database_urls.owner)
    async with owner.transaction():
        await owner.execute("LOCK TABLE job IN ACCESS EXCLUSIVE MODE")
        yield
    await owner.close()


class TestLockedTable:
    async def test_its_route_leaves_connections_to_the_others(self, behind_proxy, locked_jobs):
        limits = {"lock_timeout": 60, "statement_timeout": 60, "pool_timeout": 60}
        async with behind_proxy(**limits) as (proxy, client, headers):
            waiting = [asyncio.create_task(client.get(LOCKED, headers=headers)) for _ in range(40)]
            async with asyncio.timeout(50):
                while proxy.open < 15 + 4:  # noqa: ASYNC110 - their connections are opened one after another
                    await asyncio.sleep(0.05)
                for path in OTHERS:
                    answer = await client.get(path, headers=headers)
                    assert answer.status_code < 500, (path, answer.text)
            assert not any(task.done() for task in waiting)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def test_a_request_does_not_wait_for_it_as_long_as_a_statement_may_run(
        self, behind_proxy, locked_jobs
    ):
        async with behind_proxy(lock_timeout=0.5) as (_, client, headers):
            async with asyncio.timeout(15):
                answer = await client.get(LOCKED, headers=headers)
            assert answer.status_code == 503
            assert answer.headers["Retry-After"]


class TestDatabaseThatStandsStill:
    @pytest.mark.long
    async def test_requests_are_answered_in_about_ten_seconds(self, behind_proxy):
        async with behind_proxy() as (proxy, client, headers):
            assert (await client.get(f"{API}/settings", headers=headers)).status_code == 200
            proxy.swallow(new_ones=True)
            async with asyncio.timeout(18):
                paths = [f"{API}/users/me", f"{API}/settings", LOCKED, f"{API}/sessions"] * 4
                answers = await asyncio.gather(*(client.get(path, headers=headers) for path in paths))
            assert {answer.status_code for answer in answers} == {503}
            proxy.heal()
            async with asyncio.timeout(15):
                while (await client.get(f"{API}/settings", headers=headers)).status_code != 200:
                    pass


class TestLostReplica:
    async def test_costs_no_read(self, behind_proxy):
        async with behind_proxy("replica_url") as (proxy, client, headers):
            paths = [f"{API}/settings", LOCKED, "/health/ready"]
            assert (await client.get(LOCKED, headers=headers)).status_code == 200
            assert proxy.open
            proxy.cut()
            proxy.refuse()
            await asyncio.sleep(0.2)  # a read that is under way at that moment is a 503
            for path in paths:
                answer = await client.get(path, headers=headers)
                assert answer.status_code == 200, answer.text
            assert "replica" in answer.json()["checks"]["database"]["detail"]
