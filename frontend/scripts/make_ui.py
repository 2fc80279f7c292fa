"""Build the web UI if its sources changed: `make ui`, and at first `make demo` and `make setup`.

    python make_ui.py             build it, or say why not and fail
    python make_ui.py optional    the same, but without it life goes on; what failed is not tried again by itself
    python make_ui.py check       types, tests and rules of the sources, if they changed since they last passed
    python make_ui.py tools       nothing but Node and its packages

What it needs comes from the indexes that pip and npm are set up for: Node into `build/node`, its packages into
`node_modules`. The list of the built site says which sources it is of.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
import venv
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FRONTEND = Path(__file__).resolve().parents[1]
ROOT = FRONTEND.parent
SITE = ROOT / "packages" / "fondasi" / "src" / "fondasi" / "ui" / "site"
REQUIREMENTS = ROOT / "requirements" / "ui.txt"
BUILD = FRONTEND / "build"
NODE, LOG, FAILED, CHECKED = BUILD / "node", BUILD / "ui.log", BUILD / "failed", BUILD / "checked"
NOT_SOURCES = {".next", "build", "node_modules", "out", "tests", "next-env.d.ts"}
NOT_SOURCE_FILES = {".py", ".pyc", ".tsbuildinfo"}
LINES_SHOWN = 40
# A network that swallows requests is given up after a minute or two, not after twenty.
PATIENCE = {
    "PIP_RETRIES": "1",
    "PIP_TIMEOUT": "30",
    "npm_config_fetch_retries": "1",
    "npm_config_fetch_timeout": "60000",
}


class NotBuiltError(Exception):
    """The UI could not be built, or does not pass its checks; says why, and what to do."""


def digest() -> str:
    """What tells these sources from all others: a hash of every file that the build reads."""
    found = hashlib.sha256(REQUIREMENTS.read_bytes())
    for folder, folders, files in os.walk(FRONTEND):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCES)
        for name in sorted(files):
            path = Path(folder, name)
            if name not in NOT_SOURCES and path.suffix not in NOT_SOURCE_FILES:
                place = path.relative_to(FRONTEND).as_posix()
                found.update(f"{place}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]


def built_from() -> str | None:
    """The sources of the built site, as `digest` names them; None where there is none."""
    try:
        return str(json.loads((SITE / "manifest.json").read_bytes())["source"])
    except (OSError, ValueError, KeyError):
        return None


def build(*, optional: bool) -> None:
    """Build the site of these sources, unless it is there.

    Args:
        optional: leave it where the same sources could not be built before.

    Raises:
        NotBuiltError: Node or its packages cannot be had, or the sources are wrong.
    """
    source = digest()
    if built_from() == source:
        return
    if optional and _read(FAILED) == source:
        raise NotBuiltError("its last try failed. To try again: make ui.")
    with _alone():
        if built_from() == source:  # another make did it meanwhile
            return
        print("Building the web UI, once; it takes a minute or so.", flush=True)
        if not _run("pages", ["npm", "run", "build"], {**tools(), "UI_SOURCE": source}):
            raise NotBuiltError(f"its pages do not build.\n{_end_of_log()}")


def check() -> None:
    """Check types, tests and rules of these sources, unless they passed.

    Raises:
        NotBuiltError: they do not pass.
    """
    source = digest()
    if _read(CHECKED) == source:
        return
    with _alone():
        if not _run("checks of the web UI", ["npm", "run", "check"], tools()):
            raise NotBuiltError(f"its checks do not pass.\n{_end_of_log()}")
        CHECKED.write_text(source)


def tools() -> dict[str, str]:
    """Install Node and the packages, if they are not those that are wanted; the environment to call them in.

    Raises:
        NotBuiltError: they cannot be had.
    """
    BUILD.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        **PATIENCE,
        "PATH": os.pathsep.join([str(NODE / "bin"), os.environ.get("PATH", os.defpath)]),
        "VIRTUAL_ENV": str(NODE),
        "NEXT_TELEMETRY_DISABLED": "1",
    }
    # Programs of a virtual environment know their folder by heart.
    wanted = f"{NODE}\n{REQUIREMENTS.read_text()}"
    if _read(NODE / "installed") != wanted:
        venv.create(NODE, clear=True)
        files = ["install", "--require-hashes", "-r", str(REQUIREMENTS)]
        by_uv = [str(Path(sys.executable).with_name("uv")), "pip", *files, "--system-certs"]
        by_pip = [sys.executable, "-m", "pip", "--python", str(NODE / "bin" / "python"), *files]
        if not _run("Node", by_uv, environment) and not _run("Node", by_pip, environment):
            raise NotBuiltError(
                f"Node could not be installed from the package index ({LOG}). With a network, or a mirror that pip "
                "knows: make ui."
            )
        (NODE / "installed").write_text(wanted)
    installed = FRONTEND / "node_modules" / ".installed"
    wanted = (FRONTEND / "package-lock.json").read_text()
    if _read(installed) != wanted:
        if not _run("packages", ["npm", "ci", "--prefer-offline"], environment):
            raise NotBuiltError(
                f"npm could not install its packages ({LOG}). With a network, or a mirror that npm knows "
                "(npm config set registry ADDRESS): make ui."
            )
        installed.write_text(wanted)
    return environment


def _run(what: str, command: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether a command succeeds. What it says goes into the log, and how long it took to whoever waits."""
    began = time.monotonic()
    with LOG.open("w") as log:
        done = subprocess.run(command, cwd=FRONTEND, env=environment, stdout=log, stderr=log, check=False)
    if done.returncode == 0:
        print(f"  {what}: {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


def _end_of_log() -> str:
    return "\n".join(LOG.read_text().splitlines()[-LINES_SHOWN:])


@contextmanager
def _alone() -> Iterator[None]:
    """One build at a time in this folder."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(path: Path) -> str | None:
    try:
        return path.read_text()
    except OSError:
        return None


def main(mode: str) -> int:
    """Do what is asked; gives the status to end with."""
    try:
        if mode == "tools":
            tools()
        elif mode == "check":
            check()
        else:
            build(optional=mode == "optional")
    except NotBuiltError as error:
        without = " The service runs without it." if mode == "optional" else ""
        print(f"The web UI was not built: {error}{without}" if mode != "check" else f"The web UI: {error}")
        if mode != "check":
            FAILED.write_text(digest())
        return int(mode != "optional")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main("".join(sys.argv[1:])))
    except KeyboardInterrupt:
        sys.exit(130)
