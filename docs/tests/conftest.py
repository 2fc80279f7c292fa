"""The documents, and a demo that runs: `fondasi demo` on the fictitious decisions, as README.md starts it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

SECONDS_TO_START = 120
BIN = Path(sys.executable).parent


@pytest.fixture
def free_port() -> int:
    """A port that nothing listens on now."""
    return _free_port()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The environment of a shell beside a running demo."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    folder = tmp_path_factory.mktemp("demo")
    environment = {
        **{name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
        "PATH": _login_path(),
        "FONDASI_DATA_DIR": str(folder / "data"),
        "ADMIN_PASSWORD": "only for the tests of docs",
        "PORT": str(_free_port()),
        "COLUMNS": "120",
        "OUTGOING_NETWORKS": "127.0.0.1/32",
        "RECEIVER_PORT": str(receiver := _free_port()),
        "OUTGOING_PORTS": f"80,443,{receiver}",
    }
    output = folder / "output.txt"
    environment["DEMO_OUTPUT"] = str(output)
    with (
        output.open("wb") as file,
        subprocess.Popen(
            [BIN / "fondasi", "demo"], env=environment, cwd=folder, stdout=file, stderr=file
        ) as process,
    ):
        try:
            _wait(process, environment["PORT"], output)
            yield environment
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _login_path() -> str:
    """The PATH of a shell that somebody has just opened: nothing of ours is on it."""
    done = subprocess.run(
        ["bash", "-lc", 'printf %s "$PATH"'],
        env={"HOME": "/nowhere", "PATH": os.defpath},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def _wait(process: subprocess.Popen[bytes], port: str, output: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"The demo did not start:\n{output.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
