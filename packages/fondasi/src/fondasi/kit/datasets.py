"""Datasets: rows that callers take out as a file, or bring in by one. The room `files` does either, by a job.

POSTS = Dataset(
"posts", PostLine, rows=rows, may_export="posts.view", write=write, may_import="posts.create", key="slug",
)

Module(..., datasets=[POSTS])
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from fondasi.settings import StartError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
    from uuid import UUID

    from sqlalchemy import Select

    from fondasi.kit.db import Session

R = TypeVar("R", bound=BaseModel)

NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")


class DatasetError(StartError):
    """A dataset is malformed, or declared twice."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An export that somebody asked for.

    Attributes:
        user_id: who asked.
        tenant_id: inside which tenant; the session acts for it.
        filters: what of it, as the dataset's `filters` says; None where it has none.
    """

    user_id: UUID
    tenant_id: UUID | None = None
    filters: Any = None


@dataclass(slots=True)
class Batch(Generic[R]):
    """Some lines of an import, each valid by itself, to be written.

    Attributes:
        rows: the lines.
        user_id: who imports.
        tenant_id: into which tenant; the session acts for it.
        created: how many of them were new: the writer counts.
        updated: how many were there already, by their key.
    """

    rows: list[R]
    user_id: UUID
    tenant_id: UUID | None = None
    created: int = 0
    updated: int = 0
    refused: list[tuple[R, str, str]] = field(default_factory=list)

    def refuse(self, row: R, message: str, column: str = "") -> None:
        """Say why a line cannot be written; then nothing of the import is.

        Args:
            row: the line.
            message: what is wrong, for the person who wrote it.
            column: where.
        """
        self.refused.append((row, column, message))


@dataclass(frozen=True, slots=True)
class Dataset(Generic[R]):
    """Rows that can be exported, imported, or both.

    Attributes:
        name: as a path calls many of it: `posts`.
        row: a line. Its fields are the columns, in their order; what is absent in a line has its default.
        rows: selects what is exported, the columns named like the fields.
        may_export: the permission that it takes; inside a tenant, one there.
        filters: what an export can be asked to leave out; `rows` gets it.
        write: writes some lines of an import, in its transaction; called several times.
        may_import: the permission that it takes; inside a tenant, one there.
        key: the field by which a line is known again: no two of a file have the same, and what was imported before is
            updated.
        in_tenant: it is of the rows of a tenant, for its members.
        step_up: to be exported only by whoever proved a short while ago who they are.

    Raises:
        DatasetError: a part of it is missing.
    """

    name: str
    row: type[R]
    rows: Callable[[Asked], Select[*tuple[Any, ...]]] | None = None
    may_export: str = ""
    filters: type[BaseModel] | None = None
    write: Callable[[Session, Batch[R]], Awaitable[None]] | None = None
    may_import: str = ""
    key: str = ""
    in_tenant: bool = False
    step_up: bool = False

    def __post_init__(self) -> None:
        parts = (self.rows is None) == (not self.may_export) and (self.write is None) == (
            not self.may_import
        ) == (self.key not in self.row.model_fields)
        if not NAME.fullmatch(self.name) or not parts or not (self.rows or self.write):
            raise DatasetError(
                f"Dataset({self.name!r}): give a name like posts, and `rows` with `may_export`, or `write` with "
                "`may_import` and a field as `key`, or all of them."
            )


class KnownDatasets:
    """The datasets of all modules, by name.

    Raises:
        DatasetError: two have the same name.
    """

    def __init__(self, declared: Iterable[Dataset[Any]]) -> None:
        self._by_name: dict[str, Dataset[Any]] = {}
        for item in declared:
            if self._by_name.setdefault(item.name, item) is not item:
                raise DatasetError(f"two datasets are named {item.name}: rename one")

    def __iter__(self) -> Iterator[Dataset[Any]]:
        return iter(self._by_name.values())

    def get(self, name: str) -> Dataset[Any] | None:
        """The dataset of that name."""
        return self._by_name.get(name)

    def faults(self, permissions: Collection[str], tenant_permissions: Collection[str]) -> list[str]:
        """Datasets that ask for a permission which no module declares."""
        return [
            f"the dataset {item.name} asks for {code}, which no module declares"
            for item in self
            for code in (item.may_export, item.may_import)
            if code and code not in (tenant_permissions if item.in_tenant else permissions)
        ]
