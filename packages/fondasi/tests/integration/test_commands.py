"""The `fondasi` command as people use it: what serves in processes of its own, one data folder, signals and kills."""

import asyncio
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest
from fixtures.commands import environment

REQUESTS = 30  # enough for both of two processes to get some
START_SECONDS = 60


def start(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "fondasi", *arguments],
        cwd=folder,
        env=environment(folder, **variables),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


class Demo:
    """A demo that runs: where, and the password that it printed."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fondasi", "demo"],
            cwd=folder,
            env=environment(folder, **variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = ""
        while "Ctrl-C stops everything" not in self.output and (line := self.process.stdout.readline()):
            self.output += line
        url = re.search(r"Running at +(http://\S+)", self.output)
        password = re.search(r"password:? (\S+)", self.output)
        if not (url and password):
            self.process.kill()
            pytest.fail(self.output)
        self.url, self.password = url[1], password[1]

    def sign_in(self, password: str) -> int:
        with httpx.Client(base_url=self.url, timeout=START_SECONDS) as client:
            form = {"username": "admin", "password": password}
            return client.post("/api/v1/login", data=form).status_code

    def end(self, how: signal.Signals) -> str:
        self.process.send_signal(how)
        return self.process.communicate(timeout=START_SECONDS)[0]


def postmaster(folder: Path) -> psutil.Process | None:
    """The PostgreSQL server of the data folder, when it runs."""
    path = folder / "data" / "postgres" / "postmaster.pid"
    try:
        return psutil.Process(int(path.read_text().split()[0]))
    except (FileNotFoundError, psutil.NoSuchProcess):
        return None


@pytest.fixture
def folder(tmp_path):
    yield tmp_path
    if server := postmaster(tmp_path):
        server.terminate()
        server.wait(10)


@pytest.mark.long
def test_demo_starts_stops_keeps_its_data_and_survives_a_kill(folder, fondasi):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        first = Demo(folder, PORT=str(port))
    try:
        assert first.url != f"http://localhost:{port}"
        assert first.url.startswith("http://localhost:")
        assert first.sign_in(first.password) == 200
        stopped = first.end(signal.SIGINT)
        assert first.process.returncode == 0, stopped
        assert "Stopped. The data stays in" in stopped
        assert "Traceback" not in stopped
        assert postmaster(folder) is None
    finally:
        first.process.kill()

    second = Demo(folder, PORT="0")
    try:
        assert second.password == first.password
        second.end(signal.SIGKILL)
    finally:
        second.process.kill()

    third = Demo(folder, PORT="0", ADMIN_PASSWORD="chosen [by] me".replace(" ", "-"))
    try:
        assert third.password == "chosen-[by]-me"
        assert third.sign_in(first.password) == 401
        assert third.sign_in(third.password) == 200
        check_other_commands(folder, fondasi)
        stopped = third.end(signal.SIGTERM)
        assert third.process.returncode == 0, stopped
        assert postmaster(folder) is None
    finally:
        third.process.kill()


def check_other_commands(folder: Path, fondasi) -> None:
    """While the demo runs."""
    roles = {}
    for option in ([], ["--owner"]):
        printed = fondasi(folder, "db", "url", *option)
        assert printed.returncode == 0, printed.stderr
        roles[" ".join(option)] = asyncio.run(role_of(printed.stdout.strip()))
    assert roles == {"": "fondasi_app", "--owner": "fondasi_owner"}
    healthy = fondasi(folder, "doctor")
    assert healthy.returncode == 0, healthy.stdout
    assert "Nothing to do now. Production will ask for this:\n  - SECRET_KEY is missing" in healthy.stdout
    (folder / ".env").write_text("HTTP_WORKER=2\n")
    typo = fondasi(folder, "doctor", REDIS_URL="redis://127.0.0.1:9/0")
    (folder / ".env").unlink()
    assert typo.returncode == 1
    assert "HTTP_WORKER in .env is no setting; did you mean HTTP_WORKERS?" in typo.stdout
    assert "Redis at 127.0.0.1:9 does not answer" in typo.stdout
    created = fondasi(folder, "users", "create-superuser", "Root", "--password", "long enough")
    assert created.stdout == "Created the administrator root.\n", created.stderr
    for name, password, reason in [
        ("root", "long enough", "exists already"),
        ("other", "short", "8 characters"),
    ]:
        refused = fondasi(folder, "users", "create-superuser", name, "--password", password)
        assert refused.returncode == 1
        assert reason in refused.stderr


async def role_of(address: str) -> str:
    connection = await asyncpg.connect(address)
    try:
        return await connection.fetchval("SELECT current_user")
    finally:
        await connection.close()


@pytest.mark.long
def test_server_is_migrated_served_and_examined(folder, database_server, fondasi):
    """With `DATABASE_URL`, in staging: nothing serves before `fondasi migrate`."""
    name = "commands"
    variables = {
        "ENVIRONMENT": "staging",
        "SECRET_KEY": "0123456789abcdef" * 4,
        "DATABASE_URL": database_server.url("app", name),
        "DATABASE_OWNER_URL": database_server.url("owner", name),
    }
    asyncio.run(database_server.create_database(name))
    try:
        early = start(folder, "serve", "--port", "0", **variables)
        assert early.returncode != 0
        assert "Run `fondasi migrate` first" in early.stderr
        ill = fondasi(folder, "doctor", **variables)
        assert ill.returncode == 1
        assert "pending: run `fondasi migrate`" in ill.stdout
        migrated = fondasi(folder, "migrate", **variables)
        assert migrated.returncode == 0, migrated.stderr
        applied = migrated.stdout.splitlines()
        assert applied[0] == "Applied fondasi_0001"
        assert applied[-2:] == ["Applied posts_0004", "The database is up to date."]
        again = fondasi(folder, "migrate", **variables)
        assert (again.returncode, again.stdout) == (0, "The database is up to date.\n"), again.stderr
        healthy = fondasi(folder, "doctor", **variables)
        assert healthy.returncode == 0, healthy.stdout
        assert serves(folder, variables)
    finally:
        asyncio.run(database_server.drop_database(name))


def serves(folder: Path, variables: dict[str, str]) -> bool:
    """Whether two processes serve and count their requests together."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "fondasi", "serve", "--port", str(port), "--workers", "2"],
        cwd=folder,
        env=environment(folder, METRICS_TOKEN="of the tests", **variables),
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    answered = 0
    try:
        deadline = time.monotonic() + START_SECONDS
        while answered < REQUESTS and time.monotonic() < deadline:
            try:
                answered += httpx.get(f"{address}/health/ready").status_code == 200
            except httpx.TransportError:  # not listening yet
                time.sleep(0.05)
        told = httpx.get(f"{address}/metrics", headers={"Authorization": "Bearer of the tests"}).text
        counted = re.search(r'requests_total\{method="GET",route="/health/ready",status="200"\} (\d+)', told)
        return counted is not None and int(counted[1]) == answered == REQUESTS
    finally:
        process.terminate()
        process.wait(START_SECONDS)


@pytest.mark.parametrize(
    ("arguments", "variables", "message"),
    [
        (["migrate"], {"ENVIRONMENT": "production"}, "SECRET_KEY is missing"),
        (["serve"], {"ENVIRONMENT": "production"}, "DATABASE_URL is missing"),
        (["migrate"], {"MODULES": "nothing"}, "MODULES names nothing, which is not installed"),
        (["doctor"], {"PORT": "here"}, "PORT=here: must be a whole number"),
        (
            ["serve"],
            {"ENVIRONMENT": "production", "DATABSE_URL": "postgresql://app@db/app"},
            "DATABSE_URL in the environment is no setting; did you mean DATABASE_URL?",
        ),
        (["demo"], {"ADMIN_USERNAME": "a b"}, "ADMIN_USERNAME: 2 to 50 of a-z"),
        (["demo"], {"HOST": "192.0.2.1"}, "192.0.2.1 is no address of this machine"),
        (["doctor"], {"TOKEN": "hunter2"}, "TOKEN is set, but it is a group of settings"),
        (
            ["migrate"],
            {"DATABASE_URL": "postgresql://a:hunter2@127.0.0.1:1/x"},
            "PostgreSQL at 127.0.0.1:1 cannot be reached",
        ),
        (
            ["serve", "--port", "0"],
            {"DATABASE_URL": "postgresql://a:hunter2@127.0.0.1:1/x"},
            "PostgreSQL at 127.0.0.1:1 cannot be reached",
        ),
    ],
    ids=[
        "unsafe migrate",
        "unsafe serve",
        "unknown module",
        "wrong type",
        "name nearly right",
        "unfit name",
        "address of another machine",
        "group as text",
        "migrate without server",
        "serve without server",
    ],
)
def test_expected_fault_is_a_sentence(tmp_path, fondasi, arguments, variables, message):
    # What begins to serve logs for itself.
    run = (start if "--port" in arguments else fondasi)(tmp_path, *arguments, **variables)
    assert run.returncode != 0
    assert message in run.stderr
    assert "Traceback" not in run.stderr
    assert "hunter2" not in run.stderr + run.stdout
