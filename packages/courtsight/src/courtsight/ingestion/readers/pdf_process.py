"""pdfium in a process of its own.

A small PDF can ask pdfium for any amount of memory and time (streams that inflate, forms that repeat forms), and
pdfium ends its process when memory runs out. So a child with limited memory runs it; it serves one file after
another and is replaced when a file kills it or takes too long.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from courtsight.ingestion.readers.base import Limits

__all__ = ["PdfRefusedError", "pdf_text"]

_PROGRAM = Path(__file__).with_name("pdf_child.py")
_HEADER = 8


class PdfRefusedError(Exception):
    """Why a PDF cannot be read."""


def pdf_text(path: Path, limits: Limits) -> str:
    """The text of a PDF, page after page.

    Raises:
        PdfRefusedError: if the file is damaged or encrypted, or exceeds a limit on pages, characters, memory, time.
    """
    with _lock:
        return _current(limits.memory_bytes).text(path, limits)


class _Child:
    """A running `pdf_child`."""

    def __init__(self, memory: int) -> None:
        self.owner = os.getpid()
        self.memory = memory
        self.process = subprocess.Popen(  # noqa: S603  # our own program, no shell
            [sys.executable, str(_PROGRAM), str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    @property
    def usable(self) -> bool:
        """Whether this process started the child and it still runs."""
        return self.owner == os.getpid() and self.process.poll() is None

    def text(self, path: Path, limits: Limits) -> str:
        late = threading.Event()
        alarm = threading.Timer(limits.seconds, self._stop_late, (late,))
        alarm.daemon = True
        alarm.start()
        try:
            answer = self._ask(
                {"path": str(path.resolve()), "pages": limits.pages, "characters": limits.characters}
            )
        finally:
            alarm.cancel()
        if answer is None:
            self.close()
            if late.is_set():
                raise PdfRefusedError(f"reading the PDF takes longer than {limits.seconds:g} seconds")
            raise PdfRefusedError(
                f"reading the PDF needs more than {limits.memory_bytes // 2**20:,} MiB of memory, or breaks pdfium"
            )
        if "refused" in answer:
            raise PdfRefusedError(answer["refused"])
        return answer["text"]

    def _ask(self, request: dict[str, object]) -> dict[str, str] | None:
        """The child's answer, or None if it died before it answered."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            return None
        header = self.process.stdout.read(_HEADER)
        body = self.process.stdout.read(int.from_bytes(header, "big")) if len(header) == _HEADER else b""
        if not body or len(body) != int.from_bytes(header, "big"):
            return None
        answer: dict[str, str] = json.loads(body)
        return answer

    def _stop_late(self, late: threading.Event) -> None:
        late.set()
        self.process.kill()

    def close(self) -> None:
        """End the child, if this process started it."""
        if self.owner == os.getpid():
            self.process.kill()
            self.process.communicate()


_lock = threading.Lock()
_child: _Child | None = None


def _current(memory: int) -> _Child:
    """The child of this process; a fork of the process gets one of its own."""
    global _child  # noqa: PLW0603  # one child for a process, by design
    if _child is None or not _child.usable or _child.memory != memory:
        if _child is not None:
            _child.close()
        _child = _Child(memory)
    return _child


def _close() -> None:
    if _child is not None:
        _child.close()


def _forget() -> None:
    """After a fork: the child belongs to the parent, and so may a lock that one of its threads held."""
    global _child, _lock
    _child, _lock = None, threading.Lock()


atexit.register(_close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
