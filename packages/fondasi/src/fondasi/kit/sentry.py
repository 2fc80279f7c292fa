"""Errors, sent to Sentry or what speaks its protocol. The SDK is an extra: `pip install fondasi[sentry]`.

What leaves is picked, not cleaned: the classes of the exceptions, where they were raised, and a few tags. Messages,
local variables, source lines, headers, bodies, addresses and users are not among it, whoever captured the error.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import httpx

from fondasi import __version__
from fondasi.kit import tracing
from fondasi.kit.audit import clean_text
from fondasi.kit.telemetry import ERRORS
from fondasi.settings import StartError, host_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sentry_sdk import Client

    from fondasi.settings import SentrySettings, Settings

INSTALL: Final = (
    "SENTRY_DSN is set, but what sends errors is missing: pip install 'fondasi[sentry]', or unset SENTRY_DSN."
)
FLUSH_SECONDS = 2.0
CHECK_SECONDS = 5.0
MINUTE = 60.0
MAX_MESSAGE = 500
TAGS = ("request_id", "method", "route", "job", "job_id", "attempt")
_OF_EVENT = ("event_id", "timestamp", "platform", "level", "release", "environment", "sdk", "transaction")
_OF_FRAME = ("filename", "function", "module", "lineno", "in_app")
_OF_EXCEPTION = ("type", "module", "thread_id")
_MAIL_ADDRESS = re.compile(r"[^\s@<>()\"',;:]+@[^\s@<>()\"',;:]+")

_reporter: Reporter | None = None


class Reporter:
    """Sends errors from a thread of its own, and not more than `SENTRY_PER_MINUTE` of them.

    Args:
        settings: all settings.

    Raises:
        StartError: the SDK is not installed.
    """

    def __init__(self, settings: Settings) -> None:
        try:
            import sentry_sdk  # noqa: PLC0415 - an extra
            from sentry_sdk.utils import event_from_exception  # noqa: PLC0415
        except ImportError:
            raise StartError(INSTALL) from None
        sentry = settings.sentry
        assert sentry.dsn is not None
        self._sdk, self._event_of = sentry_sdk, event_from_exception
        self._settings = sentry
        self._began, self._sent = monotonic(), 0
        self._client: Client = sentry_sdk.Client(
            dsn=sentry.dsn.get_secret_value(),
            release=sentry.release or f"fondasi@{__version__}",
            environment=sentry.environment or settings.environment.value,
            default_integrations=False,
            auto_enabling_integrations=False,
            auto_session_tracking=False,
            enable_backpressure_handling=False,
            send_client_reports=False,
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            before_send=self._picked,
            before_send_transaction=lambda *_: None,
        )
        sentry_sdk.get_global_scope().set_client(
            self._client
        )  # what an application captures goes the same way

    def report(self, error: BaseException, transaction: str, tags: dict[str, str]) -> None:
        """Send an error, if there were not too many."""
        if not self._may_send():
            return
        event, hint = self._event_of(error, self._client.options, {"type": "fondasi", "handled": False})
        event["transaction"] = transaction
        event["tags"] = {name: clean_text(text, 200) for name, text in tags.items()}
        if ids := tracing.trace_ids():
            event["contexts"] = {"trace": dict(ids)}
        self._client.capture_event(event, {**hint, "fondasi": True})

    async def close(self) -> None:
        """Send what is left, for seconds and not longer."""
        self._sdk.get_global_scope().set_client(None)
        await asyncio.to_thread(self._client.close, timeout=FLUSH_SECONDS)

    def flush(self) -> None:
        """Wait until all is sent, for seconds and not longer."""
        self._client.flush(timeout=FLUSH_SECONDS)

    def _may_send(self) -> bool:
        now = monotonic()
        if now - self._began >= MINUTE:
            self._began, self._sent = now, 0
        self._sent += 1
        allowed = self._sent <= self._settings.per_minute
        ERRORS.labels("sent" if allowed else "dropped").inc()
        return allowed

    def _picked(self, event: Any, hint: dict[str, Any]) -> Any:
        """The last word on what is sent, also of what an application captured itself."""
        if "exception" not in event or not ("fondasi" in hint or self._may_send()):
            return None
        kept = {name: event[name] for name in _OF_EVENT if name in event}
        kept["exception"] = {"values": [self._exception(item) for item in event["exception"]["values"]]}
        tags = event.get("tags") or {}
        kept["tags"] = {name: tags[name] for name in TAGS if name in tags} if "fondasi" in hint else {}
        trace = (event.get("contexts") or {}).get("trace") or {}
        kept["contexts"] = {"trace": {name: trace[name] for name in ("trace_id", "span_id") if name in trace}}
        return kept

    def _exception(self, found: dict[str, Any]) -> dict[str, Any]:
        kept = {name: found[name] for name in _OF_EXCEPTION if name in found}
        frames = (found.get("stacktrace") or {}).get("frames") or []
        kept["stacktrace"] = {"frames": [{name: item.get(name) for name in _OF_FRAME} for item in frames]}
        if mechanism := found.get("mechanism"):
            kept["mechanism"] = {"type": mechanism["type"], "handled": bool(mechanism.get("handled"))}
        if self._settings.messages and found.get("value"):
            kept["value"] = _message(str(found["value"]), str(found.get("module") or ""))
        return kept


@asynccontextmanager
async def reporting(settings: Settings) -> AsyncIterator[None]:
    """Send the errors of this process inside the block, also the one that ends it, if `SENTRY_DSN` is set.

    Raises:
        StartError: the SDK is not installed.
    """
    global _reporter  # noqa: PLW0603 - a process has one
    if settings.sentry.dsn is None:
        yield
        return
    _reporter = opened = Reporter(settings)
    try:
        yield
    except Exception as error:
        report(error, "start")
        raise
    finally:
        _reporter = None
        await opened.close()


def report(error: BaseException, transaction: str, **tags: str) -> None:
    """Send an error; nothing happens where `SENTRY_DSN` is not set.

    Args:
        error: what was raised.
        transaction: what failed, of few different things: a route, a job.
        tags: of `TAGS`.
    """
    if _reporter is not None:
        _reporter.report(error, transaction, tags)


def report_start(settings: Settings, error: Exception) -> None:
    """Send what kept this process from starting, and wait for it, before `reporting` could begin."""
    if settings.sentry.dsn is not None:
        reporter = Reporter(settings)
        reporter.report(error, "start", {})
        reporter.flush()


def require(settings: SentrySettings) -> None:
    """See that what the setting needs is installed.

    Raises:
        StartError: it is not; the message says how to mend it.
    """
    if settings.dsn is not None:
        try:
            import sentry_sdk  # noqa: F401, PLC0415 - an extra
        except ImportError:
            raise StartError(INSTALL) from None


async def sentry_fault(settings: SentrySettings) -> str | None:
    """What keeps errors from their receiver, and what to do about it; None when it answers."""
    assert settings.dsn is not None
    try:
        require(settings)
    except StartError as missing:
        return str(missing)
    url = httpx.URL(settings.dsn.get_secret_value())
    try:
        async with httpx.AsyncClient(timeout=CHECK_SECONDS) as client:
            answer = await client.get(url.copy_with(username="", password="", path="/"))
    except httpx.HTTPError:
        return f"nobody answers at {host_of(str(url))}: check SENTRY_DSN, and the way there"
    failed = answer.is_server_error
    return (
        f"what is at {host_of(str(url))} answers {answer.status_code}: check SENTRY_DSN" if failed else None
    )


def _message(text: str, module: str) -> str:
    """A message without what can be told from it to be a secret or somebody's address."""
    if module.startswith(("sqlalchemy", "asyncpg")):
        text = text.partition("\n")[0]  # the lines behind it hold the statement, and values of the row
    return _MAIL_ADDRESS.sub("[redacted]", clean_text(text, MAX_MESSAGE))
