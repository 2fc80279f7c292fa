"""PostgreSQL's programs, started for a cluster."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fondasi.kit.db.embedded.account import Account

if TYPE_CHECKING:
    import subprocess

_HERE: Final = Path("/proc/self/cwd")  # reached from inside, whatever is closed above it
_LINES: Final = 12


@dataclass(frozen=True, slots=True)
class Programs:
    """Starts the programs.

    Attributes:
        folder: where they are.
        alive: the descriptor of a lock that they and their children hold while they live.
    """

    folder: Path
    alive: int

    def launch(
        self, account: Account, program: str, directory: Path, *arguments: str, **options: object
    ) -> "subprocess.Popen[bytes]":
        """Start one, with what has to come first, in and on ``directory``.

        Another user than this one may not pass the directories above it, root's home for one.
        """
        named = directory if account.is_current or not _HERE.exists() else _HERE
        name, *mode = program.split()
        return account.popen(
            [self.folder / name, *mode, "-D", named, *arguments],
            cwd=directory,
            start_new_session=True,
            pass_fds=[self.alive],
            **options,
        )


def tail(text: str) -> str:
    """The last lines of what a program said."""
    return "\n".join(text.rstrip().splitlines()[-_LINES:])
