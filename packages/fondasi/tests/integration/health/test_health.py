"""Health, metrics and documentation: who may see what, and what they say while the database is away."""

import asyncio
import re
import shutil
import signal

import httpx
import psutil
import pytest
from pydantic import SecretStr

from fondasi.app import create_app
from fondasi.kit.db.embedded import EmbeddedServer
from fondasi.kit.db.embedded.locks import FileLock
from fondasi.runtime import Addresses, migrate_modules, platform_modules
from fondasi.settings import Environment, MetricsSettings

SECRET = SecretStr("0123456789abcdef" * 4)


def elsewhere(settings, environment, **changes):
    database = settings.database
    return settings.model_copy(update={"environment": environment, "database": database, **changes})


class TestPublic:
    @pytest.mark.parametrize("path", ["/health", "/health/live"])
    async def test_process_answers(self, client, path):
        body = (await client.get(path)).json()
        assert body["status"] == "healthy"
        assert set(body) == {"status", "timestamp", "version", "environment", "uptime_seconds"}

    async def test_ready_names_what_it_checked(self, client):
        answer = await client.get("/health/ready")
        assert answer.status_code == 200
        assert {name: check["status"] for name, check in answer.json()["checks"].items()} == {
            "database": "healthy",
            "storage": "healthy",
        }

    async def test_full_disk_is_not_ready(self, client, monkeypatch):
        usage = shutil.disk_usage("/")._replace(free=1)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
        for path in ("/health/storage", "/health/ready"):
            answer = await client.get(path)
            assert answer.status_code == 503
            assert "nearly full" in answer.text


class TestDetails:
    @pytest.mark.parametrize("path", ["/health/detailed", "/health/system"])
    async def test_need_the_permission(self, client, sign_in, path):
        assert (await client.get(path)).status_code == 401
        assert (await client.get(path, headers=await sign_in("ani"))).status_code == 403
        assert (await client.get(path, headers=await sign_in("root", superuser=True))).status_code == 200

    async def test_say_what_the_service_runs_on(self, client, sign_in):
        answer = await client.get("/health/detailed", headers=await sign_in("root", superuser=True))
        body = answer.json()
        assert {"health", "users", "tasks"} <= set(body["modules"])
        assert int(body["database_version"].split(".")[0]) >= 16
        assert body["pending_migrations"] == []
        assert body["system"]["memory_bytes"] > 0


class TestMetrics:
    async def test_are_open_in_local(self, client):
        answer = await client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain")
        assert "fondasi_http_requests_total" in answer.text

    async def test_are_off_elsewhere_without_a_token(self, settings, running):
        async with running(elsewhere(settings, Environment.STAGING)) as client:
            assert (await client.get("/metrics")).status_code == 404

    async def test_are_behind_their_token_elsewhere(self, settings, running):
        metrics = MetricsSettings(token=SecretStr("scrape"))
        async with running(elsewhere(settings, Environment.STAGING, metrics=metrics)) as client:
            for wrong in (None, "Bearer other", "Bearer ", "scrape", "Basic scrape", "Bearer é"):
                headers = {"authorization": wrong.encode("latin-1")} if wrong else {}
                assert (await client.get("/metrics", headers=headers)).status_code == 401
            assert (
                await client.get("/metrics", headers={"authorization": "Bearer scrape"})
            ).status_code == 200


class TestDocumentation:
    PATHS = ("/docs", "/redoc", "/openapi.json")

    @pytest.mark.parametrize("path", PATHS)
    async def test_is_open_in_local(self, client, path):
        assert (await client.get(path)).status_code == 200

    @pytest.mark.parametrize("path", ["/docs", "/redoc"])
    async def test_pages_ask_no_other_server(self, client, path):
        page = await client.get(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        assert "//" not in policy
        assert not re.findall(r"<script>|(?:src|href)=\"(?:https?:)?//", page.text)
        addresses = re.findall(r'<(?:script|link)[^>]* (?:src|href)="((?!data:)[^"]+)"', page.text)
        assert addresses
        for address in addresses:
            answer = await client.get(f"/{address}")
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith(("text/javascript", "text/css"))
            assert answer.headers["cache-control"] == "public, max-age=86400"
            assert not re.findall(r'src:"https?://', answer.text)

    @pytest.mark.parametrize("name", ["favicon.png", "..%2F__init__.py", "..%5C__init__.py", "start"])
    async def test_folder_of_the_pages_has_no_other_file(self, client, name):
        assert (await client.get(f"/docs/{name}")).status_code == 404

    async def test_is_for_superusers_in_staging(self, settings, running, client, sign_in):
        user, admin = await sign_in("ani"), await sign_in("root", superuser=True)
        async with running(elsewhere(settings, Environment.STAGING)) as staging:
            for path in self.PATHS:
                assert (await staging.get(path)).status_code == 401
                assert (await staging.get(path, headers=user)).status_code == 403
                assert (await staging.get(path, headers=admin)).status_code == 200

    async def test_is_absent_in_production(self, settings, running):
        production = elsewhere(settings, Environment.PRODUCTION, secret_key=SECRET)
        async with running(production) as client:
            for path in self.PATHS:
                assert (await client.get(path)).status_code == 404


@pytest.mark.long
async def test_database_that_is_killed_is_a_503_and_comes_back_without_a_restart(settings, tmp_path, served):
    """The whole story over a real server: reads, writes, sign-in, health; nothing leaks and all recovers."""
    server = await EmbeddedServer.start(tmp_path / "own")
    addresses = Addresses(server.url("app"), server.url("owner"))
    await migrate_modules(addresses, platform_modules())
    database = settings.database.model_copy(
        update={"url": SecretStr(addresses.app), "owner_url": SecretStr(addresses.owner)}
    )
    app = create_app(settings.model_copy(update={"database": database}), platform_modules())
    with served(app) as url:
        async with httpx.AsyncClient(base_url=url, timeout=20) as client:
            wrong = {"username": "ani", "password": "wrong"}
            assert (await until_ready(client)).status_code == 200
            assert (await client.post("/api/v1/login", json=wrong)).status_code == 401
            changes = FileLock(tmp_path / "own" / "postgres.locks" / "changes", server._cluster.account)
            assert changes.acquire()  # so that it cannot be started again before we have looked
            kill(tmp_path / "own")
            for _ in range(2):
                answer = await client.post("/api/v1/login", json=wrong)
                assert answer.status_code == 503
                assert int(answer.headers["retry-after"]) > 0
                assert answer.json()["error_code"] == "UNAVAILABLE"
                for inside in ("asyncpg", "postgres", "Traceback", "socket", str(tmp_path)):
                    assert inside not in answer.text
            ready = await client.get("/health/ready")
            assert ready.status_code == 503
            assert ready.json()["checks"]["database"]["status"] == "unhealthy"
            assert (await client.get("/health/database")).status_code == 503
            assert (await client.get("/health/live")).status_code == 200
            changes.release()
            assert (await until_ready(client)).status_code == 200
            assert (await client.post("/api/v1/login", json=wrong)).status_code == 401
    changes.close()
    await server.stop()


async def until_ready(client) -> httpx.Response:
    async with asyncio.timeout(60):
        while True:
            try:
                answer = await client.get("/health/ready")
            except httpx.TransportError:  # not listening yet
                await asyncio.sleep(0.02)
                continue
            if answer.status_code == 200:
                return answer
            await asyncio.sleep(0.02)


def kill(data_dir) -> None:
    """End the server without a word, its helpers with it."""
    postmaster = psutil.Process(int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0]))
    family = [postmaster, *postmaster.children(recursive=True)]
    for process in family:
        process.send_signal(signal.SIGKILL)
    psutil.wait_procs(family, 10)
