"""The declarative base: naming convention, UUIDv7 keys, UTC timestamps, soft delete."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, MetaData, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from fondasi.kit import clock
from fondasi.kit.ids import new_id

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every table of the platform and of the applications."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        str: Text,
    }


class Entity(Base):
    """A table with the usual columns: `id` (UUIDv7), `created_at`, `updated_at` (UTC)."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-10)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=func.now(), sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(
        default=clock.now, onupdate=clock.now, server_default=func.now(), sort_order=91
    )


class SoftDelete:
    """Mixin: rows are marked, not removed. Repositories filter on `deleted_at IS NULL`.

    Attributes:
        referred_to_when_deleted: whether others may refer to a deleted row anew; else it is as if it were gone.
    """

    referred_to_when_deleted: ClassVar[bool] = False
    deleted_at: Mapped[datetime | None] = mapped_column(default=None, sort_order=92)
