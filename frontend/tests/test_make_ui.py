"""Building the web UI: once for the same sources, the same bytes each time, and left out without a network."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import make_ui
import pytest

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "frontend"
NODE = FRONTEND / "build" / "node" / "bin"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The sources of the web UI, and nothing built."""
    ignored = shutil.ignore_patterns(*make_ui.NOT_SOURCES - {"tests"}, "*.tsbuildinfo")
    shutil.copytree(FRONTEND, tmp_path / "frontend", ignore=ignored)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    return tmp_path


@pytest.fixture
def nowhere(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine without a network, and without what it brought before."""
    address = "http://127.0.0.1:9/"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": address,
        "UV_DEFAULT_INDEX": address,
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "UV_HTTP_RETRIES": "0",
        "UV_NO_CONFIG": "1",
    }


def make(clone: Path, mode: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, clone / "frontend" / "scripts" / "make_ui.py", *filter(None, [mode])]
    return subprocess.run(
        command, env=environment, cwd=clone, capture_output=True, text=True, timeout=120, check=False
    )


def digest(clone: Path) -> str:
    code = "import sys; sys.path.insert(0, 'frontend/scripts'); import make_ui; print(make_ui.digest())"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=clone, capture_output=True, text=True, check=True
    ).stdout


def test_what_tells_sources_apart_is_what_the_build_reads(clone: Path):
    before = digest(clone)
    for ignored in ("node_modules/next/a.js", "out/en.html", ".next/a", "build/ui.log", "tests/test_a.py"):
        path = clone / "frontend" / ignored
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("changed")
    assert digest(clone) == before == f"{make_ui.digest()}\n"
    for read in ("app/globals.css", "lib/messages/shell.ts", "public/boot.js", "package-lock.json"):
        path = clone / "frontend" / read
        path.write_text(path.read_text() + " ")
        assert digest(clone) != before
        before = digest(clone)


def test_what_is_built_is_not_built_again(clone: Path, nowhere: dict[str, str]):
    site = clone / "packages" / "fondasi" / "src" / "fondasi" / "ui" / "site"
    site.mkdir(parents=True)
    (site / "manifest.json").write_text(json.dumps({"source": digest(clone).strip()}))
    for mode in ("", "optional"):
        done = make(clone, mode, nowhere)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (clone / "frontend" / "build").exists()


def test_without_a_network_one_sentence_says_so_and_it_is_not_tried_each_time(
    clone: Path, nowhere: dict[str, str]
):
    done = make(clone, "optional", nowhere)
    assert done.returncode == 0, done.stderr
    assert "The web UI was not built: Node could not be installed from the package index" in done.stdout
    assert done.stdout.endswith("make ui. The service runs without it.\n")
    done = make(clone, "optional", {**nowhere, "PATH": ""})
    assert done.stdout == (
        "The web UI was not built: its last try failed. To try again: make ui. The service runs without it.\n"
    )
    assert make(clone, "", nowhere).returncode == 1


@pytest.mark.long
def test_the_same_sources_give_the_same_bytes(clone: Path):
    built = ROOT / "packages" / "fondasi" / "src" / "fondasi" / "ui" / "site" / "manifest.json"
    if not built.exists() or make_ui.built_from() != make_ui.digest():
        pytest.skip("the web UI is not built: make ui")
    subprocess.run(["cp", "-al", FRONTEND / "node_modules", clone / "frontend"], check=True)
    environment = {
        **os.environ,
        "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}",
        "UI_SOURCE": make_ui.digest(),
        "NEXT_TELEMETRY_DISABLED": "1",
    }
    for command in (["npx", "next", "build"], ["node", "scripts/pack.mjs", "site"]):
        done = subprocess.run(
            command, cwd=clone / "frontend", env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    again = json.loads((clone / "frontend" / "site" / "manifest.json").read_text())
    first = json.loads(built.read_text())
    differ = [path for path, file in first["files"].items() if again["files"].get(path) != file]
    assert not differ
    assert again == first
