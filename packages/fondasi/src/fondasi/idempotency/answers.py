"""Keeps the answers to requests with an `Idempotency-Key`, and gives them again.

The semantics are those of draft-ietf-httpapi-idempotency-key-header and of Stripe's API. The guards of the route have
let the caller pass before, each time.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from prometheus_client import Counter
from starlette.responses import Response

from fondasi.dependencies import BEGUN
from fondasi.idempotency import repository
from fondasi.idempotency.errors import (
    AnswerNotKept,
    IdempotencyKeyInUse,
    IdempotencyKeyNotTaken,
    IdempotencyKeyReused,
)
from fondasi.idempotency.routes import Use, is_secret_answer, use_of
from fondasi.kit import clock
from fondasi.kit.crypto import KeyedHash
from fondasi.kit.http import Around, InvalidInput

if TYPE_CHECKING:
    from starlette.requests import Request

    from fondasi.access import Principal
    from fondasi.kit.db import Session
    from fondasi.kit.http import Problem, Route
    from fondasi.kit.http.routing import Handler
    from fondasi.settings import Settings

HEADER = b"idempotency-key"
REPEATED = (b"idempotent-replayed", b"true")
LONGEST_KEY = 255
KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_KEY}}}")
QUOTED = re.compile(r'"(?:[^"\\]|\\["\\])*"')  # RFC 8941, 3.3.3
MOST_ANSWER = 256 * 1024  # bytes
FAILED = 500
SERVED = Counter("fondasi_idempotency_keys_total", "Requests with an Idempotency-Key.", ["outcome"])
PARAMETER: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Sent again with the same key, the request is done once and answered as the first time. A UUID, or "
    "another text that you make anew for each request.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": r"^[\x21-\x7e]+$"},
}
REPEATED_HEADER = {
    "description": "`true` when the answer is that of an earlier request with the same Idempotency-Key.",
    "schema": {"type": "string", "enum": ["true"]},
}


class Keys:
    """Names requests and keys by digests under a key of the service's own, so that nobody guesses bodies from them.

    Args:
        settings: the secret, and for how long answers are kept.
    """

    def __init__(self, settings: Settings) -> None:
        assert settings.secret_key is not None
        self._hash = KeyedHash(settings.secret_key.get_secret_value(), "idempotency keys")
        self.life = timedelta(hours=settings.idempotency.hours)

    def id_of(self, principal: Principal, tenant_id: UUID | None, key: str) -> UUID:
        """Names a key of a caller inside a tenant, or outside of all."""
        caller = (principal.user_id, principal.api_key_id, tenant_id)
        return UUID(bytes=self._hash.digest("key", *map(str, caller), key)[:16])

    async def fingerprint(self, request: Request) -> bytes:
        """The same for the same route, path, query and body."""
        scope = request.scope
        body = blake2b(await request.body(), digest_size=32).hexdigest()
        query = scope["query_string"].decode("latin-1")
        return self._hash.digest("request", scope["route"].path, repr(scope["path_params"]), query, body)


class AnsweredError(Exception):
    """Ends a unit of work that has nothing to do: the answer is there."""

    def __init__(self, answer: repository.Answer) -> None:
        super().__init__()
        self.answer = answer


@dataclass(slots=True)
class Attempt:
    """A request with a key."""

    key_id: UUID
    fingerprint: bytes
    user_id: UUID
    tenant_id: UUID | None
    life: timedelta
    session: Session | None = None

    async def begin(self, session: Session) -> None:
        """Hold the key for this unit of work.

        Raises:
            IdempotencyKeyInUse: another request holds it.
            IdempotencyKeyReused: it belongs to another request.
            AnswerNotKept: this was done before, and the answer is not to be had again.
            AnsweredError: this was done before.
        """
        if not await repository.lock(session, self.key_id):
            SERVED.labels("in_use").inc()
            raise IdempotencyKeyInUse
        since = clock.now() - self.life
        found = await repository.find(session, self.tenant_id, self.key_id, since=since)
        if found is None:
            self.session = session
            return
        if not hmac.compare_digest(found.fingerprint, self.fingerprint):
            SERVED.labels("reused").inc()
            raise IdempotencyKeyReused
        SERVED.labels("repeated").inc()
        if found.head is None:
            raise AnswerNotKept
        raise AnsweredError(found)

    async def keep(self, response: Response, *, secret: bool) -> None:
        """Write the answer into the unit of work that made it, unless that failed."""
        if self.session is None or response.status_code >= FAILED:
            return
        names = {name for name, _ in response.raw_headers}
        body = getattr(response, "body", None)
        open_to_keep = not secret and b"set-cookie" not in names
        kept = open_to_keep and isinstance(body, bytes) and len(body) <= MOST_ANSWER
        head = [[name.decode(), value.decode("latin-1")] for name, value in response.raw_headers]
        await repository.keep(
            self.session,
            self.tenant_id,
            id=self.key_id,
            user_id=self.user_id,
            fingerprint=self.fingerprint,
            status=response.status_code,
            head=orjson.dumps(head).decode() if kept else None,
            body=body if kept else None,
            created_at=clock.now(),
        )
        SERVED.labels("kept").inc()


class KeepsAnswers(Around):
    """Around every POST: does what `use_of` says with a key, and nothing where there is none."""

    def around(self, route: Route, handler: Handler) -> Handler:
        """See the class."""
        use, secret = use_of(route), is_secret_answer(route)
        if use is Use.IGNORED:
            return handler

        async def answer(request: Request) -> Response:
            key = key_in(request)
            if key is None:
                return await handler(request)
            if use is Use.REFUSED:
                raise IdempotencyKeyNotTaken
            attempt = await _attempt(request, key)
            request.scope["state"][BEGUN] = attempt.begin
            try:
                response = await handler(request)
            except AnsweredError as done:
                return _again(done.answer)
            await attempt.keep(response, secret=secret)
            return response

        return answer

    def problems_at(self, route: Route) -> tuple[type[Problem], ...]:
        """What a request with a key can be answered with."""
        use = use_of(route)
        if use is Use.KEPT:
            return (AnswerNotKept, IdempotencyKeyInUse, IdempotencyKeyReused)
        return (IdempotencyKeyNotTaken,) if use is Use.REFUSED else ()

    def document(self, route: Route, operation: dict[str, Any]) -> None:
        """Name the header, and the one of answers that are given again."""
        if use_of(route) is not Use.KEPT:
            return
        operation.setdefault("parameters", []).append(PARAMETER)
        for status, answer in operation["responses"].items():
            if status.startswith("2"):
                answer.setdefault("headers", {})["Idempotent-Replayed"] = REPEATED_HEADER


def key_in(request: Request) -> str | None:
    """The key of a request, without the quotes that the draft puts around it; None where there is none.

    Raises:
        InvalidInput: it is sent twice, or is no key.
    """
    found = [value for name, value in request.scope["headers"] if name == HEADER]
    if not found:
        return None
    text: str = found[0].decode("latin-1")
    if len(text) <= LONGEST_KEY + 2 and QUOTED.fullmatch(text):
        text = text[1:-1]
    if len(found) > 1 or not KEY.fullmatch(text):
        message = "send one key of 1 to 255 visible ASCII characters, such as a UUID"
        raise InvalidInput.of("header.Idempotency-Key", message, "idempotency_key")
    return text


async def _attempt(request: Request, key: str) -> Attempt:
    state = request.scope["state"]
    principal: Principal = state["principal"]
    keys: Keys = request.app.state.platform.get(Keys)
    tenant_id: UUID | None = state.get("tenant_id")
    return Attempt(
        key_id=keys.id_of(principal, tenant_id, key),
        fingerprint=await keys.fingerprint(request),
        user_id=principal.user_id,
        tenant_id=tenant_id,
        life=keys.life,
    )


def _again(answer: repository.Answer) -> Response:
    assert answer.head is not None
    response = Response(answer.body, answer.status)
    response.raw_headers = [
        *((name.encode(), value.encode("latin-1")) for name, value in orjson.loads(answer.head)),
        REPEATED,
    ]
    return response
