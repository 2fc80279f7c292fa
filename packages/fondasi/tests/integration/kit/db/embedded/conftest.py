"""Real processes that use real servers, and copies of a cluster that was made once."""

import asyncio
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from fondasi.kit.db.embedded import EmbeddedServer
from fondasi.kit.db.embedded.account import Account

# The server needs nothing of the package around it, whose imports would take most of each process's time.
USER_PROGRAM = """
import asyncio, json, os, signal, sys, types
from importlib.util import find_spec
from pathlib import Path
package = types.ModuleType("fondasi.kit.db")
package.__path__ = [str(Path(find_spec("fondasi.kit").origin).parent / "db")]
sys.modules[package.__name__] = package
from fondasi.kit.db.embedded import EmbeddedServer, EmbeddedServerError

async def main():
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        server = await EmbeddedServer.start(Path(sys.argv[1]), durable=False)
    except EmbeddedServerError as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return
    print(json.dumps({"url": server.url("superuser")}), flush=True)
    await getattr(server, (await asyncio.to_thread(sys.stdin.readline)).strip())()
    print(json.dumps({}), flush=True)

asyncio.run(main())
"""


class User:
    """Another process that starts or joins the server in a directory."""

    def __init__(self, data_dir: Path, account: Account) -> None:
        command = [*account.prefix, sys.executable, "-c", USER_PROGRAM, str(data_dir)]
        options = (
            {}
            if account.is_current or account.prefix
            else {"user": account.uid, "group": account.gid, "extra_groups": []}
        )
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            cwd="/",
            **options,
        )
        self._answer: dict[str, str] = {}

    def _read(self) -> dict[str, str]:
        assert self.process.stdout is not None
        self._answer = self._answer or json.loads(self.process.stdout.readline())
        return self._answer

    async def url(self) -> str:
        return (await asyncio.to_thread(self._read))["url"]

    async def error(self) -> str:
        return (await asyncio.to_thread(self._read))["error"]

    async def leave(self, how: str = "release") -> None:
        await asyncio.to_thread(self.process.communicate, how + "\n")
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def interrupt(self) -> None:
        os.killpg(self.process.pid, signal.SIGINT)


@pytest.fixture
def user_of() -> Iterator[Callable[..., User]]:
    """Make users: `user_of(data_dir, account)`; they are killed at the end."""
    users: list[User] = []

    def make(data_dir: Path, account: Account | None = None) -> User:
        users.append(User(data_dir, account or Account(os.geteuid(), os.getegid())))
        return users[-1]

    yield make
    for user in users:
        user.kill()


@pytest.fixture(scope="session")
async def finished_cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a new cluster, stopped."""
    data_dir = tmp_path_factory.mktemp("finished")
    async with await EmbeddedServer.start(data_dir, durable=False):
        return data_dir


@pytest.fixture
def data_dir(finished_cluster: Path) -> Iterator[Path]:
    """A data directory with a stopped cluster, which other tests use before and after."""
    yield finished_cluster
    end_servers(finished_cluster)


@pytest.fixture
def spare_data_dir(finished_cluster: Path, tmp_path: Path) -> Iterator[Path]:
    """A data directory with a stopped cluster, to be damaged."""
    yield copy_cluster(finished_cluster, tmp_path / "data")
    end_servers(tmp_path)


def copy_cluster(source: Path, target: Path) -> Path:
    subprocess.run(["cp", "-a", source, target], check=True)
    return target


@pytest.fixture(name="copy_cluster")
def copy_cluster_fixture() -> Callable[[Path, Path], Path]:
    return copy_cluster


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that every user can reach, which pytest's are not."""
    path = Path(tempfile.mkdtemp())
    path.chmod(0o755)
    yield path
    end_servers(path)
    shutil.rmtree(path)


def end_servers(directory: Path) -> None:
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name() == "postgres" and process.cwd().startswith(f"{directory}/"):
                process.kill()
                process.wait(5)


def postmaster_of(data_dir: Path) -> psutil.Process:
    return psutil.Process(int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0]))


def is_running(data_dir: Path) -> bool:
    return (data_dir / "postgres" / "postmaster.pid").exists()


@pytest.fixture(name="postmaster_of")
def postmaster_of_fixture() -> Callable[[Path], psutil.Process]:
    return postmaster_of


@pytest.fixture(name="is_running")
def is_running_fixture() -> Callable[[Path], bool]:
    return is_running


@pytest.fixture
def account_of() -> Callable[[str], Account]:
    """Return an unprivileged account by name, able to run this Python; for tests that run as root."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0 or setpriv is None:
        pytest.skip("only root can become another user")

    def find(name: str) -> Account:
        entry = pwd.getpwnam(name)
        account = Account(entry.pw_uid, entry.pw_gid)
        if account.can_run(Path(sys.executable)):
            return account
        read = [f"--{kind}=-all,+dac_read_search" for kind in ("bounding-set", "inh-caps", "ambient-caps")]
        # no_setuid_fixup: access(2), with which PostgreSQL finds its own files, ignores capabilities without it
        identity = (f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups", *read)
        return Account(
            entry.pw_uid, entry.pw_gid, (setpriv, *identity, "--securebits=+no_setuid_fixup", "--")
        )

    return find
