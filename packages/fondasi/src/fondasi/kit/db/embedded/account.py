"""The operating system accounts that PostgreSQL runs under.

PostgreSQL refuses to run as root. Where the application is root, the server runs under a number that no account of the
system has, so that no other program shares it, or as the ordinary user who owns the cluster already. It gets no
capability: what root alone may read stays root's, for the superuser of the database as well.
"""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fondasi.kit.db.embedded.errors import EmbeddedServerError

# Numbers that Debian and systemd give to nobody, below the 65,536 that a container may have.
SERVICE_IDS: Final = range(65520, 65532)
NOBODY: Final = "nobody"
# Held while a cluster is made as `nobody`: the kernel lets no process trace or enter one with more capabilities.
_SHIELD: Final = "net_bind_service"


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
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def own_all(self, directory: Path) -> None:
        """Give ``directory`` and all that is in it to the account, the directory itself at the end."""
        for folder, _, files in os.walk(directory, topdown=False):
            for path in (*(Path(folder, name) for name in files), Path(folder)):
                status = path.lstat()
                if stat.S_ISDIR(status.st_mode) or status.st_nlink == 1:  # never a file that is elsewhere too
                    self.own(path)

    def popen(self, command: Sequence[str | Path], **options: object) -> "subprocess.Popen[bytes]":
        """Start ``command`` as the account, in a clean environment; ``options`` are those of ``Popen``."""
        if not self.is_current and not self.prefix:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
        options.setdefault("cwd", "/")
        return subprocess.Popen([*self.prefix, *map(str, command)], env=environment, **options)  # type: ignore[call-overload, no-any-return]  # noqa: S603 - fixed programs, no shell

    def can_run(self, program: Path) -> bool:
        """Whether the account may enter the directories above ``program`` and start it."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        try:
            return self.popen([program, "--version"], **quiet).wait() == 0
        except OSError:
            return False


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
    if current == 0:
        if owner is None or is_of_root(cluster):
            return service_account()
        return Account(owner, cluster.stat().st_gid)
    if owner in {None, current}:
        return Account(current, os.getegid())
    you = user_name(current)
    if is_of_root(cluster):
        raise EmbeddedServerError(
            f"The database in {cluster} was made by root, and you are {you}. Start it with sudo again, delete it "
            f"(sudo rm -r {cluster.parent}), or set FONDASI_DATA_DIR to a directory of your own."
        )
    raise EmbeddedServerError(
        f"The database in {cluster} belongs to user {user_name(owner)}, and you are {you}. "
        f"Run as {user_name(owner)}, or set FONDASI_DATA_DIR to a directory of your own."
    )


def is_of_root(cluster: Path) -> bool:
    """Whether root made the cluster, or restored it: it is root's, a service account's, or `nobody`'s by root."""
    owner = cluster.stat().st_uid
    made_by_root = cluster.parent.stat().st_uid == 0 and user_name(owner) == NOBODY
    return owner == 0 or owner in SERVICE_IDS or made_by_root


def service_account() -> Account:
    """The account of servers that root starts: the first number that no user of the system has."""
    number = next(uid for uid in SERVICE_IDS if user_name(uid) == str(uid))
    return Account(number, number)


def founder(account: Account) -> Account:
    """Who makes a cluster for ``account``: initdb runs only under a number that has a name.

    Other programs of `nobody` can neither trace it nor enter its directory.
    """
    if account.is_current:
        return account
    entry = pwd.getpwnam(NOBODY)
    if setpriv := shutil.which("setpriv"):
        held = [f"--{kind}=-all,+{_SHIELD}" for kind in ("bounding-set", "inh-caps", "ambient-caps")]
        identity = (f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups", "--no-new-privs")
        shielded = Account(entry.pw_uid, entry.pw_gid, (setpriv, *identity, *held, "--"))
        if shielded.can_run(Path(setpriv)):
            return shielded
    return Account(entry.pw_uid, entry.pw_gid)
