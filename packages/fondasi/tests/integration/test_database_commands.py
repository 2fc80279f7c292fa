"""Which commands make a database, and `fondasi db ...`."""

import asyncio
import subprocess
import sys

import psutil
import pytest
from fixtures.commands import environment

from fondasi.kit.db import troubles
from fondasi.kit.db.embedded import EmbeddedServer

USER = """
import asyncio, sys
from pathlib import Path
from fondasi.kit.db.embedded import EmbeddedServer

async def main():
    await EmbeddedServer.start(Path(sys.argv[1]), durable=False)
    print("ready", flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""
PROGRAM = [sys.executable, "-m", "fondasi"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["users", "list"],
        ["users", "create-superuser", "root", "--password", "long enough"],
        ["outbox"],
        ["activity", "verify"],
        ["tiers", "list"],
        ["keys", "list"],
        ["groups", "list"],
        ["courtsight", "search", "pencurian"],
        ["courtsight", "import", "decisions.jsonl"],
        ["db", "url"],
        ["db", "shell", "-c", "SELECT 1"],
        ["db", "stop"],
        ["db", "reset", "--yes"],
    ],
    ids=" ".join,
)
def test_command_in_the_wrong_folder_makes_no_database(tmp_path, fondasi, arguments):
    variables = {"MODULES": "courtsight", "FONDASI_DATA_DIR": "data"}
    refused = fondasi(tmp_path, *arguments, **variables)
    sentence = "There is no database in ./data. Start `fondasi demo` here, or set FONDASI_DATA_DIR."
    assert (refused.returncode, refused.stderr.strip(), refused.stdout) == (1, sentence, "")
    assert list(tmp_path.iterdir()) == []


def test_doctor_makes_no_database(tmp_path, fondasi):
    examined = fondasi(tmp_path, "doctor")
    assert examined.returncode == 1
    assert f"There is no database in {tmp_path / 'data'}." in " ".join(examined.stdout.split())
    assert "Nothing to do now" not in examined.stdout
    assert list(tmp_path.iterdir()) == []


def test_doctor_says_which_package_redis_needs(tmp_path, fondasi, monkeypatch):
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    examined = fondasi(tmp_path, "doctor", REDIS_URL="redis://localhost")
    assert examined.returncode == 1
    assert "pip install 'fondasi[redis]'" in " ".join(examined.stdout.split()), examined.stderr


def test_doctor_says_that_the_disk_is_full(tmp_path, fondasi, monkeypatch):
    monkeypatch.setattr(troubles, "SEGMENTS", 1 << 62)
    examined = fondasi(tmp_path, "doctor")
    assert "The disk of the database is full; free some space." in " ".join(examined.stdout.split())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a database in `data`, stopped."""
    folder = tmp_path_factory.mktemp("made")

    async def make() -> None:
        await (await EmbeddedServer.start(folder / "data", durable=False)).release()

    asyncio.run(make())
    return folder


@pytest.fixture
def left_behind(made):
    """Who uses the server and can be killed, and the server."""
    (made / "user.py").write_text(USER)
    user = subprocess.Popen([sys.executable, "user.py", "data"], cwd=made, stdout=subprocess.PIPE)
    assert user.stdout.readline() == b"ready\n"
    yield user, psutil.Process(int((made / "data/postgres/postmaster.pid").read_text().split()[0]))
    user.kill()
    user.wait()
    user.stdout.close()


def runs(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_url_says_when_nothing_runs(made, fondasi):
    idle = fondasi(made, "db", "url")
    assert idle.stdout.startswith("postgresql://fondasi_app@/fondasi?host=")
    assert "Nothing runs now" in idle.stderr
    assert not (made / "data/postgres/postmaster.pid").exists()
    with asyncio.Runner() as runner:
        server = runner.run(EmbeddedServer.start(made / "data"))
        busy = fondasi(made, "db", "url")
        runner.run(server.release())
    assert (busy.stdout, busy.stderr) == (idle.stdout, "")


def test_shell_runs_psql_on_the_database_and_its_status_is_psqls(made):
    def shell(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*PROGRAM, "db", "shell", *arguments]
        return subprocess.run(
            command, cwd=made, env=environment(made), capture_output=True, text=True, check=False
        )

    asked = shell("--owner", "-Atc", "SELECT current_user")
    assert (asked.returncode, asked.stdout) == (0, "fondasi_owner\n"), asked.stderr
    assert shell("-c", "SELECT nonsense").returncode == 1


def test_stop_ends_a_server_that_was_left_behind_and_none_that_is_used(made, left_behind, fondasi):
    user, postmaster = left_behind
    refused = fondasi(made, "db", "stop")
    assert refused.returncode == 1
    assert f"in use by {' '.join(user.args)} (process {user.pid})" in refused.stderr
    assert runs(postmaster)
    user.kill()
    user.wait()
    assert runs(postmaster)
    stopped = fondasi(made, "db", "stop")
    assert (stopped.returncode, stopped.stdout) == (0, "Stopped.\n"), stopped.stderr
    assert not runs(postmaster)
    assert fondasi(made, "db", "stop").stdout == "No database server runs there.\n"


def test_reset_asks_and_refuses_while_something_runs(made, left_behind, fondasi, tmp_path):
    user, postmaster = left_behind
    assert "in use by" in fondasi(made, "db", "reset", "--yes").stderr
    user.kill()
    user.wait()
    inside = fondasi(made / "data", "db", "reset", "--yes", FONDASI_DATA_DIR=str(made / "data"))
    assert "holds more than Fondasi's data" in inside.stderr
    asked = fondasi(made, "db", "reset")  # nobody answers
    assert asked.returncode == 1
    assert (made / "data/postgres").exists()
    done = fondasi(made, "db", "reset", "--yes")
    assert done.returncode == 0, done.stderr
    assert not (made / "data").exists()
    assert not runs(postmaster)


def test_server_of_ones_own_is_not_stopped_or_deleted(tmp_path, fondasi):
    for command in (["stop"], ["reset", "--yes"]):
        refused = fondasi(tmp_path, "db", *command, DATABASE_URL="postgresql://a@127.0.0.1:1/x")
        assert refused.returncode == 1
        assert "DATABASE_URL names a server of your own" in refused.stderr


@pytest.mark.parametrize("command", ["doctor", "migrate"])
def test_a_broken_line_of_dotenv_is_named_before_anything_is_done(tmp_path, fondasi, command):
    (tmp_path / ".env").write_text('# mine\nPORT=8000\nAPP_NAME="unclosed\nnot a line\n=3\n')
    refused = fondasi(tmp_path, command)
    assert refused.returncode == 1
    said = ".env, lines 3, 4, 5: a line is NAME=value, and a value in quotes ends with the same quote.\n"
    assert refused.stderr == said
    assert refused.stdout == ""
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_is_a_file_is_told_as_such(tmp_path, fondasi):
    (tmp_path / "data").write_text("")
    refused = fondasi(tmp_path, "migrate")
    assert refused.returncode == 1
    assert "It is a file: set FONDASI_DATA_DIR to another directory." in refused.stderr
