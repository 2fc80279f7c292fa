"""Applications that the command writes, each installed in a virtual environment of its own."""

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

import pytest

TIMEOUT = 600
ROOT = Path(__file__).parents[5]
APPLICATIONS = (
    "posts",
    "courtsight",
    "casnet",
    "talent",
)  # of this repository: nobody else has them installed


DOWN_AND_UP = """
import asyncio, tempfile
from pathlib import Path
from fondasi.kit.db.embedded import EmbeddedServer
from fondasi.kit.db.migrations import downgrade
from fondasi.runtime import Addresses, all_modules, migrate_modules
from fondasi.settings import get_settings
import asyncpg

async def tables(url):
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    return {row[0] for row in rows}

async def main():
    modules = all_modules(get_settings())
    with tempfile.TemporaryDirectory() as folder:
        async with await EmbeddedServer.start(Path(folder) / "data", durable=False) as server:
            addresses = Addresses(server.url("app"), server.url("owner"))
            await migrate_modules(addresses, modules)
            up = await tables(addresses.owner)
            await downgrade(addresses.owner, "shop.migrations")
            down = await tables(addresses.owner)
            await migrate_modules(addresses, modules)
            print(sorted(up - down), await tables(addresses.owner) == up)

asyncio.run(main())
"""


@dataclass
class Project:
    """An application's folder, and the environment that it is installed in."""

    root: Path
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, *command: str, fails: bool = False) -> str:
        """Run a program of the environment in the folder; give what it printed."""
        done = subprocess.run(
            [sys.executable if command[0] == "python" else self.bin / command[0], *command[1:]],
            cwd=self.root,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT,
        )
        assert (done.returncode != 0) is fails, f"{' '.join(command)}:\n{done.stdout}{done.stderr}"
        return done.stderr if fails else done.stdout

    def down_and_up(self) -> str:
        """The tables that its revisions make and take away; whether they make them all again."""
        return self.run("python3", "-c", DOWN_AND_UP).strip()

    @property
    def bin(self) -> Path:
        return Path(self.variables["VIRTUAL_ENV"]) / "bin"

    def files(self) -> dict[str, str]:
        """What stands in the folder, by path, without what programs leave behind."""
        left = {"__pycache__", ".ruff_cache", ".mypy_cache", ".pytest_cache", ".import_linter_cache", "data"}
        return {
            str(path.relative_to(self.root)): path.read_text()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not left & set(path.relative_to(self.root).parts)
        }


@pytest.fixture
def shop(tmp_path, fondasi):
    """A new application that is not installed: run a command in its folder."""
    assert fondasi(tmp_path, "new", "app", "shop").returncode == 0
    folder = tmp_path / "shop"

    def run(*arguments: str, **variables: str):
        return fondasi(folder, *arguments, **variables)

    run.folder = folder
    run.snapshot = Project(folder).files
    return run


@pytest.fixture
def environment_of():
    """A folder with a virtual environment that has Fondasi, and no application."""

    def make(folder: Path) -> Project:
        make_environment(folder / "venv")
        # With bytecode: a program that compiles all of its packages at each start takes ten seconds.
        left = ("PYTEST_", "FONDASI_", "PYTHONDONTWRITEBYTECODE", "MODULES")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(left)}
        folders = {"FONDASI_DATA_DIR": str(folder / "data"), "VIRTUAL_ENV": str(folder / "venv")}
        folders["MYPY_CACHE_DIR"] = str(ROOT / ".mypy_cache" / "generated")
        return Project(folder, {**kept, **folders})

    return make


@pytest.fixture
def new_project(tmp_path, environment_of):
    """Write an application with the command, and install it."""

    def make(name: str) -> Project:
        bare = environment_of(tmp_path)
        bare.run("fondasi", "new", "app", name)
        project = Project(tmp_path / name, bare.variables)
        pip = ("python", "-m", "pip", "--python", str(project.bin / "python"), "--disable-pip-version-check")
        project.run(*pip, "install", "-q", "--no-deps", "--no-build-isolation", "--no-index", "-e", ".")
        return project

    return make


def make_environment(folder: Path) -> None:
    """A virtual environment that sees what is installed here, and where something else can be installed."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    place = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    for item in Path(sysconfig.get_path("purelib")).iterdir():
        if not item.name.removeprefix("_editable_impl_").startswith(APPLICATIONS):
            (place / item.name).symlink_to(item)
    for tool in ("fondasi", "ruff", "mypy", "lint-imports", "pytest"):
        source = Path(sys.executable).parent / tool
        lines = source.read_bytes().split(b"\n", 1)
        if lines[0].startswith(b"#!"):
            (folder / "bin" / tool).write_bytes(f"#!{folder / 'bin' / 'python'}\n".encode() + lines[1])
            (folder / "bin" / tool).chmod(0o755)
        else:
            (folder / "bin" / tool).symlink_to(source)
