"""An import: every line is looked at, and all of them are written, or none.

Lines that can be written are, also behind a bad one, for what is stored may refuse them too. Then all of it is undone.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Never

from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DataError, IntegrityError

from fondasi.files.exchange.reading import CsvLines, JsonLines, UnreadableError, lines_of
from fondasi.files.models import key_of
from fondasi.kit.datasets import Batch, Dataset
from fondasi.kit.http.words import words_of
from fondasi.kit.i18n import t
from fondasi.kit.storage import Storage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from fondasi.files.repository import AnyFile
    from fondasi.kit.db import Session
    from fondasi.kit.jobs import JobContext
    from fondasi.platform import Platform

CSV_TYPE, JSONL_TYPE = "text/csv", "application/jsonl"
IMPORTABLE = {CSV_TYPE, JSONL_TYPE}
ROWS = 500  # written at a time
MOST_FAULTS = 1000  # after which nobody reads on
MOST_SHOWN = 100  # characters of a value


class _UndoneError(Exception):
    """What was written is not to stay."""


@dataclass(slots=True)
class Fault:
    """Why a line cannot be written."""

    line: int
    column: str
    message: str
    value: str = ""


@dataclass(slots=True)
class Import:
    """Lines of a file on their way into a dataset.

    Attributes:
        most: lines that it may have.
        rows: lines that were read.
        faults: of the lines that cannot be written.
    """

    dataset: Dataset[Any]
    user_id: UUID
    tenant_id: UUID | None
    most: int
    rows: int = 0
    created: int = 0
    updated: int = 0
    faults: list[Fault] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)

    @property
    def bad(self) -> int:
        """How many lines cannot be written."""
        return len({fault.line for fault in self.faults})

    async def run(self, context: JobContext[Platform], file: AnyFile, *, dry_run: bool) -> None:
        """Write all lines of a file, unless one cannot be, or none is to be."""
        with suppress(_UndoneError):
            async with _undoable(context, self.tenant_id, dry_run=dry_run) as session:
                await self._write_all(context, session, file)
                if dry_run or self.faults:
                    raise _UndoneError

    async def _write_all(self, context: JobContext[Platform], session: Session, file: AnyFile) -> None:
        reader = (CsvLines if file.media_type == CSV_TYPE else JsonLines)(self.dataset.row)
        content = _counted(context, file)
        waiting: list[tuple[int, BaseModel]] = []
        try:
            async for number, line in lines_of(content):
                if (row := self._row(reader, number, line)) is not None:
                    waiting.append(row)
                if len(waiting) == ROWS:
                    await self._write(session, waiting)
                    waiting = []
                if len(self.faults) >= MOST_FAULTS:
                    _stop(number, t("There are too many bad lines to read on."))
            reader.end()
        except UnreadableError as error:
            self.faults.append(Fault(error.line, error.column, str(error)))
        await self._write(session, waiting)

    def _row(self, reader: CsvLines | JsonLines, number: int, line: str) -> tuple[int, BaseModel] | None:
        """A line that is valid by itself; of one that is not, its faults are noted."""
        try:
            if (found := reader.add(number, line)) is None:
                return None
            number, values = found
            self.rows += 1
            if self.rows > self.most:
                most = f"{self.most:,}"
                _stop(number, t("A file may have {most} lines. Send the rest in another one.", most=most))
            row = self.dataset.row.model_validate(values)
        except UnreadableError as error:
            if error.last:
                raise
            self.faults.append(Fault(error.line, error.column, str(error)))
        except ValidationError as error:
            for each in error.errors(include_url=False):
                place = ".".join(map(str, each["loc"]))
                self.faults.append(Fault(number, place, words_of(each), _value(each["input"])))
        else:
            key = str(getattr(row, self.dataset.key))
            if key not in self._keys:
                self._keys.add(key)
                return number, row
            self.faults.append(Fault(number, self.dataset.key, t("Another line has the same."), _value(key)))
        return None

    async def _write(self, session: Session, lines: list[tuple[int, BaseModel]]) -> None:
        if not lines:
            return
        assert self.dataset.write is not None
        numbers = {id(row): number for number, row in lines}
        batch = Batch([row for _, row in lines], self.user_id, self.tenant_id)
        try:
            async with session.begin_nested():
                await self.dataset.write(session, batch)
                await session.flush()
        except (IntegrityError, DataError):
            words = t(
                "One of the lines {first} to {last} conflicts with what is stored.",
                first=lines[0][0],
                last=lines[-1][0],
            )
            self.faults.append(Fault(lines[0][0], "", words))
        self.created += batch.created
        self.updated += batch.updated
        self.faults += [
            Fault(numbers[id(row)], column, message, _value(getattr(row, column, "")))
            for row, column, message in batch.refused
        ]


def _stop(number: int, message: str) -> Never:
    raise UnreadableError(number, message, last=True)


def _value(value: object) -> str:
    """A value as the report shows it; of a line that lacks one, nothing."""
    return "" if isinstance(value, dict) else str(value)[:MOST_SHOWN]


@asynccontextmanager
async def _undoable(
    context: JobContext[Platform], tenant_id: UUID | None, *, dry_run: bool
) -> AsyncIterator[Session]:
    """A unit of work that ends without effect where the block raises. What is written to stay lives with the job."""
    if dry_run:
        async with context.platform.database.unit_of_work(audited=False, tenant=tenant_id) as session:
            yield session
    else:
        async with context.session.begin_nested():
            yield context.session


async def _counted(context: JobContext[Platform], file: AnyFile) -> AsyncIterator[bytes]:
    """The content, piece by piece; the job says how far it is, and stops here when it is cancelled."""
    done = 0
    async for piece in context.platform.get(Storage).read(key_of(file.id), 0, file.size):
        yield piece
        done += len(piece)
        await context.progress(done, file.size)
        await context.check_cancelled()
