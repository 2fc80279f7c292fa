"""`?sort=-created_at,name`: sorting by named columns only."""

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
    name = f"-?({'|'.join(columns)})"

    async def order(  # async: a plain function would run in a thread
        sort: Annotated[
            str,
            Query(
                description=f"Comma-separated: {', '.join(columns)}; `-` for descending.",
                json_schema_extra={"pattern": f"^{name}(,{name}){{0,{len(columns) - 1}}}$"},
            ),
        ] = default,
    ) -> list[UnaryExpression[Any]]:
        names = sort.split(",", len(columns))
        if len(names) > len(columns):
            raise InvalidInput.of("query.sort", f"at most {len(columns)} columns", "sort")
        return [_expression(item, columns) for item in names]

    return Depends(order)


def _expression(name: str, columns: dict[str, Sortable]) -> UnaryExpression[Any]:
    column = columns.get(name.removeprefix("-"))
    if column is None:
        raise InvalidInput.of("query.sort", f"cannot sort by {name[:80]!r}; use {', '.join(columns)}", "sort")
    if not name.startswith("-"):
        return column.asc()
    # Rows without a value come last both ways; where there is always one, a plain index serves both.
    nullable = column.nullable if isinstance(column, Column) else column.property.columns[0].nullable
    return column.desc().nulls_last() if nullable else column.desc()
