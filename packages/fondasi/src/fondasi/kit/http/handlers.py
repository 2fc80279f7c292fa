"""Turns every exception of a request into a problem."""

from __future__ import annotations

import warnings
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.websockets import WebSocket

from fondasi.kit.db import DatabaseUnavailableError, conflict_columns, conflict_words, is_unavailable
from fondasi.kit.db.troubles import is_full
from fondasi.kit.http.editing import ChangedMeanwhile
from fondasi.kit.http.problems import (
    MAX_ERRORS,
    Conflict,
    FieldError,
    InvalidInput,
    Problem,
    Unavailable,
    place_of,
    problem_response,
)
from fondasi.kit.http.raising import UndeclaredProblemWarning, is_declared
from fondasi.kit.http.routing import Route
from fondasi.kit.http.words import words_of
from fondasi.kit.i18n import noted, t

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from fastapi import FastAPI
    from starlette.background import BackgroundTask
    from starlette.requests import HTTPConnection
    from starlette.responses import Response

    Refused = Callable[[HTTPConnection, HTTPException], Awaitable[BackgroundTask | None]]

log = structlog.get_logger(__name__)

POLICY_VIOLATION, TRY_AGAIN_LATER = 1008, 1013  # RFC 6455, 7.4.1, and its registry
ROUTING_FAULTS = {
    404: noted("There is nothing at this address."),
    405: noted("This address does not take that method; the header Allow names those that it takes."),
}
ROUTING_TITLES = (noted("Not Found"), noted("Method Not Allowed"))  # as Python has them
BROKEN_UNIQUE = frozenset({"23505", "23P01"})  # unique and exclusion constraints
BROKEN_REFERENCE = "23503"
CONFLICT_STATE = "FD409"  # what our triggers raise, with a sentence for the caller
_COLLISION = noted("The request collided with another one. Nothing was changed; try again.")
PASSING_FAULTS = {
    "57014": noted("The query took too long and was stopped. Narrow it and try again."),
    "40001": _COLLISION,
    "40P01": _COLLISION,
    "55P03": _COLLISION,
    "FD503": noted(
        "The clocks of the service and of its database differ too much. Nothing was changed; tell its operator."
    ),
}


def install_handlers(
    app: FastAPI,
    refused: Refused | None = None,
    *,
    declared: Sequence[type[Problem]] | None = None,
    missing: Callable[[HTTPConnection], Response | None] | None = None,
) -> None:
    """Register the handlers on the application.

    Args:
        app: the application.
        refused: told of every HTTP problem before it is answered; what it returns is done behind the answer.
        declared: what stands before every route raises these. Other problems that their route does not declare are
            warned of (`UndeclaredProblemWarning`); None: nothing is.
        missing: the page for an address that nothing is at, or None where a problem is to be answered.
    """

    async def http_exception(connection: HTTPConnection, error: Exception) -> Response:
        behind: BackgroundTask | None = None
        if refused is not None and isinstance(error, HTTPException) and connection.scope["type"] == "http":
            behind = await refused(connection, error)
        if declared is not None:
            _check_declared(connection, error, declared)
        page = missing(connection) if missing is not None and _is_nowhere(connection, error) else None
        answer = page or await _http_exception(connection, error)
        answer.background = behind
        return answer

    app.add_exception_handler(HTTPException, http_exception)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(StaleDataError, _changed_meanwhile)
    for kind in (
        SQLAlchemyError,
        DatabaseUnavailableError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
    ):
        app.add_exception_handler(kind, _database_error)


def _is_nowhere(connection: HTTPConnection, error: Exception) -> bool:
    return isinstance(error, HTTPException) and error.status_code == 404 and "route" not in connection.scope  # noqa: PLR2004


async def _http_exception(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if not isinstance(error, Problem) and error.status_code in ROUTING_FAULTS:
        error.detail = ROUTING_FAULTS[error.status_code]
    return await _answer(connection, error)


async def _validation_error(connection: HTTPConnection, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return await _answer(connection, invalid_input(error.errors()))


def _check_declared(connection: HTTPConnection, error: Exception, declared: Sequence[type[Problem]]) -> None:
    route = connection.scope.get("route")
    if not isinstance(route, Route) or not route.include_in_schema:
        return
    if isinstance(error, Problem) and not is_declared(route, error, declared):
        message = (
            f"{connection.scope['method']} {route.path} answers {error.status_code} {error.code}: "
            f"add raises({type(error).__name__}) to its dependencies."
        )
        warnings.warn(message, UndeclaredProblemWarning, stacklevel=2)


def invalid_input(errors: Sequence[Any]) -> InvalidInput:
    """The problem for what Pydantic found wrong, in the caller's language."""
    fields = [
        FieldError(field=place_of(*item["loc"]), message=words_of(item), code=item["type"])
        for item in errors[:MAX_ERRORS]
    ]
    detail = "; ".join(f"{item.field}: {item.message}" for item in fields[:3])
    return InvalidInput(detail, field_errors=fields)


async def _changed_meanwhile(connection: HTTPConnection, _: Exception) -> Response:
    """Of two that changed a row at the same moment this is the second; its transaction is over, so it tells no more."""
    seen = "if-match" in connection.headers
    return await _answer(connection, ChangedMeanwhile() if seen else Conflict(_COLLISION))


async def _database_error(connection: HTTPConnection, error: Exception) -> Response:
    """A database that is away is a 503 with a clear sentence; anything else of it is our fault."""
    if is_full(error):
        log.error("database_disk_full")
        return await _answer(
            connection,
            Unavailable("The disk of the database is full. Nothing was changed; tell its operator."),
        )
    if is_unavailable(error):
        log.warning("database_unavailable", error=type(error).__name__)
        return await _answer(
            connection,
            Unavailable("The database cannot be reached. Nothing was changed; try again shortly."),
        )
    if (state := _sqlstate(error)) in BROKEN_UNIQUE or state == BROKEN_REFERENCE:
        return await _answer(connection, Conflict(_words_of_conflict(connection, error)))
    if _sqlstate(error) == CONFLICT_STATE:
        return await _answer(connection, Conflict(_message_of_trigger(error)))
    if sentence := PASSING_FAULTS.get(_sqlstate(error)):
        return await _answer(connection, Unavailable(sentence))
    raise error


def _words_of_conflict(connection: HTTPConnection, error: Exception) -> str:
    """What the model says of the constraint, else which field of the body it is about."""
    unique = _sqlstate(error) in BROKEN_UNIQUE
    cause = _of_driver(error)
    constraint = str(getattr(cause, "constraint_name", ""))
    log.info("unique_broken" if unique else "reference_broken", constraint=constraint)
    if words := conflict_words(constraint):
        return words
    still_needed = not unique and "still referenced" in str(getattr(cause, "detail", ""))
    field = "" if still_needed else _fields_of_body(connection, conflict_columns(constraint))
    if unique:
        if field:
            return t("{field}: there is one like this already. Choose another name or value.", field=field)
        return noted("There is one like this already. Choose another name or value.")
    if field:
        return t("{field}: it names something that is not there.", field=field)
    return noted("It names something that is not there, or something else still needs it.")


def _fields_of_body(connection: HTTPConnection, columns: list[str]) -> str:
    """Those of the columns that the caller sent; the others are the service's own business."""
    body = getattr(connection.scope.get("route"), "body_field", None)
    fields = getattr(getattr(body, "field_info", None), "annotation", None)
    known = getattr(fields, "model_fields", {})
    return ", ".join(f"body.{column}" for column in columns if column in known)


async def _answer(connection: HTTPConnection, problem: HTTPException) -> Response:
    """The problem; a WebSocket is closed with its title (before the handshake the caller sees a 403)."""
    if isinstance(connection, WebSocket):
        code = POLICY_VIOLATION if problem.status_code < HTTPStatus.INTERNAL_SERVER_ERROR else TRY_AGAIN_LATER
        await connection.close(code, getattr(problem, "title", str(problem.detail)))
    return problem_response(connection.scope, problem)


def _sqlstate(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) or ""


def _message_of_trigger(error: Exception) -> str:
    return str(getattr(_of_driver(error), "message", "") or Conflict.title)


def _of_driver(error: Exception) -> object:
    """What asyncpg raised, behind the exceptions of SQLAlchemy."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "__cause__", None) or cause


def internal_error() -> Problem:
    """What a caller learns of an unexpected exception: nothing but the request id."""
    return Problem("Something went wrong on our side. Quote the request id when you report it.")
