"""What a real server does with requests that no client library would send."""

import socket

import httpx
import pytest

from fondasi.app import create_app
from fondasi.runtime import platform_modules


@pytest.fixture(scope="module")
def address(settings, served):
    with served(create_app(settings, platform_modules())) as url:
        yield httpx.URL(url)


def talk(address, *parts: bytes) -> bytes:
    """Send the parts, however many the server takes, and give its answer."""
    with socket.create_connection((address.host, address.port), timeout=20) as connection:
        try:
            for part in parts:
                connection.sendall(part)
        except OSError:  # the server has heard enough
            pass
        try:
            return connection.recv(65536)
        except ConnectionResetError:
            return b""


HOST = b"Host: x\r\n"


@pytest.mark.parametrize(
    "request_text",
    [
        b"GET /\xff HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
        b"nonsense\r\n\r\n",
        b"POST /api/v1/login HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
        b"POST /api/v1/login HTTP/1.1\r\n"
        + HOST
        + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET /health HTTP/1.1\r\n" + HOST + b"A\x00: b\r\n\r\n",
    ],
)
def test_request_that_is_not_http_is_refused(address, request_text):
    assert b" 400 " in talk(address, request_text).split(b"\r\n")[0]


@pytest.mark.parametrize(
    "head",
    [
        [b"GET /health HTTP/1.1\r\n", b"A: ", *[b"x" * 65536] * 40],
        [b"GET /health HTTP/1.1\r\n", *[b"A: b\r\n" * 10_000] * 40],
        [b"GET /", *[b"x" * 65536] * 40],
    ],
    ids=["one header", "many headers", "path"],
)
def test_head_without_end_is_cut(address, head):
    assert talk(address, *head)[:12] in {b"HTTP/1.1 431", b""}


def test_ordinary_request_after_another_on_one_connection_is_answered(address):
    with httpx.Client(base_url=address) as client:
        for _ in range(3):
            assert (
                client.get(
                    "/health", headers={"cookie": "a=" + "b" * 8_000, "x-more": "a" * 30_000}
                ).status_code
                == 200
            )
            assert client.post("/api/v1/login", content=b"x" * 60_000).status_code == 422


def test_percent_encoded_path_in_broken_utf8_is_a_problem(address):
    answer = talk(address, b"GET /api/v1/tasks/%ff HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n")
    assert b" 401 " in answer.split(b"\r\n")[0]  # who is not signed in learns nothing of the path


def test_body_that_waits_to_be_asked_for_is_asked_for(address):
    """As curl does it with more than a megabyte."""
    body = b'{"username": "nobody", "password": "correct horse battery staple"}'
    head = b"POST /api/v1/login HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
    head += b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
    with socket.create_connection((address.host, address.port), timeout=20) as connection:
        connection.sendall(head)
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")


def test_answer_comes_in_one_piece(address):
    answer = talk(address, b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-length: %d" % len(body) in head.lower()
    assert body
