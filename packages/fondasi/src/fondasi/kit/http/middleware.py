"""The middleware: pure ASGI, in the order that `install_middleware` gives.

Each adds about 6 us to a request (a `BaseHTTPMiddleware` adds 230).
"""

from __future__ import annotations

import re
from hashlib import blake2b
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, Any

import structlog
from starlette.middleware.cors import CORSMiddleware

from fondasi.kit import tracing
from fondasi.kit.audit import clean_text, set_source
from fondasi.kit.http.compression import Compression
from fondasi.kit.http.conditional import not_modified
from fondasi.kit.http.handlers import internal_error
from fondasi.kit.http.origin import RequestSource
from fondasi.kit.http.problems import problem_response
from fondasi.kit.http.proxies import TrustedProxies
from fondasi.kit.i18n import DEFAULT_LANGUAGE, current_language, set_language
from fondasi.kit.ids import new_id_text
from fondasi.kit.sentry import report
from fondasi.kit.telemetry import observe_request

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from fondasi.settings import HttpSettings

log = structlog.get_logger("fondasi.access")

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
QUIET_PATHS = frozenset({"/health", "/health/live", "/health/ready", "/metrics"})
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SHORTEST_SECRET = 24  # characters of a path that can hold one of ours
CORS_REQUEST_HEADERS = [
    "Authorization",
    "Content-Type",
    "X-Request-ID",
    "X-Tenant-ID",
    "Idempotency-Key",
    "If-Match",
    "Last-Event-ID",
]
CORS_REQUEST_HEADERS += ["X-Session-Token", "X-Requested-With"]  # see fondasi.identity.sessions.browser
CORS_REQUEST_HEADERS += ["traceparent"]  # of pages that are traced too
CORS_RESPONSE_HEADERS = [
    "X-Request-ID",
    "ETag",
    "Link",
    "Cache-Status",
    "Idempotent-Replayed",
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
]
HEAD = "fondasi.head"  # in the scope of a request whose answer goes without its body
STREAMS = "streams"  # in the state of a request whose answer goes on: measured is the time to its head
VARY = (b"vary", b"accept-language")
SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


def install_middleware(
    app: FastAPI, settings: HttpSettings, *, https: bool, language: str, traced: bool = False
) -> None:
    """Add the middleware; the last added sees the request first.

    Args:
        app: what comes behind it.
        settings: origins, proxies, what is logged.
        https: users reach the service by https only, and browsers are told so (RFC 6797).
        language: of messages, where a request does not say one that we have.
        traced: requests are the spans of traces.
    """
    app.add_middleware(ConditionalGet)
    app.add_middleware(Compression)
    failure: ASGIApp = _answer_internal_error
    if origins := settings.cors_origins:
        cors: dict[str, Any] = {
            "allow_origins": origins,
            "allow_credentials": "*" not in origins,  # else Starlette would reflect any origin
            "allow_methods": ["GET", "POST", "PUT", "PATCH", "DELETE"],
            "allow_headers": CORS_REQUEST_HEADERS,
            "expose_headers": CORS_RESPONSE_HEADERS,
        }
        app.add_middleware(CORSMiddleware, **cors)
        failure = CORSMiddleware(failure, **cors)
    hsts = settings.hsts_seconds if https else 0
    kind = TracedRequestContext if traced else RequestContext
    app.add_middleware(
        kind,
        access_log=settings.access_log,
        failure=failure,
        hsts_seconds=hsts,
        language=language,
    )
    app.add_middleware(TrustedProxies, networks=settings.trusted_proxies)


class RequestContext:
    """Request id, security headers, metrics, the access log, HEAD as GET without a body, and the last net.

    What is below may append headers to `scope["state"]["headers"]`; every answer carries them, a problem too.

    Args:
        app: what comes next.
        access_log: whether to write a line per request.
        failure: answers in place of `app` when that raised.
        hsts_seconds: how long browsers shall use https alone; 0 says nothing of it.
        language: of messages, where a request does not say one that we have.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        access_log: bool,
        failure: ASGIApp,
        hsts_seconds: int = 0,
        language: str = DEFAULT_LANGUAGE,
    ) -> None:
        self.app = app
        self.language = language
        hsts = (b"strict-transport-security", b"max-age=%d; includeSubDomains" % hsts_seconds)
        self._fixed = [*SECURITY_HEADERS, hsts] if hsts_seconds else SECURITY_HEADERS
        self.access_log = access_log
        self.failure = failure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET", HEAD: True}, _without_body(send)
        started = perf_counter()
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        set_source(RequestSource(scope, started))
        status, headed = 0, started
        added: list[tuple[bytes, bytes]] = []
        scope["state"]["headers"] = added
        scope["state"]["language_asked"] = set_language(
            _accept_language(scope), scope["query_string"], self.language
        )[1]
        extra = [
            (b"x-request-id", request_id.encode()),
            *self._fixed,
        ]

        async def send_with_headers(message: Message) -> None:
            nonlocal status, headed
            if message["type"] == "http.response.start":
                status = message["status"]
                if STREAMS in scope["state"]:
                    headed = perf_counter()
                headers = message["headers"]
                names = {name for name, _ in headers}
                message["headers"] = [
                    *headers,
                    *(pair for pair in extra if pair[0] not in names),
                    *added,
                    VARY,
                ]
                if (
                    b"content-language" not in names
                ):  # known by now: a guard may have gone on in the user's own
                    message["headers"].append((b"content-language", current_language().encode()))
                if b"cache-control" not in names:
                    message["headers"].append((b"cache-control", b"no-store"))
            await send(message)

        structlog.contextvars.bind_contextvars(
            request_id=request_id
        )  # the server runs each request in its own context
        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            log.exception("unhandled_exception", method=scope["method"], path=_told_path(scope))
            self._report(scope, error)
            if status:  # the answer has begun; the connection can only be cut
                raise
            await self.failure(scope, receive, send_with_headers)
        finally:
            ended = headed if STREAMS in scope["state"] else perf_counter()
            self._record(scope, status, ended - started)

    def _report(self, scope: Scope, error: Exception) -> None:
        route = _template(scope) or "unmatched"
        method = scope["method"] if scope["method"] in METHODS else "-"
        report(
            error,
            f"{method} {route}",
            method=method,
            route=route,
            request_id=scope["state"]["request_id"],
        )

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "-"
        observe_request(method, _template(scope) or "unmatched", status, seconds)
        if self.access_log and scope["path"] not in QUIET_PATHS:
            log.info(
                "request",
                method=scope["method"],
                path=_told_path(scope),
                status=status,
                duration_ms=round(seconds * 1000, 2),
            )


class TracedRequestContext(RequestContext):
    """The same, and each request is a span, by OpenTelemetry's conventions for HTTP servers.

    Of the caller it takes the `traceparent` alone: paths, queries, addresses and other headers hold ids and secrets.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in QUIET_PATHS:
            await super().__call__(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in {*METHODS, "HEAD"} else "_OTHER"
        attributes = {"http.request.method": method, "url.scheme": scope["scheme"]}
        with tracing.entry(method.replace("_OTHER", "HTTP"), "SERVER", attributes, _traceparent(scope)):
            await super().__call__(scope, receive, send)

    def _report(self, scope: Scope, error: Exception) -> None:
        super()._report(scope, error)
        scope["state"]["fault"] = tracing.type_name(error)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        super()._record(scope, status, seconds)
        if scope["path"] in QUIET_PATHS:
            return
        if template := _template(scope):
            tracing.rename(f"{scope['method']} {template}")
            tracing.note(http__route=template)
        tracing.note(
            http__response__status_code=status or HTTPStatus.INTERNAL_SERVER_ERROR,
            fondasi__request_id=clean_text(scope["state"]["request_id"]),
        )
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or "fault" in scope["state"]:
            tracing.fail(scope["state"].get("fault") or str(status))


class ConditionalGet:
    """`ETag` on successful JSON reads; 304 for `If-None-Match` on all that have one (RFC 9110, 13.1.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        start: Message | None = None

        async def tagged(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and message["status"] == 200:  # noqa: PLR2004
                start = message
                return
            if start is None:
                await send(message)
                return
            begun, start = start, None
            if not message.get("more_body") and (_is_json(begun) or _has_etag(begun)):
                message = _tag(scope, begun, message)
            await send(begun)
            await send(message)

        await self.app(scope, receive, tagged)


def weak_etag(body: bytes) -> bytes:
    """The weak `ETag` of a body."""
    return b'W/"' + blake2b(body, digest_size=12).hexdigest().encode() + b'"'


def _without_body(send: Send) -> Send:
    """Send the head of an answer, and an empty body in place of its body."""

    async def send_head(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return send_head


async def _answer_internal_error(scope: Scope, receive: Receive, send: Send) -> None:
    await problem_response(scope, internal_error())(scope, receive, send)


def _tag(scope: Scope, start: Message, body: Message) -> Message:
    headers: list[tuple[bytes, bytes]] = start["headers"]
    etag = next((value for name, value in headers if name == b"etag"), None)
    if etag is None:
        etag = weak_etag(body.get("body", b""))
        headers.append((b"etag", etag))
    if not_modified(scope, etag.decode("latin-1")):
        start["status"] = 304
        start["headers"] = [pair for pair in headers if pair[0] not in {b"content-length", b"content-type"}]
        return {"type": "http.response.body", "body": b""}
    return body


def _has_etag(start: Message) -> bool:
    return any(name == b"etag" for name, _ in start["headers"])


def _is_json(start: Message) -> bool:
    return any(
        name == b"content-type" and value.startswith(b"application/json") for name, value in start["headers"]
    )


def _template(scope: Scope) -> str | None:
    template: str | None = getattr(scope.get("route"), "path_format", None)
    return template


def _traceparent(scope: Scope) -> str | None:
    found = [value for name, value in scope["headers"] if name == b"traceparent"]
    return found[0].decode("latin-1") if len(found) == 1 else None


def _told_path(scope: Scope) -> str:
    """The path as logs keep it: tokens of invitations, and keys that somebody pastes, stand in paths too."""
    path: str = scope["path"]
    return path if len(path) < SHORTEST_SECRET else clean_text(path)


def _accept_language(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"accept-language":
            text: str = value.decode("latin-1")
            return text
    return ""


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            text: str = value.decode("latin-1")
            if REQUEST_ID.fullmatch(text):
                return text
    return new_id_text()
