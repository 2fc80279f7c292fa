"""Attack 46: any program of `nobody` owned the database that root had started, and read root's files through it."""

import os
import pwd
import subprocess
from contextlib import ExitStack
from pathlib import Path

import asyncpg
import pytest

from fondasi.kit.db.embedded import EmbeddedServer
from fondasi.kit.db.embedded.account import Account
from fondasi.kit.db.embedded.binaries import binaries_for

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts a server as somebody else")


@pytest.fixture
def nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


@pytest.fixture
async def server(tmp_path):
    """A server of root's, with its data below a closed directory."""
    tmp_path.chmod(0o700)
    async with await EmbeddedServer.start(tmp_path / "data", durable=False) as started:
        yield started


def steal(account: Account, server: EmbeddedServer, role: str, query: str) -> str:
    """What a program of the account gets to read or to hear."""
    command = [binaries_for(account) / "psql", server.url(role), "-Atc", query]
    process = account.popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return process.communicate()[0].decode()


@pytest.mark.parametrize("role", ["app", "owner", "superuser"])
def test_program_of_nobody_gets_no_role(server, nobody, role):
    assert "Permission denied" in steal(nobody, server, role, "SELECT 'stolen'")
    with ExitStack() as stack:  # the kernel is asked who it is as well, should the folder be open
        for path in (server._socket_directory, server._socket_directory / ".s.PGSQL.5432"):
            stack.callback(path.chmod, path.stat().st_mode & 0o777)
            path.chmod(0o777)
        assert "Peer authentication failed" in steal(nobody, server, role, "SELECT 'stolen'")


def test_program_of_nobody_neither_ends_nor_traces_nor_enters_it(server, nobody, tmp_path):
    pid = int((tmp_path / "data/postgres/postmaster.pid").read_text().split()[0])
    for attempt in (f"kill -9 {pid}", f"ls /proc/{pid}/cwd/", f"cat /proc/{pid}/environ"):
        assert nobody.popen(["/bin/sh", "-c", attempt], stderr=subprocess.DEVNULL).wait() != 0, attempt
    assert Path(f"/proc/{pid}").exists()


async def test_superuser_of_the_database_reads_no_file_of_root(server, tmp_path):
    (tmp_path / "open").write_text("of root, below a closed folder")
    (tmp_path / "closed").write_text("of root")
    (tmp_path / "closed").chmod(0o600)
    connection = await asyncpg.connect(server.url("superuser"))
    try:
        for path in (tmp_path / "open", tmp_path / "closed", Path("/etc/shadow")):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetchval("SELECT pg_read_file($1)", str(path))
    finally:
        await connection.close()
