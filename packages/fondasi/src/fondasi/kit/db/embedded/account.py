"""The operating system account that PostgreSQL runs under.

PostgreSQL refuses to run as root. Where the application is root, the server runs as ``nobody``, or as whoever
owns the cluster already. It keeps one capability at most, ``CAP_DAC_READ_SEARCH``, and only where a directory
on the way to the data or to the binaries is closed to others, such as ``/root``. The permissions of
directories outside the data are never changed.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fondasi.kit.db.embedded.errors import EmbeddedServerError

UNPRIVILEGED_USER = "nobody"
# no_setuid_fixup: access(2), which PostgreSQL uses to find its own files, ignores capabilities without it.
_KEEP_READ_SEARCH = (
    "--clear-groups",
    "--no-new-privs",
    "--bounding-set=-all,+dac_read_search",
    "--inh-caps=-all,+dac_read_search",
    "--ambient-caps=-all,+dac_read_search",
    "--securebits=+no_setuid_fixup",
)
_PROBE = '"$0" --version >/dev/null && cd "$1"'


@dataclass(frozen=True)
class Account:
    """Who runs the server, and how a process is started as that user."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether the server runs as the user that runs this process."""
        return self.uid == os.geteuid()

    @property
    def name(self) -> str:
        """The user's name, or its number where it has none."""
        return user_name(self.uid)

    def own(self, path: Path) -> None:
        """Give ``path`` to the account, so that the server can use what root has made."""
        if not self.is_current:
            os.chown(path, self.uid, self.gid)

    def popen(self, command: Sequence[str | Path], **options: object) -> "subprocess.Popen[bytes]":
        """Start ``command`` as the account, in a clean environment; ``options`` are those of ``Popen``."""
        if not self.is_current and not self.prefix:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
        return subprocess.Popen([*self.prefix, *map(str, command)], env=environment, cwd="/", **options)  # type: ignore[call-overload, no-any-return]  # noqa: S603 - fixed programs, no shell


def user_name(uid: int) -> str:
    """Return the name of user ``uid``, or its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def choose_account(cluster: Path) -> Account:
    """Return the account for the cluster directory ``cluster``, which need not exist yet.

    Raises:
        EmbeddedServerError: the cluster belongs to a user that this process cannot become.
    """
    owner = cluster.stat().st_uid if cluster.exists() else None
    current = os.geteuid()
    if current != 0:
        if owner not in {None, current}:
            raise EmbeddedServerError(
                f"The database in {cluster} belongs to user {user_name(owner or 0)}, "
                f"and you are {user_name(current)}. "
                f"Run as {user_name(owner or 0)}, or set FONDASI_DATA_DIR to a directory of your own."
            )
        return Account(current, os.getegid())
    if owner == 0:
        raise EmbeddedServerError(
            f"{cluster} belongs to root, and PostgreSQL never runs as root. "
            f"Give it to another user: chown -R {UNPRIVILEGED_USER} {cluster}"
        )
    if owner is None:
        entry = pwd.getpwnam(UNPRIVILEGED_USER)
        return Account(entry.pw_uid, entry.pw_gid)
    return Account(owner, cluster.stat().st_gid)


def with_access(account: Account, postgres: Path, directory: Path) -> Account:
    """Return ``account``, able to run ``postgres`` and to enter ``directory`` below closed directories.

    Raises:
        EmbeddedServerError: it cannot be given that access.
    """
    if account.is_current or _reaches(account, postgres, directory):
        return account
    setpriv = shutil.which("setpriv")
    if setpriv is not None:
        identity = (setpriv, f"--reuid={account.uid}", f"--regid={account.gid}", *_KEEP_READ_SEARCH, "--")
        able = Account(account.uid, account.gid, identity)
        if _reaches(able, postgres, directory):
            return able
    raise EmbeddedServerError(
        f"PostgreSQL does not run as root, and user {account.name} may not reach {directory} and {postgres}. "
        "Open the directories above them for passing through (chmod o+x), or set FONDASI_DATA_DIR "
        "to a place such as /var/lib/fondasi and install Fondasi outside root's home, "
        "or run as an ordinary user."
    )


def _reaches(account: Account, postgres: Path, directory: Path) -> bool:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        return account.popen(["/bin/sh", "-c", _PROBE, postgres, directory], **quiet).wait() == 0
    except OSError:
        return False
