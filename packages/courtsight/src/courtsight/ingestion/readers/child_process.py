"""pdfium, and the parser of HTML, in processes of their own.

A small PDF can ask pdfium for any amount of memory and time (streams that inflate, forms that repeat forms), and
pdfium ends its process when memory runs out; a page of unclosed tags takes a parser of HTML time that grows with the
square. So a child with limited memory runs each; it serves one file after another and is replaced when a file kills it
or takes too long.
"""

from __future__ import annotations

import atexit
import base64
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courtsight.ingestion.readers.base import Limits

__all__ = ["LateError", "LinePart", "RefusedError", "page_parts", "page_picture", "part_boxes", "pdf_pages"]

_PDF, _HTML = "pdf_child.py", "html_child.py"
# Of a core, for a page and for each MiB of it: an ordinary page takes a few milliseconds, a dense MiB up to 3 seconds.
_PAGE_SECONDS, _MIB_SECONDS = 5.0, 6.0
_PATIENCE = 20  # times as long as it may cost, a file may take on a machine that others use too
_LOOK_SECONDS = 0.25
_HEADER = 8


class RefusedError(Exception):
    """Why a file cannot be read."""


class LateError(RefusedError):
    """Reading it took too long, which it may not another time."""


@dataclass(frozen=True, slots=True)
class LinePart:
    """A part of a line of a PDF: the line's page, its box and its text, and where in the text the part is."""

    page: int
    box: tuple[float, float, float, float]
    text: str
    start: int
    end: int


def pdf_pages(path: Path, limits: Limits) -> list[dict[str, Any]]:
    """The pages of a PDF with the runs of their text, as `pdf_child` tells them.

    Raises:
        RefusedError: if the file is damaged or encrypted, or exceeds a limit on pages, characters, memory, time.
    """
    request = {"path": str(path.resolve()), "pages": limits.pages, "characters": limits.characters}
    pages: list[dict[str, Any]] = _ask(_PDF, "the PDF", request, limits.seconds, limits)["pages"]
    return pages


def page_picture(path: Path, page: int, width: int, limits: Limits) -> bytes:
    """A page of a PDF as a WebP of so many pixels; as wide as may be where it would have too many in all.

    Raises:
        RefusedError: if the file is damaged or encrypted, or exceeds a limit on memory, time; if it has no such page.
    """
    request = {"path": str(path.resolve()), "page": page, "width": width}
    return base64.b64decode(_ask(_PDF, "the page", request, limits.seconds, limits)["picture"])


def part_boxes(
    path: Path, lines: Sequence[LinePart], limits: Limits
) -> list[tuple[float, float, float, float]]:
    """Where parts of lines of a PDF stand: left, top, right, bottom, in points from the top left of the page.

    Raises:
        RefusedError: as `page_picture`.
    """
    request: dict[str, object] = {"path": str(path.resolve()), "lines": [astuple(line) for line in lines]}
    boxes = _ask(_PDF, "the page", request, limits.seconds, limits)["boxes"]
    return [(left, top, right, bottom) for left, top, right, bottom in boxes]


def page_parts(path: Path, limits: Limits) -> dict[str, Any]:
    """The texts of a page of HTML: `rows` of two cells, `heading`, `canonical` and `links`.

    Raises:
        RefusedError: if it cannot be parsed, or exceeds a limit on characters, memory, time.
    """
    request = {"path": str(path.resolve()), "characters": limits.characters}
    seconds = _PAGE_SECONDS + _MIB_SECONDS * path.stat().st_size / 2**20
    return _ask(_HTML, "the page", request, min(limits.seconds, seconds), limits)


def _ask(
    program: str, what: str, request: dict[str, object], seconds: float, limits: Limits
) -> dict[str, Any]:
    with _lock:
        return _current(program, limits.memory_bytes).ask(what, request, seconds)


class _Child:
    """A running program that reads files."""

    def __init__(self, program: str, memory: int) -> None:
        self.owner = os.getpid()
        self.memory = memory
        self.process = subprocess.Popen(  # noqa: S603  # our own program, no shell
            [sys.executable, "-I", str(Path(__file__).with_name(program)), str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},  # what breaks a parser finds no settings and no keys
        )

    @property
    def usable(self) -> bool:
        """Whether this process started the child and it still runs."""
        return self.owner == os.getpid() and self.process.poll() is None

    def ask(self, what: str, request: dict[str, object], seconds: float) -> dict[str, Any]:
        """The answer to a request, about a file that messages call `what`. It may cost so many seconds of a core."""
        late, answered = threading.Event(), threading.Event()
        watch = threading.Thread(target=self._watch, args=(seconds, answered, late), daemon=True)
        watch.start()
        try:
            answer = self._answer(request)
        finally:
            answered.set()
            watch.join()  # it may have stopped the child a moment ago, which then is about to end
        if answer is None or late.is_set():
            self.close()
        if answer is None:
            if late.is_set():
                raise LateError(f"reading {what} takes longer than {seconds:g} seconds")
            raise RefusedError(
                f"reading {what} needs more than {self.memory // 2**20:,} MiB of memory, or breaks its parser"
            )
        if "refused" in answer:
            raise RefusedError(answer["refused"])
        return answer

    def _answer(self, request: dict[str, object]) -> dict[str, Any] | None:
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
        answer: dict[str, Any] = json.loads(body)
        return answer

    def _watch(self, seconds: float, answered: threading.Event, late: threading.Event) -> None:
        """Stop the child when it is late. Others may keep it from the processor, which is not the file's fault."""
        with suppress(psutil.NoSuchProcess):
            child = psutil.Process(self.process.pid)
            before, deadline = _cost(child), time.monotonic() + _PATIENCE * seconds
            while not answered.wait(min(_LOOK_SECONDS, seconds)):
                if _cost(child) - before > seconds or time.monotonic() > deadline:
                    late.set()
                    self.process.kill()
                    return

    def close(self) -> None:
        """End the child, if this process started it."""
        if self.owner == os.getpid():
            self.process.kill()
            self.process.communicate()


def _cost(process: psutil.Process) -> float:
    """Seconds of a core that it used."""
    times = process.cpu_times()
    return times.user + times.system


_lock = threading.Lock()
_children: dict[str, _Child] = {}


def _current(program: str, memory: int) -> _Child:
    """The child of this process; a fork of the process gets one of its own."""
    child = _children.get(program)
    if child is None or not child.usable or child.memory != memory:
        if child is not None:
            child.close()
        child = _children[program] = _Child(program, memory)
    return child


def _close() -> None:
    for child in _children.values():
        child.close()


def _forget() -> None:
    """After a fork: the children belong to the parent, and so may a lock that one of its threads held."""
    global _children, _lock  # one child for a process, by design
    _children, _lock = {}, threading.Lock()


atexit.register(_close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
