"""The removal drill: without a feature or an application, by `MODULES` or with its folder, the rest starts and answers.

The database is the one that they all made: what is removed leaves its tables behind. Each time the rest is checked as
at its start, migrates, makes an account and a tenant, and answers whatever can be read without an id.
"""

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import fondasi
from fondasi.runtime import FEATURES

APPLICATIONS = sorted(point.name for point in entry_points(group="fondasi.modules"))
# Applications whose tables refer to those of a feature go with it.
BUILT_ON = {"files": ["courtsight", "posts"]}
PLATFORM = Path(fondasi.__file__).parent
DRILL = """
import asyncio, json, sys

gone, addresses, selections = set(json.loads(sys.argv[1])), json.loads(sys.argv[2]), json.loads(sys.argv[3])

class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in gone:
            raise ModuleNotFoundError(f"No module named {name!r}")

sys.meta_path.insert(0, Gone())

import fondasi
import httpx
from pydantic import SecretStr
from fondasi.app import create_app
from fondasi.checks import drift, start_faults
from fondasi.cli import COMMANDS
from fondasi.identity import create_user
from fondasi.kit.db import Database
from fondasi.runtime import Addresses, all_modules, migrate_modules
from fondasi.settings import DatabaseSettings, Settings
from fondasi.testing import running
from importlib import import_module

API = "/api/v1"
PASSWORD = "correct horse battery staple"

async def drill(selection, number):
    places = Addresses(*addresses)
    own = DatabaseSettings(url=SecretStr(places.app), owner_url=SecretStr(places.owner))
    settings = Settings(_env_file=None, modules=selection, database=own, secret_key=SecretStr("ab" * 32))
    modules = all_modules(settings)
    await migrate_modules(places, modules)
    app = create_app(settings, modules)
    database = Database(places.app, DatabaseSettings())
    faults = [*await start_faults(database, modules), *await drift(database, modules)]
    transport, name = httpx.ASGITransport(app), f"someone{number}"
    async with running(app), httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        ready = await client.get("/health/ready")
        faults += [] if ready.status_code == 200 else [ready.text]
        async with app.state.platform.database.unit_of_work() as session:
            await create_user(session, username=name, password=PASSWORD, superuser=True)
        made = await client.post(f"{API}/login", data={"username": name, "password": PASSWORD})
        headers = {"Authorization": f"Bearer {made.json().get('access_token')}"}
        tenant = await client.post(f"{API}/tenants", json={"name": "Drill"}, headers=headers)
        faults += [] if tenant.status_code == 201 else [tenant.text]
        paths = (await client.get("/openapi.json")).json()["paths"]
        tried = 0
        for path, item in paths.items():
            place = path.replace("{tenant_id}", tenant.json()["id"])
            if "get" in item and "{" not in place:
                answer = await client.get(place, headers=headers, params={"seconds": 0} if "changes" in path else {})
                tried += 1
                faults += [f"{path}: {answer.status_code} {answer.text[:200]}"] if answer.status_code >= 500 else []
    await database.close()
    return {"modules": sorted(module.name for module in modules), "tried": tried, "faults": faults}

async def main():
    told = [await drill(selection, number) for number, selection in enumerate(selections)]
    for command in COMMANDS.values():
        import_module(command)
    print(json.dumps({"told": told, "at": fondasi.__file__, "loaded": sorted(gone & set(sys.modules))}))

asyncio.run(main())
"""


def drill(scratch, folder, gone, selections, **variables):
    left = ("PYTEST_", "FONDASI_", "MODULES")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left)}
    addresses = [scratch.app, scratch.owner]
    done = subprocess.run(
        [sys.executable, "-c", DRILL, *map(json.dumps, (gone, addresses, selections))],
        cwd=folder,
        env={**kept, "FONDASI_DATA_DIR": str(folder / "data"), "LOG_LEVEL": "ERROR", **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["loaded"] == []
    for each in told["told"]:
        assert each["faults"] == []
        assert each["tried"] > 10
    return told


@pytest.mark.long
def test_the_rest_answers_without_each_by_modules(scratch_database, tmp_path):
    names = [*FEATURES, *APPLICATIONS]
    without = [[name, *BUILT_ON.get(name, ())] for name in names]
    told = drill(scratch_database, tmp_path, [], [[f"-{name}" for name in items] for items in without])
    everything = {name for each in told["told"] for name in each["modules"]}
    assert everything >= set(names)
    for items, each in zip(without, told["told"], strict=True):
        assert set(each["modules"]) == everything - set(items)


@pytest.mark.long
@pytest.mark.parametrize("feature", FEATURES)
def test_the_rest_answers_without_the_folder_of_a_feature(feature, scratch_database, tmp_path):
    copy = tmp_path / "packages" / "fondasi"
    shutil.copytree(PLATFORM, copy, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(copy / feature)
    built_on = BUILT_ON.get(feature, [])
    told = drill(
        scratch_database,
        tmp_path,
        built_on,
        [[f"-{name}" for name in built_on] or None],
        PYTHONPATH=str(copy.parent),
    )
    assert Path(told["at"]).parent == copy
    assert feature not in told["told"][0]["modules"]


@pytest.mark.long
@pytest.mark.parametrize("gone", [*([name] for name in APPLICATIONS), APPLICATIONS], ids=",".join)
def test_the_rest_answers_without_the_folder_of_an_application(gone, scratch_database, tmp_path):
    others = [name for name in APPLICATIONS if name not in gone]
    told = drill(scratch_database, tmp_path, gone, [[f"-{name}" for name in gone]])
    assert set(told["told"][0]["modules"]) & set(APPLICATIONS) == set(others)


def test_the_ground_floor_cannot_be_left_out(tmp_path, fondasi):
    refused = fondasi(tmp_path, "openapi", MODULES="-identity")
    assert refused.returncode == 1
    assert "MODULES leaves out identity, without which nothing runs. These may be left out: files, live" in (
        refused.stderr
    )
    unknown = fondasi(tmp_path, "openapi", MODULES="-nothing")
    assert unknown.returncode == 1
    assert "MODULES names nothing, which is not installed" in unknown.stderr


def test_a_feature_that_an_application_stands_on_goes_only_with_it(tmp_path, fondasi):
    refused = fondasi(tmp_path, "openapi", MODULES="-files,-courtsight")
    assert refused.returncode == 1
    assert "post refers to file, and MODULES leaves out files: leave out both, or none" in refused.stderr
