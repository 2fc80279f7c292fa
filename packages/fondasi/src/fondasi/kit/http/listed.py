"""A list is read: as a page or as the part behind a cursor, as JSON or as CSV."""

from __future__ import annotations

import asyncio
import inspect
import types
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin
from urllib.parse import urlencode
from uuid import UUID

import orjson
from pydantic import PlainSerializer, WrapSerializer
from sqlalchemy import Integer, and_, bindparam, false, literal_column, or_, select, union
from starlette.responses import Response

from fondasi.kit.db.json_rows import json_of
from fondasi.kit.http.paging import Cursor, PageQuery, window_of
from fondasi.kit.http.problems import InvalidInput
from fondasi.kit.http.sorting import ascending_or_not, is_nullable, sorting
from fondasi.kit.http.spreadsheets import CSV, csv_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from pydantic import BaseModel
    from sqlalchemy import ColumnElement, Select

    from fondasi.kit.db import Session
    from fondasi.kit.http.lists import Wanted

MOST_ROWS = 100  # of a page
MOST_LINES = 10_000  # of CSV in one answer
MOST_MADE = 1_000  # of those that have to be made from objects
USUAL_ROWS, USUAL_LIMIT = 10, 20
JSON = "application/json"
# What PostgreSQL writes into JSON as the schemas do.
AS_IT_IS = (bool, int, float, str, UUID, date, datetime)


class Format(StrEnum):
    """How a list comes."""

    JSON = "json"
    CSV = "csv"


@dataclass(slots=True)
class Reader:
    """Reads what a request wants of a list.

    Attributes:
        keys: what it is sorted by, each with whether it is descending; the last one tells all rows apart.
    """

    wanted: Wanted
    session: Session
    conditions: Sequence[ColumnElement[bool]]
    any_of: Sequence[ColumnElement[bool]]
    shape: Callable[[Any], BaseModel] | None
    prepare: Callable[[Sequence[Any]], Awaitable[None]] | None
    keys: list[tuple[str, bool]] = field(init=False)

    def __post_init__(self) -> None:
        listing = self.wanted.listing
        asked = sorting(self.wanted.query["sort"], listing.sortable)
        keys: dict[str, bool] = {}
        # One direction for both, so that an index of both is read from either end.
        for name, descending in [*asked, (listing.key, asked[-1][1])]:
            keys.setdefault(name, descending)
            if name == listing.key:
                break  # nothing is left to be ordered behind it
        self.keys = list(keys.items())

    async def page(self) -> Response:
        """A page by its number."""
        query = self.wanted.query
        counts = query["total"] is not False
        asked = PageQuery(query["page"] or 1, query["items_per_page"] or USUAL_ROWS)
        size = asked.items_per_page
        if counts:
            rows, total = await self._read(asked.offset, size, counts=True)
            return _json_of(rows, window_of([], total, page=asked.page, items_per_page=size))
        rows, _ = await self._read(asked.offset, size + 1, counts=False)
        kept, more = _first(rows, size)
        rest = window_of([], 0, page=asked.page, items_per_page=size)
        rest |= {"total_count": None, "total_pages": None, "has_more": more}
        return _json_of(orjson.dumps(kept), rest | {"next_page": asked.page + 1 if more else None})

    async def part(self) -> Response:
        """What follows a cursor."""
        query, listing = self.wanted.query, self.wanted.listing
        as_csv = query["format"] is Format.CSV
        most = listing.most_lines if as_csv else MOST_ROWS
        limit = query["limit"] or (most if as_csv else USUAL_LIMIT)
        if limit > most:
            raise InvalidInput.of("query.limit", f"at most {most}", "less_than_equal")
        after = [self._after(query["cursor"])] if query["cursor"] else []
        counts = bool(query["total"])
        hidden = [name for name, _ in self.keys if name not in listing.read.model_fields]
        rows, total = await self._read(0, limit + 1, counts=counts, after=after, hidden=hidden)
        kept, more = _first(rows, limit)
        cursor = self._cursor(kept[-1]) if more else None
        for row in kept if hidden else ():
            for name in hidden:
                del row[name]
        if as_csv:
            return await self._csv(kept, cursor)
        rest: dict[str, Any] = {"next_cursor": cursor, "has_more": more}
        return _json_of(orjson.dumps(kept), rest | {"total_count": total} if counts else rest)

    async def _read(
        self,
        offset: int,
        limit: int,
        *,
        counts: bool,
        after: Sequence[ColumnElement[bool]] = (),
        hidden: Sequence[str] = (),
    ) -> tuple[bytes, int]:
        """Rows as a JSON array, and how many there are in all, if they are counted.

        Args:
            offset: rows to skip.
            limit: the most rows.
            counts: whether they are counted.
            after: where a cursor stands.
            hidden: what a cursor needs beside the fields.
        """
        listing = self.wanted.listing
        as_json = listing.plain and self.shape is None

        def make() -> Select[*tuple[Any, ...]]:
            if not as_json:
                return self._part(listing.joined(select(listing.model)), after).options(*listing.options)
            chosen = listing.chosen.add_columns(*map(listing.shown, hidden)) if hidden else listing.chosen
            total = self._count().scalar_subquery() if counts else literal_column("0")
            return json_of(self._part(chosen, after), total)

        shape = (as_json, counts, *self.keys, *hidden, len(self.any_of), len(after))
        statement, values = listing.prepared(shape, [*self.conditions, *self.any_of, *after], make)
        values |= {"offset": offset, "limit": limit, "most": offset + limit}
        if as_json:
            text, counted = (await self.session.execute(statement, values)).one()
            return text.encode(), counted
        found = (await self.session.scalars(statement, values)).all()
        rows = await self._made(found, hidden)
        if not counts:
            return rows, 0
        if len(found) < limit and (found or not offset) and not after:
            return rows, offset + len(found)  # the last page tells
        return rows, await self.session.scalar(self._count()) or 0

    def _count(self) -> Select[Any]:
        return self.wanted.listing.count.where(
            *self.conditions, *([or_(*self.any_of)] if self.any_of else [])
        )

    def _part(self, query: Select[Any], after: Sequence[ColumnElement[bool]]) -> Select[Any]:
        found = self._nearest(query, after) if self.any_of else query
        return (
            found.where(*self.conditions, *after)
            .order_by(*self._order())
            .offset(bindparam("offset", type_=Integer))
            .limit(bindparam("limit", type_=Integer))
        )

    def _nearest(self, query: Select[Any], after: Sequence[ColumnElement[bool]]) -> Select[Any]:
        """The rows of `any_of`: so many of each, from its own index, for all that meet one need not be sorted."""
        listing, columns = self.wanted.listing, self.wanted.listing.columns
        keys = [listing.named(name) for name, _ in self.keys]
        each = (
            listing.joined(select(*keys).select_from(listing.model.__table__))
            .where(condition, *self.conditions, *after)
            .order_by(*self._order())
            .limit(bindparam("most", type_=Integer))
            for condition in self.any_of
        )
        places = union(*(select(one.subquery()) for one in each)).subquery()
        return query.join(places, and_(*(columns[name] == places.c[name] for name, _ in self.keys)))

    async def _made(self, found: Sequence[Any], hidden: Sequence[str]) -> bytes:
        """Objects as a JSON array; others have their turn between."""
        listing = self.wanted.listing
        if self.prepare is not None:
            await self.prepare(found)
        make = self.shape or (lambda row: listing.read.model_validate(row, from_attributes=True))
        made: list[dict[str, Any]] = []
        for begin in range(0, len(found), MOST_ROWS):
            some = found[begin : begin + MOST_ROWS]
            rows = listing.rows.dump_python([make(row) for row in some], mode="json")
            made += (
                row | {name: getattr(item, name) for name in hidden}
                for row, item in zip(rows, some, strict=True)
            )
            await asyncio.sleep(0)
        return orjson.dumps(made)

    def _after(self, cursor: str) -> ColumnElement[bool]:
        """What comes after the row of a cursor in the order that is asked for; rows without a value come last."""
        listing = self.wanted.listing
        columns = [listing.columns[name] for name, _ in self.keys]
        order, *values = Cursor.decode(cursor, str, *(listing.type_of(name) | None for name, _ in self.keys))
        if order != self._sort():
            raise InvalidInput.of("query.cursor", "made with another `sort`; leave it out to begin", "cursor")
        alternatives: list[ColumnElement[bool]] = []
        equal: list[ColumnElement[bool]] = []
        for column, (_, descending), value in zip(columns, self.keys, values, strict=True):
            if value is None:
                beyond: ColumnElement[bool] = false()
            else:
                beyond = column < value if descending else column > value
                if is_nullable(column):
                    beyond = or_(beyond, column.is_(None))
            alternatives.append(and_(*equal, beyond))
            equal.append(column.is_(None) if value is None else column == value)
        after = or_(*alternatives)
        first, value = columns[0], values[0]
        if value is None or is_nullable(first):
            return after
        return and_(first <= value if self.keys[0][1] else first >= value, after)  # where an index begins

    def _cursor(self, row: dict[str, Any]) -> str:
        return Cursor.encode(self._sort(), *(row[name] for name, _ in self.keys))

    def _sort(self) -> str:
        return ",".join(f"-{name}" if descending else name for name, descending in self.keys)

    def _order(self) -> list[Any]:
        columns = self.wanted.listing.columns
        return [ascending_or_not(columns[name], descending) for name, descending in self.keys]

    async def _csv(self, rows: Sequence[dict[str, Any]], cursor: str | None) -> Response:
        columns = list(self.wanted.listing.read.model_fields)
        headers = {
            "Content-Disposition": f'attachment; filename="{self.wanted.listing.model.__tablename__}.csv"'
        }
        if cursor:
            url = self.wanted.request.url
            query = [
                pair
                for pair in self.wanted.request.query_params.multi_items()
                if pair[0] not in {"cursor", "total"}
            ]
            headers["Link"] = f'<{url.path}?{urlencode([*query, ("cursor", cursor)])}>; rel="next"'
        lines = ([_cell(row.get(name)) for name in columns] for row in rows)
        content = await asyncio.to_thread(csv_of, columns, lines)
        return Response(content, media_type=CSV, headers=headers)


def _first(rows: bytes, most: int) -> tuple[list[dict[str, Any]], bool]:
    """So many of the rows, and whether there were more."""
    found: list[dict[str, Any]] = orjson.loads(rows)
    return found[:most], len(found) > most


def _json_of(rows: bytes, rest: dict[str, Any]) -> Response:
    rest.pop("data", None)
    return Response(b'{"data":%b,%b' % (rows, orjson.dumps(rest)[1:]), media_type=JSON)


def _cell(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value


def present(annotation: Any) -> Any:
    """The type of a value that is there."""
    if get_origin(annotation) in {Union, types.UnionType}:
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        return kinds[0] if len(kinds) == 1 else annotation
    return annotation


def is_plain(read: type[BaseModel], columns: Mapping[str, Any]) -> bool:
    """Whether a row of these columns in PostgreSQL's JSON is what the schema would write."""
    decorators = read.__pydantic_decorators__
    if read.model_computed_fields or decorators.field_serializers or decorators.model_serializers:
        return False
    return all(
        name in columns
        and info.serialization_alias is None
        and not any(map(_is_serializer, info.metadata))
        and _is_as_it_is(present(info.annotation))
        for name, info in read.model_fields.items()
    )


def _is_serializer(metadata: object) -> bool:
    return isinstance(metadata, PlainSerializer | WrapSerializer)


def _is_as_it_is(kind: Any) -> bool:
    if kind is Any:
        return True  # what is stored
    if get_origin(kind) in {list, dict}:
        return all(map(_is_as_it_is, get_args(kind)))
    if get_origin(kind) is Literal:
        return all(isinstance(value, str) for value in get_args(kind))
    if get_origin(kind) is Annotated:
        inner, *metadata = get_args(kind)
        return not any(map(_is_serializer, metadata)) and _is_as_it_is(inner)
    return inspect.isclass(kind) and issubclass(kind, AS_IT_IS)
