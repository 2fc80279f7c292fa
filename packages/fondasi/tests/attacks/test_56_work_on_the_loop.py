"""56: one request of a stranger kept everybody waiting: metrics, the API document, user agents, stray percent signs.

Here what takes long is done beside the event loop, and what costs and says nothing is refused unread.
"""

import asyncio
import socket
import threading

import httpx
import pytest

from fondasi import documentation
from fondasi.activity import agents
from fondasi.kit import telemetry
from fondasi.kit.http import Router
from fondasi.settings import Environment

API = "/api/v1"
STRAY = "%" * 5000


class Held:
    """A function that goes on when somebody else was served, or fails after seconds."""

    def __init__(self, function):
        self._function, self._begun, self._served = function, threading.Event(), threading.Event()

    def __call__(self, *args, **kwargs):
        self._begun.set()
        assert self._served.wait(10), "nobody was served meanwhile"
        return self._function(*args, **kwargs)

    async def others_are_served(self, client, asked):
        """Ask, serve somebody else meanwhile, and give the first answer."""
        asked = asyncio.ensure_future(asked)
        assert await asyncio.to_thread(self._begun.wait, 30)
        assert (await client.get("/health/live")).status_code == 200
        self._served.set()
        return await asked


async def test_metrics_are_written_beside_the_loop(client, monkeypatch):
    held = Held(telemetry.generate_latest)
    monkeypatch.setattr(telemetry, "generate_latest", held)
    answer = await held.others_are_served(client, client.get("/metrics"))
    assert "fondasi_http_requests_total" in answer.text


async def test_document_is_written_beside_the_loop_and_once(client):
    held = Held(lambda: {"openapi": "3.1.0"})
    router = documentation.documentation_router("Title", held, Environment.LOCAL)
    assert isinstance(router, Router)
    route = next(route for route in router.routes if route.path == "/openapi.json")
    first = await held.others_are_served(client, route.endpoint())
    assert first.body == (await route.endpoint()).body == b'{"openapi":"3.1.0"}'


async def test_user_agents_are_read_beside_the_loop(client, account, monkeypatch):
    ani = await account("ani")
    agents.read_agent.cache_clear()
    held = Held(agents.parse)
    monkeypatch.setattr(agents, "parse", held)
    answer = await held.others_are_served(client, client.get(f"{API}/activity/me", headers=ani))
    assert [entry["action"] for entry in answer.json()["data"]] == ["login"]


@pytest.mark.parametrize("where", ["query", "form"])
async def test_stray_percent_signs_are_refused_unread(client, where):
    if where == "query":
        answer = await client.get(f"{API}/auth/providers?a={STRAY}")
    else:
        form = {"content-type": "application/x-www-form-urlencoded"}
        answer = await client.post(f"{API}/login", content=f"username=a&password={STRAY}", headers=form)
    place = {"query": "query", "form": "body"}[where]
    errors = [(error["field"], error["code"]) for error in answer.json()["field_errors"]]
    assert (answer.status_code, errors) == (422, [(place, "encoding")])


def test_address_of_stray_percent_signs_is_refused_by_the_server(served, app):
    with served(app) as url:
        address = httpx.URL(url)
        with socket.create_connection((address.host, address.port), timeout=30) as connection:
            connection.sendall(f"GET /{STRAY} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b"percent sign" in answer
        assert httpx.get(f"{url}/health/live?a=100%").status_code == 422
