"""The documents are tried: commands run, code is the code, links lead somewhere, names exist.

How a block is written says what is done with it (the first word after the fence is the language):

```bash run              run in a shell beside the demo; it has to succeed
```bash                  its commands and options exist, and so do the variables that it sets
```json answer           the answer of the block before it; `...` stands for what is left out
```text output           the output of the block before it has each of these lines; `...` as above
```python PATH           an excerpt of that file (```jinja too); a line `...` stands for lines left out
```python new PATH       that file, whole, of the application that first-application.md builds
"""

import difflib
import fnmatch
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from fondasi.cli import cli
from fondasi.kit.http import Problem
from fondasi.settings import READ_BY_SDK, REPLACED

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(path for path in (ROOT / "docs").rglob("*.md")),
        *ROOT.glob("packages/*/README.md"),
    ]
)
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
BENCHMARK = re.compile(r"python -m benchmarks[ .]([a-z]+)")
ASSIGNMENT = re.compile(r"\b([A-Z][A-Z0-9_]*)=")
ACTIVATE = re.search(r"`(\. \S+/activate)`", (ROOT / "README.md").read_text())
SECRET_FILES = ("*.json", "*.dump")
# Names in capitals that are neither settings nor codes of problems.
OTHER_NAMES = {"PYTHON", "METHOD_NOT_ALLOWED"}
MAKE_TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
benchmarks = SimpleNamespace(**runpy.run_path(str(ROOT / "benchmarks" / "__main__.py")))
GENERATED = runpy.run_path(str(ROOT / "docs" / "generate_settings.py"))


@dataclass(frozen=True)
class Block:
    """A fenced block: where it stands, its language, what follows the language, and its text."""

    page: Path
    line: int
    language: str
    mark: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text()
    found = []
    for match in FENCE.finditer(text):
        language, _, mark = match["info"].strip().partition(" ")
        found.append(Block(page, text.count("\n", 0, match.start()) + 1, language, mark, match["text"]))
    return found


BLOCKS = [block for page in PAGES for block in blocks_of(page)]
COMMANDS = [block for block in BLOCKS if block.language in {"bash", "sh"}]
NEW = [block for block in BLOCKS if block.mark.startswith("new ")]
EXCERPTS = [
    block for block in BLOCKS if block.language in {"python", "jinja"} and block.mark and block not in NEW
]


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text())


@pytest.mark.long
def test_commands_run(demo: Mapping[str, str], tmp_path: Path):
    faults = []
    for page in PAGES:
        output = ""
        for block in blocks_of(page):
            if block.mark == "run":
                output = run(block, demo, tmp_path)
            elif block.mark == "answer":
                assert_answer(json.loads(block.text), json.loads(output), str(block))
            elif block.mark == "output":
                missing = [line for line in block.text.splitlines() if not is_printed(line, output)]
                faults += [f"{block}: {missing} is not in:\n{output}"] if missing else []
    assert not faults, "\n".join(faults)
    for path in tmp_path.iterdir():
        assert is_ignored(path.name), f"{path.name} would be committed: name it in .gitignore"
        if any(path.match(pattern) for pattern in SECRET_FILES):
            assert not path.stat().st_mode & 0o077, f"{path.name} is open to everybody: umask 077"


def test_the_demo_says_how_to_reach_its_commands(demo: Mapping[str, str]):
    said = Path(demo["DEMO_OUTPUT"]).read_text()
    assert "/bin/activate   in another terminal, in this folder" in said


def is_ignored(name: str) -> bool:
    done = subprocess.run(["git", "check-ignore", "--no-index", "-q", name], cwd=ROOT, check=False)
    return done.returncode == 0


def run(block: Block, environment: Mapping[str, str], folder: Path) -> str:
    """Run the block as README.md says, in a new shell, with the port of this demo in place of the usual one."""
    assert ACTIVATE is not None, "README.md does not say how to put the commands on the PATH"
    begin = f"cd {shlex.quote(str(ROOT))}\n{ACTIVATE[1]}\ncd {shlex.quote(str(folder))}\n"
    text = re.sub(r"\b9000\b", environment["RECEIVER_PORT"], block.text)
    script = begin + text.replace("localhost:8000", f"localhost:{environment['PORT']}")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        check=False,
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{block} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def assert_answer(wanted: Any, found: Any, place: str) -> None:
    """Whether the shortened answer of the page is the real one."""
    if isinstance(wanted, dict):
        assert isinstance(found, dict), f"{place}: {found!r}"
        for name in wanted.keys() - {"..."}:
            assert name in found, f"{place}: there is no {name}"
            assert_answer(wanted[name], found[name], f"{place} {name}")
    elif isinstance(wanted, list):
        shown = wanted[:-1] if wanted[-1:] == ["..."] else wanted
        assert len(found) == len(shown) if shown is wanted else len(found) >= len(shown), (
            f"{place}: {found!r}"
        )
        for number, (item, other) in enumerate(zip(shown, found, strict=False)):
            assert_answer(item, other, f"{place} {number}")
    elif isinstance(wanted, str) and "..." in wanted:
        assert is_printed(wanted, str(found)), f"{place}: {found!r}"
    elif isinstance(wanted, float):
        assert found == pytest.approx(wanted, rel=0.01), place
    else:
        assert wanted == found, place


def is_printed(line: str, output: str) -> bool:
    pattern = "*".join(re.sub(r"([*?[])", r"[\1]", part.strip()) for part in line.split("..."))
    lines = [" ".join(item.split()) for item in output.splitlines()]
    return any(fnmatch.fnmatchcase(item, " ".join(pattern.split())) for item in lines)


@pytest.mark.long
def test_the_first_application_is_what_its_page_says(tmp_path: Path):
    """Its files, the migration that the command drafts, and its own tests."""
    for block in NEW:
        path = tmp_path / block.mark.removeprefix("new ")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text)
    installed = tmp_path / "src" / "bookmarks-0.1.0.dist-info"  # what `pip install -e .` notes
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: bookmarks\nVersion: 0.1.0\n")
    (installed / "entry_points.txt").write_text("[fondasi.modules]\nbookmarks = bookmarks:module\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "FONDASI_"))}
    environment = {**kept, "PYTHONPATH": str(tmp_path / "src"), "MODULES": "bookmarks"}
    for command in (
        ["fondasi", "migrations", "draft", "bookmarks", "--title", "Bookmarks"],
        ["pytest", "-q", "-p", "no:schemathesis", "-p", "no:xdist", "--basetemp", str(tmp_path / "base")],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "src/bookmarks/migrations/versions/0001_bookmarks.py").exists()
    assert "6 passed" in done.stdout


@pytest.mark.parametrize("block", COMMANDS, ids=str)
def test_commands_and_options_exist(block: Block):
    for words in commands_in(block.text):
        assert_command(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_named_commands_and_variables_exist(page: Path):
    known = setting_names() | error_codes() | OTHER_NAMES | set(REPLACED) | READ_BY_SDK
    for code in CODE.findall(prose(page)):
        for words in commands_in(code):
            assert_command(words)
        names = set(VARIABLE.findall(code)) if code.isupper() or "=" in code else set()
        assert names <= known, f"{names - known} in `{code}`"


def test_named_benchmarks_exist():
    named = {name for page in PAGES for name in BENCHMARK.findall(page.read_text())}
    assert named <= set(benchmarks.NAMES)


@pytest.mark.parametrize("block", COMMANDS, ids=str)
def test_variables_in_commands_exist(block: Block):
    own = {name for name in ASSIGNMENT.findall(block.text) if f"${name}" in block.text}
    assert set(ASSIGNMENT.findall(block.text)) - own <= setting_names() | OTHER_NAMES


@pytest.mark.parametrize("block", EXCERPTS, ids=str)
def test_excerpts_are_the_code(block: Block):
    source = (ROOT / block.mark).read_text()
    position = 0
    for part in re.split(r"^[ ]*\.\.\.\n", block.text, flags=re.MULTILINE):
        place = source.find(part.strip("\n"), position)
        if place < 0:
            near = difflib.unified_diff(
                source.splitlines(), part.splitlines(), block.mark, str(block), lineterm="", n=0
            )
            pytest.fail("\n".join(near))
        position = place + len(part.strip("\n"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path):
    for match in LINK.finditer(prose(page)):
        target, _, anchor = match["target"].partition("#")
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), match["target"]
        assert not anchor or anchor in anchors(path), match["target"]


def test_every_page_is_in_the_index():
    index = (ROOT / "docs" / "README.md").read_text()
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    pages |= {path.name for path in (ROOT / "docs" / "adr").glob("*.md")}
    assert not [name for name in sorted(pages) if name not in index]


def test_settings_page_is_up_to_date():
    assert (ROOT / "docs" / "settings.md").read_text() == GENERATED["page"](), "run `make docs`"


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives the headings of a page."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose(page)))
    return {heading.strip().replace(" ", "-") for heading in plain}


def setting_names() -> set[str]:
    """The environment variables of the settings."""
    return set(re.findall(r"^\| `([A-Z_]+)`", GENERATED["page"](), re.MULTILINE))


def error_codes() -> set[str]:
    import_module("fondasi.kit.http.server")  # whose problems no application imports
    waiting, found = [Problem], set()
    while waiting:
        kind = waiting.pop()
        found.add(kind.code)
        waiting += kind.__subclasses__()
    return found


def commands_in(script: str) -> Iterator[list[str]]:
    """The calls of our commands and of make in a script, or in code within a sentence."""
    for line in script.replace("\\\n", " ").splitlines():
        if not re.search(r"\b(?:fondasi|courtsight|make)\b", line) or line.lstrip().startswith("#"):
            continue
        try:
            words = shlex.split(line.replace("...", "…"), comments=True)
        except ValueError:
            continue
        for place, word in enumerate(words):
            first = (
                place == 0 or words[place - 1] in {"|", "&&", ";", "then", "do"} or "=" in words[place - 1]
            )
            if (
                first
                and word.removeprefix(".venv/bin/") in {"fondasi", "courtsight", "make"}
                and place + 1 < len(words)
            ):
                yield [word.removeprefix(".venv/bin/"), *words[place + 1 :]]
                break


def assert_command(words: list[str]) -> None:
    """Fail unless the command, its subcommands and its options exist."""
    name, *rest = words
    if name == "make":
        targets = {word for word in rest if "=" not in word and not word.startswith("-")}
        assert targets <= MAKE_TARGETS, f"make {targets - MAKE_TARGETS}"
        return
    command = COMMAND_TREE if name == "fondasi" else COMMAND_TREE.get_command(None, "courtsight")
    for word in rest:
        if word in {"|", "&&", ";", ">", "&"}:
            break
        if hasattr(command, "commands") and not word.startswith("-"):
            command = command.get_command(None, word)
            assert command is not None, f"`{' '.join(words)}`: there is no command {word}"
        elif word.startswith("--"):
            options = options_of(command)
            assert word.partition("=")[0] in options, f"`{' '.join(words)}`: there is no option {word}"


def options_of(command: Any) -> set[str]:
    return {"--help", *(name for item in command.params for name in (*item.opts, *item.secondary_opts))}


COMMAND_TREE: Any = typer.main.get_command(cli)
