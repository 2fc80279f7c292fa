"""`?sort=-created_at,name`: sorting by named columns only."""

from collections.abc import Collection
from typing import Annotated, Any

from fastapi import Depends, Query
from sqlalchemy import Column, UnaryExpression
from sqlalchemy.orm import InstrumentedAttribute

from fondasi.kit.http.problems import InvalidInput

Order = list[Any]
Sortable = InstrumentedAttribute[Any] | Column[Any]


def sort_by(default: str, **columns: Sortable) -> Any:
    """A dependency that reads `sort` and gives ORDER BY expressions; rows without a value come last.

    Example:
        `order: Annotated[list, sort_by("-created_at", created_at=Post.created_at, title=Post.title)]`

    Raises:
        InvalidInput: a name is not among `columns`, or there are more names than columns.
    """

    async def order(  # async: a plain function would run in a thread
        sort: Annotated[str, sort_query(columns)] = default,
    ) -> list[UnaryExpression[Any]]:
        return [ascending_or_not(columns[name], descending) for name, descending in sorting(sort, columns)]

    return Depends(order)


def sort_query(columns: Collection[str], default: Any = ..., **more: Any) -> Any:
    """The query parameter, for OpenAPI."""
    name = f"-?({'|'.join(columns)})"
    return Query(
        default,
        description=f"Comma-separated: {', '.join(columns)}; `-` for descending.",
        json_schema_extra={"pattern": f"^{name}(,{name}){{0,{len(columns) - 1}}}$"},
        **more,
    )


def sorting(sort: str, columns: Collection[str]) -> list[tuple[str, bool]]:
    """The names to sort by, each with whether it is descending.

    Raises:
        InvalidInput: a name is not among `columns`, or there are more names than columns.
    """
    names = sort.split(",", len(columns))
    if len(names) > len(columns):
        raise InvalidInput.of("query.sort", f"at most {len(columns)} columns", "sort")
    for name in names:
        if name.removeprefix("-") not in columns:
            known = ", ".join(columns)
            raise InvalidInput.of("query.sort", f"cannot sort by {name[:80]!r}; use {known}", "sort")
    return [(name.removeprefix("-"), name.startswith("-")) for name in names]


def ascending_or_not(column: Sortable, descending: bool) -> UnaryExpression[Any]:
    """The ORDER BY expression of a column."""
    if not descending:
        return column.asc()
    # Rows without a value come last both ways; where there is always one, a plain index serves both.
    return column.desc().nulls_last() if is_nullable(column) else column.desc()


def is_nullable(column: Any) -> bool:
    """Whether a row may have no value there; of what is computed nobody knows."""
    if isinstance(column, InstrumentedAttribute):
        column = column.property.columns[0]
    return bool(column.nullable) if isinstance(column, Column) else True
