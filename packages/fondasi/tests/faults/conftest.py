"""An application of its own behind a proxy, so that its way to the database can be spoilt."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import httpx
import pytest
from faults.proxy import proxied
from pydantic import SecretStr

from fondasi.app import create_app
from fondasi.testing import running

API = "/api/v1"


def pytest_addoption(parser):
    parser.addoption("--rounds", type=int, default=1, help="how often each fault is tried (make faults)")


def pytest_generate_tests(metafunc):
    if (rounds := metafunc.config.getoption("--rounds", default=1)) > 1:
        metafunc.parametrize("_round", range(rounds), indirect=True)


@pytest.fixture(autouse=True)
def _round(request):
    """Which round it is."""
    return getattr(request, "param", 0)


@pytest.fixture
def behind_proxy(settings, modules, clean_database, sign_in):
    """`async with behind_proxy() as (proxy, client, headers)`: somebody is signed in.

    Keywords change settings of the database; `role` is the address that the proxy stands before.
    """

    @asynccontextmanager
    async def start(role: str = "url", **changes):
        headers = await sign_in("ani")
        async with proxied(settings.database.url.get_secret_value()) as (proxy, url):
            database = settings.database.model_copy(update={role: SecretStr(url), **changes})
            app = create_app(settings.model_copy(update={"database": database}), modules)
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with (
                running(app),
                httpx.AsyncClient(transport=transport, base_url="http://testserver") as client,
            ):
                yield proxy, client, headers

    return start


class Load:
    """Clients that ask all the time.

    Attributes:
        answers: when each answer came, in seconds from the start, how long it took, and its status.
    """

    def __init__(self, client: httpx.AsyncClient, headers: dict[str, str], paths: list[str]) -> None:
        self._client = client
        self._headers = headers
        self._paths = paths
        self._began = monotonic()
        self.answers: list[tuple[float, float, int]] = []
        self._going = False

    @property
    def now(self) -> float:
        return monotonic() - self._began

    async def more(self, count: int) -> None:
        """Wait for so many more answers."""
        wanted = len(self.answers) + count
        while len(self.answers) < wanted:  # noqa: ASYNC110 - others add to it
            await asyncio.sleep(0.02)

    def since(self, moment: float) -> list[tuple[float, float, int]]:
        """Answers to requests that were sent after a moment."""
        return [item for item in self.answers if item[0] - item[1] >= moment]

    async def settled(self, moment: float, within: float) -> float:
        """Seconds after a moment from which on 100 answers in a row were good."""
        while self.now < moment + within:
            await asyncio.sleep(0.1)
            after = sorted(self.since(moment))
            bad = [item for item in after if item[2] >= 500]
            good_from = bad[-1][0] if bad else moment
            if sum(item[0] > good_from for item in after) >= 100 and not self.hanging(1.0):
                return good_from - moment
        raise AssertionError(f"not back within {within} s: {sorted(self.since(moment))[-20:]}")

    def hanging(self, seconds: float) -> bool:
        return any(self.now - began > seconds for began in self._asked.values())

    async def _ask(self, number: int) -> None:
        while self._going:
            for path in self._paths:
                began = self._asked[number] = self.now
                answer = await self._client.get(path, headers=self._headers)
                self.answers.append((self.now, self.now - began, answer.status_code))
                await asyncio.sleep(0.01)

    @asynccontextmanager
    async def running(self, clients: int) -> AsyncIterator[None]:
        self._asked: dict[int, float] = {}
        self._going = True
        tasks = [asyncio.create_task(self._ask(number)) for number in range(clients)]
        try:
            yield
        finally:
            self._going = False  # a request may be answered in the moment in which it is given up
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
