"""What is kept of an error: type and message, nothing that leaks."""

import asyncpg
import pytest
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError, OperationalError

from fondasi.kit.jobs.errors import describe, is_lost_connection


class Form(BaseModel):
    pin: int


def validation_error() -> Exception:
    try:
        Form(pin="4711-secret")
    except ValueError as error:
        return error
    raise AssertionError


def wrapped(kind, cause: Exception) -> Exception:
    driver = Exception(str(cause))
    driver.__cause__ = cause
    return kind("INSERT INTO card VALUES ($1)", ("4711-secret",), driver)


UNIQUE = asyncpg.UniqueViolationError(
    'duplicate key value violates unique constraint "u"\nDETAIL: Key (pin)=(4711).'
)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("no\0pe"), "ValueError: nope"),
        (KeyError(), "KeyError"),
        (OSError("http://me:secret@host/x refused"), "OSError: http://***@host/x refused"),
        (
            wrapped(IntegrityError, UNIQUE),
            'UniqueViolationError: duplicate key value violates unique constraint "u"',
        ),
        (UNIQUE, 'UniqueViolationError: duplicate key value violates unique constraint "u"'),
    ],
)
def test_error_in_words(error, words):
    assert describe(error) == words


def test_rejected_input_is_not_repeated():
    words = describe(validation_error())
    assert words.startswith("ValidationError: pin: ")
    assert "4711" not in words


def test_long_messages_are_cut():
    assert len(describe(ValueError("x" * 10_000))) == 1000


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (asyncpg.ConnectionDoesNotExistError("gone"), True),
        (asyncpg.AdminShutdownError("terminating"), True),
        (asyncpg.InterfaceError("connection is closed"), True),
        (wrapped(OperationalError, asyncpg.CrashShutdownError("crash")), True),
        (wrapped(IntegrityError, UNIQUE), False),
        (ConnectionError("the mail server hung up"), False),
        (ValueError(), False),
    ],
)
def test_broken_database_connection_is_told_from_the_jobs_own_faults(error, lost):
    assert is_lost_connection(error) is lost
