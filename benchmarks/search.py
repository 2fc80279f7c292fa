"""Import and search of the sample of real decisions: time, memory, latency over HTTP, exact lookups.

`python -m benchmarks search` reads the file that COURTSIGHT_SAMPLE names, by default the sample beside the repository
(`../shared/data`), and says so and stops where there is none. It takes about four minutes on two cores.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import orjson
import psutil

from benchmarks.harness import (
    ROOT,
    Server,
    environment_with,
    free_port,
    get,
    load,
    post,
    python,
    run,
    serve,
)
from courtsight.evaluation.tasks import Labelled, make_tasks
from courtsight.evaluation.tasks import load as read_labelled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

UNREACHED = {"QUOTA_USER_LIMIT": "1000000000", "QUOTA_ADDRESS_LIMIT": "1000000000"}
DEFAULT_SAMPLE = ROOT.parent / "shared" / "data" / "putusan-sample.jsonl.gz"
SEARCH = "/api/v1/legal-search/search"
SUGGEST, FACETS = "/api/v1/legal-search/suggest", "/api/v1/legal-search/facets"
CLIENTS = 8
OF_EACH_KIND = 100
WARM_UP_SECONDS, LOAD_SECONDS = 5, 20
NUMBERS, PHRASES = 300, 60
SEED = 2026


def main() -> None:
    """Print the figures, or why there are none."""
    sample = Path(os.environ.get("COURTSIGHT_SAMPLE", DEFAULT_SAMPLE))
    if not sample.is_file():
        print(f"Search: skipped, there is no file {sample}; name the decisions with COURTSIGHT_SAMPLE.")
        return
    with tempfile.TemporaryDirectory(prefix="courtsight-bench-") as folder:
        environment = {
            "FONDASI_DATA_DIR": folder,
            "MODULES": "courtsight",
            "HTTP_ACCESS_LOG": "false",
            **UNREACHED,
        }
        cost = import_file(sample, environment)
        print(f"import            {cost.seconds:8.1f} s    {cost.cpu:8.1f} s of CPU, PostgreSQL included")
        print(f"                  {cost.peak / 1e6:8.0f} MB at the peak, PostgreSQL included")
        records = read_labelled(sample)
        port = free_port()
        with serve(python("-m", "fondasi", "serve", "--port", str(port)), port, **environment) as server:
            _measure_latency(server, records)
            _measure_suggestions(server, records)
            print(f"web process       {server.resident_bytes() / 1e6:8.0f} MB resident")
            _measure_exactness(port, records)


@dataclass(slots=True)
class Cost:
    """What a family of processes took, PostgreSQL included: seconds of time and of CPU, bytes at the peak."""

    seconds: float = 0.0
    peak: float = 0.0
    spent: dict[int, float] = field(default_factory=dict)

    @property
    def cpu(self) -> float:
        """Seconds of CPU of all processes."""
        return sum(self.spent.values())


def import_file(sample: Path, environment: dict[str, str]) -> Cost:
    """What `courtsight import` takes, with the making of the database before it (of which only the time counts)."""
    began = time.monotonic()
    run(python("-m", "fondasi", "migrate"), environment)
    program = "from courtsight.commands import main; main()"
    with subprocess.Popen(
        python("-c", program, "import", str(sample)),
        cwd=ROOT,
        env=environment_with(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        cost = Cost()
        watching = threading.Thread(target=_watch, args=(psutil.Process(process.pid), cost), daemon=True)
        watching.start()
        _, errors = process.communicate()
    if process.returncode:
        raise SystemExit(f"The import failed: {errors.decode(errors='replace')[-2000:]}")
    cost.seconds = time.monotonic() - began
    return cost


def _watch(process: psutil.Process, cost: Cost) -> None:
    """Note CPU and the most memory of the family; pages that processes share count once (proportional set size)."""
    while process.is_running():
        total = 0.0
        try:
            members = [process, *process.children(recursive=True), *_servers(process)]
        except psutil.Error:
            return
        for member in {member.pid: member for member in members}.values():
            try:
                cost.spent[member.pid] = sum(member.cpu_times()[:2])
                full = member.memory_full_info()
                total += getattr(full, "pss", full.rss)
            except psutil.Error:
                continue
        cost.peak = max(cost.peak, total)
        time.sleep(0.5)


def _servers(process: psutil.Process) -> Iterator[psutil.Process]:
    """PostgreSQL leaves the family of the process that starts it: found by the data directory."""
    folder = process.environ().get("FONDASI_DATA_DIR", "")
    for other in psutil.process_iter(["name", "cwd"]):
        if other.info["name"] == "postgres" and folder and (other.info["cwd"] or "").startswith(folder):
            yield other


def _measure_latency(server: Server, records: Sequence[Labelled]) -> None:
    kinds = _queries(records)
    mixed = [text for texts in zip(*kinds.values(), strict=False) for text in texts]
    asyncio.run(load(server.port, _requests(mixed), connections=CLIENTS, seconds=WARM_UP_SECONDS))
    print(f"{CLIENTS} clients, one worker; CPU per search of the app, the database and the load itself")
    print(
        f"{'hybrid search':<18}{'p50 ms':>8}{'p95 ms':>8}{'searches/s':>12}{'app ms':>8}{'db ms':>8}{'load ms':>8}"
    )
    _measure(server, "mixed", _requests(mixed), LOAD_SECONDS)
    for name, texts in kinds.items():
        _measure(server, f"  {name}", _requests(texts), LOAD_SECONDS / 4)


def _queries(records: Sequence[Labelled]) -> dict[str, list[str]]:
    tasks = {task.name: [query.text for query in task.queries] for task in make_tasks(list(records))}
    dice = random.Random(SEED)
    numbers = [record.draft.case_number for record in dice.sample(records, min(OF_EACH_KIND, len(records)))]
    named = {"known item": tasks["A"], "offence": tasks["C"], "article": tasks["B"], "number": numbers}
    return {name: texts[:OF_EACH_KIND] for name, texts in named.items() if texts}


def _requests(texts: Sequence[str]) -> list[bytes]:
    return [post(SEARCH, orjson.dumps({"query": text, "items_per_page": 10})) for text in texts]


def _measure(server: Server, name: str, requests: Sequence[bytes], seconds: float) -> None:
    """Ask with 8 clients for a while, and print a line."""
    before = _cpu_seconds(server)
    measured = asyncio.run(load(server.port, requests, connections=CLIENTS, seconds=seconds))
    if measured.statuses != {200}:
        raise SystemExit(f"The server answered {measured.statuses}, not 200.")
    cpu = [
        (after - earlier) * 1000 / measured.requests
        for earlier, after in zip(before, _cpu_seconds(server), strict=True)
    ]
    p50, p95 = measured.percentile(0.5), measured.percentile(0.95)
    print(f"{name:<18}{p50:8.1f}{p95:8.1f}{measured.requests / measured.seconds:12.1f}", end="")
    print("".join(f"{part:8.2f}" for part in cpu))


def _measure_suggestions(server: Server, records: Sequence[Labelled]) -> None:
    """Completions and facets as pages ask for them: at every keystroke, and beside every list."""
    typed = [
        text[:length]
        for texts in _queries(records).values()
        for text in texts[:20]
        for length in range(2, 13)
    ]
    _measure(
        server, "keystroke", [get(f"{SUGGEST}?{urlencode({'q': text})}") for text in typed], LOAD_SECONDS / 2
    )
    asked = [text[:200] for texts in _queries(records).values() for text in texts[:20]]
    _measure(
        server, "facets", [get(f"{FACETS}?{urlencode({'query': text})}") for text in asked], LOAD_SECONDS / 2
    )


def _cpu_seconds(server: Server) -> tuple[float, float, float]:
    """CPU time of the app, of PostgreSQL with the connections that it closed, and of this process."""
    database = sum(sum(process.cpu_times()[:4]) for process in _servers(server.process))
    return server.cpu_seconds(), database, time.process_time()


def _measure_exactness(port: int, records: Sequence[Labelled]) -> None:
    dice = random.Random(SEED)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        chosen = dice.sample(list(records), min(NUMBERS, len(records)))
        right = sum(_number_is_exact(client, record) for record in chosen)
        print(
            f"decision numbers  {right / len(chosen):8.1%}   of {len(chosen)}: every hit has the number, one its court"
        )
        streams = [_stream(record) for record in records]
        phrases = [_phrase(dice, streams) for _ in range(PHRASES)]
        right = sum(_found(client, f'"{phrase}"') == _scan(streams, phrase) for phrase in phrases)
        print(
            f"quoted phrases    {right / len(phrases):8.1%}   of {len(phrases)}: as many as a scan of the texts"
        )


def _number_is_exact(client: httpx.Client, record: Labelled) -> bool:
    number = record.draft.case_number
    hits = _search(client, number, 1)["data"]
    found = {(hit["decision"]["case_number"], hit["decision"]["court"]) for hit in hits}
    return {stored for stored, _ in found} == {number} and (number, record.draft.court) in found


def _found(client: httpx.Client, query: str) -> int:
    """How many decisions a query finds, page by page."""
    total, page, more = 0, 1, True
    while more:
        answer = _search(client, query, page)
        total += len(answer["data"])
        more = answer["has_more"] and page < 10
        page += 1
    return total


def _search(client: httpx.Client, query: str, page: int) -> dict[str, Any]:
    response = client.post(SEARCH, json={"query": query, "items_per_page": 100, "page": page})
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer


def _stream(record: Labelled) -> str:
    """The words of a decision, a line for each section."""
    sections = (re.findall(r"[^\W_]+", text.lower()) for text in record.draft.sections.values())
    return "\n".join(f" {' '.join(words)} " for words in sections)


def _scan(streams: Sequence[str], phrase: str) -> int:
    return min(1000, sum(f" {phrase} " in stream for stream in streams))


def _phrase(dice: random.Random, streams: Sequence[str]) -> str:
    """Two to ten words from somewhere."""
    section = dice.choice(list(chain.from_iterable(stream.split("\n") for stream in [dice.choice(streams)])))
    words = section.split()
    length = min(len(words), dice.randint(2, 10))
    start = dice.randrange(len(words) - length + 1)
    return " ".join(words[start : start + length])


if __name__ == "__main__":
    main()
