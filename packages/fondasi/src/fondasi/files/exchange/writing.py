"""Rows as lines of CSV or JSON, as they come from the database."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson
from pydantic_core import to_jsonable_python

from fondasi.files.exchange.schemas import ExportFormat
from fondasi.kit.http.spreadsheets import MARK, csv_lines

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from fondasi.kit.datasets import Asked, Dataset
    from fondasi.kit.db import Session

ROWS = 500  # read at a time
MEDIA_TYPES = {ExportFormat.CSV: "text/csv", ExportFormat.JSONL: "application/jsonl"}


class Export:
    """The rows of a dataset that somebody asked for.

    Attributes:
        rows: how many were written.
    """

    def __init__(self, dataset: Dataset[Any], asked: Asked, form: ExportFormat) -> None:
        self.rows = 0
        self._dataset, self._asked, self._form = dataset, asked, form

    async def pieces(
        self, session: Session, progress: Callable[[int], Awaitable[None]]
    ) -> AsyncIterator[bytes]:
        """The file, in pieces.

        Args:
            session: where the rows are.
            progress: told how many rows are written.
        """
        assert self._dataset.rows is not None
        columns = list(self._dataset.row.model_fields)
        if self._form is ExportFormat.CSV:
            yield MARK.encode() + csv_lines([columns])
        query = self._dataset.rows(self._asked).execution_options(yield_per=ROWS)
        async for part in (await session.stream(query)).mappings().partitions():
            yield self._lines(columns, part)
            self.rows += len(part)
            await progress(self.rows)

    def _lines(self, columns: Sequence[str], rows: Sequence[Mapping[Any, Any]]) -> bytes:
        if self._form is ExportFormat.CSV:
            return csv_lines([_cell(row[name]) for name in columns] for row in rows)
        values = ({name: to_jsonable_python(row[name]) for name in columns} for row in rows)
        return b"".join(orjson.dumps(each) + b"\n" for each in values)


def _cell(value: Any) -> Any:
    if value is None or (isinstance(value, int | float | Decimal) and not isinstance(value, bool)):
        return value
    plain = to_jsonable_python(value)
    return plain if isinstance(plain, str) else orjson.dumps(plain).decode()
