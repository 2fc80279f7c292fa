"""The `fondasi` command."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from contextlib import nullcontext
from typing import Annotated, NoReturn

import structlog
import typer
import uvicorn
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console

from fondasi import __version__
from fondasi.access import PermissionRegistry, matrix_of
from fondasi.app import routes_of
from fondasi.checks import refuse, start_faults, weak_secrets
from fondasi.database_commands import commands as database_commands
from fondasi.demo import run_demo
from fondasi.doctor import diagnose
from fondasi.kit.db.troubles import trouble
from fondasi.kit.http import Problem
from fondasi.kit.http.server import PROTOCOL
from fondasi.kit.jobs import Worker
from fondasi.kit.telemetry import configure_logging, shared_metrics
from fondasi.runtime import all_modules, database_addresses, migrate_modules, open_platform
from fondasi.settings import Settings, StartError, get_settings, refuse_unsafe, unknown_names
from fondasi.tenancy import TenantPermissions

INTERRUPTED = 130  # what shells give a program that Ctrl-C ended

cli = typer.Typer(
    help="Fondasi: an async backend platform.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print variables, and so secrets
)
cli.add_typer(database_commands, name="db")
migrations = typer.Typer(help="Revisions of the database.", no_args_is_help=True)
cli.add_typer(migrations, name="migrations")
console = Console()
log = structlog.get_logger(__name__)


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (PORT).")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that serve (HTTP_WORKERS).")
    ] = None,
    reload: Annotated[bool, typer.Option(help="Restart when the code changes.")] = False,
) -> None:
    """Serve the API."""
    settings = get_settings()
    settings.http.workers = workers = workers or settings.http.workers
    refuse_unsafe(settings)
    host, port = host or settings.host, settings.port if port is None else port
    configure_logging(settings)
    _warn(settings)
    log.info("starting", address=f"http://{host}:{port}", processes=workers)
    with shared_metrics() if workers > 1 else nullcontext():
        uvicorn.run(
            "fondasi.app:create_served_app",
            factory=True,
            http=PROTOCOL,
            host=host,
            port=port,
            workers=workers,
            reload=reload,
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,  # HTTP_TRUSTED_PROXIES says whose word counts
        )


@cli.command()
def worker() -> None:
    """Run background jobs until SIGTERM or Ctrl-C; jobs under way are finished first."""

    async def run() -> None:
        async with open_platform(settings, create=True) as platform:
            refuse(await start_faults(platform.database, platform.modules))
            worker = Worker(platform, platform.database, platform.jobs, settings.job)
            loop = asyncio.get_running_loop()
            for name in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(name, worker.stop)
            await worker.run()

    settings = get_settings()
    configure_logging(settings)
    _warn(settings)
    asyncio.run(run())


@cli.command()
def migrate() -> None:
    """Bring the database to the newest revision of every module."""

    async def run() -> None:
        async with database_addresses(settings, create=True) as addresses:
            await migrate_modules(addresses, all_modules(settings), settings)

    settings = get_settings()
    refuse_unsafe(settings)
    asyncio.run(run())
    console.print("The database is up to date.")


@cli.command()
def demo() -> None:
    """Migrate, fill the database with examples, and serve with a worker in the same process."""
    _warn(get_settings())
    run_demo(get_settings(), console)


@cli.command()
def doctor() -> None:
    """Check settings, database and modules, and say what to do about each fault."""
    raise typer.Exit(asyncio.run(diagnose(get_settings(), console)))


@cli.command()
def openapi() -> None:
    """Print the OpenAPI document, for generators of clients. It needs no database."""
    from fondasi.app import create_app  # noqa: PLC0415 - for this alone

    typer.echo(json.dumps(create_app(get_settings()).openapi(), indent=2, ensure_ascii=False))


@cli.command()
def permissions(
    matrix: Annotated[
        bool,
        typer.Option(
            "--matrix", help="Every route, and which groups, or roles inside a tenant, may call it."
        ),
    ] = False,
) -> None:
    """List the permissions of all modules and the seeded groups that hold them unless somebody changed that."""
    modules = all_modules(get_settings())
    registry = PermissionRegistry(item for module in modules for item in module.permissions)
    if matrix:
        inside = TenantPermissions(item for module in modules for item in module.tenant_permissions)
        routes = routes_of(modules, get_settings().api_prefix)
        typer.echo(matrix_of(routes, registry, inside.by_role), nl=False)
        return
    for permission in sorted(registry, key=lambda item: item.code):
        groups = ", ".join(["super_admin", *permission.default_groups])
        typer.echo(f"{permission.code:<24} {groups:<32} {permission.description}")


@migrations.command("draft")
def draft_migration(
    name: Annotated[str, typer.Argument(metavar="MODULE", help="The module; `fondasi` for the platform.")],
    title: Annotated[str, typer.Option("--title", "-t", help="What it does, in a line.")] = "Draft",
) -> None:
    """Write the revision that brings the database to the models of a module, and try it on an empty database."""
    from fondasi.drafts import draft  # noqa: PLC0415 - this command alone compares

    modules = all_modules(get_settings())
    module = next((item for item in modules if item.name == name), None)
    if module is None and name != "fondasi":
        _give_up(f"There is no module {name}. There are: {', '.join(sorted(item.name for item in modules))}.")
    with console.status("Comparing models and migrations"):
        written = asyncio.run(draft(module, modules, title))
    if written is None:
        console.print("Nothing to write: the models and the migrations agree.")
        return
    console.print(
        f"Wrote {written.path}\nRead it, mend what it cannot know, then: fondasi migrate", highlight=False
    )
    for sentence in (written.hint, *(f"By hand: {fault}." for fault in written.faults)):
        if sentence:
            console.print(f"  - {sentence}", markup=False, highlight=False)


@cli.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """An async backend platform."""
    if show:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command; expected faults are one clear message, not a traceback."""
    try:
        settings = get_settings()
    except ValidationError as error:
        _give_up("\n".join(_wrong_setting(item["loc"], item["msg"]) for item in error.errors()))
    except SettingsError as error:  # names the field, not its value
        _give_up(_wrong_group(str(error)))
    try:
        for module in all_modules(settings):
            if module.commands is not None:
                cli.add_typer(module.commands, name=module.name)
            for name, commands in module.command_groups.items():
                cli.add_typer(commands, name=name)
        cli()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:
        if (sentence := _sentence_of(error, settings)) is None:
            raise
        _give_up(sentence)


def _sentence_of(error: Exception, settings: Settings) -> str | None:
    """What an expected fault says; None for one of ours, whose traceback is wanted."""
    if isinstance(error, Problem):
        return str(error.detail)
    if isinstance(error, StartError):
        return str(error)
    return trouble(error, settings.data_dir if settings.embedded_database else None)


def _warn(settings: Settings) -> None:
    for sentence in unknown_names(settings):
        log.warning("unknown_setting", advice=sentence)
    for sentence in weak_secrets(settings):
        log.warning("weak_secret", advice=sentence)


def _wrong_setting(location: tuple[int | str, ...], message: str) -> str:
    """What is wrong with a setting, after the name of its environment variable."""
    variable = "_".join(map(str, location)).upper()
    message = message.removeprefix("Value error, ")  # Pydantic's word for a check of ours
    return message if message.startswith(variable) else f"{variable}: {message}"


def _wrong_group(message: str) -> str:
    named = re.search(r'field "(\w+)"', message)
    if named is None:
        return message
    group = named[1].upper()
    return f"{group} is set, but it is a group of settings: set {group}_... instead, or unset it."


def _give_up(message: str) -> NoReturn:
    Console(stderr=True).print(message, style="red", highlight=False, markup=False, soft_wrap=True)
    sys.exit(1)
