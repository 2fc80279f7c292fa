"""What keeps spans and sends them: the SDK of OpenTelemetry, an extra. Imported only where a collector is set."""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased, Sampler, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from fondasi import __version__
from fondasi.kit.ids import new_id_text
from fondasi.kit.tracing import SPANS_DROPPED
from fondasi.settings.telemetry import pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fondasi.settings import OtelSettings, Settings

__all__ = ["close", "make", "remote", "trace"]

SECONDS_BETWEEN_LINES = 60.0  # of the log, about a collector that does not take them
CLOSE_SECONDS = 3.0  # to send what is left, when the process ends
PROCESS = new_id_text()
_propagator = TraceContextTextMapPropagator()


class _Seldom(logging.Filter):
    """One line in a minute: the SDK writes one for each try."""

    _next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002
        now = monotonic()
        if now < self._next:
            return False
        self._next = now + SECONDS_BETWEEN_LINES
        return True


_seldom = _Seldom()


class _Processor(BatchSpanProcessor):
    """Counts what it drops: the SDK tells that in a line of the log alone."""

    def on_end(self, span: ReadableSpan) -> None:
        waiting = self._batch_processor._queue  # noqa: SLF001 - the SDK shows it nowhere else
        if span.context.trace_flags.sampled and len(waiting) == waiting.maxlen:
            SPANS_DROPPED.labels("full").inc()
        super().on_end(span)


class _Exporter(OTLPSpanExporter):
    """Counts what the collector does not take."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = super().export(spans)
        if result is not SpanExportResult.SUCCESS:
            SPANS_DROPPED.labels("refused").inc(len(spans))
        return result


def make(settings: Settings) -> TracerProvider:
    """A provider that sends its spans from a thread of its own, from a queue that drops the oldest when it is full.

    It becomes the one of all other code in this process that makes spans by OpenTelemetry, if there is none yet.
    """
    otel = settings.otel
    known = pairs(otel.resource_attributes)
    resource = Resource.create(
        {
            "service.version": __version__,
            "service.instance.id": PROCESS,
            "deployment.environment.name": settings.environment.value,
            **known,
            "service.name": otel.service_name or known.get("service.name", "fondasi"),
        }
    )
    logging.getLogger(OTLPSpanExporter.__module__).addFilter(_seldom)
    made = TracerProvider(sampler=sampler(otel), resource=resource, shutdown_on_exit=False)
    made.add_span_processor(_Processor(_Exporter(endpoint=otel.traces_url, headers=otel.headers)))
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        trace.set_tracer_provider(made)
    return made


def sampler(otel: OtelSettings) -> Sampler:
    """Which traces are kept, by the names of the specification."""
    ratio = TraceIdRatioBased(otel.traces_sampler_arg)
    roots: dict[str, Sampler] = {"always_on": ALWAYS_ON, "always_off": ALWAYS_OFF, "traceidratio": ratio}
    root = roots[otel.traces_sampler.removeprefix("parentbased_")]
    return ParentBased(root) if otel.traces_sampler.startswith("parentbased_") else root


def remote(traceparent: str) -> Context:
    """The context that a `traceparent` names, and nothing of what is present here; empty when it is malformed."""
    return _propagator.extract({"traceparent": traceparent}, context=Context())


async def close(provider: TracerProvider) -> None:
    """Send what is left. A collector that does not take it is given up: the SDK would wait for half a minute."""
    done = asyncio.Event()
    loop = asyncio.get_running_loop()

    def work() -> None:
        provider.shutdown()
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=work, name="last traces", daemon=True).start()
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await done.wait()
