"""A stranger builds an application: the commands of docs/first-application.md, its tests, and a route over HTTP.

Needs a package index, or pip's cache of one, for the virtual environment that the guide begins with; that is not timed.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs" / "first-application.md"
BLOCK = re.compile(r"^```sh stranger\n(.*?)^```$", re.MULTILINE | re.DOTALL)
API = "/api/v1"


def main() -> None:
    """Print how long each step took, and all together."""
    with tempfile.TemporaryDirectory(prefix="fondasi-stranger-") as name:
        folder = Path(name)
        venv = folder / "venv"
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        pip = [str(venv / "bin" / "pip"), "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, f"{ROOT / 'packages' / 'fondasi'}[testing]"], check=True)
        print(f"environment                          {time.perf_counter() - began:5.1f} s, not counted")
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("FONDASI_", "MODULES"))
        }
        own = {"PATH": f"{venv / 'bin'}:{os.environ['PATH']}", "VIRTUAL_ENV": str(venv)}
        steps = build(folder, {**kept, **own, "FONDASI_DATA_DIR": str(folder / "data")})
        for step, seconds in steps:
            print(f"{step[:36]:36} {seconds:5.1f} s")
        print(f"{len(commands())} commands, tests and demo {sum(seconds for _, seconds in steps):14.1f} s")


def commands() -> list[str]:
    """The commands of the guide that make an application."""
    found = BLOCK.search(GUIDE.read_text())
    assert found is not None
    return found[1].strip().splitlines()


def build(folder: Path, variables: dict[str, str]) -> list[tuple[str, float]]:
    """Make the application, test it, start it and use it: each step and its seconds.

    Args:
        folder: an empty one.
        variables: an environment where `fondasi`, `pip` and `pytest` are those of the stranger.
    """
    steps = []
    began = time.perf_counter()

    def over(step: str) -> None:
        nonlocal began
        steps.append((step, time.perf_counter() - began))
        began = time.perf_counter()

    place = folder
    for command in commands():
        run(command, place, variables)
        place = folder / "reading"
        over(command)
    tested = run("pytest -q -p no:schemathesis", place, variables)
    assert re.search(r"^1\d passed", tested, re.MULTILINE), tested
    over("pytest")
    program = shutil.which("fondasi", path=variables["PATH"])
    assert program is not None
    with subprocess.Popen(
        [program, "demo"], cwd=place, env={**variables, "PORT": "0"}, stdout=subprocess.PIPE, text=True
    ) as demo:
        try:
            use(demo)
            over("fondasi demo, and a link kept over HTTP")
        finally:
            demo.send_signal(signal.SIGINT)
            demo.communicate(timeout=60)
    return steps


def run(command: str, folder: Path, variables: dict[str, str]) -> str:
    """Run a command; give what it printed."""
    done = subprocess.run(
        ["bash", "-euc", command], cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def use(demo: subprocess.Popen[str]) -> None:
    """Keep a link over HTTP, which nobody may without signing in; find the route described."""
    assert demo.stdout is not None
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


if __name__ == "__main__":
    main()
