"""Logs (structlog) and metrics (Prometheus)."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from fondasi.kit.lines import Lines
from fondasi.kit.tracing import add_trace_ids
from fondasi.settings import Environment, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

_WRITER = ThreadPoolExecutor(1, thread_name_prefix="metrics")
_SHARED = "PROMETHEUS_MULTIPROC_DIR"  # read by prometheus-client itself, when it is imported

REQUESTS = Counter("fondasi_http_requests_total", "Requests answered.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "fondasi_http_request_seconds",
    "Time to answer a request.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
JOBS = Counter("fondasi_jobs_total", "Tries of background jobs that ended.", ["name", "status"])
JOB_SECONDS = Histogram(
    "fondasi_job_seconds",
    "Time that a try of a background job took.",
    ["name"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600),
)

ERRORS = Counter(
    "fondasi_errors_reported_total",
    "Errors sent to SENTRY_DSN, or dropped because there were too many.",
    ["outcome"],
)
LOG_LINES_DROPPED = Counter(
    "fondasi_log_lines_dropped_total",
    "Log lines that were not written: nobody reads (full), or the disk takes no more (failed).",
    ["reason"],
)

# Frames without their variables: a log line must not carry a password.
_traceback = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request. `route` is a template or "unmatched", so that labels stay few."""
    counter, histogram = _request_metrics(method, route, status)
    counter.inc()
    histogram.observe(seconds)


@lru_cache(maxsize=4096)
def _request_metrics(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, status), REQUEST_SECONDS.labels(route)


@contextmanager
def shared_metrics() -> Iterator[None]:
    """Let the processes that start inside the block count together, in files; any of them then answers for all."""
    with TemporaryDirectory(prefix="fondasi-metrics-") as folder:
        os.environ[_SHARED] = folder
        try:
            yield
        finally:
            del os.environ[_SHARED]


async def text_of_metrics() -> bytes:
    """All metrics in the text format of Prometheus, written beside the event loop, one after another."""
    return await asyncio.get_running_loop().run_in_executor(_WRITER, metrics)


def metrics() -> bytes:
    """All metrics in the text format of Prometheus: of this process, or of all that count together."""
    if _SHARED not in os.environ:
        return generate_latest()
    registry = CollectorRegistry(support_collectors_without_names=True)
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


class PlainRenderer(structlog.dev.ConsoleRenderer):
    """The lines of structlog's console without colors, in a fifth of its time; with a traceback it takes its own."""

    def __call__(
        self, logger: structlog.typing.WrappedLogger, name: str, event_dict: structlog.typing.EventDict
    ) -> str:
        """The line, without its end."""
        if not event_dict.keys().isdisjoint({"exc_info", "exception", "stack", "stack_info"}):
            return super().__call__(logger, name, event_dict)
        head = "{} [{:<9}] {:<30}".format(
            *(event_dict.pop(key, "") for key in ("timestamp", "level", "event"))
        )
        return " ".join([head, *(f"{key}={_plain(value)}" for key, value in sorted(event_dict.items()))])


def _plain(value: object) -> str:
    """As it stands where that is one word."""
    return value if isinstance(value, str) and value.isprintable() and " " not in value else repr(value)


def _json(value: object, **options: Any) -> str:
    try:
        return orjson.dumps(value, **options).decode()
    except TypeError:  # half a surrogate, a number beyond 64 bits
        return json.dumps(value, **options)


def configure_logging(settings: Settings) -> None:
    """Readable lines in `local`, JSON elsewhere; standard-library loggers go the same way.

    Logs go to stderr; a line that it does not take is dropped and counted. Where traces are made, lines name theirs.
    """
    local = settings.environment is Environment.LOCAL
    output = Lines(sys.stderr, lambda reason: LOG_LINES_DROPPED.labels(reason).inc())
    level = logging.getLevelNamesMapping()[settings.log.level]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if settings.otel.traces_url is not None:
        shared.append(add_trace_ids)
    colors = sys.stderr is not None and sys.stderr.isatty()
    console = structlog.dev.ConsoleRenderer if colors else PlainRenderer
    renderer: structlog.typing.Processor = (
        console(colors=colors, exception_formatter=structlog.dev.plain_traceback)
        if local
        else structlog.processors.JSONRenderer(_json)
    )
    structlog.configure(
        processors=[*shared, *([] if local else [_traceback]), renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: output,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.captureWarnings(capture=True)  # Python's own way to show them waits for the reader
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.WARNING))
    logging.getLogger("uvicorn").setLevel(level)  # says what becomes of its processes
