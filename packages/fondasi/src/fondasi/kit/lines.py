"""Where log lines go. Whoever reads them, or does not, never holds the service up: lines are dropped before that."""

from __future__ import annotations

import os
import select
import socket
import stat
import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

PATIENCE: Final = 0.1  # seconds that a line waits for a reader that is behind
PATIENT_EVERY: Final = 10.0  # seconds; a reader that is always behind would set the pace otherwise
PIECE: Final = select.PIPE_BUF  # a pipe with room takes so much at once


class Lines:
    """A log's output that does not block. It is the logger of structlog and the stream of a `logging` handler.

    Args:
        stream: where the lines go; None where a process has no standard error.
        dropped: told for each line that is not written, or not whole: `full` when nobody reads, else `failed`.
    """

    def __init__(self, stream: TextIO | None, dropped: Callable[[str], None]) -> None:
        self._dropped = dropped
        self._lock = threading.RLock()  # a signal's handler may log while a line is being written
        self._cut = False
        self._patient_again = 0.0
        self._stream = stream
        self._descriptor: int | None = None
        self._socket: socket.socket | None = None
        self._polled = False
        try:
            if stream is not None:
                self._open(stream.fileno())
        except (OSError, ValueError):  # in memory, or closed
            return

    _close = staticmethod(os.close)  # when the interpreter ends, modules are gone before objects

    def __del__(self) -> None:
        if self._descriptor is not None:
            self._close(self._descriptor)

    def msg(self, message: str) -> None:
        """Write a line."""
        self.write(message + "\n")

    debug = info = warning = error = critical = exception = msg  # what structlog calls

    def write(self, text: str) -> None:
        """Write the text, or drop it."""
        with self._lock:
            try:
                self._put(text)
            except BlockingIOError:
                self._dropped("full")
            except (OSError, ValueError):
                self._dropped("failed")

    def flush(self) -> None:
        """Nothing waits."""

    def _open(self, descriptor: int) -> None:
        """Take a descriptor of our own: nobody closes it, and where the system allows it nobody shares it."""
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISSOCK(mode):
            self._socket = socket.socket(fileno=os.dup(descriptor))
        elif stat.S_ISREG(mode):
            self._descriptor = os.dup(descriptor)
        else:
            try:  # O_NONBLOCK on what is shared would change it for the others, too
                self._descriptor = os.open(
                    f"/proc/self/fd/{descriptor}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY
                )
            except OSError:  # no such folder, or it belongs to another user
                self._descriptor, self._polled = os.dup(descriptor), True

    def _put(self, text: str) -> None:
        if self._descriptor is None and self._socket is None:
            if self._stream is not None:
                self._stream.write(text)
            return
        data = text.encode(errors="backslashreplace")
        rest = memoryview(b"\n" + data if self._cut else data)
        size, deadline = len(rest), None
        try:
            while rest:
                try:
                    rest = rest[self._send(rest) :]
                except BlockingIOError:
                    deadline = deadline or self._deadline()
                    if not self._room(deadline - time.monotonic()):
                        raise
        finally:
            self._cut = 0 < len(rest) < size or (self._cut and len(rest) == size)

    def _send(self, data: memoryview) -> int:
        if self._socket is not None:
            return self._socket.send(data, socket.MSG_DONTWAIT)
        assert self._descriptor is not None
        if self._polled and not self._room(0):
            raise BlockingIOError
        return os.write(self._descriptor, data[:PIECE] if self._polled else data)

    def _deadline(self) -> float:
        now = time.monotonic()
        if now < self._patient_again:
            return now
        self._patient_again = now + PATIENT_EVERY
        return now + PATIENCE

    def _room(self, seconds: float) -> bool:
        if seconds < 0:
            return False
        poll = select.poll()
        poll.register(self._socket or self._descriptor, select.POLLOUT)  # type: ignore[arg-type]
        return bool(poll.poll(seconds * 1000))
