"""Traces (OpenTelemetry): spans of requests, statements, jobs, and calls to other services.

Where no collector is set, nothing of OpenTelemetry is imported, and every function here ends at its first line.

Spans carry no values: routes as templates, statements without literals, the type of an exception and not its message.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from prometheus_client import Counter

from fondasi.settings import StartError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, MutableMapping
    from contextlib import AbstractContextManager
    from types import ModuleType

    from opentelemetry.context import Context
    from opentelemetry.trace import Span, Tracer

    from fondasi.settings import Settings

INSTALL: Final = (
    "OTEL_EXPORTER_OTLP_ENDPOINT is set, but what sends traces is missing: pip install 'fondasi[opentelemetry]', or "
    "unset it."
)

SPANS_DROPPED = Counter(
    "fondasi_spans_dropped_total",
    "Spans that were lost: too many waited to be sent (full), or the collector did not take them (refused).",
    ["reason"],
)

_tracer: Tracer | None = None
_api: ModuleType  # opentelemetry.trace, and what reads a traceparent: once there is a tracer
_remote: Callable[[str], Context]


def is_on() -> bool:
    """Whether spans are made."""
    return _tracer is not None


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[None]:
    """Make spans inside the block, if a collector is set, and send what is left at its end: for seconds, not longer.

    Raises:
        StartError: OpenTelemetry is not installed.
    """
    global _tracer, _api, _remote  # noqa: PLW0603 - one process has one tracer, as in OpenTelemetry itself
    if settings.otel.traces_url is None:
        yield
        return
    try:
        from fondasi.kit.tracing import provider  # noqa: PLC0415 - an extra
    except ImportError:
        raise StartError(INSTALL) from None
    made = provider.make(settings)
    _api, _remote, _tracer = provider.trace, provider.remote, made.get_tracer("fondasi")
    try:
        yield
    finally:
        _tracer = None
        await provider.close(made)


def span(
    name: str, kind: str = "INTERNAL", attributes: Mapping[str, str | int] | None = None
) -> AbstractContextManager[Span | None]:
    """A span below the present one; nothing where there is none, or where its trace is not kept.

    Args:
        name: of few different ones.
        kind: a name of `opentelemetry.trace.SpanKind`.
        attributes: what is known before.
    """
    return nullcontext() if _tracer is None or not is_kept() else _open(_tracer, name, kind, attributes)


def entry(
    name: str, kind: str, attributes: Mapping[str, str | int], parent: str | None
) -> AbstractContextManager[Span | None]:
    """The first span of this process in a trace: of a request, or of a job.

    Args:
        name: of few different ones.
        kind: SERVER or CONSUMER.
        attributes: what is known before.
        parent: the `traceparent` of whoever asked for it (W3C Trace Context), if they sent one.
    """
    return nullcontext() if _tracer is None else _open(_tracer, name, kind, attributes, parent or "")


def call(method: str, url: str = "") -> AbstractContextManager[Span | None]:
    """The span of an HTTP request to another service.

    Args:
        method: of HTTP.
        url: whose host is told; path and query stay here, for they hold keys and ids. Empty for an address that a
            caller named: all of it is theirs.
    """
    if _tracer is None:
        return nullcontext()
    attributes: dict[str, str | int] = {"http.request.method": method}
    with suppress(ValueError):  # an address that is none: the call says so
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        attributes |= {"server.address": parts.hostname, "server.port": port} if parts.hostname else {}
    return span(method, "CLIENT", attributes)


def called(status: int) -> None:
    """Note the status of the answer to a `call`, inside its span."""
    if _tracer is not None:
        found = _api.get_current_span()
        found.set_attribute("http.response.status_code", status)
        if status >= 400:  # noqa: PLR2004 - for a client those are errors too
            _mark(found, str(status))


def note(**attributes: str | int) -> None:
    """Set attributes of the present span; two underscores in a name are a point."""
    if _tracer is not None:
        found = _api.get_current_span()
        for name, value in attributes.items():
            found.set_attribute(name.replace("__", "."), value)


def rename(name: str) -> None:
    """Rename the present span."""
    if _tracer is not None:
        _api.get_current_span().update_name(name)


def fail(error: BaseException | str) -> None:
    """Say that the present span failed, and by what kind of error."""
    if _tracer is not None:
        _mark(_api.get_current_span(), error if isinstance(error, str) else type_name(error))


def is_kept() -> bool:
    """Whether there is a present span whose trace is kept; only to be asked when tracing is on."""
    context = _api.get_current_span().get_span_context()
    return bool(context.is_valid and context.trace_flags.sampled)


def traceparent() -> str | None:
    """The present span as W3C Trace Context writes it, for what is done later or elsewhere; None without one."""
    if _tracer is None:
        return None
    found = _api.get_current_span().get_span_context()
    if not found.is_valid:
        return None
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags:02x}"


def trace_ids() -> dict[str, str]:
    """Ids of the present trace and span, in hexadecimal; empty without one."""
    if _tracer is None:
        return {}
    found = _api.get_current_span().get_span_context()
    return (
        {"trace_id": f"{found.trace_id:032x}", "span_id": f"{found.span_id:016x}"} if found.is_valid else {}
    )


def add_trace_ids(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog: lines name the trace that they belong to."""
    event.update(trace_ids())
    return event


def type_name(error: BaseException) -> str:
    """The whole name of an exception's class."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def start(name: str, attributes: Mapping[str, str | int]) -> Span | None:
    """A client's span below the present one that somebody else ends (`end`); it does not become the present one."""
    if _tracer is None or not is_kept():
        return None
    return _tracer.start_span(name, kind=_api.SpanKind.CLIENT, attributes=attributes)


def end(span: Span | None, error: BaseException | None = None) -> None:
    """End what `start` gave."""
    if span is not None:
        if error is not None:
            _mark(span, type_name(error))
        span.end()


@contextmanager
def _open(
    tracer: Tracer,
    name: str,
    kind: str,
    attributes: Mapping[str, str | int] | None,
    parent: str | None = None,
) -> Iterator[Span]:
    with tracer.start_as_current_span(
        name,
        context=None if parent is None else _remote(parent),
        kind=_api.SpanKind[kind],
        attributes=attributes,
        record_exception=False,  # its message and the values of its traceback stay here
        set_status_on_exception=False,
    ) as opened:
        try:
            yield opened
        except BaseException as error:
            if kind != "INTERNAL":  # what passes through a session on its way out is not its fault
                _mark(opened, type_name(error))
            raise


def _mark(span: Span, kind: str) -> None:
    span.set_attribute("error.type", kind)
    span.set_status(_api.StatusCode.ERROR)
