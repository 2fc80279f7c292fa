"""Root, ordinary users, closed directories: who may run the server, and as whom."""

import os
import pwd
import shutil
import stat
from pathlib import Path

import asyncpg
import pytest

from fondasi.kit.db.embedded import EmbeddedServer, EmbeddedServerError
from fondasi.kit.db.embedded import account as accounts
from fondasi.kit.db.embedded.binaries import find_binaries

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


CAP_DAC_READ_SEARCH = 1 << 2
# What Docker leaves to root, as far as files, users and signals are concerned; no ptrace, so /proc tells less.
CONTAINER_CAPABILITIES = "+chown,+dac_override,+fowner,+fsetid,+setuid,+setgid,+setpcap,+kill"


def capabilities(pid: int) -> dict[str, int]:
    lines = (line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {line[0][:-1]: int(line[1], 16) for line in lines if line[0] in {"CapEff:", "CapBnd:"}}


async def works(url: str) -> bool:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval("SELECT 1") == 1
    finally:
        await connection.close()


@as_root
async def test_root_runs_the_server_as_an_unprivileged_user(open_directory, postmaster_of):
    async with await EmbeddedServer.start(open_directory / "data", durable=False) as server:
        assert await works(server.url())
        assert postmaster_of(open_directory / "data").username() == "nobody"
        assert stat.S_IMODE((open_directory / "data" / "postgres").stat().st_mode) == 0o700


@as_root
async def test_directory_below_a_closed_one_is_reached_without_opening_it(spare_data_dir, postmaster_of):
    spare_data_dir.parent.chmod(0o700)
    async with await EmbeddedServer.start(spare_data_dir) as server:
        assert await works(server.url())
        status = capabilities(postmaster_of(spare_data_dir).pid)
    assert stat.S_IMODE(spare_data_dir.parent.stat().st_mode) == 0o700
    assert status == {"CapEff": CAP_DAC_READ_SEARCH, "CapBnd": CAP_DAC_READ_SEARCH}


@as_root
async def test_directory_that_cannot_be_reached_is_explained(spare_data_dir, monkeypatch):
    monkeypatch.setattr(accounts.shutil, "which", lambda _: None)
    spare_data_dir.parent.chmod(0o700)
    with pytest.raises(EmbeddedServerError, match=r"chmod o\+x") as caught:
        await EmbeddedServer.start(spare_data_dir)
    assert str(spare_data_dir) in str(caught.value)


@as_root
async def test_root_of_a_container_starts_joins_and_stops_a_server(open_directory, user_of, is_running):
    setpriv = shutil.which("setpriv")
    nobody = accounts.choose_account(open_directory / "data" / "postgres")
    if setpriv is None or not accounts._reaches(nobody, find_binaries() / "postgres", open_directory):
        pytest.skip("needs setpriv, and an installation that every user can reach")
    root = accounts.Account(0, 0, (setpriv, f"--bounding-set=-all,{CONTAINER_CAPABILITIES}"))
    first, second = (user_of(open_directory / "data", root) for _ in range(2))
    assert await works(await first.url())
    assert await first.url() == await second.url()
    await first.leave()
    assert is_running(open_directory / "data")
    await second.leave()
    assert not is_running(open_directory / "data")


async def test_ordinary_user_starts_and_stops_a_server(open_directory, user_of, account_of, is_running):
    open_directory.chmod(0o777)
    user = user_of(open_directory / "data", account_of("nobody"))
    assert await works(await user.url())
    assert (open_directory / "data").owner() == "nobody"
    assert stat.S_IMODE((open_directory / "data").stat().st_mode) == 0o700
    await user.leave()
    assert not is_running(open_directory / "data")


async def test_cluster_of_another_user_is_refused(open_directory, user_of, account_of):
    async with await EmbeddedServer.start(open_directory / "data", durable=False):
        pass
    message = await user_of(open_directory / "data", account_of("daemon")).error()
    assert "belongs to user nobody, and you are daemon" in message
    assert "FONDASI_DATA_DIR" in message


async def test_closed_directory_of_another_user_is_refused(open_directory, user_of, account_of):
    (open_directory / "data").mkdir(mode=0o500)
    message = await user_of(open_directory / "data", account_of("daemon")).error()
    assert str(open_directory / "data") in message
    assert "FONDASI_DATA_DIR" in message


async def test_root_joins_and_continues_the_cluster_of_an_ordinary_user(
    open_directory, user_of, account_of, postmaster_of
):
    open_directory.chmod(0o777)
    data_dir = open_directory / "data"
    user = user_of(data_dir, account_of("daemon"))
    await user.url()
    await user.leave()
    async with await EmbeddedServer.start(data_dir) as server:
        assert await works(server.url())
        assert postmaster_of(data_dir).username() == "daemon"
    again = user_of(data_dir, account_of("daemon"))
    assert await works(await again.url())
    await again.leave()


@as_root
async def test_cluster_restored_as_root_is_explained(spare_data_dir):
    os.chown(spare_data_dir / "postgres", 0, 0)
    with pytest.raises(EmbeddedServerError, match="chown -R nobody"):
        await EmbeddedServer.start(spare_data_dir)
    os.chown(spare_data_dir / "postgres", pwd.getpwnam("nobody").pw_uid, 0)
