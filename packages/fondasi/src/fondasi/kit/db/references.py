"""Rows that are marked as deleted: nobody refers to them anew, as if they were gone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, event, inspect, literal, select
from sqlalchemy.exc import IntegrityError

from fondasi.kit.db.base import Base, SoftDelete

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ForeignKeyConstraint
    from sqlalchemy.orm import Mapper
    from sqlalchemy.orm import Session as SyncSession

BROKEN_REFERENCE = "23503"


class _Gone(Exception):  # noqa: N818 - a state, as the driver tells it
    """What PostgreSQL says of a reference to a row that is not there."""

    sqlstate, detail = BROKEN_REFERENCE, ""

    def __init__(self, constraint: str) -> None:
        super().__init__(f'insert or update violates foreign key constraint "{constraint}"')
        self.constraint_name = constraint


def refuse_deleted(session: SyncSession, *_: object) -> None:
    """Refuse new references to rows that are marked as deleted, or become so meanwhile.

    Raises:
        IntegrityError: there is one; callers are told what they are of a row that never was.
    """
    for row in (*session.new, *session.dirty):
        for key, parent in _keys(inspect(row).mapper):
            wanted = _reference(row, key)
            if wanted and not _is_there(session, parent, wanted):
                raise IntegrityError(None, None, _Gone(str(key.name)))


@cache
def _keys(mapper: Mapper[Any]) -> Sequence[tuple[ForeignKeyConstraint, type[SoftDelete]]]:
    """The foreign keys of a model that lead to rows which are marked as deleted."""
    soft = {
        other.local_table: other.class_
        for other in Base.registry.mappers
        if issubclass(other.class_, SoftDelete) and not other.class_.referred_to_when_deleted
    }
    table = mapper.local_table
    keys = table.foreign_key_constraints if isinstance(table, Table) else ()
    return [(key, soft[key.referred_table]) for key in keys if key.referred_table in soft]


def _reference(row: object, key: ForeignKeyConstraint) -> Mapping[str, Any]:
    """What a row refers to now and did not before, by the columns of the other table; empty where it is nothing."""
    mapper = inspect(type(row))
    names = {mapper.get_property_by_column(item.parent).key: item.column.name for item in key.elements}
    values = {column: getattr(row, name) for name, column in names.items()}
    new = any(inspect(row).attrs[name].history.has_changes() for name in names)
    return values if new and None not in values.values() else {}


def _is_there(session: SyncSession, parent: type[SoftDelete], wanted: Mapping[str, Any]) -> bool:
    if any(
        isinstance(other, parent) and all(getattr(other, name) == value for name, value in wanted.items())
        for other in session.new
    ):
        return True  # it is written with it
    table = inspect(parent).local_table
    conditions = [table.c[name] == value for name, value in wanted.items()]
    query = select(literal(1)).select_from(table).where(*conditions, table.c.deleted_at.is_(None))
    # Locked, so that it is not marked before this transaction ends.
    return session.execute(query.with_for_update(read=True)).first() is not None


def keep_references(kind: type[SyncSession]) -> None:
    """Let sessions of a kind refer to no deleted row."""
    event.listen(kind, "before_flush", refuse_deleted)
