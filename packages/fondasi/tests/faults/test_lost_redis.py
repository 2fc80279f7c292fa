"""Redis killed, paused and restarted under load: everything is answered, and nothing is older than its commit."""

import asyncio
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass
from time import monotonic

import httpx
import pytest
from faults.conftest import API
from faults.proxy import Proxy
from fixtures.redis import RedisServer, redis_server
from integration.kit.cache.shelf import SHELF
from pydantic import SecretStr
from sqlalchemy import update

from fondasi.app import create_app
from fondasi.identity import create_user
from fondasi.identity.models import User
from fondasi.runtime import platform_modules
from fondasi.testing import running

__all__ = ["redis_server"]

BASE = "/api/v1/shelf"
BUDI = {"username": "budi", "password": "correct horse battery staple"}
KEYS = ["{username}_lines:*"]


class Truth:
    """What was committed of one user, and what everybody was answered.

    Attributes:
        committed: the number of the last commit whose answer has come.
        old: answers that were older than a commit that was answered before they were asked for.
        outcomes: how often each outcome of a lookup came.
    """

    def __init__(self, clients: list[httpx.AsyncClient], username: str) -> None:
        self.clients, self.username = clients, username
        self.committed = 0
        self.ended = False
        self.old: list[tuple[int, int]] = []
        self.outcomes: dict[str, int] = {}

    async def write(self) -> None:
        while not self.ended:
            body = {"username": self.username, "bio": str(self.committed + 1), "keys": KEYS}
            answer = await random.choice(self.clients).put(f"{BASE}/bio", json=body)
            assert answer.status_code == 200, answer.text
            self.committed += 1
            await asyncio.sleep(random.random() * 0.1)

    async def read(self) -> None:
        while not self.ended:
            known = self.committed
            answer = await random.choice(self.clients).get(f"{BASE}/lines/{self.username}")
            assert answer.status_code == 200, answer.text
            bio = int(answer.json()["bio"])
            if bio < known:
                self.old.append((bio, known))
            outcome = "hit" if "; hit" in answer.headers["cache-status"] else "made"
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
            await asyncio.sleep(0.002)


class Door:
    """Somebody who signs in all the time, at a route that counts tries in Redis and is shut while it cannot."""

    def __init__(self, clients: list[httpx.AsyncClient]) -> None:
        self.clients, self.ended = clients, False
        self.answers: dict[int, int] = {}

    async def knock(self) -> None:
        while not self.ended:
            answer = await random.choice(self.clients).post(f"{API}/login", json=BUDI)
            assert answer.status_code in {200, 503}, answer.text
            assert answer.status_code == 200 or int(answer.headers["retry-after"]) > 0
            self.answers[answer.status_code] = self.answers.get(answer.status_code, 0) + 1
            await asyncio.sleep(0.05)


@pytest.mark.long
@pytest.mark.parametrize("fault", ["kill", "pause", "blink", "return with what it knew", "lose one process"])
async def test_nothing_is_older_than_its_commit(settings, clean_database, redis_server, tmp_path, fault):
    kept = ["--appendonly", "yes", "--appendfsync", "always", "--dir", str(tmp_path)]
    kept = kept if fault == "return with what it knew" else []
    redis_server.stop()
    redis_server.start(*kept)
    quick = redis_server.settings.model_copy(update={"timeout": 0.2})
    way = Proxy(("127.0.0.1", redis_server.port))
    listening = await asyncio.start_server(way.accept, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    behind = quick.model_copy(update={"url": SecretStr(f"redis://127.0.0.1:{port}/0")})
    names = ["ani", "budi", "citra"]
    async with clean_database.unit_of_work() as session:
        for name in names:
            await create_user(session, username=name, password="correct horse battery staple")
        await session.execute(update(User).values(bio="0"))
    async with AsyncExitStack() as stack:
        clients = []
        stack.callback(listening.close)
        stack.callback(way.cut)
        for each in (quick, behind):
            app = create_app(settings.model_copy(update={"redis": each}), [*platform_modules(), SHELF])
            await stack.enter_async_context(running(app))
            transport = httpx.ASGITransport(app)
            client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
            clients.append(await stack.enter_async_context(client))
        truths, door = [Truth(clients, name) for name in names], Door(clients)
        tasks = [
            asyncio.create_task(work)
            for truth in truths
            for work in (truth.write(), truth.read(), truth.read())
        ]
        tasks.append(asyncio.create_task(door.knock()))
        try:
            await spoil(Spoiled(redis_server, way, kept), fault, truths, tasks)
        finally:
            redis_server.resume()
            door.ended = True
            for truth in truths:
                truth.ended = True
            await asyncio.gather(*tasks, return_exceptions=True)
    commits, answers = sum(truth.committed for truth in truths), [truth.outcomes for truth in truths]
    print(f"{fault}: {commits} commits, answers {answers}, sign-ins {door.answers}")  # noqa: T201
    assert door.answers[200]
    assert [truth.old for truth in truths] == [[]] * 3


@dataclass
class Spoiled:
    """What is spoiled: Redis, started again with those arguments, and the way of one process to it."""

    redis: RedisServer
    way: Proxy
    kept: list[str]


async def spoil(spoiled: Spoiled, fault: str, truths: list[Truth], tasks: list[asyncio.Task]) -> None:
    """Three times: load, the fault under load, and then until answers are kept again."""
    redis = spoiled.redis
    for _ in range(3):
        await asyncio.sleep(0.7)
        if fault in {"kill", "return with what it knew"}:
            redis.stop()
            await asyncio.sleep(0.7)
            redis.start(*spoiled.kept)
        elif fault == "lose one process":
            spoiled.way.swallow(new_ones=True)
            await asyncio.sleep(0.7)
            spoiled.way.heal()
        elif fault == "pause":
            redis.pause()
            await asyncio.sleep(0.7)
            redis.resume()
        else:  # shorter than the patience of some, longer than that of others
            for _ in range(5):
                redis.pause()
                await asyncio.sleep(0.1 + random.random() * 0.2)
                redis.resume()
                await asyncio.sleep(random.random() * 0.1)
        before = [truth.outcomes.get("hit", 0) for truth in truths]
        deadline = monotonic() + 30
        while any(truth.outcomes.get("hit", 0) <= hits for truth, hits in zip(truths, before, strict=True)):
            assert monotonic() < deadline, "answers are not kept again"
            for task in tasks:
                assert not task.done(), task.result()
            await asyncio.sleep(0.05)
