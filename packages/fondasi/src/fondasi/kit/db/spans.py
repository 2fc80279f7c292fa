"""Spans of statements, by the names of OpenTelemetry's conventions for databases. A statement is told without values.

Only statements below a span get one: what the service does for itself is not traced. Where no traces are made, none of
this stands in the way of a statement.
"""

from __future__ import annotations

import re
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import event
from sqlalchemy.engine.interfaces import ExecuteStyle

from fondasi.kit import tracing
from fondasi.kit.db.driver import Connection

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from opentelemetry.trace import Span
    from sqlalchemy import Engine
    from sqlalchemy.engine.interfaces import ExceptionContext

MAX_TEXT = 4000
_LITERAL = re.compile(
    r"""
      "(?:[^"]|"")*(?:"|\Z)                                     # a name in quotes, kept
    | \b[Ee]'(?:[^'\\]|''|\\.)*(?:'|\Z)                       # a string with escapes, to the end where it was cut
    | (?:\b[BbXxNn]|\b[Uu]&)?'(?:[^']|'')*(?:'|\Z)             # one without
    | \$((?:[A-Za-z_]\w*)?)\$.*?(?:\$\1\$|\Z)                 # one between dollars
    | /\*.*\*/ | /\*.*\Z | --[^\n]*                           # comments, with what stands between two: they nest
    | (?<![\w$"])\.?\d[\w.]*                                  # a number, but no parameter and no part of a name
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERATION = re.compile(r"\s*([A-Za-z]+)")
_TABLE = re.compile(r"""\b(?:FROM|INTO|UPDATE|JOIN|COPY)\s+(?:ONLY\s+)?("?[a-z_][\w."]*)""", re.IGNORECASE)


class Told(NamedTuple):
    """A statement as others may read it."""

    name: str
    attributes: dict[str, str | int]


@lru_cache(maxsize=1024)
def told(statement: str) -> Told:
    """The statement without literals and comments, what it does, and to which table first."""
    text = " ".join(_LITERAL.sub(_hidden, statement[:MAX_TEXT]).split())
    operation = found[1].upper() if (found := _OPERATION.match(text)) else "SQL"
    table = found[1] if (found := _TABLE.search(text)) else ""
    name = f"{operation} {table}".strip()
    attributes: dict[str, str | int] = {
        "db.system.name": "postgresql",
        "db.operation.name": operation,
        "db.query.summary": name,
        "db.query.text": text,
    }
    return Told(name, {**attributes, "db.collection.name": table} if table else attributes)


def connection_class() -> type[Connection]:
    """The class of the driver's connections: one that makes spans, where traces are made."""
    return TracedConnection if tracing.is_on() else Connection


def _traced(method: Callable[..., Awaitable[Any]]) -> Any:
    @wraps(method)
    async def call(self: TracedConnection, query: str, *args: Any, **options: Any) -> Any:
        span = tracing.start(*self.told(query))
        try:
            result = await method(self, query, *args, **options)
        except BaseException as error:
            _end(span, error)
            raise
        tracing.end(span)
        return result

    return call


class TracedConnection(Connection):
    """A connection whose own methods make spans; SQLAlchemy's statements are prepared, and seen by `trace_engine`."""

    _execute = _traced(Connection._execute)  # noqa: SLF001 - what fetch(), fetchrow() and fetchval() share
    _executemany = _traced(Connection._executemany)  # noqa: SLF001
    _copy_in = _traced(Connection._copy_in)  # noqa: SLF001
    _copy_out = _traced(Connection._copy_out)  # noqa: SLF001
    _execute_script = _traced(Connection.execute)

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109
        """With values it is an `_execute`."""
        method = super().execute if args else self._execute_script
        status: str = await method(query, *args, timeout=timeout)
        return status

    def told(self, statement: str) -> Told:
        """The statement, and where it goes."""
        name, attributes = told(statement)
        return Told(name, attributes | self._place)

    @property
    def _place(self) -> dict[str, str | int]:
        place: dict[str, str | int] = {"db.namespace": self._params.database}
        if isinstance(self._addr, tuple):  # else a socket of this machine
            place |= {"server.address": self._addr[0], "server.port": self._addr[1]}
        return place


def trace_engine(engine: Engine) -> None:
    """Make spans of the statements that SQLAlchemy sends."""

    def before(
        connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool
    ) -> None:
        driver = connection.connection.driver_connection
        if context.execute_style is not ExecuteStyle.EXECUTEMANY and isinstance(driver, TracedConnection):
            context.fondasi_span = tracing.start(*driver.told(statement))

    def after(
        _connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool
    ) -> None:
        tracing.end(context.__dict__.pop("fondasi_span", None))

    def failed(context: ExceptionContext) -> None:
        if context.execution_context is not None:
            span = context.execution_context.__dict__.pop("fondasi_span", None)
            _end(span, context.original_exception)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    event.listen(
        engine, "handle_error", failed, insert=True
    )  # before the one that raises another error instead


def _end(span: Span | None, error: BaseException) -> None:
    if span is not None:
        error = error.__cause__ or error  # SQLAlchemy's stands around the driver's
        if state := getattr(error, "sqlstate", None):
            span.set_attribute("db.response.status_code", state)
        tracing.end(span, error)


def _hidden(match: re.Match[str]) -> str:
    if match[0].startswith('"'):
        return match[0]
    return " " if match[0].startswith(("/*", "--")) else "?"
