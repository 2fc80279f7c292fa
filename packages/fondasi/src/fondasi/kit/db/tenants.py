"""Tables whose rows belong to tenants, and how a transaction says whose rows it may see.

Row-level security (`fondasi.kit.db.isolation`) shows a transaction the rows of the tenant that it has named, and none
when it has named none. It is named for the transaction alone, so a connection goes back to the pool knowing nothing.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - SQLAlchemy reads annotations
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, ForeignKeyConstraint, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit import clock
from fondasi.kit.db.base import Base
from fondasi.kit.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Iterator

TENANT_SETTING = "fondasi.tenant_id"
USER_SETTING = "fondasi.user_id"


class TenantOwned(Base):
    """A table whose primary key is led by `tenant_id`; add the rest of the key.

    Its rows go with their tenant. Every unique key and every reference to another such table begins with `tenant_id`
    too (`tenant_unique`, `tenant_reference`), so that no row can name one of another tenant.
    """

    __abstract__ = True

    tenant_id: Mapped[UUID] = mapped_column(
        ForeignKey("tenant.id", ondelete="CASCADE"), primary_key=True, sort_order=-11
    )

    @classmethod
    def of_tenant(cls, tenant_id: UUID) -> ColumnElement[bool]:
        """The rows of a tenant, for a WHERE clause.

        Repositories always say it, although row-level security would: either lock holds without the other.
        """
        return cls.tenant_id == tenant_id


class TenantScoped(TenantOwned):
    """A tenant's table with the usual columns: `(tenant_id, id)` is the key; `created_at`, `updated_at` (UTC)."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-10)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=func.now(), sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(
        default=clock.now, onupdate=clock.now, server_default=func.now(), sort_order=91
    )


def tenant_unique(*columns: str) -> UniqueConstraint:
    """A unique key within a tenant: it tells nobody that a value exists elsewhere."""
    return UniqueConstraint("tenant_id", *columns)


def tenant_reference(
    column: str, table: str, *, referred: str = "id", ondelete: str | None = "CASCADE"
) -> ForeignKeyConstraint:
    """A reference to a row of the same tenant, and of no other.

    Args:
        column: the column that holds the reference.
        table: a table whose key is led by `tenant_id`.
        referred: the rest of that key.
        ondelete: what happens with the other row's end; for an optional reference `SET NULL (column)`, which leaves
            `tenant_id` as it is.
    """
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.{referred}"], ondelete=ondelete
    )


def settings_of(tenant: UUID | None, user: UUID | None) -> Iterator[tuple[str, str]]:
    """The settings of a transaction that acts for a tenant, or for a user across their tenants."""
    values: dict[str, Any] = {TENANT_SETTING: tenant, USER_SETTING: user}
    for name, value in values.items():
        if value is not None:
            yield name, str(UUID(int=value.int))
