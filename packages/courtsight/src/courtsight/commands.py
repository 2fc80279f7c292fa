"""The `courtsight` command; also `fondasi courtsight`."""

import asyncio
import os
import shlex
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal, NoReturn
from urllib.parse import urlencode

import orjson
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from courtsight.decisions.draft import DecisionDraft
from courtsight.evaluation.errors import EvaluationDataError
from courtsight.fictitious import DEFAULT_SEED, DEMO_DECISIONS, generate
from courtsight.fictitious.printing import print_decision
from courtsight.fictitious.queries import example_queries
from courtsight.fictitious.writers import write_corpus
from courtsight.ingestion.duplicates import find_duplicates, remove_duplicates
from courtsight.ingestion.importer import Importer, ImportStoppedError, ImportSummary, count_records
from courtsight.ingestion.originals import all_have_originals, without_original
from courtsight.ingestion.prepare import Source
from courtsight.ingestion.rereading import RereadSummary, count_older, reread
from courtsight.search import service
from courtsight.search.schemas import SearchHit, SearchRequest, Snippet, Strategy
from fondasi.ai.embeddings import EmbeddingError
from fondasi.ai.retrieval import Index, RetrievalError
from fondasi.cli import INTERRUPTED
from fondasi.kit.db import driver_connection
from fondasi.kit.db.troubles import trouble
from fondasi.kit.http import Problem
from fondasi.kit.storage import Storage
from fondasi.module import Link
from fondasi.platform import Platform
from fondasi.runtime import open_platform
from fondasi.settings import StartError, get_settings

ERRORS_SHOWN = 50
TERMINATED = 128 + signal.SIGTERM
Kind = Literal["jsonl", "txt", "html", "pdf"]

commands = typer.Typer(
    help="Legal intelligence over court decisions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print variables, and so secrets
)
console = Console()
errors = Console(stderr=True)


@commands.command("import")
def import_files(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders: JSON Lines (.gz), PDF, HTML, text.")],
    replace: Annotated[bool, typer.Option(help="Let a new text of a known decision take its place.")] = False,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="Worker processes; one per core.")
    ] = None,
    refused: Annotated[
        Path | None, typer.Option(help="Write each file and line that was refused into this file, and why.")
    ] = None,
) -> None:
    """Import decisions. Run it again at any time: what is known is passed over."""
    told = [ImportSummary()]

    async def run() -> ImportSummary:
        task = asyncio.current_task()
        assert task is not None
        if threading.current_thread() is threading.main_thread():  # no other hears signals
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)  # as Ctrl-C does
        async with open_platform(get_settings()) as platform:
            importer = _importer(platform, processes)
            with _progress("Importing", count_records(paths)) as update:

                def note(summary: ImportSummary) -> None:
                    told[0] = summary
                    update(summary)

                return await importer.run(paths, replace=replace, progress=note)

    try:
        summary = asyncio.run(run())
    except ImportStoppedError as error:
        errors.print(f"[red]{escape(str(error))}[/red]", highlight=False)
        raise typer.Exit(1) from None
    except (KeyboardInterrupt, asyncio.CancelledError) as stopped:
        errors.print("Stopped. What was stored stays, whole; run the same command again to go on.")
        _print_summary(told[0], refused)
        raise typer.Exit(INTERRUPTED if isinstance(stopped, KeyboardInterrupt) else TERMINATED) from None
    _print_summary(summary, refused)
    raise typer.Exit(1 if summary.errors else 0)


@commands.command()
def search(
    query: Annotated[str, typer.Argument(help="Plain language, a number, an article, or operators.")],
    limit: Annotated[int, typer.Option(min=1, max=100, help="Hits to show.")] = 10,
    strategy: Annotated[Strategy, typer.Option(help="How to rank.")] = Strategy.HYBRID,
) -> None:
    """Search, and print the hits."""

    async def run() -> None:
        request = SearchRequest(query=query, items_per_page=limit, strategy=strategy)
        async with open_platform(get_settings()) as platform, platform.database.read_session() as session:
            answer = await service.search(session, platform.get(Index), request)
        _print_hits(answer["data"], answer["interpretation"])

    with _clear_errors():
        asyncio.run(run())


@commands.command()
def duplicates(
    remove: Annotated[bool, typer.Option("--remove", help="Remove them; the first of each stays.")] = False,
) -> None:
    """List decisions that are stored more than once, from before a number and a court had one identity."""

    async def run() -> None:
        async with open_platform(get_settings()) as platform, platform.database.unit_of_work() as session:
            connection = await driver_connection(session)
            found = await find_duplicates(connection)
            if remove:
                await remove_duplicates(connection, platform.get(Index), found)
        for duplicate in found:
            console.print(
                f"{duplicate.case_number} ({duplicate.court}) {duplicate.id}: as {duplicate.first}",
                highlight=False,
            )
        console.print(f"{len(found)} duplicates{' removed' if remove else ''}.", highlight=False)

    with _clear_errors():
        asyncio.run(run())


@commands.command("reread")
def reread_decisions(
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="Worker processes; one per core.")
    ] = None,
) -> None:
    """Read stored decisions anew after an upgrade that reads better. Run it again at any time: it goes on."""

    async def run() -> RereadSummary:
        async with open_platform(get_settings()) as platform:
            local = platform.settings.embedding.provider == "static"
            with _progress("Reading", await count_older(platform.database)) as update:
                return await reread(
                    platform.database,
                    platform.get(Index),
                    local_embedder=local,
                    processes=processes,
                    progress=update,
                )

    with _clear_errors():
        summary = asyncio.run(run())
    table = Table("changed", "unchanged", "left")
    table.add_row(*map(str, (summary.changed, summary.unchanged, summary.left)))
    console.print(table)
    if summary.left:
        console.print(
            "Some were changed meanwhile, or now have the text of another decision: they are as they were."
        )


@commands.command()
def evaluate(  # noqa: PLR0917 - options of a command have names
    data: Annotated[
        Path, typer.Option(help="Decisions in the format of the evaluation data (.jsonl or .jsonl.gz).")
    ],
    questions: Annotated[
        list[Path] | None, typer.Option(help="A file of graded questions; may be given more than once.")
    ] = None,
    forms: Annotated[bool, typer.Option("--forms", help="Type numbers and articles in many forms.")] = False,
    paging: Annotated[bool, typer.Option("--paging", help="Read hits in pages of many sizes.")] = False,
    parsing: Annotated[bool, typer.Option("--parsing", help="Compare what is read with the labels.")] = False,
    checked: Annotated[
        Path | None, typer.Option(help="With --parsing: a list of the decisions that records cite.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Measure search quality beside a BM25 baseline of the same run, in a scratch database.

    With no choice among questions, forms, paging and parsing: the tasks made from the data's labels.
    """
    from courtsight.evaluation.report import Wanted, evaluate_file, print_report  # noqa: PLC0415 - heavy

    wanted = Wanted(tuple(questions or ()), forms=forms, paging=paging, parsing=parsing, checked=checked)
    with _clear_errors():
        report = asyncio.run(evaluate_file(data, get_settings(), errors, wanted=wanted))
        print_report(report, console, as_json=as_json)


@commands.command("generate")
def generate_examples(
    path: Annotated[
        Path, typer.Argument(help="A file for jsonl (.jsonl.gz compresses), a folder for the others.")
    ],
    count: Annotated[int, typer.Option(min=1, max=100_000, help="How many decisions.")] = 300,
    seed: Annotated[int, typer.Option(help="The same seed gives the same decisions.")] = DEFAULT_SEED,
    kind: Annotated[Kind, typer.Option("--format", help="jsonl, txt, html or pdf.")] = "jsonl",
) -> None:
    """Write fictitious decisions, to try things with."""
    written = write_corpus(path, count, seed, kind)
    console.print(f"Wrote {written} fictitious decisions to {path}.", highlight=False)


async def fill_demo(platform: Platform) -> list[str]:
    """Import the fictitious decisions, once, and say what to try."""
    async with platform.database.read_session() as session:
        known = await service.corpus_size(session)
    if known < DEMO_DECISIONS or await _lacks_pdfs(platform):
        with (
            tempfile.TemporaryDirectory() as folder,
            _progress("Importing fictitious decisions", DEMO_DECISIONS) as update,
        ):
            sources = printed_sources(generate(DEMO_DECISIONS), Path(folder))
            await _importer(platform, None).import_sources(sources, progress=update)
    return [_as_curl(query.text, query.meaning) for query in example_queries()[:3]]


async def _lacks_pdfs(platform: Platform) -> bool:
    """Whether a demo that was stopped left decisions without their PDFs."""
    if _storage(platform) is None:
        return False
    async with platform.database.connection() as connection:
        if await all_have_originals(connection):  # as at nearly every start: nothing has to be generated
            return False
        hashes = [draft.content_hash for draft in generate(DEMO_DECISIONS)]
        return bool(await without_original(connection, hashes))


def printed_sources(drafts: Iterable[DecisionDraft], folder: Path) -> Iterator[Source]:
    """Decisions with their PDFs, which are printed into the folder one after another."""
    for number, draft in enumerate(drafts, start=1):
        path = folder / f"{number}.pdf"
        content, draft.pages = print_decision(draft)
        path.write_bytes(content)
        yield Source(path, draft, original=sha256(content).digest())


def links() -> list[Link]:
    """The same searches as links."""
    return [
        Link(f"/legal-search/search?{urlencode({'query': query.text})}", query.text, query.meaning)
        for query in example_queries()[:3]
    ]


def examples() -> list[Link]:
    """The same searches as pages of the web UI."""
    return [
        Link(f"/search?{urlencode({'q': query.text})}", query.text, query.meaning)
        for query in example_queries()[:3]
    ]


def _as_curl(query: str, meaning: str) -> str:
    body = orjson.dumps({"query": query, "items_per_page": 3}).decode()
    address = "{url}/legal-search/search"
    return f"\n# {meaning}\ncurl -s {address} -H 'Content-Type: application/json' -d {shlex.quote(body)}"


def main() -> None:
    """Run the command; expected faults are one clear message, not a traceback."""
    try:
        commands()
    except StartError as error:
        _give_up(str(error))
    except Exception as error:
        settings = get_settings()
        if sentence := trouble(error, settings.data_dir if settings.embedded_database else None):
            _give_up(sentence)
        raise
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _give_up(sentence: str) -> NoReturn:
    errors.print(f"[red]{escape(sentence)}[/red]", highlight=False)
    sys.exit(1)


def _importer(platform: Platform, processes: int | None) -> Importer:
    local = platform.settings.embedding.provider == "static"
    return Importer(
        platform.database,
        platform.get(Index),
        local_embedder=local,
        processes=processes,
        storage=_storage(platform),
    )


def _storage(platform: Platform) -> Storage | None:
    """Where PDFs are kept; a service without the feature `files` keeps none."""
    try:
        return platform.get(Storage)
    except LookupError:
        return None


@contextmanager
def _progress(title: str, total: int) -> Iterator[Callable[[ImportSummary | RereadSummary], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors) as bar:
        task = bar.add_task(title, total=total)
        yield lambda summary: bar.update(
            task,
            completed=summary.settled,
            total=max(
                total, summary.settled
            ),  # an archive that breaks off is one record more than it has lines
            description=f"{title} ({waiting} more are read)" if (waiting := _waiting(summary)) else title,
        )


def _waiting(summary: ImportSummary | RereadSummary) -> int:
    return summary.waiting if isinstance(summary, ImportSummary) else 0


def _print_summary(summary: ImportSummary, refused: Path | None) -> None:
    for error in summary.errors[:ERRORS_SHOWN]:
        errors.print(f"[red]refused[/red] {escape(str(error))}", highlight=False, soft_wrap=True)
    more = len(summary.errors) - ERRORS_SHOWN
    if refused is None and more > 0:
        handle, name = tempfile.mkstemp(prefix="courtsight-refused-", suffix=".txt")
        os.close(handle)
        refused = Path(name)
    if refused is not None:
        refused.write_text("".join(f"{error}\n" for error in summary.errors), encoding="utf-8")
        rest = f"... and {more} more; " if more > 0 else ""
        errors.print(escape(f"{rest}all that was refused is in {refused}"), highlight=False, soft_wrap=True)
    table = Table("imported", "replaced", "completed", "unchanged", "refused", "seconds")
    counts = (summary.imported, summary.replaced, summary.completed, summary.unchanged, len(summary.errors))
    table.add_row(*map(str, counts), f"{summary.seconds:.1f}")
    console.print(table)


def _print_hits(hits: list[SearchHit], interpretation: str) -> None:
    if not hits:
        console.print("Nothing was found. Try fewer or other words.")
    for place, hit in enumerate(hits, start=1):
        decision = hit.decision
        date = f", {decision.pronounced_on}" if decision.pronounced_on else ""
        console.print(
            f"[bold]{place}. {escape(decision.case_number)}[/bold]  {escape(decision.court)}{date}"
            f"  {escape(decision.legal_area)}",
            highlight=False,
        )
        if hit.snippet:
            console.print(f"   [dim]{hit.snippet.section}[/dim] {_marked(hit.snippet)}", highlight=False)
        console.print(f"   [dim]{escape(' '.join(hit.why))}[/dim]", highlight=False)
    console.print(f"[dim]understood as: {interpretation.replace('_', ' ')}[/dim]", highlight=False)


def _marked(snippet: Snippet) -> str:
    pieces, position = [], 0
    for begin, end in snippet.highlights:
        marked = f"[bold yellow]{escape(snippet.text[begin:end])}[/bold yellow]"
        pieces += [escape(snippet.text[position:begin]), marked]
        position = end
    return "".join([*pieces, escape(snippet.text[position:])]).replace("\n", " ")


@contextmanager
def _clear_errors() -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        errors.print(f"[red]{escape(str(problem.detail))}[/red]", highlight=False)
        raise typer.Exit(1) from None
    except ValidationError as error:
        first = error.errors()[0]
        errors.print(f"[red]{first['loc'][0]}: {escape(first['msg'])}[/red]", highlight=False)
        raise typer.Exit(1) from None
    except (RetrievalError, EmbeddingError, EvaluationDataError) as error:
        errors.print(f"[red]{escape(str(error))}[/red]", highlight=False)
        raise typer.Exit(1) from None
