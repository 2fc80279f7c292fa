"""The removal drill: without an application, its folder gone too, the others and the platform start and answer."""

import os
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

APPLICATIONS = sorted(point.name for point in entry_points(group="fondasi.modules"))
DRILL = """
import asyncio, sys
from importlib.metadata import entry_points
from pathlib import Path

gone = set(filter(None, sys.argv[1].split(",")))

class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in gone:
            raise ModuleNotFoundError(f"No module named {name!r}")

sys.meta_path.insert(0, Gone())

import httpx
from pydantic import SecretStr
from fondasi.app import create_app
from fondasi.checks import drift, start_faults
from fondasi.kit.db import Database
from fondasi.kit.db.embedded import EmbeddedServer
from fondasi.runtime import Addresses, all_modules, migrate_modules, platform_modules
from fondasi.settings import DatabaseSettings, get_settings
from fondasi.testing import running

async def main():
    settings = get_settings()
    modules = all_modules(settings) if settings.modules else platform_modules()
    async with await EmbeddedServer.start(Path(sys.argv[2]), durable=False) as server:
        addresses = Addresses(server.url("app"), server.url("owner"))
        await migrate_modules(addresses, modules)
        own = DatabaseSettings(url=SecretStr(addresses.app), owner_url=SecretStr(addresses.owner))
        app = create_app(settings.model_copy(update={"database": own, "secret_key": SecretStr("ab" * 32)}), modules)
        database = Database(addresses.app, DatabaseSettings())
        faults = [*await start_faults(database, modules), *await drift(database, modules)]
        await database.close()
        transport = httpx.ASGITransport(app)
        async with running(app), httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            ready = await client.get("/health/ready")
            document = await client.get("/openapi.json")
    loaded = gone & {name.partition(".")[0] for name in sys.modules}
    print(ready.status_code, document.status_code, faults, sorted(loaded), sorted(m.name for m in modules))

asyncio.run(main())
"""


@pytest.mark.long
@pytest.mark.parametrize("gone", [*([name] for name in APPLICATIONS), APPLICATIONS], ids=",".join)
def test_the_rest_starts_without(gone, tmp_path):
    others = [name for name in APPLICATIONS if name not in gone]
    left = ("PYTEST_", "FONDASI_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left)}
    done = subprocess.run(
        [sys.executable, "-c", DRILL, ",".join(gone), str(tmp_path / "database")],
        cwd=tmp_path,
        env={**kept, "MODULES": ",".join(others), "FONDASI_DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout.splitlines()[-1]
    assert told.startswith("200 200 [] [] "), told
    assert all(f"'{name}'" in told for name in others)
    assert not any(f"'{name}'" in told for name in gone)
