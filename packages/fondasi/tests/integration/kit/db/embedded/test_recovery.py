"""Crashes of the users, of the server and of a start: the next start recovers, and nothing is lost."""

import asyncio
import shutil
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import asyncpg
import psutil
import pytest

from fondasi.kit.db.embedded import EmbeddedServer, EmbeddedServerError, cluster
from fondasi.kit.db.embedded.account import choose_account
from fondasi.kit.db.embedded.binaries import binaries_for

KEEP = "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 7 AS number"


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


async def number(server: EmbeddedServer) -> object:
    connection = await asyncpg.connect(server.url())
    try:
        return await connection.fetchval("SELECT number FROM kept")
    finally:
        await connection.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what other processes do sets no event
            await asyncio.sleep(0.01)


class TestKilledUser:
    async def test_does_not_stop_the_server_of_the_others(self, data_dir, user_of, is_running):
        first, second = user_of(data_dir), user_of(data_dir)
        url = await second.url()
        await first.url()
        first.kill()
        await execute(url, "SELECT 1")
        await second.leave()
        assert not is_running(data_dir)

    async def test_when_it_was_alone_its_server_is_joined_and_stopped_by_the_next(
        self, data_dir, user_of, is_running
    ):
        user = user_of(data_dir)
        await execute(await user.url(), KEEP + "; GRANT SELECT ON kept TO public")
        user.kill()
        assert is_running(data_dir)
        async with await EmbeddedServer.start(data_dir, durable=False) as server:
            assert await number(server) == 7
        assert not is_running(data_dir)

    async def test_while_it_makes_the_cluster_leaves_room_for_the_next(self, tmp_path, user_of):
        user = user_of(tmp_path / "data")
        await until(lambda: list(tmp_path.glob("data/.postgres-*/postgres/base")))
        user.kill()
        async with await EmbeddedServer.start(tmp_path / "data", durable=False) as server:
            await execute(server.url(), "SELECT 1")
        assert not list(tmp_path.glob("data/.postgres-*"))


class TestKilledServer:
    @pytest.fixture
    async def crashed(self, data_dir, postmaster_of):
        """A data directory whose server was killed with a committed row that only the log knows."""
        server = await EmbeddedServer.start(data_dir)
        await execute(server.url("owner"), KEEP)
        postmaster = postmaster_of(data_dir)
        sockets = server._cluster.socket_directory
        server._watch.cancel()  # its user does not look after it: the next one has to
        postmaster.kill()
        postmaster.wait(60)
        assert (sockets / ".s.PGSQL.5432.lock").exists()
        yield data_dir, server
        await server.release()

    async def test_loses_nothing(self, crashed):
        data_dir, _ = crashed
        async with await EmbeddedServer.start(data_dir) as server:
            assert await number(server) == 7

    async def test_address_works_again_for_those_who_stayed(self, crashed):
        data_dir, stayed = crashed
        async with await EmbeddedServer.start(data_dir):
            assert await number(stayed) == 7

    async def test_number_of_the_dead_process_may_belong_to_another_program(self, crashed):
        data_dir, _ = crashed
        account = choose_account(data_dir / "postgres")
        other = account.popen(["/bin/sleep", "60"])
        try:
            sockets = cluster.Cluster(data_dir).socket_directory
            for file in (data_dir / "postgres" / "postmaster.pid", sockets / ".s.PGSQL.5432.lock"):
                lines = file.read_text().splitlines(keepends=True)
                file.write_text("".join([f"{other.pid}\n", *lines[1:]]))
            async with await EmbeddedServer.start(data_dir) as server:
                assert await number(server) == 7
            assert other.poll() is None
        finally:
            other.kill()
            other.wait()

    async def test_query_that_has_not_noticed_is_ended(self, data_dir, postmaster_of, monkeypatch):
        monkeypatch.setattr(cluster, "_LEFTOVER_SECONDS", 0.3)
        server = await EmbeddedServer.start(data_dir)
        await execute(server.url("owner"), KEEP)
        connection = await asyncpg.connect(server.url())
        server._watch.cancel()
        endless = asyncio.create_task(connection.execute("DO $$ BEGIN LOOP END LOOP; END $$"))
        await asyncio.sleep(0.1)
        postmaster = postmaster_of(data_dir)
        postmaster.kill()
        postmaster.wait(60)
        async with await EmbeddedServer.start(data_dir) as second:
            assert await number(second) == 7
        with suppress(asyncpg.PostgresConnectionError, ConnectionError):
            await endless
        await server.release()

    @pytest.mark.parametrize(
        "content", [b"", b"\0" * 96, b"\xff\xfe\n", b"eight\nlines\nof\nsomething\nelse\nthan\nit\nwrites\n"]
    )
    async def test_file_with_its_number_may_be_spoiled(self, crashed, content):
        data_dir, _ = crashed
        (data_dir / "postgres" / "postmaster.pid").write_bytes(content)
        async with await EmbeddedServer.start(data_dir) as server:
            assert await number(server) == 7

    async def test_number_of_the_dead_process_may_belong_to_who_reads_about_postgres(self, crashed):
        data_dir, _ = crashed
        account = choose_account(data_dir / "postgres")
        reader = account.popen(["/bin/sh", "-c", "sleep 60 # postgresql-notes.md"])
        try:
            file = data_dir / "postgres" / "postmaster.pid"
            lines = file.read_text().splitlines(keepends=True)
            file.write_text("".join([f"{reader.pid}\n", *lines[1:]]))
            async with await EmbeddedServer.start(data_dir) as server:
                assert await number(server) == 7
        finally:
            reader.kill()
            reader.wait()

    async def test_is_started_again_by_who_started_it(self, data_dir, postmaster_of):
        server = await EmbeddedServer.start(data_dir)
        await execute(server.url("owner"), KEEP)
        postmaster_of(data_dir).kill()  # a zombie then: nobody waits for it here
        async with asyncio.timeout(60):
            while True:
                with suppress(asyncpg.PostgresError, OSError):
                    assert await number(server) == 7
                    break
                await asyncio.sleep(0.1)
        await server.release()

    async def test_is_started_again_while_a_query_has_not_noticed(self, data_dir, postmaster_of, monkeypatch):
        monkeypatch.setattr(cluster, "_LEFTOVER_SECONDS", 0.3)
        server = await EmbeddedServer.start(data_dir)
        await execute(server.url("owner"), KEEP)
        connection = await asyncpg.connect(server.url())
        endless = asyncio.create_task(connection.execute("DO $$ BEGIN LOOP END LOOP; END $$"))
        await asyncio.sleep(0.1)
        dead = postmaster_of(data_dir)
        dead.kill()
        async with asyncio.timeout(60):
            while True:
                with suppress(asyncpg.PostgresError, OSError):
                    assert await number(server) == 7
                    break
                await asyncio.sleep(0.1)
        with suppress(asyncpg.PostgresConnectionError, ConnectionError):
            await endless
        await server.release()

    async def test_does_not_keep_the_next_command_from_starting_it(self, data_dir, postmaster_of):
        server = await EmbeddedServer.start(data_dir)
        server._watch.cancel()
        await execute(server.url("owner"), KEEP)
        dead = postmaster_of(data_dir)
        dead.kill()
        await until(lambda: dead.status() == psutil.STATUS_ZOMBIE)
        async with await EmbeddedServer.start(data_dir) as again:
            assert await number(again) == 7
        await server.release()

    async def test_is_left_alone_when_its_directory_is_gone(self, spare_data_dir, postmaster_of):
        server = await EmbeddedServer.start(spare_data_dir, durable=False)
        postmaster = postmaster_of(spare_data_dir)
        shutil.rmtree(spare_data_dir / "postgres")
        postmaster.kill()
        await until(lambda: not server._cluster.is_running())
        await asyncio.to_thread(server._cluster.revive, 1)
        assert not (spare_data_dir / "postgres").exists()
        await server.release()


class TestStrayServer:
    async def test_number_of_the_dead_process_may_belong_to_another_server(
        self, data_dir, spare_data_dir, postmaster_of
    ):
        other = await EmbeddedServer.start(spare_data_dir, durable=False)
        running, stale = (path / "postgres" / "postmaster.pid" for path in (spare_data_dir, data_dir))
        shutil.copy(running, stale)
        choose_account(stale.parent).own(stale)
        async with await EmbeddedServer.start(data_dir, durable=False) as server:
            await execute(server.url(), "SELECT 1")
            await execute(other.url(), "SELECT 1")
        await other.release()

    async def test_started_without_us_is_not_disturbed(self, spare_data_dir):
        cluster_directory = spare_data_dir / "postgres"
        account = choose_account(cluster_directory)
        sockets = Path(tempfile.mkdtemp())
        account.own(sockets)
        command = [binaries_for(account) / "postgres", "-D", "/proc/self/cwd", "-h", "", "-k", sockets]
        stray = account.popen(command, cwd=cluster_directory)
        await until((cluster_directory / "postmaster.pid").exists)
        with pytest.raises(EmbeddedServerError, match=r"postmaster\.pid.* already exists"):
            await EmbeddedServer.start(spare_data_dir)
        stray.send_signal(signal.SIGINT)
        assert await asyncio.to_thread(stray.wait) == 0
        shutil.rmtree(sockets)

    async def test_shutting_down_by_itself_is_awaited_and_replaced(self, data_dir, postmaster_of):
        server = await EmbeddedServer.start(data_dir, durable=False)
        connection = await asyncpg.connect(server.url())
        postmaster = postmaster_of(data_dir)
        postmaster.send_signal(signal.SIGTERM)
        await until(lambda: "stopping" in (data_dir / "postgres" / "postmaster.pid").read_text())
        async with await EmbeddedServer.start(data_dir, durable=False) as second:
            await execute(second.url(), "SELECT 1")
        connection.terminate()
        await server.release()

    async def test_of_a_deleted_directory_makes_way(
        self, spare_data_dir, postmaster_of, finished_cluster, copy_cluster
    ):
        stray = await EmbeddedServer.start(spare_data_dir, durable=False)
        postmaster = postmaster_of(spare_data_dir)
        shutil.rmtree(spare_data_dir)
        copy_cluster(finished_cluster, spare_data_dir)
        async with await EmbeddedServer.start(spare_data_dir, durable=False) as server:
            await execute(server.url(), "SELECT 1")
            assert not postmaster.is_running() or postmaster.status() == psutil.STATUS_ZOMBIE
            await stray.release()
            await execute(server.url(), "SELECT 1")

    async def test_of_a_deleted_directory_is_stopped_by_its_user(self, spare_data_dir, postmaster_of):
        server = await EmbeddedServer.start(spare_data_dir, durable=False)
        postmaster = postmaster_of(spare_data_dir)
        shutil.rmtree(spare_data_dir)
        async with asyncio.timeout(60):
            await server.release()
        assert not postmaster.is_running()
