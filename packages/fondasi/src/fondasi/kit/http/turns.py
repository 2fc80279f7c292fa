"""Connections that send much at once are read in turns, so that the others wait for a moment of one, not of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.flow_control import FlowControl

if TYPE_CHECKING:
    import asyncio

    from fondasi.kit.http.server import BoundedProtocol

TURN = 0.002  # seconds


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
