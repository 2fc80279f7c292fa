"""Queries of kept answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import column, delete, func, select, table
from sqlalchemy.dialects.postgresql import insert

from fondasi.idempotency.models import IdempotencyKey, TenantIdempotencyKey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from fondasi.kit.db import Session

BATCH = 5000
TENANT = table("tenant", column("id"))


class Answer(NamedTuple):
    """What is kept under a key. See `KeptAnswer`."""

    fingerprint: bytes
    status: int
    head: str | None
    body: bytes | None


async def lock(session: Session, key_id: UUID) -> bool:
    """Hold a key until the unit of work ends, however it does; False while another one holds it."""
    number = int.from_bytes(key_id.bytes[:8], signed=True)
    held: bool = (await session.execute(select(func.pg_try_advisory_xact_lock(number)))).scalar_one()
    return held


async def find(session: Session, tenant_id: UUID | None, key_id: UUID, *, since: datetime) -> Answer | None:
    """What is kept under a key; None where it is older than `since`, too. The key has to be locked before."""
    model = _model(tenant_id)
    query = select(model.fingerprint, model.status, model.head, model.body).where(
        *_of(tenant_id), model.id == key_id, model.created_at >= since
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else Answer(*row)


async def keep(session: Session, tenant_id: UUID | None, **values: Any) -> None:
    """Keep an answer, in place of one that is too old."""
    of_tenant = {} if tenant_id is None else {"tenant_id": tenant_id}
    model = _model(tenant_id)
    statement = insert(model).values(**of_tenant, **values)
    await session.execute(
        statement.on_conflict_do_update(constraint=f"pk_{model.__tablename__}", set_=values)
    )


async def purge(session: Session, tenant_id: UUID | None, *, before: datetime, most: int) -> int:
    """Delete what is older than `before`, and of each caller all but the newest `most`, up to `BATCH`; how many."""
    model = _model(tenant_id)
    place = func.row_number().over(partition_by=model.user_id, order_by=model.created_at.desc())
    ranked = select(model.id, model.created_at, place.label("place")).where(*_of(tenant_id)).subquery()
    chosen = select(ranked.c.id).where((ranked.c.created_at < before) | (ranked.c.place > most)).limit(BATCH)
    query = delete(model).where(*_of(tenant_id), model.id.in_(chosen)).returning(model.id)
    return len((await session.scalars(query)).all())


async def tenant_ids(session: Session) -> Sequence[UUID]:
    """All tenants."""
    return (await session.scalars(select(TENANT.c.id))).all()


def _model(tenant_id: UUID | None) -> type[IdempotencyKey | TenantIdempotencyKey]:
    return IdempotencyKey if tenant_id is None else TenantIdempotencyKey


def _of(tenant_id: UUID | None) -> list[ColumnElement[bool]]:
    return [] if tenant_id is None else [TenantIdempotencyKey.of_tenant(tenant_id)]
