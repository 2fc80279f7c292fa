"""`fondasi demo`: from nothing to a running service with something to look at."""

from __future__ import annotations

import asyncio
import os
import secrets
import shlex
import signal
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from fondasi import identity
from fondasi.app import create_app
from fondasi.ending import end_soon, hang_up_ends
from fondasi.kit.db.engine import connect
from fondasi.kit.http import InvalidInput
from fondasi.kit.telemetry import configure_logging
from fondasi.runtime import all_modules, database_addresses, migrate_modules, open_platform
from fondasi.serving import PortTakenError, Server, bind, configuration
from fondasi.settings import Environment, StartError

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator, Callable

    import uvicorn
    from rich.console import Console

    from fondasi.platform import Platform
    from fondasi.settings import Settings

PORTS_TO_TRY = 50
BACKLOG = 2048
TURN_LOCK = 0x64656D6F  # "demo"
TURN_SECONDS = 0.2
LESS = (
    "`/docs` asks for a signed-in super admin, cookies travel by https alone, codes need MAIL_HOST, "
    "and nobody signs up by themselves. Unset ENVIRONMENT for a demo with all of it."
)


def run_demo(settings: Settings, console: Console) -> None:
    """Prepare, print what to try, and serve until Ctrl-C.

    Raises:
        StartError: in production, whose database is not for examples.
    """
    if settings.environment is Environment.PRODUCTION:
        raise StartError(
            "`fondasi demo` fills the database with an administrator and examples, and ENVIRONMENT is production. "
            "Use `fondasi serve`, or unset ENVIRONMENT."
        )
    settings = settings.model_copy(update={"job": settings.job.model_copy(update={"in_process": True})})
    configure_logging(settings)
    # A plain `kill` ends it as Ctrl-C does, PostgreSQL included.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    hang_up_ends()
    with suppress(KeyboardInterrupt):
        asyncio.run(_demo(settings, console))
    with suppress(OSError):  # the terminal may be gone
        console.print("Stopped. The data stays in", str(settings.data_dir.absolute()), highlight=False)


async def _demo(settings: Settings, console: Console) -> None:
    modules = all_modules(settings)
    try:
        identity.acceptable_username(settings.admin_username)
    except InvalidInput as error:
        raise StartError(f"ADMIN_USERNAME: {error.detail.partition(': ')[2]}") from None
    listener = _listen(settings.host, settings.port)
    with console.status("Starting PostgreSQL"):
        database = database_addresses(settings, create=True)
        addresses = await database.__aenter__()
    try:
        with console.status("Migrating the database"):
            await migrate_modules(addresses, modules, settings)
        async with open_platform(settings, modules, migrated=True) as platform:
            password, tries = await prepare(platform)
        with console.status("Starting the service"):
            app = create_app(settings, modules)
        await asyncio.sleep(0)  # a Ctrl-C that came meanwhile takes effect here
        config = configuration(app, settings, log_level="warning")
        port = listener.getsockname()[1]
        server = _Server(config, lambda: _print_welcome(settings, console, port, password, tries))
        await server.serve(sockets=[listener])
    finally:
        await database.__aexit__(None, None, None)
        end_soon()


class _Server(Server):
    """Says that it runs when it does."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


async def prepare(platform: Platform) -> tuple[str, list[str]]:
    """Make the administrator and the examples of the modules; gives the password and what to try.

    Of several demos that start at once on the same data, one does it and the others find it done.
    """
    async with _turn(platform):
        password = await _administrator(platform)
        return password, [
            line for module in platform.modules if module.demo for line in await module.demo(platform)
        ]


@asynccontextmanager
async def _turn(platform: Platform) -> AsyncIterator[None]:
    # The lock outlives a transaction.
    connection = await connect(platform.database.direct_url, platform.settings.database)
    try:
        while not await connection.fetchval(  # noqa: ASYNC110 - another process holds it
            "SELECT pg_try_advisory_lock($1)", TURN_LOCK
        ):
            await asyncio.sleep(TURN_SECONDS)
        yield
    finally:
        await connection.close()


async def _administrator(platform: Platform) -> str:
    """Create the administrator at the first start; the password is kept in the data folder for the next ones."""
    settings = platform.settings
    kept = settings.data_dir / "admin_password"
    chosen = settings.admin_password.get_secret_value() if settings.admin_password else None
    async with platform.database.unit_of_work() as session:
        if await identity.user_exists(session, settings.admin_username):
            if chosen:
                await identity.set_password(session, settings.admin_username, chosen)
                kept.unlink(missing_ok=True)
                return chosen
            return kept.read_text().strip() if kept.exists() else "(as you set it)"
        password = chosen or secrets.token_urlsafe(12)
        await identity.create_user(
            session, username=settings.admin_username, password=password, superuser=True
        )
        if not chosen:  # before the commit: an account whose password nobody knows must not be
            await asyncio.to_thread(_keep, kept, password)
    return password


def _keep(path: Path, secret: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secret)


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket on the port, or on the next free one."""
    for candidate in range(port, min(port + PORTS_TO_TRY, 65536)):
        with suppress(PortTakenError):
            listener = bind(host, candidate)
            try:
                listener.listen(BACKLOG)  # only now is the port ours: two may bind it
            except OSError:
                listener.close()
                continue
            return listener
    raise SystemExit(f"No free port from {port} to {port + PORTS_TO_TRY - 1}. Set PORT to a free one.")


def _print_welcome(settings: Settings, console: Console, port: int, password: str, tries: list[str]) -> None:
    url = f"http://{'localhost' if settings.host in {'127.0.0.1', '0.0.0.0'} else settings.host}:{port}"  # noqa: S104
    taken = "" if port == settings.port or not settings.port else f" ({settings.port} is taken)"
    facts = Table.grid("", "", padding=(0, 2))  # what is too long for its line goes on below itself
    facts.add_row("Running at", f"[bold]{url}[/bold]{taken}")
    facts.add_row("API", f"{url}/docs")
    if settings.admin.enabled:
        facts.add_row("Admin panel", f"{url}/admin")
    facts.add_row(
        "Administrator",
        f"[bold]{escape(settings.admin_username)}[/bold], password [bold]{escape(password)}[/bold]",
    )
    if (activate := Path(os.path.relpath(sys.prefix)) / "bin" / "activate").exists():
        command = f". {escape(shlex.quote(str(activate)))}"
        facts.add_row("Commands", f"{command}   in another terminal, in this folder")
    if settings.environment is not Environment.LOCAL:
        facts.add_row("Environment", f"{settings.environment.value}: {LESS}")
    console.print(Panel(facts, title=settings.app_name, expand=False), highlight=False)
    if tries:
        console.print("Things to try, in another terminal:")
    for line in tries:
        console.print(
            line.replace("{url}", url + settings.api_prefix), highlight=False, markup=False, soft_wrap=True
        )
    console.print("\nCtrl-C stops everything.", highlight=False)
