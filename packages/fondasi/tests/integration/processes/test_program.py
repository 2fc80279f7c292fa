"""The `fondasi` command before its work begins: what it imports, Ctrl-C, modules that cannot be imported, ports."""

import errno
import json
import os
import re
import socket
import subprocess
import sys

import pytest

from fondasi.serving import CannotListenError, bind, cannot_listen

LIGHT = {
    "annotated_doc", "annotated_types", "attr", "click", "dotenv", "fondasi", "greenlet", "orjson",
    "prometheus_client",
    "pydantic",
    "pydantic_core", "pydantic_settings", "pygments", "rich", "shellingham", "structlog", "typer", "typing_extensions",
    "typing_inspection", "uvicorn",
}  # fmt: skip
IMPORTED = """
import json, sys
before = set(sys.modules)
import {module}
print(json.dumps(sorted({{name.partition(".")[0] for name in set(sys.modules) - before}})))
"""
INTERRUPT = """
import os, signal, sys
class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupt())
"""


def imported_by(module: str) -> set[str]:
    code = IMPORTED.format(module=module)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = {name for name in json.loads(run.stdout) if not name.startswith("_")}
    return ours - sys.stdlib_module_names


@pytest.mark.parametrize("module", ["fondasi.cli", "fondasi.commands.serve"])
def test_program_and_supervisor_import_little(module):
    assert imported_by(module) <= LIGHT


@pytest.mark.parametrize("arguments", [["--version"], ["serve", "--help"]])
def test_asking_for_the_version_or_for_help_with_serving_imports_little(tmp_path, arguments):
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "fondasi", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in run.stderr.splitlines()}
    assert "fondasi" in names
    assert names.isdisjoint(
        {"fastapi", "sqlalchemy", "asyncpg", "alembic", "numpy", "authlib", "redis", "courtsight"}
    )


@pytest.mark.parametrize("during", ["typer", "sqlalchemy", "fondasi.identity"])
def test_ctrl_c_during_the_imports_ends_without_a_word(tmp_path, during):
    (tmp_path / "sitecustomize.py").write_text(INTERRUPT.format(name=during))
    run = subprocess.run(
        [sys.executable, "-m", "fondasi", "users", "list"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "MODULES": "posts"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (130, "", "")


class TestModuleThatCannotBeImported:
    @pytest.fixture
    def run(self, tmp_path, install):
        path = install("broken", "def module(:\n")

        def run(*arguments: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-m", "fondasi", *arguments],
                cwd=tmp_path,
                env={
                    "PATH": os.environ["PATH"],
                    "PYTHONPATH": path,
                    "MODULES": "posts,broken",
                    "COLUMNS": "300",
                },
                capture_output=True,
                text=True,
                check=False,
            )

        return run

    SAYS = "The module broken cannot be imported: installed/broken.py, line 1: SyntaxError: invalid syntax."

    def test_version_and_help_go_on(self, run):
        version = run("--version")
        assert (version.returncode, version.stderr) == (0, "")
        shown = run("--help")
        assert shown.returncode == 0
        assert "doctor" in shown.stdout
        assert self.SAYS in shown.stderr
        assert "Traceback" not in shown.stderr

    @pytest.mark.parametrize("command", [("broken", "do"), ("migrate",)], ids=" ".join)
    def test_other_commands_are_one_sentence(self, run, command):
        refused = run(*command)
        assert refused.returncode == 1
        assert len(refused.stderr.splitlines()) == 1
        assert self.SAYS in refused.stderr

    def test_doctor_lists_it_and_goes_on(self, run):
        told = run("doctor")
        assert told.returncode == 1
        assert self.SAYS in told.stdout
        assert "data folder" in told.stdout
        assert "not looked at: modules come first" in told.stdout
        assert not re.search(r"^(modules|migrations|models)\b.* ok$", told.stdout, re.MULTILINE)
        assert told.stderr == ""


class TestPort:
    def test_taken_one_is_a_sentence_before_anything_is_made(self, start_command, tmp_path):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            command = start_command("serve", with_data=False, PORT=port)
            assert command.ends() == 1
        assert command.output == (
            f"Port {port} at 127.0.0.1 is taken. Stop the program that has it, or set PORT (or --port) to a free one.\n"
        )
        assert not (tmp_path / "data").exists()

    def test_forbidden_one_says_what_to_do(self):
        refused = cannot_listen("127.0.0.1", 80, PermissionError(errno.EACCES, "Permission denied"))
        assert str(refused) == (
            "Port 80 is for root alone. Set PORT (or --port) to one above 1023, and let a proxy have 80."
        )

    @pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
    def test_host_of_another_machine_says_what_to_do(self, host):
        with pytest.raises(CannotListenError, match=f"{host} is no address of this machine. Set HOST"):
            bind(host, 0)


def test_staging_without_a_secret_key_is_refused_as_in_production(start_command, tmp_path):
    command = start_command("serve", with_data=False, ENVIRONMENT="staging")
    assert command.ends() == 1
    assert command.output == (
        "Refusing to start with ENVIRONMENT=staging:\n"
        "  - SECRET_KEY is missing: set it to the output of `openssl rand -hex 32`.\n"
    )
    assert not (tmp_path / "data").exists()
