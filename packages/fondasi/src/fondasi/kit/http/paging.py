"""Pages by number and by cursor."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from fondasi.kit.http.problems import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")
MAX_PAGE = 1_000_000


def _as_page(schema: dict[str, Any]) -> None:
    schema.setdefault(
        "description", "One page of a list."
    )  # a docstring is not passed on to `Page[UserRead]`


class Page(BaseModel, Generic[T]):
    """One page of a list, with what a pager needs."""

    model_config = ConfigDict(json_schema_extra=_as_page)

    data: list[T] = Field(description="The rows of this page.")
    total_count: int = Field(description="Rows of all pages.", examples=[21])
    total_pages: int = Field(description="How many pages there are.", examples=[3])
    page: int = Field(description="The number of this page, from 1.", examples=[1])
    items_per_page: int = Field(description="The most rows that a page has.", examples=[10])
    has_more: bool = Field(description="Whether another page follows.", examples=[True])
    next_page: int | None = Field(description="Its number; null on the last page.", examples=[2])
    previous_page: int | None = Field(description="The number of the page before; null on the first.")

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`UserPage` for `Page[UserRead]`: a name that any language can have."""
        return f"{params[0].__name__.removesuffix('Read')}Page"


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which page is wanted."""

    page: int
    items_per_page: int

    @property
    def offset(self) -> int:
        """Rows to skip."""
        return (self.page - 1) * self.items_per_page


# Functions, not query models: FastAPI gives a model all parameters of the request, filters and sorting included.
async def _page_query(
    page: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Page number, from 1.")] = 1,
    items_per_page: Annotated[int, Query(ge=1, le=100, description="Rows per page.")] = 10,
) -> PageQuery:
    return PageQuery(page, items_per_page)


PageParams = Annotated[PageQuery, Depends(_page_query)]


def page_of(data: Sequence[Any], total_count: int, params: PageQuery) -> dict[str, Any]:
    """The fields of a `Page`; the route's response model validates the rows."""
    return window_of(data, total_count, page=params.page, items_per_page=params.items_per_page)


def window_of(data: Sequence[Any], total_count: int, *, page: int, items_per_page: int) -> dict[str, Any]:
    """As `page_of`, for a page that was asked for in a body."""
    total_pages = -(-total_count // items_per_page)
    return {
        "data": data,
        "total_count": total_count,
        "total_pages": total_pages,
        "page": page,
        "items_per_page": items_per_page,
        "has_more": page < total_pages,
        "next_page": page + 1 if page < total_pages else None,
        "previous_page": page - 1 if page > 1 else None,
    }


class CursorPage(BaseModel, Generic[T]):
    """One page of a list that is walked forward, stable while rows are added."""

    model_config = ConfigDict(json_schema_extra=_as_page)

    data: list[T] = Field(description="The rows of this page.")
    next_cursor: str | None = Field(description="Send it as `cursor` for the page after; null on the last.")
    has_more: bool = Field(description="Whether another page follows.", examples=[True])

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`ActivityCursorPage` for `CursorPage[ActivityRead]`."""
        return f"{params[0].__name__.removesuffix('Read')}CursorPage"


@dataclass(frozen=True, slots=True)
class CursorQuery:
    """Where to go on, and how far."""

    cursor: str | None
    limit: int


async def _cursor_query(
    cursor: Annotated[
        str | None, Query(max_length=500, description="`next_cursor` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Rows per page.")] = 20,
) -> CursorQuery:
    return CursorQuery(cursor, limit)


CursorParams = Annotated[CursorQuery, Depends(_cursor_query)]


class Cursor:
    """An opaque position in a list: the sort key of the last row seen."""

    @staticmethod
    def encode(*key: Any) -> str:
        """Text of a position."""
        return urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")

    @staticmethod
    def decode(cursor: str, *types: Any) -> tuple[Any, ...]:
        """The position of a text, for example `Cursor.decode(params.cursor, datetime, UUID)`.

        Raises:
            InvalidInput: the text is not one of ours.
        """
        try:
            text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            key: tuple[Any, ...] = _cursor_type(types).validate_json(text)
        except ValueError:  # of base64, of JSON, or of a type
            raise InvalidInput.of(
                "query.cursor", "not a cursor of this list; leave it out to start", "cursor"
            ) from None
        return key


@lru_cache
def _cursor_type(types: tuple[Any, ...]) -> TypeAdapter[tuple[Any, ...]]:
    return TypeAdapter(tuple[types])  # type: ignore[valid-type]
