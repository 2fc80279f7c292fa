"""45: requests in one piece behind a first one, trailers and extensions behind a body, bodies nobody reads. All that
came was parsed, whatever waited: each answer made room for thousands more requests in memory (500 MB in three seconds),
and one trailer was collected without end. Here what has to wait stays with who sends it.
"""

import asyncio
import gc
import logging
import socket
import threading
from contextlib import suppress

import httpx
import pytest

from fondasi.access import public
from fondasi.app import create_app
from fondasi.kit.http import Router
from fondasi.kit.http.server import MAX_HEAD, BoundedProtocol
from fondasi.module import Module
from fondasi.runtime import platform_modules

LONG = 30.0  # seconds that a loaded machine may need for anything
PIECE = 4096  # bytes that are parsed at a time
ASK = b"GET /n HTTP/1.1\r\nHost:x\r\n\r\n"
HEAD = b"POST /%s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def address(settings, served):
    with served(create_app(settings, platform_modules())) as url:
        yield httpx.URL(url)


def connect(address):
    return socket.create_connection((address.host, address.port), timeout=LONG)


def longest_queue() -> int:
    return max((len(item.pipeline) for item in gc.get_objects() if type(item) is BoundedProtocol), default=0)


def test_requests_that_wait_are_not_collected(address):
    answered, most = 0, 0
    with connect(address) as connection:

        def send():
            try:
                while True:
                    connection.sendall(ASK * 10_000)
            except OSError:
                return

        sender = threading.Thread(target=send)
        sender.start()
        while answered < 600:
            piece = connection.recv(65536)
            assert piece
            before, answered = answered, answered + piece.count(b"HTTP/1.1 404")
            if before // 100 != answered // 100:
                most = max(most, longest_queue())
        with suppress(OSError):  # the service may have had enough first
            connection.shutdown(socket.SHUT_RDWR)
        sender.join()
    assert most <= PIECE // len(ASK) + 1


def test_requests_in_one_piece_are_all_answered_in_their_order(address):
    asks = b"".join(
        b"POST /api/v1/nothing%d HTTP/1.1\r\nHost: x\r\nContent-Length: 700\r\n\r\n%s" % (number, b"x" * 700)
        for number in range(400)
    )
    last = b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answers = b""
    with connect(address) as connection:
        sender = threading.Thread(target=connection.sendall, args=(asks + last,))
        sender.start()
        while piece := connection.recv(65536):
            answers += piece
        sender.join()
    places = [answers.find(b'"/api/v1/nothing%d"' % number) for number in range(400)]
    assert places[0] >= 0
    assert places == sorted(places)
    assert answers.count(b"HTTP/1.1 404") == 401


def test_body_that_nobody_reads_is_not_parsed_for_ever(address):
    with connect(address) as connection:
        connection.sendall(HEAD % b"nothing" + b"1\r\na\r\n" * 200_000)
        answer = b""
        while piece := connection.recv(65536):  # until the service ends its side
            answer += piece
    assert b" 404 " in answer.split(b"\r\n")[0]
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    "endless",
    [b"2\r\n{}\r\n0\r\nX: ", b"2\r\n{}\r\n0\r\n", b"2;"],
    ids=["value of a trailer", "name of a trailer", "extension of a chunk"],
)
def test_what_is_no_body_behind_a_head_is_bounded(address, endless):
    with connect(address) as connection:
        connection.sendall(HEAD % b"api/v1/login" + endless)
        connection.sendall(b"x" * (MAX_HEAD + 2 * PIECE))
        answer = connection.recv(65536)
    assert b" 431 " in answer.split(b"\r\n")[0]


def test_head_that_never_ends_behind_two_requests_is_no_fault_of_the_first(settings, served):
    go_on, router = threading.Event(), Router(prefix="/slow", tags=["slow"])
    faults, log = [], logging.Handler(logging.ERROR)
    log.emit = faults.append

    @router.get("", operation_id="read_slow", dependencies=[public])
    async def read_slow() -> None:
        await asyncio.to_thread(go_on.wait, LONG)

    http = settings.http.model_copy(update={"head_seconds": 0.5})
    modules = [*platform_modules(), Module(name="slow", routers=[router], tags={"slow": "Slow."})]
    app = create_app(settings.model_copy(update={"http": http}), modules)
    logging.getLogger("uvicorn.error").addHandler(log)
    with served(app) as url, connect(httpx.URL(url)) as connection:
        connection.sendall(b"GET /api/v1/slow HTTP/1.1\r\nHost: x\r\n\r\n" * 2 + b"GET /n")
        assert connection.recv(65536) == b""  # the server gives the connection up
        go_on.set()
    logging.getLogger("uvicorn.error").removeHandler(log)
    assert [record.getMessage() for record in faults] == []
