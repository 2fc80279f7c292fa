"""Changes: the service's function and the entry of the audit trail in one unit of work, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import inspect, select

from fondasi.access import StepUpRequired, check_proof
from fondasi.admin.forms import as_text, changes_of, parsed
from fondasi.admin_views import Act, hides
from fondasi.kit.audit import Level, record
from fondasi.kit.http import Conflict, Forbidden, NotFound
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel
    from starlette.requests import Request

    from fondasi.access import Principal
    from fondasi.admin_views import AdminView, AdminWrite
    from fondasi.kit.db import Session
    from fondasi.platform import Platform

REDACTED = "[redacted]"
UNTOLD = frozenset({"updated_at"})  # changes with everything and tells nothing


class ChangedMeanwhile(Conflict):
    """Somebody else has changed the record since the form was loaded."""

    code, title = "CHANGED_MEANWHILE", "Changed meanwhile"


@dataclass(frozen=True, slots=True)
class Done:
    """What is done, for the audit trail: for programs, and for people."""

    action: str
    said: str


class Writer:
    """Carries changes out.

    Args:
        platform: database and resources.
        request: of the panel.
        view: what is changed.
    """

    def __init__(self, platform: Platform, request: Request, view: AdminView) -> None:
        self.platform = platform
        self.request = request
        self.view = view
        self.caller: Principal = request.scope["state"]["principal"]

    async def create(self, data: Mapping[str, Any]) -> None:
        """Make a record.

        Raises:
            Problem: the service refuses.
        """
        write = self._allowed(self.view.create)
        assert write.schema is not None
        new = parsed(write.schema, data)
        async with self.platform.database.unit_of_work() as session:
            made = await write.run(self._act(session), None, new)
            await session.flush()
            told = new.model_dump(exclude_unset=True)
            changes = {name: {"from": None, "to": value} for name, value in told.items()}
            await self._record(session, Done("create", "Created"), made, changes)

    async def edit(self, key: str, data: Mapping[str, Any], version: str) -> None:
        """Write those of the data that differ from what the record holds.

        Raises:
            ChangedMeanwhile: the record is not the one that the form showed.
            Problem: the service refuses.
        """
        write = self._allowed(self.view.edit)
        assert write.schema is not None
        async with self.platform.database.unit_of_work(audited=False) as session:
            found = await self._found(session, key)
            if version != version_of(found):
                raise ChangedMeanwhile(
                    t("Somebody else has changed this record meanwhile. Load the page again, then edit it.")
                )
            if changed := changes_of(found, data):
                change = parsed(write.schema, changed)
                await self._run(write, self._act(session), found, Done("edit", "Edited"), change)

    async def delete(self, keys: list[str]) -> None:
        """Delete records, all or none.

        Raises:
            Problem: the service refuses one of them.
        """
        write = self._allowed(self.view.delete)
        async with self.platform.database.unit_of_work() as session:
            for key in keys:
                await self._run(
                    write, self._act(session), await self._found(session, key), Done("delete", "Deleted")
                )

    async def act(self, name: str, key: str) -> None:
        """Do one of the actions of the view.

        Raises:
            Problem: the service refuses.
        """
        write = self._allowed(self.view.actions.get(name))
        async with self.platform.database.unit_of_work() as session:
            await self._run(
                write, self._act(session), await self._found(session, key), Done(name, write.label)
            )

    async def tell(self, action: str, message: str, **metadata: Any) -> None:
        """Write an entry for what was read: a record, an export."""
        async with self.platform.database.unit_of_work(audited=False) as session:
            await record(
                session,
                f"admin.{self.view.path}.{action}",
                "admin",
                message,
                level=Level.INFO,
                metadata={"view": self.view.path, **metadata},
            )

    def _allowed(self, write: AdminWrite | None) -> AdminWrite:
        """The route's guard has asked already; a route that forgot would find nothing here."""
        if write is None:
            raise NotFound
        if not self.caller.may(write.permission):
            raise Forbidden
        if write.step_up:
            self._check_proof()
        return write

    def _check_proof(self) -> None:
        try:
            check_proof(self.caller, self.platform.settings.step_up_minutes)
        except StepUpRequired:
            raise Forbidden(
                t("You signed in too long ago for this. Sign out, sign in again, then repeat it.")
            ) from None

    def _act(self, session: Session) -> Act:
        return Act(session, self.caller, self.platform, self.request)

    async def _run(
        self, write: AdminWrite, act: Act, found: Any, done: Done, data: BaseModel | None = None
    ) -> None:
        session = act.session
        before, key = _snapshot(found), as_text(getattr(found, self.view.key))
        name = self._name(found)
        session.expunge(found)  # the service reads it again, under its own locks
        await write.run(act, found, data)
        await session.flush()
        query = select(self.view.model).where(*conditions_of(self.view, key))
        now = (await session.scalars(query.execution_options(populate_existing=True))).first()
        if now is not None:
            after = _snapshot(now)
        else:
            before = {column: before[column] for column in self.view.columns}
            after = dict.fromkeys(before)
        changes = {
            column: {"from": value, "to": after[column]}
            for column, value in before.items()
            if value != after[column] and column not in UNTOLD
        }
        await self._record(session, done, found, _redacted(self.view, changes), name)

    async def _record(
        self,
        session: Session,
        done: Done,
        found: Any,
        changes: dict[str, Any],
        name: str | None = None,
    ) -> None:
        await record(
            session,
            f"admin.{self.view.path}.{done.action}",
            "admin",
            f"{done.said}: {self.view.name} {name or self._name(found)}".rstrip(),
            subject_id=getattr(found, self.view.person, None) if self.view.person else None,
            metadata={
                "view": self.view.path,
                "record": as_text(getattr(found, self.view.key, None)),
                "changes": changes,
            },
        )

    def _name(self, found: object) -> str:
        return as_text(getattr(found, self.view.label, None))

    async def _found(self, session: Session, key: str) -> Any:
        """The record, locked until the unit of work ends.

        Raises:
            NotFound: there is none.
        """
        query = select(self.view.model).where(*conditions_of(self.view, key))
        if self.view.lock is not None:
            await self.view.lock(session)
        else:
            query = query.with_for_update()
        found = (await session.scalars(query)).first()
        if found is None:
            raise NotFound(t("There is no such record."))
        return found


def conditions_of(view: AdminView, key: str) -> list[Any]:
    """What finds the record with a key.

    Raises:
        NotFound: no record can have such a key.
    """
    column = inspect(view.model).columns[view.key]
    try:
        value: Any = UUID(key) if column.type.python_type is UUID else column.type.python_type(key)
    except (ValueError, TypeError):
        raise NotFound(t("There is no such record.")) from None
    if "\0" in key:
        raise NotFound(t("There is no such record."))
    return [column == value, *([view.narrow(value)] if view.narrow is not None else [])]


def version_of(found: object) -> str:
    """What changes with every change of a record, where its table keeps that."""
    return as_text(getattr(found, "updated_at", None))


def _snapshot(found: object) -> dict[str, Any]:
    state: Any = inspect(found)
    return {attribute.key: getattr(found, attribute.key) for attribute in state.mapper.column_attrs}


def _redacted(view: AdminView, changes: dict[str, Any]) -> dict[str, Any]:
    hidden = dict.fromkeys(("from", "to"), REDACTED)
    return {name: hidden if hides(view.model, name) else values for name, values in changes.items()}
