"""What a running server says about itself, in ``postmaster.pid`` and in the titles of its processes."""

import os
import re
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

_LINES = 8  # pid, data directory, start time, port, socket directory, host, shared memory key, status


@dataclass(frozen=True)
class Postmaster:
    """The main process of a server, which may have died since."""

    pid: int
    socket_directory: Path
    status: str

    @classmethod
    def read(cls, cluster: Path) -> Self | None:
        """Return what the file in ``cluster`` says; ``None`` where it is missing, not complete yet, or spoiled."""
        lines = _lines(cluster)
        return cls(int(lines[0]), Path(lines[4]), lines[7]) if len(lines) >= _LINES else None

    def signal(self, number: signal.Signals) -> None:
        """Send it signal ``number``, if it still lives."""
        send_signal(self.pid, number)


def recorded_pid(cluster: Path) -> int | None:
    """Return the number in ``postmaster.pid``, which a starting server writes first; ``None`` if there is none."""
    lines = _lines(cluster)
    return int(lines[0]) if lines else None


def cluster_name(file: os.stat_result) -> str:
    """Return the name for the cluster that ``file`` identifies; its server's processes bear it in their titles."""
    return f"fondasi-{file.st_dev:x}-{file.st_ino:016x}"


def cluster_name_in(title: str) -> str | None:
    """Return the name of the cluster that a process with ``title`` serves; ``None`` if it is none of ours."""
    match = re.search(r"(?:cluster_name=|postgres: )(fondasi-[0-9a-f]+-[0-9a-f]{16})\b", title)
    return match[1] if match else None


def process_title(pid: int) -> str:
    """Return the command line of process ``pid``; nothing if it does not live.

    It is all that root may see of another user's process in a container.
    """
    try:
        return " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return ""


def serves(pid: int, cluster: Path) -> bool:
    """Whether process ``pid`` is a living PostgreSQL on the directory ``cluster``, whoever started it."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or "postgres" not in process.name():
            return False
        with suppress(psutil.AccessDenied):  # another user's, in a container: the command line has to do
            return Path(process.cwd()) == cluster
        return str(cluster) in process.cmdline()
    return False


def send_signal(pid: int, number: signal.Signals) -> None:
    """Send process ``pid`` signal ``number``, if it still lives."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _lines(cluster: Path) -> list[str]:
    """The lines of ``postmaster.pid``; none where it is missing or spoiled, as power cuts leave it."""
    try:
        lines = [line.strip() for line in (cluster / "postmaster.pid").read_text().splitlines()]
    except (FileNotFoundError, UnicodeDecodeError):
        return []
    return lines if lines and lines[0].isdecimal() else []
