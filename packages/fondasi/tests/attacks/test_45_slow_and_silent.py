"""45: heads and bodies that come slowly or never, connections that say nothing, heads without bounds: each held the
service, some until nobody else was answered. Here each has its time and size, and the longest silent gives way.
"""

import asyncio
import gc
import json
import socket
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress

import httpx
import pytest
import uvicorn

from fondasi.app import create_app
from fondasi.kit.http import server
from fondasi.kit.http.server import BoundedProtocol
from fondasi.runtime import platform_modules
from fondasi.settings import HttpSettings

SHORT = 1.0  # seconds that heads and bodies have here
LONG = 30.0  # seconds that a loaded machine may need for anything
HOST = b"Host: x\r\n"
HEAD = (
    b"POST /api/v1/login HTTP/1.1\r\n"
    + HOST
    + b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n"
)


@pytest.fixture(scope="module")
def address(settings, served):
    http = HttpSettings(head_seconds=SHORT, body_seconds=SHORT, connections=40)
    with served(create_app(settings.model_copy(update={"http": http}), platform_modules())) as url:
        yield httpx.URL(url)


@contextmanager
def connected(address, *sent: bytes):
    with socket.create_connection((address.host, address.port), timeout=LONG) as connection:
        for part in sent:
            connection.sendall(part)
        yield connection


def everything(connection) -> bytes:
    """What the service says until it closes the connection."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def is_closed(connection) -> bool:
    """Whether the service has ended a connection on which it said nothing."""
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def problem(answer: bytes) -> dict:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert b"connection: close" in head.lower()
    assert b"x-request-id: " in head
    return json.loads(body)


@pytest.mark.parametrize(
    "sent", [b"GET /health HTTP/1.1\r\n", b"GET /health HTTP/1.1\r\n" + HOST + b"A: ", b"GE"]
)
def test_head_that_does_not_end_is_ended(address, sent):
    with connected(address, sent) as connection:
        assert problem(everything(connection))["status"] == 408


def test_head_in_drops_is_ended(address):
    with connected(address, b"GET /health HTTP/1.1\r\n" + HOST) as connection:
        stop = threading.Event()

        def drip():
            while not stop.wait(0.1):
                try:
                    connection.sendall(b"a: b\r\n")
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        answer = everything(connection)
        stop.set()
        thread.join()
    assert b" 408 " in answer.split(b"\r\n")[0] or answer == b""  # what was sent meanwhile may reset it


@pytest.mark.parametrize("sent", [b"", b'{"username":'])
def test_body_that_does_not_end_is_ended(address, sent):
    with connected(address, HEAD + sent) as connection:
        assert problem(everything(connection))["error_code"] == "REQUEST_TIMEOUT"


def test_body_that_nobody_waits_for_is_ended_too(address):
    unread = HEAD.replace(b"/login", b"/nowhere")
    with connected(address, unread) as connection:
        answer = everything(connection)
    assert b" 404 " in answer.split(b"\r\n")[0]
    assert answer.count(b"HTTP/1.1") == 1  # a second answer would be taken for that of the next request


def test_slow_body_that_keeps_coming_is_read(address):
    body = json.dumps({"username": "x" * 300, "password": "y" * 1000}).encode() + b" " * 20_000
    head = HEAD.replace(b"Length: 50", b"Length: %d" % len(body))
    with connected(address, head) as connection:
        for start in range(0, len(body), 4096):
            connection.sendall(body[start : start + 4096])
            time.sleep(0.4)
        assert b" 401 " in connection.recv(65536).split(b"\r\n")[0]


def test_connection_that_says_nothing_is_closed(address):
    with connected(address) as connection:
        assert everything(connection) == b""


@pytest.mark.parametrize(
    ("sent", "more"),
    [
        (b"", b"\r\n"),
        (b"GET /nowhere HTTP/1.1\r\n" + HOST + b"\r\n", b"\r\n"),
        (b"POST /nowhere HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\n\r\n{", b"}"),
        (b"POST /nowhere HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n", b"0\r\n\r\n"),
    ],
    ids=["empty line", "empty line behind a request", "late end of a body", "late last chunk"],
)
def test_what_is_no_request_ends_no_time_limit(address, sent, more):
    """Uvicorn's timer ended with it, and so did ours: the connection was kept for ever, and never gave way."""
    with connected(address, sent) as connection:
        if sent:
            assert b" 404 " in connection.recv(65536)
        connection.sendall(more)
        assert b"HTTP/1.1" not in everything(connection)


def test_crowd_of_silent_connections_shuts_nobody_out(settings, served):
    """More than the process takes, of every silent kind; the patient ones give way to who asks."""
    most, crowded = 40, 100
    http = HttpSettings(head_seconds=600, body_seconds=600, connections=most)  # time alone ends none of them
    app = create_app(settings.model_copy(update={"http": http}), platform_modules())
    with served(app) as url, ExitStack() as stack:
        address = httpx.URL(url)
        crowd = [
            stack.enter_context(connected(address, (b"", b"GET /hea", HEAD)[number % 3]))
            for number in range(crowded)
        ]
        for _ in range(20):
            with connected(address, b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n") as connection:
                assert b" 200 " in connection.recv(65536).split(b"\r\n")[0]
        given_up = [is_closed(connection) for connection in crowd]
        # Those that have waited longest, and no more than had to.
        assert given_up[: crowded - most] == [True] * (crowded - most)
        assert given_up[-most // 2 :] == [False] * (most // 2)


def test_crowd_that_sent_empty_lines_gives_way_too(settings, served):
    most = 20
    http = HttpSettings(head_seconds=600, body_seconds=600, connections=most)
    app = create_app(settings.model_copy(update={"http": http}), platform_modules())
    with served(app) as url, ExitStack() as stack:
        address = httpx.URL(url)
        for _ in range(2 * most):
            stack.enter_context(connected(address, b"\r\n"))
            with connected(address, b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n") as connection:
                assert b" 200 " in connection.recv(65536).split(b"\r\n")[0]


@pytest.mark.parametrize(
    ("head", "status", "code"),
    [
        (b"A: " + b"x" * 200_000 + b"\r\n", 431, "HEADERS_TOO_LARGE"),
        (b"A: b\r\n" * 40_000, 431, "HEADERS_TOO_LARGE"),
        (b"A: b\r\n" * 101, 431, "HEADERS_TOO_LARGE"),
        (b"Cookie: a=" + b"x" * 9_000 + b"\r\n", 431, "HEADERS_TOO_LARGE"),
        (b'Cookie: a="' + b"\\" * 60_000 + b'"\r\n', 431, "HEADERS_TOO_LARGE"),
        ((b"Cookie: a=" + b"x" * 3_000 + b"\r\n") * 3, 431, "HEADERS_TOO_LARGE"),
    ],
    ids=["one header", "bytes of headers", "headers", "cookie", "quoted cookie", "cookies"],
)
def test_head_over_a_bound_is_refused_from_its_first_byte(address, head, status, code):
    with connected(address, b"GET /health HTTP/1.1\r\n" + HOST + head + b"\r\n") as connection:
        told = problem(everything(connection))
    assert (told["status"], told["error_code"]) == (status, code)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /hea",
        HEAD,
        b"GET /health HTTP/1.1\r\n" + b"A: b\r\n" * 40_000,
        b"POST /api/v1/refresh HTTP/1.1\r\n" + HOST + b"Cookie: a=" + b"x" * 60_000 + b"\r\n\r\n",
    ],
    ids=["answered", "half a head", "no body", "too many headers", "too many cookies"],
)
def test_who_leaves_is_forgotten_at_once(address, monkeypatch, sent):
    """Without a search for circles either: with many connections that stops everybody."""

    def is_known(client) -> bool:
        return any(type(item) is BoundedProtocol and item.client == client for item in gc.get_objects())

    monkeypatch.setattr(server, "LAST_WORDS", 2 * LONG)
    until = time.monotonic() + LONG
    gc.disable()
    try:
        with connected(address, sent) as connection:
            client = connection.getsockname()
            while not is_known(client):
                assert time.monotonic() < until
            connection.settimeout(0.2)
            with suppress(TimeoutError):
                connection.recv(65536)
        while is_known(client):
            assert time.monotonic() < until, "the connection is kept"
            time.sleep(0.05)
    finally:
        gc.enable()


async def test_many_who_leave_at_once_are_forgotten_in_turns():
    """All of them in one turn of the loop took 14 ms for five hundred, in which nobody else was answered."""
    crowd, lost, turn = 100, [], 0

    class Counting(BoundedProtocol):
        def connection_lost(self, exc):
            lost.append(turn)
            super().connection_lost(exc)

    async def answer(scope, receive, send):
        while (await receive())["type"] != "http.disconnect":
            pass

    listener = socket.create_server(("127.0.0.1", 0))
    address = httpx.URL(f"http://127.0.0.1:{listener.getsockname()[1]}")
    running = uvicorn.Server(uvicorn.Config(answer, http=Counting, lifespan="off", log_level="error"))
    serving = asyncio.create_task(running.serve([listener]))
    async with asyncio.timeout(LONG):
        with ExitStack() as stack:
            while not running.started:  # noqa: ASYNC110 - uvicorn tells nobody
                await asyncio.sleep(0.01)
            for number in range(crowd):
                sent = (b"", b"GE", HEAD)[number % 3]
                await asyncio.to_thread(stack.enter_context, connected(address, sent))
            while len(running.server_state.connections) < crowd:  # noqa: ASYNC110 - likewise
                await asyncio.sleep(0.01)
        # They have left, and the loop learns of all of them at the same moment.
        while len(lost) < crowd:
            turn += 1
            await asyncio.sleep(0)
    running.should_exit = True
    await serving
    assert max(Counter(lost).values()) <= crowd // 10


@pytest.mark.parametrize("hosts", [b"", HOST * 2, HOST + b"host: y\r\n"])
def test_request_without_exactly_one_host_is_refused(address, hosts):
    with connected(address, b"GET /health HTTP/1.1\r\n" + hosts + b"\r\n") as connection:
        assert problem(everything(connection))["detail"] == "Send exactly one Host header."


def test_trailer_is_no_header(address):
    chunked = (
        b"POST /api/v1/logout HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
        b"1\r\nx\r\n0\r\nHost: y\r\nAuthorization: Bearer x\r\n\r\n"
        b"GET /health HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n"
    )
    with connected(address, chunked) as connection:
        assert everything(connection).endswith(b"}")


@pytest.mark.long
class TestStop:
    """SIGTERM waited for half a request without end, and reset the connections that were about to ask."""

    @pytest.mark.parametrize("sent", [b"", HEAD + b"{"])
    def test_nobody_holds_the_end_up(self, settings, served, sent):
        http = HttpSettings(head_seconds=600, body_seconds=600)
        app = create_app(settings.model_copy(update={"http": http}), platform_modules())
        with ExitStack() as open_connections:
            with served(app) as url:
                connection = open_connections.enter_context(connected(httpx.URL(url), sent))
                with httpx.Client(base_url=url) as client:  # by then the server has read the bytes
                    client.get("/health")
                began = time.monotonic()
            assert time.monotonic() - began < LONG
            everything(connection)

    def test_request_that_is_on_its_way_is_answered_and_told_to_close(self, settings, served):
        app = create_app(settings, platform_modules())
        ask = b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n"
        with ExitStack() as open_connections:
            with served(app) as url:
                connections = [
                    open_connections.enter_context(connected(httpx.URL(url), ask)) for _ in range(8)
                ]
                for connection in connections:
                    assert b" 200 " in connection.recv(65536)
                for connection in connections:
                    connection.sendall(ask)
            answers = [everything(connection) for connection in connections]
        assert all(b" 200 " in answer.split(b"\r\n")[0] for answer in answers)
