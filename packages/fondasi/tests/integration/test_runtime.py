"""Opening the platform: addresses, the replica, pending migrations, the secret key, resources, modules."""

import stat
import subprocess
import sys
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from fondasi import module as module_file
from fondasi.access import Permission, UndeclaredRouteError, public, require
from fondasi.app import create_app
from fondasi.dependencies import UnitOfWork
from fondasi.kit.http import Router
from fondasi.module import Module, UnknownModuleError, installed_modules
from fondasi.runtime import PendingMigrationsError, open_platform, platform_modules, with_secret_key
from fondasi.settings import Environment, Settings
from fondasi.tenancy import require_in_tenant

MAKE_SECRET = """
import sys
from pathlib import Path
from fondasi.runtime import with_secret_key
from fondasi.settings import Settings
folder = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(with_secret_key(Settings(_env_file=None, data_dir=folder)).secret_key.get_secret_value())
"""


def with_database(settings: Settings, **changes: object) -> Settings:
    values = {name: SecretStr(value) if isinstance(value, str) else value for name, value in changes.items()}
    return settings.model_copy(update={"database": settings.database.model_copy(update=values)})


class TestReplica:
    async def test_read_sessions_go_to_the_replica_and_writes_never(self, settings, database_server, modules):
        await database_server.create_database("replica")
        own = with_database(settings, replica_url=database_server.url("app", "replica"))
        name = text("SELECT current_database()")
        try:
            async with open_platform(own, modules) as platform:
                async with platform.database.read_session() as session:
                    assert await session.scalar(name) == "replica"
                async with platform.database.read_session(fresh=True) as session:
                    assert await session.scalar(name) != "replica"
                async with platform.database.unit_of_work() as session:
                    assert await session.scalar(name) != "replica"
                async with platform.database.connection() as connection:
                    assert await connection.fetchval("SELECT current_database()") != "replica"
        finally:
            await database_server.drop_database("replica")

    async def test_sessions_are_never_looked_up_on_the_replica_which_may_lag(
        self, settings, database_server, sign_in, running
    ):
        headers = await sign_in("ani")
        await database_server.create_database("lagging")  # so far that it has no tables yet
        own = with_database(settings, replica_url=database_server.url("app", "lagging"))
        try:
            async with running(own) as client:
                assert (await client.post("/api/v1/logout", headers=headers)).status_code == 204
                assert (await client.get("/api/v1/users/me", headers=headers)).status_code == 401
        finally:
            await database_server.drop_database("lagging")

    async def test_without_one_both_go_to_the_same_database(self, database):
        name = text("SELECT current_database()")
        async with database.read_session() as reading, database.unit_of_work() as writing:
            assert await reading.scalar(name) == await writing.scalar(name)


class TestPendingMigrations:
    async def test_local_migrates_by_itself(self, settings, database_server, modules):
        await database_server.create_database("behind")
        own = with_database(
            settings,
            url=database_server.url("app", "behind"),
            owner_url=database_server.url("owner", "behind"),
        )
        try:
            with pytest.raises(PendingMigrationsError, match="Run `fondasi migrate` first"):
                async with open_platform(
                    own.model_copy(update={"environment": Environment.STAGING}), modules
                ):
                    pass
            async with open_platform(own, modules) as platform, platform.database.read_session() as session:
                assert await session.scalar(text('SELECT count(*) FROM "user"')) == 0
            async with open_platform(own.model_copy(update={"environment": Environment.STAGING}), modules):
                pass
        finally:
            await database_server.drop_database("behind")


class TestSecretKey:
    def test_processes_that_race_get_the_same_key(self, tmp_path):
        command = [sys.executable, "-c", MAKE_SECRET, str(tmp_path)]
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        processes = [subprocess.Popen(command, **options) for _ in range(3)]
        for process in processes:
            process.stdout.readline()
        keys = {process.communicate("go\n", timeout=30)[0].strip() for process in processes}
        assert len(keys) == 1
        assert len(keys.pop()) == 64
        assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]

    def test_key_is_kept_and_readable_by_its_owner_alone(self, tmp_path):
        settings = Settings(_env_file=None, data_dir=tmp_path / "new")
        first = with_secret_key(settings).secret_key
        assert with_secret_key(settings).secret_key == first
        assert stat.S_IMODE((tmp_path / "new" / "secret_key").stat().st_mode) == 0o600

    @pytest.mark.parametrize("environment", [Environment.STAGING, Environment.PRODUCTION])
    def test_no_key_is_made_outside_local(self, tmp_path, environment):
        settings = Settings(_env_file=None, data_dir=tmp_path, environment=environment)
        assert with_secret_key(settings).secret_key is None

    async def test_staging_without_a_key_does_not_start(self, settings):
        own = settings.model_copy(update={"secret_key": None, "environment": Environment.STAGING})
        with pytest.raises(RuntimeError, match="SECRET_KEY is missing"):
            async with open_platform(own, platform_modules()):
                pass


class Counter:
    def __init__(self) -> None:
        self.open = False


class TestModules:
    @pytest.fixture
    def installed(self, monkeypatch):
        """Entry points of packages that are not there."""

        def install(**modules: Module) -> None:
            points = [
                SimpleNamespace(name=name, load=lambda found=found: found) for name, found in modules.items()
            ]
            monkeypatch.setattr(module_file, "entry_points", lambda group: points)

        return install

    def test_installed_modules_come_by_name(self, installed):
        installed(beta=Module("beta"), alpha=Module("alpha"))
        assert [found.name for found in installed_modules()] == ["alpha", "beta"]

    def test_setting_picks_them(self, installed):
        installed(beta=Module("beta"), alpha=Module("alpha"))
        assert [found.name for found in installed_modules(["beta"])] == ["beta"]
        assert installed_modules([]) == []

    def test_unknown_module_is_a_clear_error(self, installed):
        installed(beta=Module("beta"), alpha=Module("alpha"))
        with pytest.raises(UnknownModuleError, match=r"MODULES names gamma.*Installed: alpha, beta"):
            installed_modules(["beta", "gamma"])

    async def test_minimal_module_serves_its_route_and_its_resource(self, settings, running):
        counter = Counter()

        @asynccontextmanager
        async def lifespan(platform):
            counter.open = True
            platform.provide(counter)
            yield
            counter.open = False

        router = Router()

        @router.get("/count", dependencies=[public])
        async def count() -> dict[str, bool]:
            return {"open": counter.open}

        async with running(settings, Module("counter", routers=[router], lifespan=lifespan)) as client:
            assert (await client.get("/api/v1/count")).json() == {"open": True}
        assert not counter.open

    async def test_resource_that_nobody_provides_is_a_clear_error(self, settings):
        async with open_platform(settings, platform_modules()) as platform:
            with pytest.raises(LookupError, match="No module provides Counter"):
                platform.get(Counter)

    async def test_prefix_is_a_setting(self, settings, running):
        async with running(settings.model_copy(update={"api_prefix": "/prod/v1"})) as client:
            assert (await client.get("/prod/v1/users/me")).status_code == 401
            assert (await client.get("/api/v1/users/me")).status_code == 404
            assert (await client.get("/health")).status_code == 200


class TestUndeclaredRoutes:
    @pytest.fixture
    def router(self):
        return Router()

    def refused(self, settings, router, *permissions):
        with pytest.raises(UndeclaredRouteError) as error:
            create_app(settings, [Module("wrong", routers=[router], permissions=permissions)])
        return str(error.value)

    def test_route_without_a_guard_stops_the_app(self, settings, router):
        @router.get("/open")
        async def forgotten() -> None: ...

        assert "GET /api/v1/open declares no guard" in self.refused(settings, router)

    def test_websocket_without_a_guard_stops_the_app(self, settings, router):
        @router.websocket("/stream")
        async def forgotten(websocket) -> None: ...

        assert "WebSocket /api/v1/stream declares no guard" in self.refused(settings, router)

    def test_permission_that_nobody_declares_stops_the_app(self, settings, router):
        @router.get("/one", dependencies=[require("notes.read")])
        async def read() -> None: ...

        assert "asks for notes.read, which no module declares" in self.refused(settings, router)
        create_app(
            settings, [Module("right", routers=[router], permissions=[Permission("notes.read", "Read.")])]
        )

    def test_same_route_twice_stops_the_app(self, settings, router):
        for _ in range(2):

            @router.get("/one", dependencies=[public], operation_id="read_one")
            async def read() -> None: ...

        message = self.refused(settings, router)
        assert "GET /api/v1/one is declared 2 times" in message
        assert "the operation read_one is declared 2 times" in message

    def test_operation_is_named_after_its_function_and_only_once(self, settings, router):
        for path in ("/one", "/two"):

            @router.get(path, dependencies=[public])
            async def read_it() -> None: ...

        assert "the operation read_it is declared 2 times" in self.refused(settings, router)

    def test_session_that_sees_no_tenants_rows_inside_a_tenant_stops_the_app(self, settings, router):
        @router.post("/tenants/{tenant_id}/notes", dependencies=[require_in_tenant("view_users")])
        async def write(session: UnitOfWork) -> None: ...

        assert "opens a session that sees no tenant's rows: take TenantUnitOfWork" in self.refused(
            settings, router
        )

    def test_route_of_another_kind_stops_the_app(self, settings, router):
        router.add_route("/raw", lambda request: None)
        assert "/raw is a Route" in self.refused(settings, router)

    def test_every_fault_is_named_at_once(self, settings, router):
        @router.get("/one")
        async def one() -> None: ...

        @router.get("/two", dependencies=[require("x.y")])
        async def two() -> None: ...

        message = self.refused(settings, router)
        assert "/one" in message
        assert "/two" in message

    def test_permission_declared_twice_differently_stops_the_app(self, settings):
        permissions = [Permission("a.b", "One."), Permission("a.b", "Another.")]
        with pytest.raises(ValueError, match=r"a\.b is declared twice"):
            create_app(settings, [Module("wrong", permissions=permissions)])


class TestRouting:
    async def test_literal_path_goes_before_a_parameter_whatever_the_order(self, settings, running):
        router = Router()

        @router.get("/things/{name}", dependencies=[public])
        async def by_name(name: str) -> str:
            return f"name {name}"

        @router.get("/things/me", dependencies=[public])
        async def me() -> str:
            return "me"

        @router.delete("/things/{name}/parts/{part}", dependencies=[public])
        async def part(name: str, part: int) -> str:
            return f"{name} {part}"

        async with running(settings, Module("things", routers=[router])) as client:
            assert (await client.get("/api/v1/things/me")).json() == "me"
            assert (await client.get("/api/v1/things/you")).json() == "name you"
            assert (await client.delete("/api/v1/things/a/parts/2")).json() == "a 2"
            assert (await client.delete("/api/v1/things/me")).headers["allow"] == "GET, HEAD"
            assert (await client.get("/api/v1/things/a/b")).status_code == 404
            assert (await client.get("/api/v1/" + "/" * 50_000)).status_code == 404
