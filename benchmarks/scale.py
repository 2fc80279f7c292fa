"""How search and import grow: corpora with the term statistics of the sample, 20,000 and 200,000 decisions.

`python -m benchmarks scale` fills one corpus after another from the sample (`COURTSIGHT_SAMPLE`, see `search`) and
prints what a search costs in each, by the kind of query and with filters. SCALE_SIZES names the sizes, by default
`20000`; SCALE_FOLDER where the databases go (75 kB a decision). On two cores 20,000 take about ten minutes, 200,000
about an hour and a half, most of it to fill the corpus.

A decision of these corpora is one of the sample whose passages are partly exchanged for those of others and in which
some words are new: words and pairs are as frequent as in the sample, and rare ones go on growing. No text is kept.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
import orjson

from benchmarks.harness import Server, free_port, load, post, python, serve
from benchmarks.search import DEFAULT_SAMPLE, SEARCH, UNREACHED, _cpu_seconds
from courtsight.decisions.draft import DecisionDraft
from courtsight.evaluation.tasks import load as read_labelled
from courtsight.evaluation.tasks import make_tasks
from courtsight.ingestion.merging import merge_segments
from courtsight.ingestion.prepare import DECISION_COLUMNS, PreparedDecision, Source, decision_row
from fondasi.ai.embeddings.static import load_static_model
from fondasi.ai.retrieval import Index, PreparedDocument, RetrievalQuery, Strategy
from fondasi.ai.retrieval.documents import PreparedPassage
from fondasi.ai.retrieval.statement import search_statement
from fondasi.ai.retrieval.tokens import hash_pairs, hash_words, query_terms, split_words
from fondasi.kit.db import driver_connection
from fondasi.runtime import open_platform
from fondasi.settings import DatabaseSettings, get_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

    from fondasi.platform import Platform

SPAN = 50  # words that are exchanged together
EXCHANGED, NEW = 0.3, 0.01  # shares of spans from other decisions, and of words that no other decision has
PASSAGE, CHILD = 300, 60  # words
BATCH = 250
COURTS = 400
CLIENTS, SECONDS = 8, 15
QUERIES = 100
EXPLAINED = 40
AREAS = ("pencurian", "penipuan", "penggelapan", "narkotika", "penganiayaan", "perjudian", "lalu lintas")
SIZES = """
SELECT relname, pg_total_relation_size(oid) / 1e6 FROM pg_class
WHERE relname IN ('ai_posting', 'ai_passage', 'ai_document', 'decision') ORDER BY relname
"""
_sample: tuple[list[np.ndarray[Any, Any]], np.ndarray[Any, Any]] | None = None


def main() -> None:
    """Print the figures, or why there are none."""
    sample = Path(os.environ.get("COURTSIGHT_SAMPLE", DEFAULT_SAMPLE))
    if not sample.is_file():
        print(f"Scale: skipped, there is no file {sample}; name the decisions with COURTSIGHT_SAMPLE.")
        return
    sizes = [int(size) for size in os.environ.get("SCALE_SIZES", "20000").split(",")]
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="scale-", dir=os.environ.get("SCALE_FOLDER")) as folder:
            _measure(sample, size, folder)


def _measure(sample: Path, size: int, folder: str) -> None:
    tasks = {
        task.name: [query.text for query in task.queries[:QUERIES]]
        for task in make_tasks(read_labelled(sample))
    }
    print(f"{size:,} decisions")
    asyncio.run(_fill(sample, size, folder, [*tasks["A"][:EXPLAINED], *tasks["C"][:EXPLAINED]]))
    environment = {
        "FONDASI_DATA_DIR": folder,
        "MODULES": "courtsight",
        "HTTP_ACCESS_LOG": "false",
        **UNREACHED,
    }
    port = free_port()
    courts = [{"court": _court(number)} for number in range(5, 25)]
    broad = [{"date_from": "1900-01-01", "jurisdiction": "umum"}]
    kinds: dict[str, list[dict[str, Any]]] = {
        "known item": [{"query": text} for text in tasks["A"]],
        "offence": [{"query": text} for text in tasks["C"]],
        "one court": [
            {"query": text, "filters": courts[place % len(courts)]} for place, text in enumerate(tasks["C"])
        ],
        "jurisdiction": [{"query": text, "filters": broad[0]} for text in tasks["C"]],
    }
    with serve(python("-m", "fondasi", "serve", "--port", str(port)), port, **environment) as server:
        print(f"  {CLIENTS} clients{'':<8}{'p50 ms':>8}{'p95 ms':>8}{'app CPU':>9}{'db CPU':>8}")
        for name, bodies in kinds.items():
            _load(
                server, name, [post(SEARCH, orjson.dumps({**body, "items_per_page": 10})) for body in bodies]
            )


def _load(server: Server, name: str, requests: Sequence[bytes]) -> None:
    asyncio.run(load(server.port, requests, connections=CLIENTS, seconds=SECONDS / 3))
    before = _cpu_seconds(server)
    measured = asyncio.run(load(server.port, requests, connections=CLIENTS, seconds=SECONDS))
    if measured.statuses != {200}:
        raise SystemExit(f"The server answered {measured.statuses}, not 200.")
    app, database, _ = (
        (after - earlier) * 1000 / measured.requests
        for earlier, after in zip(before, _cpu_seconds(server), strict=True)
    )
    p50, p95 = measured.percentile(0.5), measured.percentile(0.95)
    print(f"  {name:<17}{p50:8.1f}{p95:8.1f}{app:9.2f}{database:8.2f}")


async def _fill(sample: Path, size: int, folder: str, queries: Sequence[str]) -> None:
    """Write the corpus, merge its index, and say how long it took, how large it is and what a search reads."""
    scratch = get_settings().model_copy(
        update={"data_dir": Path(folder), "database": DatabaseSettings(), "modules": ["courtsight"]}
    )
    async with open_platform(scratch, create=True) as platform:
        index = platform.get(Index)
        loop = asyncio.get_running_loop()
        began = time.monotonic()
        with ProcessPoolExecutor(1, get_context("spawn"), _read_sample, (sample,)) as pool:
            starts = range(0, size, BATCH)
            ahead = [loop.run_in_executor(pool, _make, start) for start in starts[:4]]
            for place, start in enumerate(starts):
                documents = await ahead.pop(0)
                if place + 4 < len(starts):
                    ahead.append(loop.run_in_executor(pool, _make, starts[place + 4]))
                async with platform.database.unit_of_work() as session:
                    connection = await driver_connection(session)
                    await _write_decisions(connection, documents, start)
                    await index.write(connection, documents)
                if place % 16 == 15:
                    await merge_segments(platform.database, index, least=16)
        filled = time.monotonic()
        await merge_segments(platform.database, index)
        merged = time.monotonic()
        rate = size / (filled - began)
        print(f"  written at {rate:.0f} a second, merges among them; the last took {merged - filled:.0f} s")
        await _report(platform, index, queries)


async def _report(platform: Platform, index: Index, queries: Sequence[str]) -> None:
    async with platform.database.connection() as connection:
        rows = await connection.fetch(SIZES)
        print("  " + ", ".join(f"{row[0]} {row[1]:,.0f} MB" for row in rows))
        segments = await connection.fetchval("SELECT count(*) FROM ai_segment")
        read = [await _buffers(connection, index, text) for text in queries]
        print(f"  {segments} segments; pages of 8 kB read by a search: {np.median(read):.0f} (median)")


async def _buffers(connection: asyncpg.Connection, index: Index, text: str) -> int:
    """Pages that the statement of a hybrid search touches."""
    embedder = load_static_model()
    terms, vector = query_terms(text), embedder.embed([text])[0]
    collection = await index.open(connection)
    statement = search_statement(Strategy.HYBRID, len(vector), None)
    parameters = index._parameters(RetrievalQuery(text), terms, vector)  # noqa: SLF001 - what the search sends
    plan = await connection.fetchval(
        f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", collection, *parameters
    )
    top = plan[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def _read_sample(sample: Path) -> None:
    """Keep the words of the sample, as hashes, and its vectors, in this process."""
    global _sample  # noqa: PLW0603 - of a worker process
    records = read_labelled(sample)
    texts = ["\n".join(record.draft.sections.values()) for record in records]
    words = [hash_words(split_words(text)) for text in texts]
    _sample = words, load_static_model().embed(texts)


def _make(start: int) -> list[PreparedDocument]:
    """Decisions `start` to `start + BATCH`, always the same."""
    assert _sample is not None
    streams, vectors = _sample
    dice = np.random.default_rng(start)
    return [_document(start + place, streams, vectors, dice) for place in range(BATCH)]


def _document(
    number: int,
    streams: Sequence[np.ndarray[Any, Any]],
    vectors: np.ndarray[Any, Any],
    dice: np.random.Generator,
) -> PreparedDocument:
    base = int(dice.integers(len(streams)))
    words = streams[base].copy()
    for first in range(0, len(words) - SPAN, SPAN):
        if dice.random() < EXCHANGED:
            other = streams[int(dice.integers(len(streams)))]
            if len(other) > SPAN:
                place = int(dice.integers(len(other) - SPAN))
                words[first : first + SPAN] = other[place : place + SPAN]
    new = dice.random(len(words)) < NEW
    words[new] = dice.integers(0, 1 << 63, int(new.sum()), dtype=np.uint64)
    terms, frequencies = np.unique(np.concatenate([words, hash_pairs(words)]), return_counts=True)
    vector = vectors[base] + dice.normal(0, 0.03, vectors.shape[1]).astype(np.float32)
    unit = (vector / np.linalg.norm(vector)).astype(np.float32)
    low = (words & np.uint64(0xFFFFFFFF)).astype("<u4")
    passages = [_passage(low, first, unit) for first in range(0, len(low), PASSAGE)]
    identity = UUID(int=(7 << 76) | (2 << 62) | number)
    return PreparedDocument(
        identity, number.to_bytes(16, "big"), len(words), terms, frequencies.astype(np.int32), passages, unit
    )


def _passage(words: np.ndarray[Any, Any], first: int, vector: np.ndarray[Any, Any]) -> PreparedPassage:
    own = words[first : first + PASSAGE]
    children = np.array([(7 * (first + before), before) for before in range(0, len(own), CHILD)], dtype="<i4")
    return PreparedPassage(
        "fakta", 7 * first, 7 * (first + len(own)), children.tobytes(), own.tobytes(), vector
    )


def _court(number: int) -> str:
    return f"PN Skala {number:03}"


async def _write_decisions(
    connection: asyncpg.Connection, documents: Sequence[PreparedDocument], start: int
) -> None:
    """The row of each decision: courts by Zipf's law, the other values by chance."""
    dice = random.Random(start)
    rows = []
    for number, document in enumerate(documents, start):
        draft = DecisionDraft(
            f"{number}/Pid.B/2020",
            {},
            court=_court(min(COURTS, int(dice.paretovariate(0.7)))),
            jurisdiction="umum",
            case_type="pidana",
            legal_area=dice.choice(AREAS),
            year=dice.randint(2005, 2025),
            outcome=dice.choice(("pidana", "bebas", "lepas")),
            fictitious=True,
        )
        source = Source(Path("scale"), draft, number)
        rows.append(decision_row(PreparedDecision(document.id, source, document.content_hash, [], [])))
    await connection.copy_records_to_table("decision", columns=DECISION_COLUMNS, records=rows)


if __name__ == "__main__":
    main()
