"""Whether there is a collector where the settings say."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx

from fondasi.kit.tracing import INSTALL
from fondasi.settings import host_of

if TYPE_CHECKING:
    from fondasi.settings import OtelSettings

TIMEOUT = 5.0
REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


async def collector_fault(settings: OtelSettings) -> str | None:
    """What keeps traces from their collector, and what to do about it; None when it takes them or there are none."""
    if (url := settings.traces_url) is None:
        return None
    try:
        from fondasi.kit.tracing import provider  # noqa: F401, PLC0415 - an extra
    except ImportError:
        return INSTALL
    headers = {**settings.headers, "content-type": "application/x-protobuf"}
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            answer = await client.post(url, headers=headers)  # an empty body is a request without spans
    except httpx.HTTPError:
        return (
            f"no collector answers at {host_of(url)}: start it, or set OTEL_EXPORTER_OTLP_ENDPOINT to where it takes "
            "OTLP over HTTP, usually port 4318"
        )
    if answer.status_code in REFUSED:
        return f"the collector at {host_of(url)} asks for another key: set OTEL_EXPORTER_OTLP_HEADERS"
    if answer.is_success:
        return None
    return (
        f"what is at {host_of(url)} answers traces with {answer.status_code}: set OTEL_EXPORTER_OTLP_ENDPOINT to a "
        "collector that takes OTLP over HTTP, usually port 4318"
    )
