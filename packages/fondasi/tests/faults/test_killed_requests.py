"""Fifty requests with one `Idempotency-Key`, to two processes at once, and one of them killed in the middle.

There is one effect, and everybody is given the same answer, from whichever process is left.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fixtures.streams import API, PATIENCE

from fondasi.kit.db.embedded import EmbeddedServer

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'post'::regclass"
PASSWORD = "correct horse battery staple"
BODY = {"title": "Once", "text": "..."}


async def send(url: str, headers: dict[str, str], said: Counter) -> httpx.Response:
    """Over a connection of its own, again and again until there is an answer."""
    async with asyncio.timeout(PATIENCE * 4):
        while True:
            with suppress(httpx.TransportError):
                async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
                    answer = await client.post(f"{API}/posts", json=BODY, headers=headers)
                said[answer.status_code] += 1
                if answer.status_code == 201:
                    return answer
                assert answer.status_code in {409, 503}, answer.text
                assert int(answer.headers["retry-after"]) > 0
            await asyncio.sleep(0.5)


@pytest.mark.long
async def test_one_key_has_one_effect_over_two_processes_of_which_one_is_killed(start_command, tmp_path):
    command = start_command("serve", "--workers", "2")
    await asyncio.to_thread(command.serves)
    await asyncio.to_thread(
        command.until, lambda: command.output.count("Application startup complete") == 2, "it does not start"
    )
    url = f"http://127.0.0.1:{command.port}"
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        new = {"username": "ani", "password": PASSWORD}
        assert (await client.post(f"{API}/users", json=new)).status_code == 201
        token = (await client.post(f"{API}/login", json=new)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}

    async def fifty(key: str) -> tuple[list[httpx.Response], Counter]:
        said: Counter = Counter()
        sent = (send(url, headers | {"Idempotency-Key": key}, said) for _ in range(50))
        return await asyncio.gather(*sent), said

    answers, said = await fifty(str(uuid4()))
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    print(f"50 at once over two processes: {dict(said)}")  # noqa: T201

    database = await EmbeddedServer.start(tmp_path / "data")
    connection = await asyncpg.connect(database.url("superuser"))
    async with connection.transaction():  # whoever holds the key waits for this, and is killed waiting
        await connection.execute("LOCK TABLE post IN ACCESS EXCLUSIVE MODE")
        under_way = asyncio.create_task(fifty("the-key"))
        async with asyncio.timeout(PATIENCE):
            while not await connection.fetchval(WAITING):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        for process in command.servers():
            process.kill()
            await asyncio.sleep(0.3)
    answers, said = await under_way
    print(f"50 at once, and each process killed in the middle: {dict(said)}")  # noqa: T201
    assert len({answer.content for answer in answers}) == 1
    async with connection.transaction():
        assert await connection.fetchval("SELECT count(*) FROM post") == 2
        assert await connection.fetchval("SELECT count(*) FROM idempotency_key") == 2
    await connection.close()
    await database.release()
