"""Threat 23: limits keyed by raw path, counted in two steps, by an address that the caller writes, and kept secret.

And of threat 6, what concerns limits: they failed open with their storage, at the login too.
"""

import asyncio
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
import pytest

from fondasi.app import create_app
from fondasi.runtime import platform_modules
from fondasi.settings import HttpSettings, QuotaSettings, RedisSettings

LOGIN, TASKS = "/api/v1/login", "/api/v1/tasks"
PROXY, CLIENT = "10.0.0.5", "198.51.100.7"
GUESSES = 5


@pytest.fixture
def serving(settings, clean_database):
    """An application with small limits: `async with serving(trusted_proxies=[...]) as client_at`."""

    @asynccontextmanager
    async def serve(redis=None, **http):
        quota = QuotaSettings(address_limit=GUESSES, login_limit=GUESSES, period=60)
        update = {"quota": quota, "http": HttpSettings(**http), "redis": redis or RedisSettings()}
        app = create_app(settings.model_copy(update=update), platform_modules())

        def client_at(address: str) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app, client=(address, 40000))
            return httpx.AsyncClient(transport=transport, base_url="http://testserver")

        async with app.router.lifespan_context(app):
            yield client_at

    return serve


async def guesses(client, count, headers=lambda _number: {}) -> list[int]:
    """Statuses of so many guessed passwords."""
    return [
        (
            await client.post(
                LOGIN, json={"username": "root", "password": str(number)}, headers=headers(number)
            )
        ).status_code
        for number in range(count)
    ]


async def test_ids_in_the_path_open_no_buckets_of_their_own(serving):
    async with serving() as client_at, client_at(CLIENT) as client:
        statuses = [(await client.get(f"{TASKS}/{uuid4()}")).status_code for _ in range(GUESSES + 1)]
    assert statuses == [401] * GUESSES + [429]


@pytest.mark.parametrize("path", [f"{TASKS}?x=%d", f"{TASKS}?page=%d", f"{TASKS}#%d"])
async def test_nor_does_a_query(serving, path):
    async with serving() as client_at, client_at(CLIENT) as client:
        statuses = [(await client.get(path % number)).status_code for number in range(GUESSES + 1)]
    assert statuses[-1] == 429


async def test_parallel_guesses_do_not_slip_through_between_two_steps(serving):
    async with serving() as client_at, client_at(CLIENT) as client:
        wrong = {"username": "root", "password": "x"}
        answers = await asyncio.gather(*(client.post(LOGIN, json=wrong) for _ in range(40)))
    assert sum(answer.status_code != 429 for answer in answers) == GUESSES


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "X-Client-IP"]
)
async def test_address_that_the_caller_writes_is_not_believed(serving, name):
    async with serving() as client_at, client_at(CLIENT) as client:
        statuses = await guesses(client, GUESSES + 1, lambda number: {name: f"203.0.113.{number}"})
    assert statuses[-1] == 429


async def test_nor_when_a_proxy_passes_it_on(serving):
    """The proxy appends what it saw; all to the left of that is the caller's own text."""
    async with serving(trusted_proxies=f"{PROXY}/32") as client_at, client_at(PROXY) as proxy:
        forged = await guesses(
            proxy, GUESSES + 1, lambda number: {"X-Forwarded-For": f"203.0.113.{number}, {CLIENT}"}
        )
        other = await guesses(proxy, 1, lambda _: {"X-Forwarded-For": "203.0.113.1"})
    assert forged[-1] == 429
    assert other == [401]


async def test_nor_from_a_neighbour_of_the_proxy(serving):
    async with serving(trusted_proxies=f"{PROXY}/32") as client_at, client_at("10.0.0.6") as neighbour:
        statuses = await guesses(
            neighbour, GUESSES + 1, lambda number: {"X-Forwarded-For": f"203.0.113.{number}"}
        )
    assert statuses[-1] == 429


async def test_addresses_of_one_ipv6_customer_count_as_one(serving):
    statuses = []
    async with serving() as client_at:
        for number in range(GUESSES + 1):
            async with client_at(f"2001:db8:0:1::{number:x}") as client:
                statuses += await guesses(client, 1)
        async with client_at("2001:db8:0:2::1") as client:
            neighbour = await guesses(client, 1)
    assert statuses[-1] == 429
    assert neighbour == [401]


async def test_callers_are_told_what_is_left(serving):
    async with serving() as client_at, client_at(CLIENT) as client:
        answers = [await client.post(LOGIN, json={}) for _ in range(GUESSES + 1)]
    assert all({"ratelimit", "ratelimit-policy"} <= set(answer.headers) for answer in answers)
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_guessing_does_not_open_when_the_storage_is_down(serving):
    """Threat 6: nothing listens at the address of Redis."""
    gone = RedisSettings(url="redis://127.0.0.1:1/0", timeout=0.2)
    async with serving(redis=gone) as client_at, client_at(CLIENT) as client:
        assert await guesses(client, 3) == [503] * 3
        assert (await client.get(TASKS)).status_code == 401
