"""What changed and who is told: declared by modules, noted by services, sent with the commit."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson

from fondasi.settings import StartError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable, Iterator
    from uuid import UUID

    from fondasi.kit.db import Session

CHANNEL = "fondasi_live"
CHANGES = "changes"  # under which a session's `info` knows what is declared
SIGNED_IN = "authenticated"
NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
MOST_IDS = 100  # of one resource, tenant and owner in a unit of work; beyond them all of it counts as changed
LONGEST_ID = 100
LONGEST_PAYLOAD = 7_500  # bytes; PostgreSQL takes 8,000
NOTIFY = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload"
_NOTED = "changed"


class ChangesError(StartError):
    """A change of something that no module declares, or that nobody could be told of."""


@dataclass(frozen=True, slots=True)
class Changes:
    """That the changes of a resource are told, and to whom.

    Attributes:
        resource: as its path calls many of it: `posts`.
        permission: told are those who hold this permission; `SIGNED_IN`: all who are signed in; None: nobody by that.
        owner: told is the owner that `changed` names, if they hold this permission; `SIGNED_IN`: in any case.
        tenant_permission: of what changed inside a tenant its members are told who hold this there.
    """

    resource: str
    permission: str | None = None
    owner: str | None = None
    tenant_permission: str | None = None


class KnownChanges:
    """The declarations of all modules, by resource.

    Raises:
        ChangesError: one is declared twice, tells nobody, or its name is none.
    """

    def __init__(self, declared: Iterable[Changes]) -> None:
        self._by_resource: dict[str, Changes] = {}
        for item in declared:
            if not NAME.fullmatch(item.resource):
                raise ChangesError(
                    f"Changes({item.resource!r}): a resource is named like its path, as in posts."
                )
            if self._by_resource.setdefault(item.resource, item) is not item:
                raise ChangesError(f"The changes of {item.resource} are declared twice: keep one.")
            if not (item.permission or item.owner or item.tenant_permission):
                raise ChangesError(f"Changes({item.resource!r}) tells nobody: say who may read it.")

    def __iter__(self) -> Iterator[Changes]:
        return iter(self._by_resource.values())

    def get(self, resource: str) -> Changes | None:
        """The declaration of a resource."""
        return self._by_resource.get(resource)

    def faults(self, permissions: Collection[str], tenant_permissions: Collection[str]) -> list[str]:
        """Declarations that name a permission which no module declares."""
        known = {SIGNED_IN, *permissions}
        return [
            f"the changes of {item.resource} ask for {code}, which no module declares"
            for item in self
            for code, codes in (
                (item.permission, known),
                (item.owner, known),
                (item.tenant_permission, tenant_permissions),
            )
            if code is not None and code not in codes
        ]


@dataclass(slots=True)
class Change:
    """A row that changed.

    Attributes:
        position: names it to all processes alike.
        resource: what it is.
        row_id: its id; None when many changed.
        tenant_id: the tenant that it is of.
        owner_id: whose it is.
        event: how it is told, once somebody was.
    """

    position: str
    resource: str
    row_id: str | None
    tenant_id: str | None
    owner_id: str | None
    event: bytes | None = None


def changed(session: Session, resource: str, row_id: object = None, *, owner: UUID | None = None) -> None:
    """Tell those who may know that a row was made, changed or removed, when the session's unit of work commits.

    Inside a tenant its members are told, where the declaration says so.

    Args:
        session: of the unit of work.
        resource: as a module declares it in `changes`.
        row_id: its id; None: many changed, and clients read their lists anew.
        owner: whose it is, for what owners are told of.

    Raises:
        ChangesError: no module declares the resource, or nobody could be told.
        RuntimeError: the session is one for reading.
    """
    if session.reads:
        raise RuntimeError("A read session changes nothing. Use `database.unit_of_work()`.")
    known: KnownChanges | None = session.info.get(CHANGES)
    declared = known.get(resource) if known is not None else None
    if known is not None and declared is None:
        raise ChangesError(
            f"No module declares the changes of {resource}: add Changes({resource!r}, ...) to Module(changes=[...])."
        )
    tenant = session.tenant_id if declared is None or declared.tenant_permission else None
    if declared is not None and tenant is None and not (declared.permission or (declared.owner and owner)):
        lacks = "tenant_permission" if session.tenant_id else "a tenant or an owner"
        raise ChangesError(f"Of this change of {resource} nobody would be told: it lacks {lacks}.")
    noted: dict[tuple[str, Any, Any], set[str] | None] = session.info.setdefault(_NOTED, {})
    ids = noted.setdefault((resource, tenant, owner), set())
    if ids is None:
        return
    if row_id is not None:
        ids.add(str(row_id)[:LONGEST_ID])
    if row_id is None or len(ids) > MOST_IDS:
        noted[resource, tenant, owner] = None


class Teller:
    """Sends what units of work noted, with their commits: `database.around_commit.append(Teller())`."""

    @asynccontextmanager
    async def __call__(self, session: Session) -> AsyncIterator[None]:
        """Send within the transaction; PostgreSQL tells nobody before it commits."""
        if noted := session.info.get(_NOTED):
            connection = await session.connection()
            await connection.exec_driver_sql(NOTIFY, (CHANNEL, list(_payloads(noted))))
        yield


def read_payload(payload: str) -> list[Change]:
    """The changes of a notification.

    Raises:
        ValueError: it is none of ours.
    """
    told = orjson.loads(payload)
    try:
        return [
            Change(f"{told['id']}.{number}", *(None if value is None else str(value) for value in values))  # type: ignore[arg-type]
            for number, values in enumerate(told["changes"])
        ]
    except (KeyError, TypeError) as error:
        raise ValueError("no notification of changes") from error


def _payloads(noted: dict[tuple[str, Any, Any], set[str] | None]) -> Iterator[str]:
    rows = (
        orjson.dumps(
            [resource, row_id, tenant, owner], default=str
        ).decode()  # the driver has a UUID of its own
        for (resource, tenant, owner), ids in noted.items()
        for row_id in ([None] if ids is None else sorted(ids))
    )
    part: list[str] = []
    size = 0
    for row in rows:
        if part and size + len(row.encode()) >= LONGEST_PAYLOAD:
            yield _payload(part)
            part, size = [], 0
        part.append(row)
        size += len(row.encode()) + 1
    if part:
        yield _payload(part)


def _payload(rows: list[str]) -> str:
    return f'{{"id":"{uuid4().hex}","changes":[{",".join(rows)}]}}'
