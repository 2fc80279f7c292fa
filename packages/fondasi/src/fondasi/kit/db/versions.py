"""Rows that count their changes, so that nobody overwrites what they have not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.orm import Session as SyncSession

from fondasi.kit import clock

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

EDITS = "edits"  # of a unit of work: the fields that it changed, by the id of their row
TOUCHED = "fondasi_touched"  # in the `__dict__` of a row
OWN = frozenset({"version", "updated_at"})


class Versioned:
    """Mixin of `Entity` and `TenantScoped`: `version` counts the changes of a row.

    The ORM compares it in the UPDATE and in the DELETE themselves: of two units of work that read the same version, the
    second changes nothing and ends with a `StaleDataError`, which the caller is told as a 412 or a 409. A statement
    that goes past the ORM, `update(Model)`, has to count by itself.
    """

    if TYPE_CHECKING:
        id: Mapped[UUID]
        updated_at: Mapped[datetime]

    version: Mapped[int] = mapped_column(default=1, server_default="1", sort_order=93)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy's name
        return {"version_id_col": cls.version}

    def touch(self, *fields: str) -> None:
        """Count a change of what belongs to the row and stands in other tables.

        Args:
            fields: what changed, as answers call it.
        """
        self.updated_at = clock.now()
        self.__dict__[TOUCHED] = fields


def edits_of(session: SyncSession) -> dict[str, list[str]]:
    """The fields that a unit of work has changed in rows with versions, by the id of the row."""
    found: dict[str, list[str]] = session.info.setdefault(EDITS, {})
    return found


def note_edits(session: SyncSession, *_: object) -> None:
    """Remember what a flush changes in rows with versions."""
    for row in session.dirty:
        if isinstance(row, Versioned):
            changed = {item.key for item in inspect(row).attrs if item.history.has_changes()} - OWN
            changed.update(row.__dict__.pop(TOUCHED, ()))
            if changed:
                edits_of(session).setdefault(str(row.id), []).extend(changed)


def count_edits(kind: type[SyncSession]) -> None:
    """Let sessions of a kind remember what they change."""
    event.listen(kind, "before_flush", note_edits)
