"""Advisory locks on files: the kernel releases them when their holder dies, however it dies."""

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

from fondasi.kit.db.embedded.account import Account

POLL_SECONDS = 0.01


class FileLock:
    """A ``flock(2)`` lock on ``path``, which is made for ``account`` if it does not exist.

    Every instance locks on its own: two in one process exclude each other like two processes.
    """

    def __init__(self, path: Path, account: Account) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        account.own(path)

    def fileno(self) -> int:
        """The descriptor; a process that inherits it holds the lock for as long as it lives."""
        return self._descriptor

    def acquire(self, *, shared: bool = False) -> bool:
        """Try to take the lock, without waiting, and say whether it is held now."""
        try:
            fcntl.flock(self._descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def acquire_within(self, seconds: float) -> bool:
        """Take the lock exclusively, waiting for ``seconds`` at most, and say whether it is held now."""
        deadline = time.monotonic() + seconds
        while not self.acquire():
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def holders(self) -> list[int]:
        """The processes that hold the lock, as far as the system tells: Linux does."""
        inode = f":{os.fstat(self._descriptor).st_ino}"
        lines: list[list[str]] = []
        with suppress(OSError):
            lines = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
        # 1: FLOCK ADVISORY READ <pid> <device>:<inode> 0 EOF; a line with an arrow waits for it
        found = {int(line[4]) for line in lines if line[1] == "FLOCK" and line[5].endswith(inode)}
        return sorted(pid for pid in found if pid > 0)  # not above 0 where it lives in another container

    def release(self) -> None:
        """Let go of the lock, in every process that has inherited it as well."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file; the lock stays with the processes that have inherited it, if any."""
        os.close(self._descriptor)
