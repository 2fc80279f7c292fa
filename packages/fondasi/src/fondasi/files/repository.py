"""Queries for files, and for what of them lies in the storage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, or_, select, update

from fondasi.files.models import File, ObjectState, ProfilePicture, StoredObject, TenantFile
from fondasi.identity import User
from fondasi.kit import clock
from fondasi.kit.jobs import JobRecord

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select

    from fondasi.kit.db import Session

AnyFile = File | TenantFile


async def lock_owner(session: Session, user_id: UUID) -> None:
    """Let uploads of a user take turns until the unit of work ends; others may refer to the user meanwhile."""
    await session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


async def used_by(session: Session, user_id: UUID) -> int:
    """Bytes that a user's files have together."""
    query = select(func.coalesce(func.sum(StoredObject.size), 0)).where(
        StoredObject.owner_id == user_id, StoredObject.state != ObjectState.GONE
    )
    return int(await session.scalar(query) or 0)


async def keep(session: Session, object_id: UUID, size: int, sides: Sequence[int]) -> bool:
    """Say that an object is complete, and what is going to lie beside it; False when it was given up meanwhile."""
    query = update(StoredObject).where(
        StoredObject.id == object_id, StoredObject.state == ObjectState.WRITING
    )
    values = {"state": ObjectState.KEPT, "size": size, "thumbnails": {str(side): 0 for side in sides}}
    done = await session.scalars(query.values(values).returning(StoredObject.id))
    return done.first() is not None


async def give_up(session: Session, object_id: UUID) -> bool:
    """Say that an object is to be removed, unless a file has it by now."""
    query = update(StoredObject).where(
        StoredObject.id == object_id, StoredObject.state == ObjectState.WRITING
    )
    done = await session.scalars(query.values(state=ObjectState.GONE).returning(StoredObject.id))
    return done.first() is not None


async def hold(session: Session, object_id: UUID) -> bool:
    """Keep the purge from an object until the unit of work ends; False where no file has it any more."""
    query = select(StoredObject.id).where(
        StoredObject.id == object_id, StoredObject.state == ObjectState.KEPT
    )
    return await session.scalar(query.with_for_update(read=True, key_share=True)) is not None


async def note_thumbnails(session: Session, object_id: UUID, sizes: dict[str, int]) -> None:
    """Say how large the smaller pictures of a picture are."""
    await session.execute(update(StoredObject).where(StoredObject.id == object_id).values(thumbnails=sizes))


async def end(session: Session, *, before: datetime) -> None:
    """Say that what the service made is to be removed, where its time is over."""
    over = and_(StoredObject.expires_at <= before, StoredObject.state == ObjectState.KEPT)
    await session.execute(update(StoredObject).where(over).values(state=ObjectState.GONE))


async def removable(
    session: Session, *, abandoned_after: timedelta, limit: int, except_of: Sequence[UUID] = ()
) -> Sequence[StoredObject]:
    """Objects whose files are gone, or whose upload never ended; nobody else takes them until the work ends."""
    abandoned = and_(
        StoredObject.state == ObjectState.WRITING, StoredObject.updated_at < clock.now() - abandoned_after
    )
    query = select(StoredObject).where(or_(StoredObject.state == ObjectState.GONE, abandoned))
    query = query.where(StoredObject.id.not_in(except_of))
    locked = query.order_by(StoredObject.updated_at).limit(limit).with_for_update(skip_locked=True)
    return (await session.scalars(locked)).all()


async def forget(session: Session, object_ids: Sequence[UUID]) -> None:
    """Remove the rows of objects whose bytes are gone, and those of files that ended with them."""
    await session.execute(delete(StoredObject).where(StoredObject.id.in_(object_ids)))


async def kept_ids(session: Session) -> set[UUID]:
    """The ids of all complete files."""
    query = select(StoredObject.id).where(StoredObject.state == ObjectState.KEPT)
    return set((await session.scalars(query)).all())


async def known_ids(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Those ids that stand for an object, in whatever state."""
    return set((await session.scalars(select(StoredObject.id).where(StoredObject.id.in_(ids)))).all())


async def drop_picture(session: Session, user_id: UUID) -> File | None:
    """Delete a user's profile picture, if one was uploaded; the file that it was."""
    query = delete(ProfilePicture).where(ProfilePicture.user_id == user_id)
    former = await session.scalar(query.returning(ProfilePicture.file_id))
    if former is None:
        return None
    file = await session.get_one(File, former)
    await session.delete(file)
    await session.flush()
    return file


async def set_picture(session: Session, user_id: UUID, file_id: UUID | None, url: str | None) -> None:
    """Have a user's profile show a file, or none."""
    if file_id is not None:
        session.add(ProfilePicture(user_id=user_id, file_id=file_id))
    await session.execute(update(User).where(User.id == user_id).values(profile_picture_url=url))


async def get_file(
    session: Session,
    file_id: UUID,
    *,
    tenant_id: UUID | None,
    owner_id: UUID | None = None,
    kept_until: datetime | None = None,
) -> AnyFile | None:
    """A file of a tenant, or of a user where that is None.

    Args:
        session: where to look.
        file_id: its id.
        tenant_id: whose it is.
        owner_id: None for anybody's.
        kept_until: also what the service made for its owner and has not ended by then; None: only what was uploaded.
    """
    model = File if tenant_id is None else TenantFile
    query = _select(model).where(model.id == file_id, *seen(tenant_id, owner_id, kept_until))
    found: AnyFile | None = (await session.scalars(query)).first()
    return found


def seen(
    tenant_id: UUID | None, owner_id: UUID | None, kept_until: datetime | None = None
) -> list[ColumnElement[bool]]:
    """What holds for the files of a tenant, or of users where that is None; parameters as of `get_file`."""
    model: type[AnyFile] = File if tenant_id is None else TenantFile
    kept: ColumnElement[bool] = StoredObject.expires_at.is_(None)
    if kept_until is not None:  # what was made ends for those who left, too
        kept = or_(kept, and_(StoredObject.expires_at > kept_until, model.owner_id.is_not(None)))
    found: list[ColumnElement[bool]] = [model.stored.has(kept)]
    if tenant_id is not None:
        found.append(TenantFile.of_tenant(tenant_id))
    return found if owner_id is None else [*found, model.owner_id == owner_id]


async def count_jobs(session: Session, user_id: UUID, names: Sequence[str], *, within: timedelta) -> int:
    """How many jobs of these names a user has started lately, whatever became of them."""
    query = select(func.count()).where(
        JobRecord.enqueued_by == user_id,
        JobRecord.created_at > func.now() - within,
        JobRecord.name.in_(names),
    )
    return await session.scalar(query) or 0


def _select(model: type[AnyFile]) -> Select[tuple[Any]]:
    return select(model)
