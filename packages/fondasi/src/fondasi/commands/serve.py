"""The command `fondasi serve`. The supervisor of several processes runs in it, so it imports no application."""

from __future__ import annotations

from typing import Annotated

import structlog
import typer

from fondasi import serving
from fondasi.kit.telemetry import configure_logging
from fondasi.settings import get_settings, refuse_unsafe

commands = typer.Typer()
log = structlog.get_logger(__name__)


@commands.command()
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
    listener = serving.bind(host, port)
    log.info("starting", address=serving.address_of(listener), processes=workers)
    serving.run(settings, listener, reload=reload)
