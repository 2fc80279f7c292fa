"""What went wrong with a job: refusals, words that are safe to keep, and whether the database was at fault."""

from __future__ import annotations

import re

import asyncpg
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from fondasi.kit.db import DatabaseUnavailableError
from fondasi.kit.http import Problem
from fondasi.kit.i18n import tn
from fondasi.settings import StartError

MAX_LENGTH = 1000
CREDENTIALS_IN_ADDRESS = re.compile(r"(?<=://)[^/\s@]+@")
# Class 08 is "connection exception"; the others: shut down, crashed, starting, dropped, idle for too long (twice).
CONNECTION_EXCEPTION = "08"
SERVER_WENT_AWAY = frozenset({"57P01", "57P02", "57P03", "57P04", "57P05", "25P03"})


class TooManyJobs(Problem):
    """The caller has as many unfinished jobs as one may have."""

    status, code, title = 429, "TOO_MANY_JOBS", "Too many jobs"

    def __init__(self, most: int) -> None:
        super().__init__(
            tn(
                "You have {most} job that is not finished, which is the most that one may have. "
                "Wait until it is, or cancel it.",
                "You have {most} jobs that are not finished, which is the most that one may have. "
                "Wait until one is, or cancel one.",
                most,
                most=most,
            ),
            headers={"Retry-After": "30"},
        )


class JobDefinitionError(StartError, TypeError):
    """A function cannot be a job, or two jobs have the same name: the message says where, and what to do."""


class UnlistedJobError(RuntimeError):
    """A job was enqueued that no module lists, so no worker would ever run it."""


def describe(error: BaseException) -> str:
    """Type and message on one line: no traceback, no SQL, no parameters, no credentials in addresses."""
    if isinstance(error, DBAPIError):
        error = _driver_error(error)
    if isinstance(error, ValidationError):
        places = {".".join(map(str, item["loc"])): item["msg"] for item in error.errors(include_input=False)}
        message = "; ".join(f"{place}: {text}" for place, text in places.items())
    elif isinstance(error, SQLAlchemyError | asyncpg.PostgresError):
        # The lines after the first hold the statement, its parameters, and values of the row.
        message = str(error).partition("\n")[0]
    else:
        message = str(error)
    message = CREDENTIALS_IN_ADDRESS.sub("***@", message.replace("\0", ""))
    name = type(error).__name__
    return f"{name}: {message}"[:MAX_LENGTH] if message else name


def is_lost_connection(error: BaseException) -> bool:
    """Whether the connection to the database broke under a job, which is not the job's fault."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        error = _driver_error(error)
    state = getattr(error, "sqlstate", None) or ""
    return (
        isinstance(error, DatabaseUnavailableError)
        or state.startswith(CONNECTION_EXCEPTION)
        or state in SERVER_WENT_AWAY
        or isinstance(error, asyncpg.PostgresConnectionError)
        or (isinstance(error, asyncpg.InterfaceError) and "closed" in str(error))
    )


def _driver_error(error: DBAPIError) -> BaseException:
    """What the driver raised, under SQLAlchemy's two wrappings."""
    if error.orig is None:
        return error
    return error.orig.__cause__ or error.orig
