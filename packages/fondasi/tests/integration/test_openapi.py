"""The API keeps its word: schemathesis calls every operation of every installed module, with good and bad input.

It checks that no answer is a 500, that statuses, content types, headers and bodies are those of the document, that bad
input is refused and good input is not, and that nothing opens without the token that the document asks for.
"""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from fondasi.app import create_app
from fondasi.identity import create_user, user_exists
from fondasi.kit.db import Database
from fondasi.settings import DatabaseSettings

PASSWORD = "correct horse battery staple"
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = {"anonymous": 4, "member": 3, "administrator": 6}
PHASES = {
    "anonymous": "examples,fuzzing",
    "member": "examples,fuzzing",
    "administrator": "examples,coverage,fuzzing",
}
SECONDS = 900  # beside other tests
# The member's own tenant, where nothing ends it.
WITHIN = """
[[operations]]
include-path-regex = '/tenants/[^/]+/'
parameters = {{ tenant_id = "{}" }}
"""
LEFT_OUT = "/logout$"


@pytest.fixture
async def address(settings, modules, scratch_database, served):
    """A server of the installed modules with an administrator and a user, on a database of its own."""
    database = settings.database.model_copy(
        update={
            "url": SecretStr(scratch_database.app),
            "owner_url": SecretStr(scratch_database.owner),
        }
    )
    opened = Database(scratch_database.app, DatabaseSettings())
    async with opened.unit_of_work() as session:
        await create_user(session, username="administrator", password=PASSWORD, superuser=True)
        await create_user(session, username="member", password=PASSWORD)
    await opened.close()
    quiet = settings.http.model_copy(update={"access_log": False})
    app = create_app(settings.model_copy(update={"database": database, "http": quiet}), modules)
    with served(app) as url:
        yield url


@pytest.mark.long
@pytest.mark.parametrize("caller", ["anonymous", "member", "administrator"])
async def test_every_operation_keeps_the_document(address, tmp_path, caller):
    await keeps_the_document(address, tmp_path, caller)


@pytest.fixture
async def address_of_generated(generated, served):
    """A server of resources that `fondasi new resource` wrote, of every scope and type."""
    settings, modules = generated
    opened = Database(settings.database.url.get_secret_value(), DatabaseSettings())
    async with opened.unit_of_work() as session:
        for name in ("administrator", "member"):
            if not await user_exists(session, name):
                await create_user(
                    session, username=name, password=PASSWORD, superuser=name == "administrator"
                )
    await opened.close()
    with served(create_app(settings, modules)) as url:
        yield url


@pytest.mark.long
@pytest.mark.parametrize("caller", ["anonymous", "member"])
async def test_every_operation_of_generated_resources_keeps_the_document(
    address_of_generated, tmp_path, caller
):
    await keeps_the_document(address_of_generated, tmp_path, caller, only="/spoil-")


async def keeps_the_document(address, tmp_path, caller, only=""):
    headers, configuration = [], CONFIGURATION.read_text()
    if caller != "anonymous":
        async with httpx.AsyncClient(base_url=f"{address}/api/v1", timeout=30) as client:
            answer = await client.post("/login", json={"username": caller, "password": PASSWORD})
            signed_in = {"Authorization": f"Bearer {answer.json()['access_token']}"}
            if caller == "member":
                created = await client.post("/tenants", json={"name": "One"}, headers=signed_in)
                configuration += WITHIN.format(created.json()["id"])
        headers = [word for name, value in signed_in.items() for word in ("--header", f"{name}: {value}")]
    (tmp_path / "schemathesis.toml").write_text(configuration)
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml", "run"]
    command += [f"{address}/openapi.json", *headers, "--max-examples", str(EXAMPLES[caller])]
    command += ["--phases", PHASES[caller], "--no-color"]
    command += ["--include-path-regex", only] if only else []
    run = await asyncio.to_thread(
        subprocess.run, command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert run.returncode == 0, run.stdout[run.stdout.find(" FAILURES ") :][:8000] + run.stderr[-2000:]
    tested = re.search(r"Tested: (\d+)", run.stdout)
    assert tested, run.stdout
    async with httpx.AsyncClient(base_url=address) as client:
        document = (await client.get("/openapi.json")).json()
    paths = {path: item for path, item in document["paths"].items() if only in path}
    operations = sum(len(item) for path, item in paths.items() if not re.search(LEFT_OUT, path))
    assert int(tested[1]) == operations > 0
