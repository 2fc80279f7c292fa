"""A list is read: as a page or as the part behind a cursor, as JSON or as CSV."""

from __future__ import annotations

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
from sqlalchemy import and_, false, literal_column, or_, select
from starlette.responses import Response

from fondasi.kit.db.json_rows import json_page
from fondasi.kit.http.paging import Cursor, PageQuery, window_of
from fondasi.kit.http.problems import InvalidInput
from fondasi.kit.http.sorting import ascending_or_not, is_nullable, sorting
from fondasi.kit.http.spreadsheets import CSV, csv_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pydantic import BaseModel
    from sqlalchemy import ColumnElement

    from fondasi.kit.db import Session
    from fondasi.kit.http.lists import Wanted

MOST_ROWS = 100  # of a page
MOST_LINES = 10_000  # of CSV in one answer
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
    shape: Callable[[Any], BaseModel] | None
    keys: list[tuple[str, bool]] = field(init=False)

    def __post_init__(self) -> None:
        listing = self.wanted.listing
        keys: dict[str, bool] = {}
        for name, descending in [*sorting(self.wanted.query["sort"], listing.sortable), (listing.key, False)]:
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
        query = self.wanted.query
        as_csv = query["format"] is Format.CSV
        limit = query["limit"] or (MOST_LINES if as_csv else USUAL_LIMIT)
        if limit > MOST_ROWS and not as_csv:
            raise InvalidInput.of("query.limit", f"at most {MOST_ROWS}", "less_than_equal")
        after = [self._after(query["cursor"])] if query["cursor"] else []
        counts = bool(query["total"])
        rows, total = await self._read(0, limit + 1, counts=counts, after=after)
        kept, more = _first(rows, limit)
        cursor = self._cursor(kept[-1]) if more else None
        if as_csv:
            return self._csv(kept, cursor)
        rest: dict[str, Any] = {"next_cursor": cursor, "has_more": more}
        return _json_of(orjson.dumps(kept), rest | {"total_count": total} if counts else rest)

    async def _read(
        self, offset: int, limit: int, *, counts: bool, after: Sequence[ColumnElement[bool]] = ()
    ) -> tuple[bytes, int]:
        """Rows as a JSON array, and how many there are in all, if they are counted."""
        listing, columns = self.wanted.listing, self.wanted.listing.columns
        order = [ascending_or_not(columns[name], descending) for name, descending in self.keys]
        count = listing.count.where(*self.conditions)
        if listing.chosen is not None and self.shape is None:
            query = (
                listing.chosen.where(*self.conditions, *after).order_by(*order).offset(offset).limit(limit)
            )
            total = count.scalar_subquery() if counts else literal_column("0")
            text, counted = await json_page(self.session, query, total)
            return text.encode(), counted
        objects = select(listing.model).where(*self.conditions, *after).order_by(*order)
        found = (await self.session.scalars(objects.offset(offset).limit(limit))).all()
        make = self.shape or (lambda row: listing.read.model_validate(row, from_attributes=True))
        rows = listing.rows.dump_json([make(row) for row in found])
        return rows, (await self.session.scalar(count) or 0) if counts else 0

    def _after(self, cursor: str) -> ColumnElement[bool]:
        """What comes after the row of a cursor in the order that is asked for; rows without a value come last."""
        listing = self.wanted.listing
        columns = [listing.columns[name] for name, _ in self.keys]
        order, *values = Cursor.decode(cursor, str, *(listing.type_of(name) | None for name, _ in self.keys))
        if order != self._order():
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
        return Cursor.encode(self._order(), *(row[name] for name, _ in self.keys))

    def _order(self) -> str:
        return ",".join(f"-{name}" if descending else name for name, descending in self.keys)

    def _csv(self, rows: Sequence[dict[str, Any]], cursor: str | None) -> Response:
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
        return Response(csv_of(columns, lines), media_type=CSV, headers=headers)


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
    if get_origin(kind) is Literal:
        return all(isinstance(value, str) for value in get_args(kind))
    if get_origin(kind) is Annotated:
        inner, *metadata = get_args(kind)
        return not any(map(_is_serializer, metadata)) and _is_as_it_is(inner)
    return inspect.isclass(kind) and issubclass(kind, AS_IT_IS)
