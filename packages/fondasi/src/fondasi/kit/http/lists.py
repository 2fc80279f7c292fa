"""Lists: one declaration gives a route its filters, search and sorting, pages by number and by cursor, and CSV.

A room writes no more than this::

    POSTS = Listing(
        Post, PostRead, sort="-created_at", sortable=["created_at", "title"], filters=["owner_id"],
        ranges=["created_at"], search=["title", "text"],
    )

    @router.get("", operation_id="list_posts", dependencies=[public], **POSTS.answers)
    async def list_posts(wanted: Annotated[Wanted, POSTS.wanted], session: ReadSession) -> Response:
        return await wanted.answer(session)
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar, get_args, get_origin
from uuid import UUID

from annotated_types import Ge, Le
from fastapi import Depends, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, create_model
from pydantic_core import PydanticCustomError
from sqlalchemy import BigInteger, DateTime, Integer, SmallInteger, func, or_, select
from starlette.requests import Request

from fondasi.kit.db.json_rows import moment
from fondasi.kit.db.prepared import Prepared
from fondasi.kit.http.listed import (
    MOST_LINES,
    MOST_MADE,
    MOST_ROWS,
    USUAL_LIMIT,
    USUAL_ROWS,
    Format,
    Reader,
    is_plain,
    present,
)
from fondasi.kit.http.paging import MAX_PAGE
from fondasi.kit.http.problems import InvalidInput
from fondasi.kit.http.sorting import sort_query, sorting
from fondasi.kit.http.values import Amount, Day, Moment

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import DeclarativeBase
    from sqlalchemy.sql.base import ExecutableOption
    from starlette.responses import Response

    from fondasi.kit.db import Session

T = TypeVar("T")
M = TypeVar("M", bound="DeclarativeBase")

LONGEST = 500  # characters of a text in a query
LONGEST_CURSOR = 8000
BOUNDS = {SmallInteger: 2**15, Integer: 2**31, BigInteger: 2**63}


def _describe(schema: dict[str, Any]) -> None:
    schema.setdefault("description", "A part of a list: a page by number, or what follows a cursor.")


class Listed(BaseModel, Generic[T]):
    """A part of a list: a page by number, or what follows a cursor."""

    model_config = ConfigDict(json_schema_extra=_describe)

    data: list[T] = Field(description="The rows.")
    has_more: bool = Field(description="Whether more follow.", examples=[True])
    next_cursor: str | None = Field(
        None, description="By cursor: send it as `cursor` for what follows; null at the end."
    )
    total_count: int | None = Field(None, description="Rows in all, where they were counted.", examples=[21])
    total_pages: int | None = Field(None, description="Pages in all, where rows were counted.", examples=[3])
    page: int | None = Field(None, description="The number of this page, from 1.", examples=[1])
    items_per_page: int | None = Field(None, description="The most rows that a page has.", examples=[10])
    next_page: int | None = Field(None, description="Its number; null on the last page.", examples=[2])
    previous_page: int | None = Field(None, description="The page before; null on the first.")

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`PostList` for `Listed[PostRead]`: a name that any language can have."""
        return f"{params[0].__name__.removesuffix('Read')}List"


class Listing(Generic[M]):
    """What a list of a model's rows can be asked for.

    Rows whose schema has plain columns alone become JSON in PostgreSQL, and none of them a Python object. Of others a
    CSV has fewer lines.

    Args:
        model: whose rows.
        read: the schema of a row.
        sort: the order where none is asked for, such as `-created_at`.
        sortable: columns that it can be sorted by.
        filters: columns that `?name=value` compares.
        ranges: columns with an order, that `?name__gte=` and `?name__lt=` compare.
        search: texts that `?search=` is looked for in; or what makes a condition of it.
        search_help: what OpenAPI says of `search`; needed where that is a function.
        key: the column that no two rows of a list share.
        columns: more columns by their names: computed ones, and those of tables that are joined.
        joined: joins the tables of `columns` to a query of the model's; a row of the model has to stay one row.
        options: how the objects are loaded, where rows become objects.
        by_cursor: a request that says neither gets the first part of a walk by cursor, and no page by number.

    Attributes:
        wanted: the dependency that gives a route its `Wanted`.
        answers: how the route declares its answers: `@router.get(..., **POSTS.answers)`.
    """

    def __init__(
        self,
        model: type[M],
        read: type[BaseModel],
        *,
        sort: str,
        sortable: Sequence[str],
        filters: Sequence[str] = (),
        ranges: Sequence[str] = (),
        search: Sequence[str] | Callable[[str], ColumnElement[bool]] = (),
        search_help: str = "",
        key: str = "id",
        columns: Mapping[str, Any] | None = None,
        joined: Callable[[Select[Any]], Select[Any]] | None = None,
        options: Sequence[ExecutableOption] = (),
        by_cursor: bool = False,
    ) -> None:
        self.model, self.read, self.key = model, read, key
        self.columns: dict[str, Any] = {**model.__table__.columns, **(columns or {})}
        self.joined = joined or (lambda query: query)
        self.options, self.by_cursor = options, by_cursor
        self.sort = sort
        self.sortable = list(sortable)
        self.filters = list(filters)
        self.ranges = list(ranges)
        self.search = search
        self.plain = is_plain(read, self.columns)
        # Built once, for each column of a query costs more than its values do.
        table = model.__table__
        self.count = self.joined(select(func.count()).select_from(table))
        self.chosen = self.joined(
            select(*map(self.shown, read.model_fields if self.plain else ())).select_from(table)
        )
        self.prepared = Prepared()
        self.most_lines = MOST_LINES if self.plain else MOST_MADE
        self.rows = TypeAdapter(list[read])  # type: ignore[valid-type]
        sorting(sort, self.sortable)
        self.wanted = Depends(self._dependency(sort, search_help))
        self.answers: dict[str, Any] = {
            "response_model": Listed[read],  # type: ignore[valid-type]
            "responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
        }

    def _dependency(self, sort: str, search_help: str) -> Any:
        """A function that FastAPI reads the query for.

        A model, for FastAPI looks each parameter of a function up and validates it by itself.
        """
        fields = self._fields(sort, search_help)
        # Columns may be called as the attributes of a model are.
        names = {f"field_{number}": name for number, name in enumerate(fields)}
        asked = create_model(
            f"{self.model.__name__}Query",
            **{field: fields[name] for field, name in names.items()},
        )

        async def wanted(request: Request, query: Any) -> Wanted:
            values = query.__dict__
            return Wanted(self, request, {name: values[field] for field, name in names.items()})

        wanted.__annotations__ |= {"request": Request, "query": Annotated[asked, Query()]}
        return wanted

    def _fields(self, sort: str, search_help: str) -> dict[str, Any]:
        """What a query may have, by name, each with its type and default."""
        fields: dict[str, Any] = {}

        def add(name: str, kind: Any, description: str, **bounds: Any) -> None:
            fields[name] = (kind | None, Query(None, alias=name, description=description, **bounds))

        most = f"{USUAL_LIMIT} if absent, {MOST_ROWS} at most; of CSV {self.most_lines:,}"
        add("page", int, "Page number, from 1.", ge=1, le=MAX_PAGE)
        add("items_per_page", int, f"Rows of a page; {USUAL_ROWS} if absent.", ge=1, le=MOST_ROWS)
        add("cursor", str, "`next_cursor` of the part before; empty to begin.", max_length=LONGEST_CURSOR)
        add("limit", int, f"Rows after the cursor: {most}.", ge=1, le=self.most_lines)
        add("total", bool, "Count all rows; pages by number do unless this is `false`.")
        add("format", Format, "`csv` for a spreadsheet: all rows, with `Link` to those that follow.")
        fields["sort"] = str, sort_query(self.sortable, sort, alias="sort")
        if self.search:
            names = ", ".join(self.search) if not callable(self.search) else ""
            add("search", str, search_help or f"Stands in {names}.", min_length=1, max_length=100)
        for name in self.filters:
            bounds = {"min_length": 1, "max_length": LONGEST} if self._is_text(name) else {}
            add(name, self.type_of(name), self._help(name), **bounds)
        for name in self.ranges:
            kind = self.type_of(name)
            add(f"{name}__gte", kind, f"`{name}` is this or more.")
            add(f"{name}__lt", kind, f"`{name}` is less than this.")
        return fields

    def named(self, name: str) -> ColumnElement[Any]:
        """A column, under the name that the list has for it."""
        column: ColumnElement[Any] = self.columns[name]
        return column if column is self.model.__table__.columns.get(name) else column.label(name)

    def shown(self, name: str) -> ColumnElement[Any]:
        """A column as it stands in JSON."""
        column: ColumnElement[Any] = self.columns[name]
        return moment(column).label(name) if isinstance(column.type, DateTime) else self.named(name)

    def _help(self, name: str) -> str:
        known = self.read.model_fields.get(name)
        return (known and known.description) or f"Only rows with this `{name}`."

    def _is_text(self, name: str) -> bool:
        kind = self.type_of(name)
        return get_origin(kind) is Annotated and get_args(kind)[0] is str

    def type_of(self, name: str) -> Any:
        """The type that a value of a column has in a query or a cursor, with what PostgreSQL can compare it with."""
        column, known = self.columns[name], self.read.model_fields.get(name)
        named = present(known.annotation) if known else None
        if get_origin(named) in {Literal, Annotated} or (
            inspect.isclass(named) and issubclass(named, StrEnum)
        ):
            return named
        # A key of another table has no type before that table is known.
        python: type = named if inspect.isclass(named) else column.type.python_type
        if python is int:
            bound = next((most for kind, most in BOUNDS.items() if type(column.type) is kind), 2**31)
            return Annotated[int, Ge(-bound), Le(bound - 1)]
        if python is str:
            return Annotated[str, AfterValidator(_without_nul)]
        special: dict[type, Any] = {datetime: Moment, date: Day, Decimal: Amount}
        if python in {UUID, bool, float, *special}:
            return special.get(python, python)
        raise TypeError(f"{self.model.__name__}.{name} cannot be compared with a value of a query.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks of a list.

    Attributes:
        listing: the declaration.
        query: the parameters by their names; None where one is absent.
    """

    listing: Listing[Any]
    request: Request
    query: dict[str, Any]

    async def answer(
        self,
        session: Session,
        *conditions: ColumnElement[bool],
        any_of: Sequence[ColumnElement[bool]] = (),
        shape: Callable[[Any], BaseModel] | None = None,
        prepare: Callable[[Sequence[Any]], Awaitable[None]] | None = None,
    ) -> Response:
        """Read the rows and answer with them.

        Args:
            session: where to read.
            conditions: what holds for all rows that the caller may see.
            any_of: of these, one holds at least, each served by an index in the order of the list.
            shape: makes the schema of a row's object, where its attributes are not enough.
            prepare: what `shape` needs of the rows, awaited before.

        Raises:
            InvalidInput: parameters that do not go together, or a cursor of another list.
        """
        query = self.query
        by_page = query["page"] is not None or query["items_per_page"] is not None
        walked = query["cursor"] is not None or query["limit"] is not None or query["format"] is Format.CSV
        if by_page and walked:
            raise InvalidInput.of(
                "query.page", "send `page` or `cursor`, not both; CSV has no pages", "page_and_cursor"
            )
        reader = Reader(
            self, session, [*self._conditions(), *conditions], any_of=any_of, shape=shape, prepare=prepare
        )
        return await (reader.part() if walked or (self.listing.by_cursor and not by_page) else reader.page())

    def _conditions(self) -> Iterable[ColumnElement[bool]]:
        listing, query = self.listing, self.query
        for name in listing.filters:
            if (value := query[name]) is not None:
                yield listing.columns[name] == value
        for name in listing.ranges:
            if (value := query[f"{name}__gte"]) is not None:
                yield listing.columns[name] >= value
            if (value := query[f"{name}__lt"]) is not None:
                yield listing.columns[name] < value
        if words := query.get("search"):
            if callable(listing.search):
                yield listing.search(words)
            else:
                yield or_(
                    *(listing.columns[name].icontains(words, autoescape=True) for name in listing.search)
                )


def _without_nul(value: str) -> str:
    if "\0" in value:  # in a cursor; queries have none
        raise PydanticCustomError("nul_character", "must not contain NUL characters")
    return value
