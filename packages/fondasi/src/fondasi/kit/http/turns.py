"""When a connection is read and written: in turns, when it sends much at once; an answer in one piece, where it can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.flow_control import FlowControl

if TYPE_CHECKING:
    import asyncio

    from fondasi.kit.http.server import BoundedProtocol

TURN = 0.002  # seconds
JOINED = 64 * 1024  # bytes of a body; to copy more of it would cost more than to write twice
CONTINUE = b"HTTP/1.1 100"


class Turns:
    """The connections of a server that have sent more than is parsed yet: one at a time, a turn each."""

    def __init__(self) -> None:
        self._queue: dict[BoundedProtocol, None] = {}

    def wait(self, protocol: BoundedProtocol) -> None:
        """Give it a turn when those before it have had theirs."""
        if not self._queue:
            protocol.loop.call_soon(self._next)
        self._queue[protocol] = None

    def _next(self) -> None:
        protocol = next(iter(self._queue))
        del self._queue[protocol]
        if self._queue:
            protocol.loop.call_soon(self._next)
        protocol.go_on(TURN)


class Flow(FlowControl):
    """Reads on when nothing waits; uvicorn's does so with every answer, however many requests wait behind it."""

    def __init__(self, protocol: BoundedProtocol, transport: asyncio.Transport) -> None:
        super().__init__(transport)
        self._protocol = protocol

    def resume_reading(self) -> None:
        """Read on, or parse first what came before."""
        if self._protocol.held:
            self._protocol.turns.wait(self._protocol)
        elif not self._protocol.pipeline:
            super().resume_reading()


class OnePiece:
    """What one answer writes to: its head goes with the beginning of its body, in one piece where there were two.

    A body that does not follow at once lets the head go alone.
    """

    __slots__ = ("_head", "_late", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head: bytes | None = None
        self._late: asyncio.Handle | None = None  # set with the head, and kept: there is one head

    def write(self, data: bytes) -> None:
        """Write what comes first a moment later, the rest at once."""
        if self._late is None and not data.startswith(CONTINUE):
            self._head = data
            self._late = self._loop.call_soon(self.flush)
        elif self._head is not None and self._late is not None:
            self._late.cancel()
            head, self._head = self._head, None
            if len(data) > JOINED:
                self._transport.write(head)
                self._transport.write(data)
            else:
                self._transport.write(head + data)
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Let the head go alone."""
        if self._head is not None:
            data, self._head = self._head, None
            if not self._transport.is_closing():
                self._transport.write(data)

    def is_closing(self) -> bool:
        """Whether nothing can be written any more."""
        return self._transport.is_closing()

    def close(self) -> None:
        """Close the connection when all is written."""
        self.flush()
        self._transport.close()
