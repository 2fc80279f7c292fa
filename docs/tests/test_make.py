"""The Makefile, as a newcomer meets it when something is not as it should be."""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with what `make` reads before it installs anything."""
    folder = tmp_path / "a clone"
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    shutil.copy(ROOT / "Makefile", folder)
    return folder


def make(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_folder_that_was_moved_is_installed_anew(clone: Path):
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / ".folder").write_text("/where/it/was before")
    done = make(clone, "help")
    assert "This folder was moved: installing anew." in done.stdout
    assert not (clone / ".venv").exists()


def test_a_folder_that_was_not_moved_keeps_what_is_installed(clone: Path):
    (clone / ".venv").mkdir()
    (clone / ".venv" / ".folder").write_text(str(clone))
    done = make(clone, "help")
    assert "moved" not in done.stdout
    assert (clone / ".venv" / ".folder").exists()


def test_a_python_that_is_not_there_is_named(clone: Path):
    done = make(clone, "PYTHON=python3.99", "demo")
    assert done.returncode != 0
    assert "There is no python3.99. Install Python 3.11 or newer, or name yours:" in done.stdout
    assert "found ." not in done.stdout + done.stderr


def test_a_python_that_is_too_old_is_named(clone: Path):
    old = clone / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2"\nexit 1\n')
    old.chmod(0o755)
    done = make(clone, f"PYTHON='{old}'", "demo")
    assert done.returncode != 0
    assert "Python 3.11 or newer is needed; this is Python 3.9.2." in done.stdout


@pytest.mark.long
def test_without_a_network_the_installation_says_so(clone: Path, tmp_path: Path):
    folder = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    nowhere = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0"}
    done = subprocess.run(
        [clone / "requirements" / "install", folder, "-q", "install.txt"],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **nowhere},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert "Could not install requirements/install.txt. Is there a network" in done.stderr


def test_a_proxy_that_looks_into_tls_is_believed_and_what_takes_over_is_said(clone: Path, tmp_path: Path):
    """uv knew its own certificates alone, and pip's hundred lines came without a word."""
    bin_folder = tmp_path / "venv" / "bin"
    bin_folder.mkdir(parents=True)
    for name, status in (("uv", 1), ("python", 0)):  # what was asked of each; uv finds no index
        program = bin_folder / name
        program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/{name}\nexit {status}\n')
        program.chmod(0o755)
    done = subprocess.run(
        [clone / "requirements" / "install", tmp_path / "venv", "-q", "runtime.txt"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "uv could not install it; pip takes over, which takes a minute longer.\n"
    assert "--system-certs" in (tmp_path / "uv").read_text()
    assert "-m pip install -q " in (tmp_path / "python").read_text()


def test_the_demo_installs_no_test_tools():
    runtime = (ROOT / "requirements" / "runtime.txt").read_text() + (
        ROOT / "requirements" / "install.txt"
    ).read_text()
    for tool in ("pytest", "mypy", "ruff", "schemathesis", "hypothesis", "flask"):
        assert f"\n{tool}==" not in runtime
    assert "demo: $(VENV)/.runtime " in (ROOT / "Makefile").read_text()


@pytest.mark.long
@pytest.mark.parametrize("package", ["fondasi", "courtsight"])
def test_wheels_carry_the_licence_and_what_the_package_is_for(package: str, tmp_path: Path):
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--disable-pip-version-check", "--no-deps"]
    options = ["--no-build-isolation", "--no-index", "-w", str(tmp_path), str(ROOT / "packages" / package)]
    subprocess.run([*command, *options], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name.partition(".dist-info/")[2]: name for name in archive.namelist()}
        assert archive.read(names["licenses/LICENSE"]) == (ROOT / "LICENSE").read_bytes()
        about = archive.read(names["METADATA"]).decode()
    assert "fondasi demo" in about
    assert "License-Expression: MIT" in about


@pytest.mark.long
def test_an_installed_package_serves_the_web_ui_without_node(tmp_path: Path, free_port: int):
    """As `make wheels` builds it: on a machine with neither Node nor this folder."""
    if not (ROOT / "packages/fondasi/src/fondasi/ui/site/manifest.json").exists():
        pytest.skip("the web UI is not built: make ui")
    python = [sys.executable, "-m", "pip", "wheel", "-q", "--disable-pip-version-check", "--no-deps"]
    options = ["--no-build-isolation", "--no-index", "-w", str(tmp_path)]
    subprocess.run(
        [*python, *options, *(str(ROOT / "packages" / name) for name in ("fondasi", "courtsight"))],
        check=True,
    )
    venv.create(tmp_path / "venv", with_pip=False)
    (packages,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    for wheel in tmp_path.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(packages)
    # What they need is found here; what is installed here from folders is not, for no file of paths in there is read.
    (packages / "needed.pth").write_text(sysconfig.get_path("purelib"))
    environment = {"PATH": "/nowhere", "HOME": str(tmp_path), "MODULES": "courtsight", "PORT": str(free_port)}
    command = [tmp_path / "venv" / "bin" / "python", "-m", "fondasi", "demo"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        try:
            said = []
            for line in process.stdout:
                said.append(line)
                if "Running at" in line:
                    break
            else:
                pytest.fail("".join(said))
            with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/") as answer:
                assert answer.url.endswith("/en")
                assert "_next/static" in answer.read().decode()
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
