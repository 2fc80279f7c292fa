"""WebSockets pass the same guards; a problem closes them."""

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from fondasi.access import authenticated, public
from fondasi.app import create_app
from fondasi.kit.http import InvalidInput, Router, Unavailable
from fondasi.module import Module

router = Router(prefix="/streams")


@router.websocket("/own", dependencies=[authenticated])
async def own(socket: WebSocket) -> None:
    await socket.accept()


@router.websocket("/echo", dependencies=[public])
async def echo(socket: WebSocket) -> None:
    await socket.accept()
    text = await socket.receive_text()
    if text == "wrong":
        raise InvalidInput("Say something else.")
    if text == "away":
        raise Unavailable("Nobody listens.")
    await socket.send_text(text)


@pytest.fixture(scope="module")
def streams(settings):
    return TestClient(create_app(settings, [Module("streams", routers=[router])]))


def test_open_one_speaks(streams):
    with streams.websocket_connect("/api/v1/streams/echo") as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "hello"


def test_guarded_one_is_closed_before_it_opens(streams):
    with pytest.raises(WebSocketDisconnect) as closed, streams.websocket_connect("/api/v1/streams/own"):
        pass
    assert (closed.value.code, closed.value.reason) == (1008, "Not signed in")


@pytest.mark.parametrize(
    ("text", "code", "reason"), [("wrong", 1008, "Invalid input"), ("away", 1013, "Temporarily unavailable")]
)
def test_problem_closes_it_and_says_why(streams, text, code, reason):
    with streams.websocket_connect("/api/v1/streams/echo") as socket:
        socket.send_text(text)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert (closed.value.code, closed.value.reason) == (code, reason)


def test_unknown_one_is_closed(streams):
    with pytest.raises(WebSocketDisconnect), streams.websocket_connect("/api/v1/streams/nothing"):
        pass
