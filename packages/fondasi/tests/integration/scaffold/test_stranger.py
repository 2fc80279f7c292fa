"""A stranger builds an application with the commands of the guide, and uses it over HTTP. Prints how long it took."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

GUIDE = Path(__file__).parents[5] / "docs" / "first-application.md"
BLOCK = re.compile(r"^```sh stranger\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PIP = """#!/bin/sh
exec {python} -m pip --python {venv}/bin/python --disable-pip-version-check "$1" -q --no-deps --no-build-isolation \
--no-index "$2" "$3"
"""
API = "/api/v1"


@pytest.mark.long
def test_three_commands_make_an_application_that_is_guarded_documented_and_tested(
    tmp_path, environment_of, capsys
):
    (block,) = BLOCK.findall(GUIDE.read_text())
    commands = block.strip().splitlines()
    assert len(commands) <= 3
    project = environment_of(tmp_path)
    pip = project.bin / "pip"
    pip.write_text(PIP.format(python=sys.executable, venv=tmp_path / "venv"))
    pip.chmod(0o755)
    variables = {**project.variables, "PATH": f"{project.bin}:{project.variables['PATH']}", "PORT": "0"}
    began = time.perf_counter()
    for number, command in enumerate(commands):
        folder = tmp_path if number == 0 else tmp_path / "reading"
        run(command, folder, variables)
    tested = run("pytest -q -p no:schemathesis", folder, variables)
    assert re.search(r"^1\d passed", tested, re.MULTILINE), tested
    with subprocess.Popen(
        [project.bin / "fondasi", "demo"], cwd=folder, env=variables, stdout=subprocess.PIPE, text=True
    ) as demo:
        try:
            use(demo)
            seconds = time.perf_counter() - began
        finally:
            demo.send_signal(signal.SIGINT)
            demo.communicate(timeout=60)
    with capsys.disabled():
        sys.stdout.write(
            f"\nA stranger: {len(commands)} commands, {seconds:.0f} s to a tested route over HTTP.\n"
        )


def run(command: str, folder: Path, variables: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-euc", command], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def use(demo: subprocess.Popen[str]) -> None:
    """Keep a link over HTTP."""
    output = ""
    while "Ctrl-C stops everything" not in output and (line := demo.stdout.readline()):
        output += line
    url, password = re.search(r"Running at +(http://\S+)", output), re.search(r"password:? (\S+)", output)
    assert url, output
    assert password, output
    with httpx.Client(base_url=url[1], timeout=60) as client:
        form = {"username": "admin", "password": password[1]}
        token = client.post(f"{API}/login", data=form).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        tenant = client.post(f"{API}/tenants", json={"name": "Readers"}, headers=headers).json()["id"]
        links = f"{API}/tenants/{tenant}/links"
        link = {"url": "https://example.com/a", "title": "An example"}
        assert client.post(links, json=link).status_code == 401
        assert client.post(links, json=link, headers=headers).status_code == 201
        assert client.get(links, headers=headers).json()["total_count"] == 1
        described = client.get("/openapi.json").json()["paths"]
        assert described[f"{API}/tenants/{{tenant_id}}/links"]["post"]["operationId"] == "create_link"
