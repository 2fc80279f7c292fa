"""Concurrent edits: a strong `ETag` with the version of a row, and `If-Match` against it (RFC 9110, 8.8.3 and 13.1.1).

@router.get("/{post_id}", dependencies=[versioned])
async def read_post(...) -> PostRead: ...                                  # PostRead has `version`

@router.put("/{post_id}", dependencies=[versioned])                        # or version_required
async def replace_post(post_id: UUID, new: PostWrite, seen: IfMatch, session: UnitOfWork) -> PostRead:
    post = await service.find(session, post_id)
    await seen.check(session, post)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - Pydantic reads annotations
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID  # noqa: TC003 - Pydantic reads annotations

import orjson
from fastapi import Depends
from pydantic import Field
from starlette.requests import HTTPConnection  # noqa: TC002 - FastAPI reads the annotation

from fondasi.kit.audit import last_edit
from fondasi.kit.http.problems import InvalidInput, Problem, ProblemDetails
from fondasi.kit.http.routing import Around, calls_of
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from fondasi.kit.db import Session, Versioned
    from fondasi.kit.http.routing import Handler, Route

HEADER = b"if-match"
ANY = "*"
MOST_TAGS = 20
TAGS = re.compile(r'\s*(?:(?P<weak>W/)?"(?P<tag>[\x21\x23-\x7e]{0,80})"\s*(?:,|$)|,)')
OURS = re.compile(r"(?P<version>[0-9]{1,10})(?:-[0-9a-f]{12})?")
CHANGES = frozenset({"PUT", "PATCH", "DELETE"})
PARAMETER: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "description": 'The `ETag` that was read, or a `version` in quotes: `"3"`. Nothing is done if it is another now.',
    "schema": {
        "type": "string",
        "pattern": r'^(\*|"[0-9]{1,9}(-[0-9a-f]{12})?")$',  # of several, each is looked at
        "examples": ['"3-0f9c2d14a7be"'],
    },
}
ETAG = {
    "description": "The version, and a digest of this answer. For `If-Match` and `If-None-Match`.",
    "schema": {"type": "string"},
}


class ConcurrentChange(ProblemDetails):
    """Somebody changed it since it was read."""

    version: int = Field(description="The version that it has now.", examples=[4])
    changed_at: datetime = Field(description="When it was last changed.")
    changed_by: UUID | None = Field(description="Id of the user who did that, where it is known.")
    changed_fields: list[str] | None = Field(
        description="What that changed, where it is known.", examples=[["name"]]
    )


class ChangedMeanwhile(Problem):
    """It is not what the caller has read any more."""

    status, code, title = 412, "CHANGED_MEANWHILE", "Changed meanwhile"
    details = ConcurrentChange

    def __init__(self, members: dict[str, Any] | None = None) -> None:
        super().__init__(
            t(
                "Somebody changed it since you read it; nothing was changed now. Read it again, and send its ETag."
            ),
            members=members,
        )


class VersionRequired(Problem):
    """The operation is not done without `If-Match`."""

    status, code, title = 428, "VERSION_REQUIRED", "Version required"

    def __init__(self) -> None:
        super().__init__(
            t("Send the ETag of what you have read as `If-Match`, so that nobody's change is lost.")
        )


@dataclass(frozen=True, slots=True)
class Condition:
    """What the caller has seen.

    Attributes:
        versions: those that it may have; None for any.
    """

    versions: frozenset[int] | None = None

    async def check(self, session: Session, row: Versioned) -> None:
        """Refuse when the row is another by now. The UPDATE itself compares the version once more.

        Raises:
            ChangedMeanwhile: it is; says what the last change was, and whose.
        """
        if self.versions is None or row.version in self.versions:
            return
        edit = await last_edit(session, row)
        raise ChangedMeanwhile(
            {
                "version": row.version,
                "changed_at": row.updated_at,
                "changed_by": str(edit.user_id) if edit and edit.user_id else None,
                "changed_fields": edit.fields if edit else None,
            }
        )


async def condition(connection: HTTPConnection) -> Condition:
    """The condition of a request.

    Raises:
        InvalidInput: it is none.
    """
    texts = [value.decode("latin-1") for name, value in connection.scope["headers"] if name == HEADER]
    if not texts or [text.strip() for text in texts] == [ANY]:
        return Condition()
    return Condition(frozenset(_versions(", ".join(texts))))


IfMatch = Annotated[Condition, Depends(condition)]


class VersionedRoute(Around):
    """Gives the answers of a route a strong `ETag`, and documents `If-Match`.

    Args:
        required: the route is not run without `If-Match`.
    """

    def __init__(self, *, required: bool = False) -> None:
        self.required = required

    def around(self, route: Route, handler: Handler) -> Handler:
        """See the class.

        Raises:
            ValueError: what it answers has no version, or it changes something without looking at the condition.
        """
        fields = getattr(route.response_model, "model_fields", {})
        if route.methods != {"DELETE"} and "version" not in fields:
            raise ValueError(f"{route.path} is `versioned`, and its answer has no field `version`")
        if self._changes(route) and condition not in set(calls_of(route.dependant)):
            raise ValueError(f"{route.path} is `versioned`, and its function takes no `IfMatch` to check")

        async def answer(request: Request) -> Response:
            if self.required and not any(name == HEADER for name, _ in request.scope["headers"]):
                raise VersionRequired
            response = await handler(request)
            body = getattr(response, "body", None)
            if response.status_code in {200, 201} and isinstance(body, bytes):
                kept = [pair for pair in response.raw_headers if pair[0] != b"etag"]
                response.raw_headers = [*kept, (b"etag", strong_etag(body))]
            return response

        return answer

    def problems_at(self, route: Route) -> tuple[type[Problem], ...]:
        """What the condition can be answered with."""
        if not self._changes(route):
            return ()
        return (ChangedMeanwhile, VersionRequired) if self.required else (ChangedMeanwhile,)

    def document(self, route: Route, operation: dict[str, Any]) -> None:
        """Name the headers."""
        if self._changes(route):
            operation.setdefault("parameters", []).append({**PARAMETER, "required": self.required})
        for status in ("200", "201"):
            if status in operation["responses"]:
                operation["responses"][status].setdefault("headers", {})["ETag"] = ETAG

    def _changes(self, route: Route) -> bool:
        return not CHANGES.isdisjoint(route.methods)


versioned: Any = Depends(VersionedRoute())
version_required: Any = Depends(VersionedRoute(required=True))


def strong_etag(body: bytes) -> bytes:
    """The `ETag` of an answer with a version: the version, by which `If-Match` goes, and a digest of all of it.

    The digest is for what is computed, such as what a caller may do: it changes without the row.
    """
    return b'"%d-%s"' % (orjson.loads(body)["version"], blake2b(body, digest_size=6).hexdigest().encode())


def _versions(text: str) -> list[int]:
    """The versions in a list of entity tags. Weak ones, and those of others, fit nothing."""
    found, position, tags = [], 0, 0
    while position < len(text):
        match = TAGS.match(text, position)
        tags += 1
        if match is None or tags > MOST_TAGS:
            raise InvalidInput.of(
                "header.If-Match", "send the ETag that you have read, with its quotes", "entity_tag"
            )
        position = match.end()
        ours = OURS.fullmatch(match["tag"] or "")
        if ours and not match["weak"]:
            found.append(int(ours["version"]))
    return found
