"""Uvicorn's protocol with bounds on what a connection may hold: bytes, headers and time.

`uvicorn ... --http fondasi.kit.http.server:BoundedProtocol`; `fondasi serve` and `fondasi demo` use it. Uvicorn itself
reads a head without end, and waits for ever for a request that does not come.
"""

from __future__ import annotations

from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

import structlog
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from fondasi.kit.http.connections import BadRequest, Bounds, HeadTooLarge, RequestTimeout
from fondasi.kit.http.cookies import LONGEST as MAX_COOKIES
from fondasi.kit.http.overfull import way_out
from fondasi.kit.http.percent import is_costly
from fondasi.kit.http.problems import Problem, TooLarge, problem_response
from fondasi.kit.http.turns import Flow, OnePiece
from fondasi.kit.ids import new_id_text
from fondasi.settings import HttpSettings

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from uvicorn.config import Config
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle
    from uvicorn.server import ServerState

log = structlog.get_logger(__name__)

PROTOCOL = f"{__name__}:BoundedProtocol"
STOPS = "stops"  # in the state of a request: called when the service stops, by answers that have no end of their own
STATE = "http"  # where the application's lifespan leaves its `HttpSettings` for the protocol
MAX_HEAD = 64 * 1024
MAX_HEADERS = 100
MOST_UNREAD = 64 * 1024  # bytes of a body that are parsed after the answer
TOO_LONG = f"The request line and headers are longer than {MAX_HEAD:,} bytes."
PIECE = 4 * 1024  # bytes that are parsed at a time, so that no more requests wait than fit into them
BODY_PIECE = 256 * 1024  # bytes of a body whose length was said, in which no request can hide
BODY_RATE = 4096  # bytes a second; slower bodies end
LAST_WORDS = (
    0.5  # seconds: for a refusal to arrive, and for requests that are on their way when the service stops
)
NOTHING = memoryview(b"")
DRAIN_SECONDS = 5.0  # for a body that is on its way when the service stops


class BoundedProtocol(HttpToolsProtocol):
    """Refuses heads that are too long, requests without one `Host`, and whoever keeps the service waiting.

    Where there are more connections than the process can hold, the one that has been silent longest goes. When the
    service stops, requests that are on their way are answered with `Connection: close`.
    """

    held: memoryview = NOTHING
    _bounds: Bounds
    _in_head = _in_body = _ended = _stopping = _brought_body = _leaves = False
    _head_bytes = _head_pieces = _body_bytes = _between_bytes = _unread_bytes = _length = 0
    _body_began = 0.0
    _refusal: Problem | None = None
    _timer: asyncio.TimerHandle | None = None
    _late: Callable[[], None] | None = None
    _stalled: asyncio.TimerHandle | None = None
    _answering: RequestResponseCycle | None = None  # uvicorn keeps the last one that came
    _left: asyncio.Event | None = None

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        known: Bounds | HttpSettings | None = app_state.get(STATE)
        if not isinstance(known, Bounds):
            known = app_state[STATE] = Bounds(known or HttpSettings())
        self._bounds = known
        self._limits = known.settings
        self.turns = known.turns
        self.timeout_keep_alive = known.settings.idle_seconds

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, but not for ever."""
        super().connection_made(transport)
        self.flow = Flow(self, transport)
        self._bounds.waiting[self] = None
        self._arm(self._limits.head_seconds, self._head_is_late)
        if len(self.connections) > self._bounds.most:
            longest = next(iter(self._bounds.waiting))
            del self._bounds.waiting[longest]
            longest.transport.abort()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Close in its turn: of many who leave at once each takes a while to forget, and others ask meanwhile."""
        self._leaves = True
        self.turns.wait(self)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._bounds.waiting.pop(self, None)
        for timer in (self._timer, self._stalled):
            if timer is not None:
                timer.cancel()
        cycle, self.cycle, self._answering = self._answering, cast("Any", None), None
        super().connection_lost(exc)
        if cycle is not None:
            self._left = cycle.message_event
            cycle.disconnected = not cycle.response_complete
            self.turns.wait(self)  # what was begun for many who leave at once ends in turns
        # No circles: with many connections the collector would stop everybody to find them.
        self._timer = self._stalled = self._late = None
        self.flow = cast("Any", None)

    def data_received(self, data: bytes) -> None:
        """Parse a little at once, the rest in turns with other connections."""
        if self._ended:
            return
        if self.held:
            data = bytes(self.held) + data
        elif len(data) <= PIECE:
            self._take(data)
            return
        self.held = memoryview(data)
        self.flow.pause_reading()
        self.turns.wait(self)

    def go_on(self, seconds: float) -> None:
        """Parse more of what came, for so long at most; requests that follow one another are not collected."""
        if self._left is not None:
            self._left.set()
            return
        if self._leaves:
            self.transport.close()
            return
        until = perf_counter() + seconds
        while self.held and self._may_go_on() and perf_counter() < until:
            size = self._piece_size()
            piece, self.held = self.held[:size], self.held[size:]
            self._take(piece)
        if self._ended or self.transport.is_closing():
            self.held = NOTHING
        elif self._may_go_on():
            self.flow.resume_reading()

    def _piece_size(self) -> int:
        if not self._in_body or self.cycle.response_complete:
            return PIECE
        return max(PIECE, min(BODY_PIECE, self._length - self._body_bytes))

    def _may_go_on(self) -> bool:
        cycle = self.cycle
        busy = cycle is not None and not cycle.response_complete and len(cycle.body) > HIGH_WATER_LIMIT
        return not (self.pipeline or busy or self._ended or self.transport.is_closing())

    def _take(self, data: bytes | memoryview) -> None:
        """Feed the parser, and say until when the rest has to come."""
        continued, self._brought_body = self._in_head, False
        super().data_received(cast("bytes", data))  # the parser takes either
        if self._ended or self.transport.is_closing():
            return
        if self._in_head:
            if not continued:
                self._head_pieces = 0  # counted by `on_header`; a body may stand before it in this piece
                if self.cycle is not None or self._timer is None:
                    self._arm(self._limits.head_seconds, self._head_is_late)
            elif (pieces := self._head_pieces + len(data)) > MAX_HEAD:
                self._end(HeadTooLarge(TOO_LONG))
            else:
                self._head_pieces = pieces
        elif self._in_body:
            self._count_body(len(data))
        elif self.cycle is None or self.cycle.response_complete:
            self._await_request()
        else:
            self._bounds.waiting.pop(self, None)
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def handle_websocket_upgrade(self) -> None:
        """The connection belongs to another protocol now."""
        self._ended = True
        self._bounds.waiting.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head = True
        self._head_bytes = self._body_bytes = self._between_bytes = self._unread_bytes = self._length = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A piece of the request line."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; or, behind a chunked body, a trailer, which nobody reads."""
        self._count(len(name) + len(value) + 4)
        if self._in_head:
            if len(self.headers) >= MAX_HEADERS:
                self._refuse(HeadTooLarge(f"Send {MAX_HEADERS} headers at most."))
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is complete; the body has its own limits."""
        self._check_head()
        self._in_head, self._in_body = False, True
        waiting = len(self.pipeline)
        super().on_headers_complete()
        if len(self.pipeline) == waiting:
            self._answering = self.cycle
        if self.cycle is not None:
            self.cycle.transport = cast("asyncio.Transport", OnePiece(self.transport, self.loop))
            if self._stopping:
                self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._brought_body = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The body is complete."""
        self._in_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request; an answer that nobody takes to its end does not hold the connection."""
        if self.pipeline:
            self._answering = self.pipeline[-1][0]
        super().on_response_complete()
        if self.transport.is_closing():
            self._arm(self._limits.body_seconds, self.transport.abort)
            return
        self._bounds.waiting[self] = None
        self.flow.resume_reading()

    def send_400_response(self, msg: str) -> None:
        """Say what is wrong with the request, and end the connection."""
        problem, self._refusal = self._refusal or BadRequest(msg), None
        self._end(problem)

    def timeout_keep_alive_handler(self) -> None:
        """The next request did not come."""
        super().timeout_keep_alive_handler()
        self._arm(self._limits.body_seconds, self.transport.abort)

    def pause_writing(self) -> None:
        """The caller does not take the answer as fast as it is made, and has to take some of it in time."""
        super().pause_writing()
        self._stalled = self.loop.call_later(self._limits.body_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The caller took some of it."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()

    def shutdown(self) -> None:
        """The service stops: what is on its way is still answered, what is awaited in vain ends."""
        self._stopping = True
        if self._ended:
            self.transport.abort()
        elif self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False
            if stop := self.cycle.scope["state"].get(STOPS):
                stop()
            if self._in_body:
                self._arm(self._limits.body_seconds, self._stop)
        else:
            self._unset_keepalive_if_required()
            self._arm(LAST_WORDS, self._stop)

    def _stop(self) -> None:
        if self._in_body:
            self._end(RequestTimeout("The service stops. Send the request again."))
        elif self.cycle is None or self.cycle.response_complete:
            self.transport.close()

    def _await_request(self) -> None:
        """Wait for the next one; uvicorn's timer ends with whatever comes, be it the end of a body or an empty line."""
        self._bounds.waiting.setdefault(self)
        if self._timer is None or self._late != self._head_is_late:
            self._arm(self._limits.head_seconds, self._head_is_late)

    def _arm(self, seconds: float, late: Callable[[], None]) -> None:
        self._late = late
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(min(seconds, DRAIN_SECONDS) if self._stopping else seconds, late)

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > MAX_HEAD:
            self._refuse(HeadTooLarge(TOO_LONG))

    def _count_body(self, size: int) -> None:
        if not self._body_bytes:
            self._body_began = self.loop.time()
            self._arm(self._limits.body_seconds, self._body_is_late)
        self._body_bytes += size
        self._between_bytes = 0 if self._brought_body else self._between_bytes + size
        if self.cycle.response_complete:
            self._unread_bytes += size
        if self._between_bytes > MAX_HEAD:  # extensions of a chunk, or a trailer, which the parser collects
            self._end(HeadTooLarge(TOO_LONG))
        elif self._unread_bytes > MOST_UNREAD:
            self._end(TooLarge(), self._limits.body_seconds)

    def _check_head(self) -> None:
        if is_costly(self.url):
            self._refuse(BadRequest("Write each percent sign of the address as %25."))
        hosts = cookies = 0
        for name, value in self.headers:
            if name == b"host":
                hosts += 1
            elif name == b"cookie":
                cookies += len(value)
            elif name == b"content-length":  # a number, says the parser, and the only one
                self._length = int(value)
        if hosts != 1 and (hosts or self.parser.get_http_version() == "1.1"):
            self._refuse(BadRequest("Send exactly one Host header."))  # RFC 9112, 3.2
        if cookies > MAX_COOKIES:
            self._refuse(
                HeadTooLarge(f"The cookies are longer than {MAX_COOKIES:,} bytes. Delete those of this site.")
            )

    def _refuse(self, problem: Problem) -> None:
        """Stop the parser, which calls `send_400_response`."""
        self._refusal = problem
        try:
            raise problem
        finally:
            del problem  # its traceback holds this frame

    def _head_is_late(self) -> None:
        if self._in_head:
            self._end(RequestTimeout("The head of the request did not come in time."))
        else:
            self.transport.abort()  # it never said anything

    def _body_is_late(self) -> None:
        """End a body that comes slower than `BODY_RATE`, unless it is the application that does not take it."""
        limits, took = self._limits, self.loop.time() - self._body_began
        left = limits.body_seconds + self._body_bytes / BODY_RATE - took
        if self.flow.read_paused:
            self._arm(limits.body_seconds, self._body_is_late)
        elif left > 0:
            self._arm(left, self._body_is_late)
        else:
            self._end(RequestTimeout("The body of the request did not come in time."))

    def _end(self, problem: Problem, seconds: float = LAST_WORDS) -> None:
        """Answer with the problem where nothing else is being answered, and end the connection in so many seconds."""
        if self._ended or self.transport.is_closing():
            return
        self._ended = True
        # None of it is kept until the refusal has arrived.
        headers, self.held, self.headers = self.headers, NOTHING, []
        self.scope = cast("Any", {})
        self._unset_keepalive_if_required()
        cycle = self._answering  # not the last one of the pipeline: it would write behind the end
        if cycle is not None:
            cast("OnePiece", cycle.transport).flush()
            cycle = None if cycle.response_complete else cycle
        # A request in whose place another is being answered gets no answer, and one that has its own no second.
        unanswered = self._in_body == (cycle is not None) and not (
            cycle is not None and (cycle.response_started or self.pipeline)
        )
        if unanswered:
            self.transport.write(self._written(problem, headers))
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
        if self.transport.can_write_eof():
            # What still comes is read and dropped: a close before would reset the connection, and the answer with it.
            self.transport.write_eof()
            self.flow.resume_reading()
            self._arm(seconds, self.transport.abort)
        else:
            self.transport.close()

    def _written(self, problem: Problem, sent: list[tuple[bytes, bytes]]) -> bytes:
        request_id = new_id_text()
        log.info("request_refused", status=problem.status, error=problem.code, request_id=request_id)
        response = problem_response({"type": "http", "state": {"request_id": request_id}}, problem)
        if isinstance(problem, HeadTooLarge):
            response = way_out(self.parser.get_method(), self.url, sent, problem.status) or response
        headers = [*self.server_state.default_headers, *response.raw_headers]
        headers += [(b"x-request-id", request_id.encode()), (b"cache-control", b"no-store")]
        status = HTTPStatus(response.status_code)
        lines = [b"HTTP/1.1 %d %s" % (status, status.phrase.encode()), *map(b": ".join, headers)]
        return b"\r\n".join([*lines, b"connection: close", b"", bytes(response.body)])
