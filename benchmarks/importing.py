"""The import of decisions: how long, how much memory, two at once against one, and what a kill leaves behind.

`python -m benchmarks importing` reads the sample that COURTSIGHT_SAMPLE names (see `search`), or 2,000 fictitious
decisions where there is none. IMPORT_RUNS says how often each is measured, by default 3; printed are the median, the
least and the most. IMPORT_KILLS says how often an import is killed, by default 20. It takes about twelve minutes on two
cores.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import os
import random
import subprocess
import tempfile
import time
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.harness import ROOT, environment_with, python
from benchmarks.search import DEFAULT_SAMPLE, Cost, import_file
from courtsight.fictitious.writers import write_corpus
from fondasi.kit.db import driver_connection
from fondasi.runtime import open_platform
from fondasi.settings import DatabaseSettings, get_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from fondasi.platform import Platform

FICTITIOUS, BESIDE, KILLED = 2000, 500, 200  # decisions
SEED = 2026
PROGRAM = "from courtsight.commands import main; main()"
# What two imports of one file must agree in: all but ids and times, and what belongs to the order of writing.
_OF_A_DECISION = "JOIN decision d ON d.id = o.decision_id ORDER BY"
CONTENT = (
    "SELECT content_hash, number_key, court_key, outcome, pronounced_on, sentence_days FROM decision ORDER BY 1",
    f"SELECT content_hash, position, name, md5(text) FROM decision_section o {_OF_A_DECISION} 1, 2",
    f"SELECT content_hash, position, kind, normalised, start_offset FROM decision_citation o {_OF_A_DECISION} 1, 2",
    f"SELECT content_hash, law, number, rank, charged, mentions FROM decision_article o {_OF_A_DECISION} 1, 2, 3",
    """SELECT d.content_hash, count(*), sum(length(words)) FROM decision d JOIN ai_document i ON i.document_id = d.id
    JOIN ai_passage p USING (collection_id, ordinal) GROUP BY 1 ORDER BY 1""",
    "SELECT sum(documents), sum(passages), sum(vectors) FROM ai_segment",
    "SELECT facet, value, sum(count) FROM decision_tally GROUP BY 1, 2 HAVING sum(count) <> 0 ORDER BY 1, 2",
)


def main() -> None:
    """Print the figures."""
    runs = int(os.environ.get("IMPORT_RUNS", "3"))
    kills = int(os.environ.get("IMPORT_KILLS", "20"))
    with tempfile.TemporaryDirectory(prefix="courtsight-importing-") as name:
        folder = Path(name)
        sample = Path(os.environ.get("COURTSIGHT_SAMPLE", DEFAULT_SAMPLE))
        if not sample.is_file():
            sample = folder / "fictitious.jsonl.gz"
            write_corpus(sample, FICTITIOUS)
            print(f"There is no sample: {FICTITIOUS:,} fictitious decisions instead.")
        if runs:
            _measure_whole(sample, runs)
            _measure_beside(sample, folder, runs)
        if kills:
            small = folder / "killed.jsonl.gz"
            write_corpus(small, KILLED)
            same = asyncio.run(_count_same(small, kills))
            print(
                f"killed {kills} times    {same} of {kills} like an import in one go, once they were run again"
            )


def _measure_whole(sample: Path, runs: int) -> None:
    """`courtsight import` as it comes, from an empty folder: the start of the database and its migration included."""
    measured: list[Cost] = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="courtsight-importing-") as folder:
            measured.append(import_file(sample, {"FONDASI_DATA_DIR": folder, "MODULES": "courtsight"}))
    print(f"whole import       {_spread([cost.seconds for cost in measured], 's')}")
    print(f"CPU                {_spread([cost.cpu for cost in measured], 's')}, PostgreSQL included")
    print(
        f"memory at the peak {_spread([cost.peak / 1e6 for cost in measured], 'MB')}, PostgreSQL included",
        flush=True,
    )


def _measure_beside(sample: Path, folder: Path, runs: int) -> None:
    """One import with one worker process, with two, and two imports of a half each, in turns; of a part of the file."""
    halves = _halves(sample, folder)
    ways = {
        "one import, 1 worker": [(halves, 1)],
        "one import, 2 workers": [(halves, 2)],
        "two imports, 1 worker": [([half], 1) for half in halves],
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, imports in ways.items():
            seconds[name].append(asyncio.run(_import_beside(imports)))
    first = seconds["one import, 1 worker"]
    for name, values in seconds.items():
        ratios = [one / other for one, other in zip(first, values, strict=True)]
        print(f"{name:<22} {_spread(values, 's')}; {_spread(ratios, 'x')}", flush=True)


async def _import_beside(imports: Sequence[tuple[Sequence[Path], int]]) -> float:
    """Seconds until all of some imports into one new database have ended."""
    async with _database() as (platform, environment):
        del platform
        began = time.monotonic()
        processes = [_start(paths, workers, environment) for paths, workers in imports]
        for process in processes:
            status = await asyncio.to_thread(process.wait)
            if status:
                raise SystemExit(f"An import ended with status {status}.")
        return time.monotonic() - began


async def _count_same(file: Path, kills: int) -> int:
    """How many imports that were killed once, and run again, left what an uninterrupted one leaves."""
    dice = random.Random(SEED)
    async with _database() as (platform, environment):
        began = time.monotonic()
        await _to_the_end(file, environment)
        took = time.monotonic() - began
        wanted = await _content(platform)
    same = 0
    for _ in range(kills):
        async with _database() as (platform, environment):
            process = _start([file], 1, environment)
            await asyncio.sleep(dice.uniform(0.15, 1.0) * took)
            process.kill()
            await asyncio.to_thread(process.wait)
            await _to_the_end(file, environment)
            same += await _content(platform) == wanted
    return same


async def _to_the_end(file: Path, environment: dict[str, str]) -> None:
    if status := await asyncio.to_thread(_start([file], 1, environment).wait):
        raise SystemExit(f"The import ended with status {status}.")


async def _content(platform: Platform) -> list[str]:
    """What is stored, as digests."""
    digests = []
    async with platform.database.read_session() as session:
        connection = await driver_connection(session)
        for statement in CONTENT:
            rows = await connection.fetch(statement)
            digests.append(hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest())
    return digests


@asynccontextmanager
async def _database() -> AsyncIterator[tuple[Platform, dict[str, str]]]:
    """A new database that stays while the block runs, and the environment of programs that use it."""
    with tempfile.TemporaryDirectory(prefix="courtsight-importing-") as folder:
        settings = get_settings().model_copy(
            update={"data_dir": Path(folder), "database": DatabaseSettings(), "modules": ["courtsight"]}
        )
        async with open_platform(settings, create=True) as platform:
            yield platform, {"FONDASI_DATA_DIR": folder, "MODULES": "courtsight"}


def _start(paths: Sequence[Path], workers: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = python("-c", PROGRAM, "import", *map(str, paths), "--processes", str(workers))
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment_with(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _halves(sample: Path, folder: Path) -> list[Path]:
    """The first lines of a file, in turns in one of two."""
    halves = [folder / f"half-{number}.jsonl" for number in (1, 2)]
    with sample.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    with (
        gzip.open(sample, "rb") if compressed else sample.open("rb") as lines,
        halves[0].open("wb") as first,
        halves[1].open("wb") as second,
    ):
        for number, line in enumerate(islice(lines, BESIDE)):
            (second if number % 2 else first).write(line)
    return halves


def _spread(values: Sequence[float], unit: str) -> str:
    digits = 2 if unit == "x" else 0 if unit == "MB" else 1
    return f"{median(values):8.{digits}f} {unit} ({min(values):.{digits}f}-{max(values):.{digits}f})"


if __name__ == "__main__":
    main()
