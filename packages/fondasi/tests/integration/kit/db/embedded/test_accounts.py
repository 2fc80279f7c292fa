"""Root, ordinary users, closed directories: who may run the server, and as whom."""

import asyncio
import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from structlog.testing import capture_logs

from fondasi.kit.db.embedded import EmbeddedServer, EmbeddedServerError, binaries
from fondasi.kit.db.embedded import account as accounts
from fondasi.kit.db.embedded.binaries import find_binaries

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


# What Docker leaves to root, as far as files, users and signals are concerned; no ptrace, so /proc tells less.
CONTAINER_CAPABILITIES = "+chown,+dac_override,+fowner,+fsetid,+setuid,+setgid,+setpcap,+kill"


def capabilities(pid: int) -> int:
    """Those that the process may use or take."""
    lines = (line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return sum(int(line[1], 16) for line in lines if line[0] in {"CapEff:", "CapPrm:", "CapAmb:", "CapInh:"})


async def works(url: str) -> bool:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval("SELECT 1") == 1
    finally:
        await connection.close()


@as_root
async def test_root_runs_the_server_under_a_number_of_its_own(open_directory, postmaster_of):
    async with await EmbeddedServer.start(open_directory / "data", durable=False) as server:
        assert await works(server.url())
        number = postmaster_of(open_directory / "data").uids().effective
        assert number in accounts.SERVICE_IDS
        with pytest.raises(KeyError):
            pwd.getpwuid(number)
        assert stat.S_IMODE((open_directory / "data" / "postgres").stat().st_mode) == 0o700


@as_root
async def test_directory_below_a_closed_one_is_reached_without_opening_it(spare_data_dir, postmaster_of):
    spare_data_dir.parent.chmod(0o700)
    async with await EmbeddedServer.start(spare_data_dir) as server:
        assert await works(server.url())
        assert capabilities(postmaster_of(spare_data_dir).pid) == 0
    assert stat.S_IMODE(spare_data_dir.parent.stat().st_mode) == 0o700


@as_root
async def test_programs_below_a_closed_directory_are_copied(
    spare_data_dir, open_directory, monkeypatch, postmaster_of
):
    closed = open_directory / "closed"
    package = find_binaries().parent.parent
    installed = closed / "lib" / package.name / find_binaries().parent.name
    shutil.copytree(find_binaries().parent, installed, ignore=shutil.ignore_patterns("include", "*.a"))
    shutil.copytree(package.with_name(f"{package.name}.libs"), closed / "lib" / f"{package.name}.libs")
    closed.chmod(0o700)
    monkeypatch.setattr(binaries, "find_binaries", lambda: installed / "bin")
    monkeypatch.setattr(binaries, "COPIES", open_directory / "copies")
    for _ in range(2):  # the second finds it
        async with await EmbeddedServer.start(spare_data_dir) as server:
            assert await works(server.url())
            assert Path(postmaster_of(spare_data_dir).exe()).is_relative_to(open_directory / "copies")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    monkeypatch.setattr(binaries, "COPIES", closed / "copies")
    with pytest.raises(EmbeddedServerError, match=r"chmod o\+x"):
        await EmbeddedServer.start(spare_data_dir)


@as_root
@pytest.mark.parametrize("owner", [0, pwd.getpwnam("nobody").pw_uid])
async def test_cluster_of_root_or_of_an_earlier_release_is_taken_over(spare_data_dir, owner, postmaster_of):
    await asyncio.to_thread(
        subprocess.run, ["chown", "-R", str(owner), spare_data_dir / "postgres"], check=True
    )
    (spare_data_dir / "postgres" / "pg_hba.conf").write_text("local all all trust\n")
    with capture_logs() as logs:
        async with await EmbeddedServer.start(spare_data_dir) as server:
            assert await works(server.url())
            assert postmaster_of(spare_data_dir).uids().effective in accounts.SERVICE_IDS
    assert [line["event"] for line in logs] == ["embedded_server_moves"]
    assert "trust" not in (spare_data_dir / "postgres" / "pg_hba.conf").read_text()


@as_root
def test_file_that_is_elsewhere_too_is_not_given_away(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "secret").write_text("of root")
    (tmp_path / "data" / "secret").hardlink_to(tmp_path / "secret")
    (tmp_path / "data" / "link").symlink_to(tmp_path / "secret")
    accounts.service_account().own_all(tmp_path / "data")
    assert (tmp_path / "secret").stat().st_uid == 0


@as_root
async def test_root_of_a_container_starts_joins_and_stops_a_server(open_directory, user_of, is_running):
    setpriv = shutil.which("setpriv")
    if setpriv is None or not accounts.service_account().can_run(find_binaries() / "postgres"):
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
    open_directory.chmod(0o777)
    first = user_of(open_directory / "data", account_of("nobody"))
    await first.url()
    await first.leave()
    (open_directory / "data").chmod(0o711)
    message = await user_of(open_directory / "data", account_of("daemon")).error()
    assert "belongs to user nobody, and you are daemon" in message
    assert "FONDASI_DATA_DIR" in message


async def test_cluster_that_root_made_is_refused_with_advice_that_can_be_followed(
    open_directory, user_of, account_of
):
    async with await EmbeddedServer.start(open_directory / "data", durable=False):
        pass
    daemon = account_of("daemon")
    message = await user_of(open_directory / "data", daemon).error()
    assert "was made by root, and you are daemon" in message
    assert f"sudo rm -r {open_directory / 'data'}" in message
    (open_directory / "data" / "secret_key").touch(0o600)
    variables = [f"FONDASI_DATA_DIR={open_directory / 'data'}", "MODULES=posts"]
    command = ["/usr/bin/env", *variables, sys.executable, "-m", "fondasi", "worker"]
    process = daemon.popen(command, stderr=subprocess.PIPE)
    assert message in (await asyncio.to_thread(process.communicate))[1].decode()


async def test_closed_directory_of_another_user_is_refused(open_directory, user_of, account_of):
    (open_directory / "data").mkdir(mode=0o500)
    message = await user_of(open_directory / "data", account_of("daemon")).error()
    assert str(open_directory / "data") in message
    assert "FONDASI_DATA_DIR" in message


async def test_directory_in_one_that_may_not_be_entered_is_refused(open_directory, user_of, account_of):
    (open_directory / "closed").mkdir(mode=0o700)
    place = open_directory / "closed" / "data"
    message = await user_of(place, account_of("daemon")).error()
    assert f"The data directory {place} cannot be used" in message
    assert "Make it writable for you, or set FONDASI_DATA_DIR to another directory." in message


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
