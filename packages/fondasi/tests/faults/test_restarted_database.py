"""PostgreSQL itself restarted under load: politely, at once, and by kill, while people write, read and follow.

What was answered with 201 is there, once; what was not, may be sent again with its key; the jobs of all that is there
are done; readers of live updates hear of all of it, or are told to read anew; and nobody gets another error than a
clear 503.
"""

import asyncio
import signal
from collections import Counter
from contextlib import suppress
from uuid import uuid4

import httpx
import pytest
from fixtures.processes import postmaster
from fixtures.streams import API, PATIENCE, Stream, following

PASSWORD = "correct horse battery staple"
HOW = [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL]


class Writer:
    """Publishes posts, each until it is there.

    Attributes:
        made: the ids of posts, by their titles.
        answers: how often each status came.
        odd: answers that nobody should get.
    """

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str]) -> None:
        self._client, self._headers = client, headers
        self.made: dict[str, str] = {}
        self.answers: Counter[int] = Counter()
        self.odd: list[str] = []
        self.ended = False

    async def write(self, number: int) -> None:
        count = 0
        while not self.ended:
            count += 1
            body, key = {"title": f"{number}-{count}", "text": "..."}, {"Idempotency-Key": str(uuid4())}
            async with asyncio.timeout(PATIENCE * 2):
                while (
                    answer := await self._client.post(f"{API}/posts", json=body, headers=self._headers | key)
                ).status_code != 201:
                    self.note(answer, 503, 409)
                    await asyncio.sleep(0.1)
            self.note(answer, 201)
            self.made[body["title"]] = answer.json()["id"]
            await asyncio.sleep(0.02)

    async def _post(self, body: dict[str, str], key: dict[str, str]) -> httpx.Response:
        return await self._client.post(f"{API}/posts", json=body, headers=self._headers | key)

    async def read(self) -> None:
        while not self.ended:
            for path in (f"{API}/posts", f"{API}/users/me", f"{API}/tasks", "/health/ready"):
                self.note(await self._client.get(path, headers=self._headers), 200, 503)
                await asyncio.sleep(0.02)

    def note(self, answer: httpx.Response, *expected: int) -> None:
        self.answers[answer.status_code] += 1
        if answer.status_code not in expected:
            self.odd.append(f"{answer.request.url}: {answer.status_code} {answer.text[:300]}")
        if (
            answer.status_code == 503
            and "problem" in answer.headers["content-type"]
            and "retry-after" not in answer.headers
        ):
            self.odd.append(f"{answer.request.url}: 503 without Retry-After")


class Follower:
    """Knows what its stream told, and reads anew when it is told to, as the guide to live updates says."""

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str], stream: Stream) -> None:
        self._client, self._headers, self.stream = client, headers, stream
        self.known: set[str] = set()
        self.anew = 0

    async def follow(self) -> None:
        while True:
            with suppress(TimeoutError):
                event = await self.stream.next("change", "reset")
                if event.kind == "change":
                    self.known.add(event.data["id"])
                else:
                    self.anew += 1
                    self.known |= {post["id"] for post in await posts(self._client, self._headers)}


@pytest.mark.long
async def test_restarts_lose_nothing_and_double_nothing(start_command, tmp_path):
    command = start_command("serve", "--workers", "2", LIVE_CHECK_SECONDS="0.2", LIVE_HEARTBEAT_SECONDS="0.2")
    await asyncio.to_thread(command.serves)
    worker = start_command("worker")
    url = f"http://127.0.0.1:{command.port}"
    limits = httpx.Limits(max_connections=40)
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, limits=limits) as client:
        new = {"username": "ani", "password": PASSWORD}
        assert (await client.post(f"{API}/users", json=new)).status_code == 201
        token = (await client.post(f"{API}/login", json=new)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        writer = Writer(client, headers)
        async with (
            following(url, headers, resource="posts") as first,
            following(url, headers, resource="posts") as second,
        ):
            followers = [Follower(client, headers, stream) for stream in (first, second)]
            following_on = [asyncio.create_task(follower.follow()) for follower in followers]
            tasks = [*(asyncio.create_task(writer.write(number)) for number in range(4)),
                     *(asyncio.create_task(writer.read()) for _ in range(3))]  # fmt: skip
            try:
                for how in HOW:
                    before = len(writer.made)
                    await until(lambda: len(writer.made) >= before + 20, tasks, command)  # noqa: B023
                    postmaster(tmp_path).send_signal(how)
                    at = len(writer.made)
                    await until(lambda: len(writer.made) >= at + 20, tasks, command)  # noqa: B023
                    print(f"{how.name}: {dict(writer.answers)}")  # noqa: T201
            finally:
                writer.ended = True
                done = await asyncio.gather(*tasks, return_exceptions=True)
            assert [each for each in done if each is not None] == []
            assert writer.odd == []
            for follower in followers:
                await until(lambda: follower.known >= set(writer.made.values()), following_on, command)  # noqa: B023
                assert not follower.stream.ended
                print(f"a reader: {len(follower.stream.told)} changes, read anew {follower.anew} times")  # noqa: T201
            for task in following_on:
                task.cancel()
            await asyncio.gather(*following_on, return_exceptions=True)
        found = await posts(client, headers)
        assert Counter(post["title"] for post in found) == Counter(list(writer.made))
        async with asyncio.timeout(120):
            while any(post["word_count"] is None for post in await posts(client, headers)):
                assert worker.process.poll() is None, worker.output[-3000:]
                await asyncio.sleep(0.2)


async def until(happens, tasks, command) -> None:
    async with asyncio.timeout(120):
        while not happens():
            for task in tasks:
                assert not task.done(), task.exception()
            assert command.process.poll() is None, command.output[-3000:]
            await asyncio.sleep(0.05)


async def posts(client, headers) -> list[dict]:
    found, page = [], 1
    while page:
        answer = await client.get(f"{API}/posts?items_per_page=100&page={page}", headers=headers)
        if answer.status_code == 503:
            await asyncio.sleep(0.1)
            continue
        found += answer.json()["data"]
        page = answer.json()["next_page"]
    return found
