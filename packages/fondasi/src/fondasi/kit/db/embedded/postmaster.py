"""What a running server says about itself in ``postmaster.pid``."""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_LINES = 8  # pid, data directory, start time, port, socket directory, host, shared memory key, status


@dataclass(frozen=True)
class Postmaster:
    """The main process of a server, which may have died since."""

    pid: int
    socket_directory: Path
    status: str

    @classmethod
    def read(cls, cluster: Path) -> Self | None:
        """Return what the file in ``cluster`` says; ``None`` where it is missing or not complete yet."""
        try:
            lines = [line.strip() for line in (cluster / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return None
        return cls(int(lines[0]), Path(lines[4]), lines[7]) if len(lines) >= _LINES else None

    def signal(self, number: signal.Signals) -> None:
        """Send it signal ``number``, if it still lives."""
        send_signal(self.pid, number)


def send_signal(pid: int, number: signal.Signals) -> None:
    """Send process ``pid`` signal ``number``, if it still lives."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)
