"""One error type for everything that goes wrong: `Problem`, written as RFC 9457 `application/problem+json`."""

from __future__ import annotations

import re
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

import orjson
from fastapi import HTTPException
from pydantic import BaseModel, Field
from starlette.responses import Response

from fondasi.kit import clock
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from starlette.exceptions import HTTPException as StarletteHTTPException
    from starlette.types import Scope

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 20  # that an answer names
PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")


class FieldError(BaseModel):
    """What is wrong with one field. The rejected value is never repeated."""

    field: str = Field(description="Where: `body.title`, `query.page`, ...")
    message: str = Field(description="What is wrong, for a person.")
    code: str = Field(description="What is wrong, for a program.")

    @classmethod
    def of(cls, name: str, message: str, code: str) -> FieldError:
        """What is wrong with a field of the body; the message is translated."""
        return cls(field=f"body.{name}", message=t(message), code=code)


class ProblemDetails(BaseModel):
    """The body of every error answer (RFC 9457)."""

    type: str = Field(description="Always `about:blank`: `error_code` says more.", examples=["about:blank"])
    title: str = Field(description="What went wrong, in a few words.", examples=["Not found"])
    status: int = Field(description="The HTTP status.", examples=[404])
    detail: str = Field(
        description="What went wrong and what to do next, for a person.", examples=["There is no such post."]
    )
    instance: str = Field(description="The path of the request.", examples=["/api/v1/posts/0190"])
    error_code: str = Field(description="What went wrong, for a program.", examples=["NOT_FOUND"])
    request_id: str = Field(description="Quote it when you report this.")
    timestamp: datetime = Field(description="When it went wrong, in UTC.")
    field_errors: list[FieldError] | None = Field(
        None, description="What is wrong with which field; at most twenty."
    )


class Problem(HTTPException):
    """Raise it, or a subclass, anywhere below a route; the answer is made from it.

    Subclasses set `status`, `code` and `title`; the constructor takes the detail, a sentence that says what is wrong
    and what to do next.

    Attributes:
        recorded_as: an action of the audit trail that is written although the request fails, such as `login.failed`;
            `.failed` means the operation and that. Refusals (401, 403) of signed-in users are always written.
        user_id: whom such an action is about, when no one is signed in. The answer does not tell.
        members: more members of the answer, by name (RFC 9457, 3.2), for programs to go on with.
        details: describes the answer in the OpenAPI document, such members included.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "INTERNAL_ERROR"
    title: ClassVar[str] = "Internal error"
    recorded_as: ClassVar[str | None] = None
    details: ClassVar[type[ProblemDetails]] = ProblemDetails
    user_id: UUID | None = None

    def __init__(
        self,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        field_errors: Sequence[FieldError] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(self.status, detail or self.title, headers=dict(headers) if headers else None)
        self.field_errors = list(field_errors) if field_errors else None
        self.members = dict(members or {})


class Unauthenticated(Problem):
    """No valid credentials."""

    status, code, title = 401, "UNAUTHENTICATED", "Not signed in"

    def __init__(
        self, detail: str = "Sign in, and send the access token as `Authorization: Bearer ...`."
    ) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(Problem):
    """Signed in, but not allowed."""

    status, code, title = 403, "FORBIDDEN", "Not allowed"


class NotFound(Problem):
    """No such thing, or not visible to the caller: the two are told apart for nobody."""

    status, code, title = 404, "NOT_FOUND", "Not found"


class Conflict(Problem):
    """The request contradicts the current state."""

    status, code, title = 409, "CONFLICT", "Conflict"


class TooLarge(Problem):
    """The request body is over the limit."""

    status, code, title = 413, "REQUEST_TOO_LARGE", "Request too large"


class InvalidInput(Problem):
    """The request is understood but its content is not acceptable."""

    status, code, title = 422, "VALIDATION_ERROR", "Invalid input"

    @classmethod
    def of(cls, field: str, message: str, code: str = "invalid") -> InvalidInput:
        """A problem with a single field, for example `InvalidInput.of("query.sort", "unknown column")`."""
        message = t(message)
        return cls(f"{field}: {message}", field_errors=[FieldError(field=field, message=message, code=code)])


class Unavailable(Problem):
    """Something the request needs is down; nothing was lost."""

    status, code, title = 503, "UNAVAILABLE", "Temporarily unavailable"

    def __init__(self, detail: str, *, retry_after: int = 5) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


def place_of(*parts: object) -> str:
    """The name of a field: `body.title`. A part that is no short plain name is left out: it may be a secret."""
    return ".".join(str(part) for part in parts if isinstance(part, int) or PLAIN_NAME.fullmatch(str(part)))


def problem_response(scope: Scope, problem: StarletteHTTPException) -> Response:
    """The answer for a problem, or for any HTTPException that a library raised."""
    code, title = _names(problem)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": t(title),
        "status": problem.status_code,
        "detail": t(str(problem.detail)),
        "instance": scope.get("path", ""),
        "error_code": code,
        "request_id": scope.get("state", {}).get("request_id", ""),
        "timestamp": clock.now(),
        **getattr(problem, "members", {}),
    }
    if errors := getattr(problem, "field_errors", None):
        body["field_errors"] = [error.model_dump() for error in errors]
    headers = dict(problem.headers or {})
    return Response(
        orjson.dumps(body, option=orjson.OPT_UTC_Z), problem.status_code, headers, media_type=MEDIA_TYPE
    )


def _names(problem: StarletteHTTPException) -> tuple[str, str]:
    if isinstance(problem, Problem):
        return problem.code, problem.title
    try:
        status = HTTPStatus(problem.status_code)
    except ValueError:
        return f"HTTP_{problem.status_code}", f"HTTP {problem.status_code}"
    return status.name, status.phrase
