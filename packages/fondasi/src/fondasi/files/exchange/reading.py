"""Lines of CSV or JSON, one after the other, as the file comes from the storage."""

from __future__ import annotations

import codecs
import csv
from typing import TYPE_CHECKING, Any, get_origin

import orjson

from fondasi.kit.http.listed import present
from fondasi.kit.http.spreadsheets import unguarded
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from pydantic import BaseModel

LONGEST = 100_000  # characters of a line
SEPARATORS = ",;\t"  # spreadsheets write what the country has for lists


class UnreadableError(Exception):
    """A line that cannot be read.

    Attributes:
        line: its number in the file, from 1.
        last: nothing behind it can be read either.
        column: the column that it is about.
    """

    def __init__(self, line: int, message: str, *, last: bool = False, column: str = "") -> None:
        super().__init__(message)
        self.line, self.last, self.column = line, last, column


async def lines_of(pieces: AsyncIterator[bytes]) -> AsyncIterator[tuple[int, str]]:
    """The lines of a text with their numbers.

    Raises:
        UnreadableError: it is not in UTF-8, or a line is too long.
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    number, rest = 0, ""
    try:
        async for piece in pieces:
            *lines, rest = (rest + decoder.decode(piece)).split("\n")
            for line in lines:
                number += 1
                yield number, _bounded(number, line)
            _bounded(number + 1, rest)
        rest += decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise UnreadableError(
            number + 1, t("The file is not in UTF-8. Save it as CSV UTF-8."), last=True
        ) from None
    if rest:
        yield number + 1, rest


class JsonLines:
    """An object in each line.

    Args:
        model: what a line has to be.
    """

    def __init__(self, model: type[BaseModel]) -> None:
        self._known = model.model_fields.keys()

    def add(self, number: int, line: str) -> tuple[int, dict[str, Any]] | None:
        """A line; its number and values, or None for an empty one.

        Raises:
            UnreadableError: it is no object, or has a field that is not known.
        """
        if not line.strip():
            return None
        try:
            values = orjson.loads(line)
        except orjson.JSONDecodeError:
            values = None
        if not isinstance(values, dict):
            raise UnreadableError(number, t("This is not a JSON object."))
        _refuse_nul(number, line, "\\u0000")
        for name in values:
            if name not in self._known:
                raise UnreadableError(number, t("unknown field"), column=name[:100])
        return number, values

    def end(self) -> None:
        """All lines were added."""


class CsvLines:
    """A table: the first line names the columns; a cell in quotes may go on in the next line (RFC 4180).

    Args:
        model: what a line has to be.
    """

    def __init__(self, model: type[BaseModel]) -> None:
        self._model = model
        self._columns: list[str] = []
        self._separator = ","
        self._parts: list[str] = []
        self._first = self._size = self._quotes = 0
        nested = {list, dict, set, tuple}
        self._nested = {
            name
            for name, info in model.model_fields.items()
            if get_origin(present(info.annotation)) in nested
        }

    def add(self, number: int, line: str) -> tuple[int, dict[str, Any]] | None:
        """A line; the number where its row begins and the row's values, or None while it goes on, or is empty.

        Raises:
            UnreadableError: it does not have the form, or the columns are not those of the dataset.
        """
        self._first = self._first or number
        self._parts.append(line)
        self._size += len(line)
        self._quotes += line.count('"')
        if self._quotes % 2:
            if self._size > LONGEST:
                raise _too_long(self._first)
            return None
        first, row = self._first, "\n".join(self._parts)
        self._parts, self._first, self._size, self._quotes = [], 0, 0, 0
        _refuse_nul(first, row, "\0")
        if not row.strip():
            return None
        if not self._columns:
            self._name_columns(first, row)
            return None
        cells = self._cells(first, row)
        if len(cells) != len(self._columns):
            raise UnreadableError(first, t("The line has more or fewer cells than there are columns."))
        named = zip(self._columns, cells, strict=True)
        return first, {name: self._value(name, unguarded(cell)) for name, cell in named if cell}

    def end(self) -> None:
        """All lines were added.

        Raises:
            UnreadableError: a quote is open.
        """
        if self._parts:
            raise _too_long(self._first)

    def _name_columns(self, number: int, row: str) -> None:
        self._separator = max(SEPARATORS, key=row.count)
        self._columns = [cell.strip() for cell in self._cells(number, row)]
        required = [name for name, info in self._model.model_fields.items() if info.is_required()]
        for name in self._columns:
            if name not in self._model.model_fields or self._columns.count(name) > 1:
                raise UnreadableError(number, t("unknown field"), column=name[:100], last=True)
        for name in required:
            if name not in self._columns:
                raise UnreadableError(number, t("required"), column=name, last=True)

    def _cells(self, number: int, row: str) -> Sequence[str]:
        try:
            return next(csv.reader([row.removesuffix("\r")], delimiter=self._separator, strict=True))
        except csv.Error:
            raise UnreadableError(number, t("The quotes of this line do not match.")) from None

    def _value(self, name: str, cell: str) -> Any:
        if name in self._nested:
            try:
                return orjson.loads(cell)
            except orjson.JSONDecodeError:
                return cell
        return cell


def _bounded(number: int, line: str) -> str:
    if len(line) > LONGEST:
        raise _too_long(number)
    return line


def _too_long(number: int) -> UnreadableError:
    return UnreadableError(number, t("The line is too long. Is a quote left open?"), last=True)


def _refuse_nul(number: int, text: str, nul: str) -> None:
    if nul in text:
        raise UnreadableError(number, t("must not contain NUL characters"))
