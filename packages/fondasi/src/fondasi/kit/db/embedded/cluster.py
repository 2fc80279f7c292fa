"""A PostgreSQL cluster on disk: made once, started, recovered after a crash, stopped.

Everything here blocks; ``EmbeddedServer`` calls it off the event loop and under a lock.
"""

import errno
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import psutil
import structlog

from fondasi.kit.db.embedded.account import (
    SERVICE_IDS,
    choose_account,
    user_name,
)
from fondasi.kit.db.embedded.binaries import POSTGRES_MAJOR, binaries_for
from fondasi.kit.db.embedded.configuration import (
    ACCESS,
    CONFIGURATION_FILE,
    configuration,
    identities,
)
from fondasi.kit.db.embedded.errors import EmbeddedServerError
from fondasi.kit.db.embedded.files import remove_if_empty, write_anew
from fondasi.kit.db.embedded.founding import found_cluster
from fondasi.kit.db.embedded.locks import POLL_SECONDS, FileLock
from fondasi.kit.db.embedded.postmaster import (
    Postmaster,
    cluster_name,
    cluster_name_in,
    process_title,
    recorded_pid,
    send_signal,
    serves,
)
from fondasi.kit.db.embedded.programs import Programs, tail
from fondasi.kit.db.refusals import DISK_FULL

PORT: Final = 5432  # names the socket; nothing listens on a network
_SOCKET_PATH_LIMIT = 107
_STOP_SECONDS = 60.0
_LEFTOVER_SECONDS = 10.0
_LOG_TAKES_OVER = "redirecting log output"
_LOG_AGE_SECONDS = 600.0
_DISK_NEEDED = 4 << 20
_NO_SPACE = os.strerror(errno.ENOSPC)

log = structlog.get_logger(__name__)


class Cluster:
    """The cluster in ``data_dir/postgres`` and the server that runs on it."""

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        """Open the cluster's locks; nothing is started.

        Args:
            data_dir: where ``postgres/`` lies or will lie; it is made if it does not exist.
            durable: whether commits survive a power cut. Off, the server is faster and fit for tests only.

        Raises:
            EmbeddedServerError: the directory cannot be made or belongs to someone else.
        """
        self.data_dir = data_dir = data_dir.expanduser().resolve()
        self.directory = data_dir / "postgres"
        self.durable = durable
        self._alive_path = data_dir / "postgres.locks" / "alive"
        self._process: subprocess.Popen[bytes] | None = None
        try:
            # Root's server runs as another user, who has to pass through.
            data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
            self.account = choose_account(self.directory)
            locks = data_dir / "postgres.locks"
            locks.mkdir(mode=0o700, exist_ok=True)
            self.account.own(locks)
            self.changes = FileLock(locks / "changes", self.account)
            self.users = FileLock(locks / "users", self.account)
            self._alive = FileLock(self._alive_path, self.account)
            # The server holds this file open, so no other directory gets the same name while it lives.
            self._name = cluster_name(os.fstat(self._alive.fileno()))
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise EmbeddedServerError(DISK_FULL) from error
            raise EmbeddedServerError(
                f"The data directory {data_dir} cannot be used: {error}. "
                f"{'It is a file: set' if isinstance(error, FileExistsError) else 'Make it writable for you, or set'} "
                "FONDASI_DATA_DIR to another directory."
            ) from error

    @property
    def socket_directory(self) -> Path:
        """Where the running server listens; where it would, if none runs."""
        postmaster = self._postmaster()
        return postmaster.socket_directory if postmaster else self._socket_directory()

    def join(self, timeout: float) -> None:
        """Become a user of the server; make the cluster if there is none, and start the server unless it runs.

        Call it with the lock ``changes`` held.

        Args:
            timeout: seconds to wait for a server that is recovering from a crash.

        Raises:
            EmbeddedServerError: with the last lines of the server's log.
        """
        # Nobody holds it exclusively: that happens only under the lock `changes`.
        self.users.acquire(shared=True)
        self._ensure_running(timeout)

    def is_running(self) -> bool:
        """Whether the server lives. One that this process started and that has died is reaped.

        A query that has not noticed the death of its server yet does not count: it is ended at the next start.
        """
        if self._process is not None:
            self._process.poll()
        return self._postmaster() is not None

    def is_in_place(self) -> bool:
        """Whether the cluster is the one that was opened: nobody has removed it or put another in its place."""
        with suppress(FileNotFoundError):
            mine, there = os.fstat(self._alive.fileno()), self._alive_path.stat()
            return self.directory.exists() and os.path.samestat(mine, there)
        return False

    def revive(self, timeout: float) -> None:
        """Start the server again if it died under its users; ``changes`` has to be held.

        Args:
            timeout: seconds to wait for a server that is recovering from a crash.

        Raises:
            EmbeddedServerError: with the last lines of the server's log.
        """
        if self.is_in_place():
            self._ensure_running(timeout)

    def leave(self) -> None:
        """Stop being a user of the server, and stop it if there is no other; ``changes`` has to be held.

        Raises:
            EmbeddedServerError: it does not stop.
        """
        self.users.release()
        if self.users.acquire():
            self.stop()

    def stop(self) -> None:
        """Stop the server if it runs: politely, then with force, which the next start recovers from.

        Raises:
            EmbeddedServerError: it is not ours to stop, or survives everything.
        """
        sockets = self.socket_directory
        for sign, seconds in ((signal.SIGINT, _STOP_SECONDS), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if self._alive.acquire():
                break
            if (postmaster := self._postmaster()) is not None:
                postmaster.signal(sign)
            else:  # killed, with children left; or the directory was deleted under it
                self._signal_leftovers(sign)
            if self._alive.acquire_within(seconds):
                break
        else:
            raise self._failure(f"The server in {self.directory} does not stop. End its processes by hand")
        self._alive.release()
        remove_if_empty(sockets)  # not after a crash; the next start clears it
        if self._process is not None:
            self._process.wait()

    def close(self) -> None:
        """Close the locks; a running server stays."""
        for lock in (self.changes, self.users, self._alive):
            lock.close()

    def _ensure_running(self, timeout: float) -> None:
        # The server and all its children inherit the lock `alive`: whoever gets it knows that not even an
        # orphan of a crashed server touches the files any more.
        began = time.monotonic()
        while not self._alive.acquire():
            postmaster = self._postmaster()
            waited = time.monotonic() - began
            if waited > timeout:
                raise self._failure(
                    f"The server in {self.directory} is not ready after {timeout:.0f} s. Try again later"
                )
            if postmaster is None:
                self._outlive_leftovers(waited)
            elif postmaster.status == "ready":
                return
            elif postmaster.status == "stopping":
                postmaster.signal(signal.SIGINT)  # it would wait for its clients, and they for it
            time.sleep(POLL_SECONDS)
        try:
            self._start(began + timeout)
        except OSError as error:
            raise self._failure(f"PostgreSQL could not be started in {self.directory}: {error}") from error
        finally:
            self._reopen_alive()

    def _start(self, deadline: float) -> None:
        programs = Programs(binaries_for(self.account), self._alive.fileno())
        if self.directory.exists():
            self._check_version()
            self._take_over()
        else:
            found_cluster(self.directory, self.account, programs, durable=self.durable)
        sockets = self._prepare_socket_directory()
        self._forget_stale_pid()
        write_anew(self.directory / CONFIGURATION_FILE, configuration(durable=self.durable), self.account)
        write_anew(self.directory / "pg_hba.conf", ACCESS, self.account)
        itself = [] if self.account.uid in SERVICE_IDS else [self.account.name]
        users = dict.fromkeys([user_name(0), *itself])
        write_anew(self.directory / "pg_ident.conf", identities(users), self.account)
        options = {
            "cluster_name": self._name,
            "listen_addresses": "",
            "unix_socket_directories": f'"{sockets}"',
            "port": str(PORT),
        }
        settings = [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
        # A session of its own: Ctrl-C in the terminal reaches only the application.
        # A pipe, because a full disk takes no log: the server has its own as soon as it can write one.
        self._process = programs.launch(
            self.account,
            "postgres",
            self.directory,
            *settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert self._process.stderr is not None
        with self._process.stderr as messages:
            self._await_ready(self._process, deadline, messages)

    def _await_ready(self, process: "subprocess.Popen[bytes]", deadline: float, messages: IO[bytes]) -> None:
        os.set_blocking(messages.fileno(), False)
        while not ((postmaster := self._postmaster()) and postmaster.status == "ready"):
            if process.poll() is not None:
                said = (messages.read() or b"").decode(errors="replace")
                remove_if_empty(self._socket_directory())
                raise self._failure(f"PostgreSQL could not be started in {self.directory}", said)
            if time.monotonic() > deadline:
                raise self._failure(f"The server in {self.directory} is still recovering. Try again later")
            time.sleep(POLL_SECONDS)

    def _take_over(self) -> None:
        """Give the account what root has restored, or an earlier release made as `nobody`."""
        if not self.account.is_current and self.directory.stat().st_uid != self.account.uid:
            log.warning(
                "embedded_server_moves",
                advice=f"The database in {self.directory} belonged to {user_name(self.directory.stat().st_uid)}; "
                f"from now on its server runs under a number of its own, {self.account.uid}.",
            )
            self.account.own_all(self.directory)

    def _check_version(self) -> None:
        version = (self.directory / "PG_VERSION").read_text().strip()
        if version != str(POSTGRES_MAJOR):
            raise EmbeddedServerError(
                f"The database in {self.directory} was made by PostgreSQL {version}, and this release of "
                f"Fondasi brings PostgreSQL {POSTGRES_MAJOR}. Start it with the release that made it, "
                "write it out with pg_dump, move the directory away, start this release and read it back "
                "with pg_restore."
            )

    def _socket_directory(self) -> Path:
        digest = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        path = Path(tempfile.gettempdir()) / f"fondasi-{digest}"
        if len(os.fsencode(path / f".s.PGSQL.{PORT}")) > _SOCKET_PATH_LIMIT:
            path = Path("/tmp", path.name)  # noqa: S108 - owner-only, and checked to be so
        return path

    def _prepare_socket_directory(self) -> Path:
        path = self._socket_directory()
        path.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            self.account.own(path)
        if path.is_symlink() or path.stat().st_uid != self.account.uid or path.stat().st_mode & 0o077:
            raise EmbeddedServerError(
                f"{path} is not a directory that only {self.account.name} may use. Remove it"
            )
        end_stray_server(path)
        for leftover in path.iterdir():
            leftover.unlink()
        return path

    def _forget_stale_pid(self) -> None:
        """Remove a ``postmaster.pid`` that no server stands behind: its number may be another program's by now.

        The lock ``alive`` has shown that none of ours runs. One that somebody started here by hand is left for
        PostgreSQL to find.
        """
        pid = recorded_pid(self.directory)
        if pid is None or not serves(pid, self.directory):
            (self.directory / "postmaster.pid").unlink(missing_ok=True)

    def _postmaster(self) -> "Postmaster | None":
        postmaster = Postmaster.read(self.directory)
        return postmaster if postmaster and self._is_ours(postmaster.pid) else None

    def _is_ours(self, pid: int) -> bool:
        return cluster_name_in(process_title(pid)) == self._name

    def _outlive_leftovers(self, waited: float) -> None:
        """Wait for the children of a killed server; end those that do not notice that they have lost it."""
        if waited > _LEFTOVER_SECONDS:
            self._signal_leftovers(signal.SIGKILL)
        if waited > 2 * _LEFTOVER_SECONDS:
            raise self._failure(
                f"Something that cannot be seen from here uses {self.directory}, perhaps in another "
                "container. Stop it and start again"
            )

    def _signal_leftovers(self, number: signal.Signals) -> None:
        for pid in psutil.pids():
            if self._is_ours(pid):
                send_signal(pid, number)

    def _reopen_alive(self) -> None:
        """Drop this process's share of the lock that the server has inherited."""
        self._alive.close()
        self._alive = FileLock(self._alive_path, self.account)

    def _failure(self, message: str, said: str = "") -> EmbeddedServerError:
        if not said or _LOG_TAKES_OVER in said:
            newest = max(self.directory.glob("log/*.log"), key=_modified, default=None)
            if newest is not None and _modified(newest) > time.time() - _LOG_AGE_SECONDS:
                said = newest.read_text(errors="replace")
        free = shutil.disk_usage(self.data_dir).free
        if free < _DISK_NEEDED or _NO_SPACE in said or _NO_SPACE in message:
            message = f"{DISK_FULL} {free >> 10} kB are free on the disk of {self.data_dir}. {message}"
        return EmbeddedServerError(
            f"{message}. PostgreSQL said:\n{tail(said)}" if said.strip() else f"{message}."
        )


def end_stray_server(sockets: Path) -> None:
    """End the server that listens in ``sockets`` although its data directory was deleted and made anew."""
    with suppress(FileNotFoundError, ValueError, IndexError):
        pid = int((sockets / f".s.PGSQL.{PORT}.lock").read_text().split()[0])
        if str(sockets) in (title := process_title(pid)) and cluster_name_in(title):
            send_signal(pid, signal.SIGQUIT)
            psutil.wait_procs([psutil.Process(pid)], _LEFTOVER_SECONDS)


def _modified(path: Path) -> float:
    return path.stat().st_mtime
