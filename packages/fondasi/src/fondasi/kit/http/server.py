"""Uvicorn's protocol with a bound on the head of a request, which uvicorn itself reads without end.

`uvicorn ... --http fondasi.kit.http.server:BoundedProtocol`; `fondasi serve` and `fondasi demo` use it.
"""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PROTOCOL = f"{__name__}:BoundedProtocol"
MAX_HEAD = 64 * 1024


class BoundedProtocol(HttpToolsProtocol):
    """Ends a connection whose request line and headers are longer than 64 KiB and still come."""

    _in_head = False
    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and count what it has not made a request of yet."""
        continued = self._in_head
        super().data_received(data)
        if not continued or not self._in_head or self.transport.is_closing():
            return  # a head that began in this piece is counted from the next one on: a body may stand before it
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD:
            self.send_400_response("The request line and headers are too long.")

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is complete; the body has its own limit."""
        self._in_head = False
        super().on_headers_complete()
