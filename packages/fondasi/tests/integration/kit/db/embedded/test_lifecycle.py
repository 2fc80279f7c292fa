"""What a new server is like, and how several processes share it."""

import asyncio
import stat
import subprocess

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from fondasi.kit.db.embedded import EmbeddedServer
from fondasi.kit.db.embedded import configuration as server_configuration
from fondasi.kit.db.embedded.binaries import find_binaries


async def value(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def server(finished_cluster, tmp_path_factory: pytest.TempPathFactory):
    data_dir = tmp_path_factory.mktemp("shared") / "data"
    await asyncio.to_thread(subprocess.check_call, ["cp", "-a", finished_cluster, data_dir])
    async with await EmbeddedServer.start(data_dir) as server:
        yield server


class TestNewServer:
    @pytest.mark.parametrize("role", ["app", "owner", "superuser"])
    async def test_address_is_accepted_by_asyncpg_sqlalchemy_and_psql(self, server, role):
        url = server.url(role)
        user = await value(url, "SELECT current_user")

        engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT current_user")) == user
        await engine.dispose()
        psql = [find_binaries() / "psql", url, "-Atc", "SELECT current_user"]
        answer = await asyncio.to_thread(subprocess.check_output, psql, text=True)
        assert answer.strip() == user

    async def test_app_role_is_neither_owner_nor_superuser_and_obeys_row_security(self, server):
        assert await value(
            server.url("app"),
            "SELECT NOT (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole) FROM pg_roles"
            " WHERE rolname = current_user",
        )
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await value(server.url("app"), "CREATE TABLE public.mine (id int)")

    @pytest.mark.parametrize("database", ["fondasi", "second"])
    async def test_app_role_uses_what_the_owner_creates(self, server, database):
        if database != "fondasi":
            await server.create_database(database)
        owner, app = server.url("owner", database), server.url("app", database)
        await value(owner, "CREATE TABLE item (id int GENERATED ALWAYS AS IDENTITY, place vector(2))")
        assert await value(app, "INSERT INTO item (place) VALUES ('[1,2]') RETURNING id") == 1
        assert await value(app, "UPDATE item SET place = '[2,2]' RETURNING place::text") == "[2,2]"
        assert await value(app, "DELETE FROM item RETURNING id") == 1
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await value(app, "DROP TABLE item")

    async def test_database_is_a_copy_of_its_template(self, server):
        await server.create_database("original")
        await value(server.url("owner", "original"), "CREATE TABLE kept AS SELECT 7 AS number")
        await server.create_database("copy", template="original")
        assert await value(server.url("app", "copy"), "SELECT number FROM kept") == 7
        await server.drop_database("copy")
        await server.drop_database("copy")
        with pytest.raises(asyncpg.InvalidCatalogNameError):
            await value(server.url("app", "copy"), "SELECT 1")

    @pytest.mark.parametrize(
        ("setting", "expected"),
        [
            ("server_encoding", "UTF8"),
            ("data_checksums", "on"),
            ("listen_addresses", ""),
            ("fsync", "on"),
            ("full_page_writes", "on"),
            ("synchronous_commit", "on"),
            ("max_connections", "200"),
            ("shared_buffers", "256MB"),
            ("jit", "off"),
            ("TimeZone", "UTC"),
        ],
    )
    async def test_setting(self, server, setting, expected):
        assert await value(server.url(), f"SHOW {setting}") == expected

    async def test_sorting_does_not_depend_on_the_machine(self, server):
        query = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = current_database()"
        assert await value(server.url(), query) == "bC.UTF-8"

    async def test_files_and_socket_are_for_their_owner_only(self, server):
        cluster = server._cluster
        for path in (cluster.directory, cluster.socket_directory, cluster.data_dir / "postgres.locks"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700

    async def test_log_is_kept_in_the_data_directory(self, server):
        with pytest.raises(asyncpg.UndefinedTableError):
            await value(server.url(), "SELECT * FROM nowhere")
        logs = list((server._cluster.directory / "log").glob("*.log"))
        assert any("nowhere" in log.read_text() for log in logs)


class TestSharing:
    async def test_last_one_to_leave_stops_the_server(self, data_dir, user_of, is_running):
        first, second = user_of(data_dir), user_of(data_dir)
        url = await first.url()
        await second.url()
        await first.leave()
        assert await value(url, "SELECT 1") == 1
        await second.leave()
        assert not is_running(data_dir)

    async def test_two_users_in_one_process_count_as_two(self, data_dir, is_running):
        first = await EmbeddedServer.start(data_dir)
        second = await EmbeddedServer.start(data_dir)
        await first.release()
        await first.release()
        assert is_running(data_dir)
        await second.release()
        assert not is_running(data_dir)

    async def test_stop_ends_it_for_everybody(self, data_dir, user_of, is_running):
        other = user_of(data_dir)
        await other.url()
        await (await EmbeddedServer.start(data_dir)).stop()
        assert not is_running(data_dir)
        await other.leave()

    async def test_eight_processes_starting_together_share_one_new_server(
        self, tmp_path, user_of, is_running
    ):
        users = [user_of(tmp_path / "data") for _ in range(8)]
        urls = [await user.url() for user in users]
        started = {await value(url, "SELECT pg_postmaster_start_time()") for url in urls}
        assert len(started) == 1
        await asyncio.gather(*(user.leave() for user in users))
        assert not is_running(tmp_path / "data")

    async def test_data_survives_a_restart(self, data_dir):
        async with await EmbeddedServer.start(data_dir) as server:
            await value(server.url("owner"), "CREATE TABLE restarted AS SELECT 7 AS number")
        async with await EmbeddedServer.start(data_dir) as server:
            assert await value(server.url(), "SELECT number FROM restarted") == 7

    async def test_interrupt_from_the_terminal_does_not_reach_the_server(self, data_dir, user_of, is_running):
        user = user_of(data_dir)
        url = await user.url()
        user.interrupt()
        await asyncio.sleep(0.2)
        assert await value(url, "SELECT 1") == 1
        await user.leave()
        assert not is_running(data_dir)

    @pytest.mark.parametrize("delay", [0.001, 0.01, 0.03])
    async def test_cancelled_start_leaves_nothing_behind(self, data_dir, is_running, delay):
        task = asyncio.create_task(EmbeddedServer.start(data_dir))
        await asyncio.sleep(delay)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not is_running(data_dir)
        async with asyncio.timeout(60):
            await (await EmbeddedServer.start(data_dir)).release()

    async def test_path_longer_than_a_socket_address_is_fine(self, spare_data_dir):
        deep = spare_data_dir.parent / ("a" * 100) / ("b" * 100)
        deep.parent.mkdir()
        spare_data_dir.rename(deep)
        async with await EmbeddedServer.start(deep) as server:
            assert await value(server.url(), "SELECT 1") == 1

    async def test_server_for_tests_trades_durability_for_speed(self, data_dir):
        async with await EmbeddedServer.start(data_dir, durable=False) as server:
            assert await value(server.url(), "SHOW fsync") == "off"
            assert await value(server.url(), "SHOW full_page_writes") == "off"

    async def test_runs_without_posix_shared_memory(self, data_dir, monkeypatch, tmp_path):
        monkeypatch.setattr(server_configuration, "_SHARED_MEMORY", tmp_path / "missing")
        async with await EmbeddedServer.start(data_dir) as server:
            assert await value(server.url(), "SHOW dynamic_shared_memory_type") == "mmap"
