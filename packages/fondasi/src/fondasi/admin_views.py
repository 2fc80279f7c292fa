"""What a module shows in the admin panel: its tables, who may see and change them, and which service does it.

A view names permissions for all that it offers; it writes nothing by itself. Changes go through the functions that the
API calls, with the API's schemas, so that a rule holds whichever way somebody comes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import LargeBinary, inspect

from fondasi.kit.audit import is_secret
from fondasi.settings import StartError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
    from uuid import UUID

    from pydantic import BaseModel
    from sqlalchemy import ColumnElement
    from starlette.requests import Request

    from fondasi.access import PermissionRegistry, Principal
    from fondasi.kit.db import Base, Session
    from fondasi.platform import Platform

PATH = re.compile(r"[a-z][a-z0-9-]{1,40}")
RESERVED = frozenset({"login", "logout", "statics", "second-factor"})
SECRETS = ("_hash", "_secret")


@dataclass(frozen=True, slots=True)
class Act:
    """A change that somebody makes in the panel.

    Attributes:
        session: the unit of work; the panel commits it together with the entry in the audit trail.
        caller: who.
        platform: settings and resources.
        request: of the panel's route.
    """

    session: Session
    caller: Principal
    platform: Platform
    request: Request


@dataclass(frozen=True, slots=True)
class AdminWrite:
    """Something that can be done to a record: edit, delete, or an action with a name of its own.

    Attributes:
        permission: code of the permission that the API asks for to do the same.
        run: does it, as `run(act, record, data)`. `record` is as it was read, outside of the session, for the
            service reads it again under its own locks; None for a new one. `data` is the schema with the fields
            that change, None where there is no schema. Raises a `Problem` to refuse.
        schema: the fields of the form, and their checks. Its text comes from a form: numbers and days are converted.
        label: on the button of an action.
        step_up: asks for a fresh proof of who one is, as the API's route does (`step_up`).
    """

    permission: str
    run: Callable[[Act, Any, Any], Awaitable[object]]
    schema: type[BaseModel] | None = None
    label: str = ""
    step_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminView:
    """A table in the panel.

    Attributes:
        model: the table.
        path: its place below `/admin`, and its name in the audit trail.
        name: of one record, as in "User".
        plural: of many.
        permission: code of the permission that sees list, records and export.
        columns: of the list and of the export.
        details: of a record's page; the columns of the list when empty.
        search: columns that are searched.
        filters: values to choose from, by column.
        order: column to sort by; with `-` before it from high to low.
        key: the column in a record's address.
        label: the column that calls a record by its name.
        links: paths of the views of other records, by the column with their key. Where it depends on the record, a
            function tells it; an empty one is no link.
        shown_as: what a record's page shows of a column, where that is not its value.
        icon: a class of Font Awesome.
        create: makes a record.
        edit: changes one.
        delete: removes one.
        actions: what else can be done to one, by their place in the address.
        person: the column with the account that a record is about; a change is in that person's activity then.
        narrow: more conditions to find a record by its key, where that alone is slow.
        lock: takes the lock under which such records change; the row itself is locked when None.
    """

    model: type[Base]
    path: str
    name: str
    plural: str
    permission: str
    columns: Sequence[str]
    details: Sequence[str] = ()
    search: Sequence[str] = ()
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    order: str = "-created_at"
    key: str = "id"
    label: str = "id"
    links: Mapping[str, str | Callable[[Any], str]] = field(default_factory=dict)
    shown_as: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    icon: str = "fa-solid fa-table"
    create: AdminWrite | None = None
    edit: AdminWrite | None = None
    delete: AdminWrite | None = None
    actions: Mapping[str, AdminWrite] = field(default_factory=dict)
    person: str = ""
    narrow: Callable[[UUID], ColumnElement[bool]] | None = None
    lock: Callable[[Session], Awaitable[object]] | None = None

    @property
    def shown(self) -> list[str]:
        """Every column that some page shows."""
        return list(dict.fromkeys([self.key, self.label, *self.columns, *self.details]))

    @property
    def writes(self) -> list[AdminWrite]:
        """All that can be done."""
        named = (self.create, self.edit, self.delete)
        return [*(write for write in named if write is not None), *self.actions.values()]


class UnsafeViewError(StartError):
    """A view asks for no declared permission, names a column that is not there, or shows a secret."""


def check_views(views: Sequence[AdminView], permissions: PermissionRegistry) -> None:
    """Refuse to start with a view that would open a door.

    Raises:
        UnsafeViewError: naming every fault.
    """
    faults = [fault for view in views for fault in _faults_of(view, permissions)]
    paths = [view.path for view in views]
    faults += [
        f"{path} is declared twice" for path in sorted({path for path in paths if paths.count(path) > 1})
    ]
    if faults:
        raise UnsafeViewError("Refusing to start:\n" + "\n".join(f"  - {fault}" for fault in faults))


def hides(model: type[Base], column: str) -> bool:
    """Whether a column of a table holds a secret, by its name, or bytes that nobody can read."""
    found = inspect(model).columns.get(column)
    return (
        column.endswith(SECRETS) or is_secret(column) or isinstance(getattr(found, "type", None), LargeBinary)
    )


def _faults_of(view: AdminView, permissions: PermissionRegistry) -> Iterable[str]:
    place = f"The view {view.path} of the admin panel"
    if not PATH.fullmatch(view.path) or view.path in RESERVED:
        yield f"{place} needs another path"
    for code in [view.permission, *(write.permission for write in view.writes)]:
        if code not in permissions:
            yield f"{place} asks for {code or 'no permission'}, which no module declares"
    known = inspect(view.model).columns.keys()
    if places := sorted({*view.shown_as} & {*view.columns, *view.search}):
        yield f"{place} lists {', '.join(places)} as it is, and its page does not: leave it out of the list"
    for column in [*view.shown, *view.search, *view.filters, *view.links, view.order.removeprefix("-")]:
        if column not in known:
            yield f"{place} names {column}, which {view.model.__name__} does not have"
        elif hides(view.model, column):
            yield f"{place} shows {column}, a secret"
    for write in (view.create, view.edit):
        if write is not None and write.schema is None:
            yield f"{place} has a form without a schema"
