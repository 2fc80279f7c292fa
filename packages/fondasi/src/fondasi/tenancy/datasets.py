"""The members of a tenant as a dataset."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select, select

from fondasi.identity import User
from fondasi.kit.datasets import Asked, Dataset
from fondasi.tenancy.models import Membership, Role
from fondasi.tenancy.permissions import VIEW_USERS


class MemberLine(BaseModel):
    """A member."""

    user_id: UUID
    username: str
    name: str
    role: Role
    joined_at: datetime


def _rows(asked: Asked) -> Select[*tuple[Any, ...]]:
    assert asked.tenant_id is not None
    return (
        select(
            Membership.user_id,
            User.username,
            User.name,
            Membership.role,
            Membership.created_at.label("joined_at"),
        )
        .join(User, User.id == Membership.user_id)
        .where(Membership.of_tenant(asked.tenant_id))
        .order_by(Membership.created_at, Membership.user_id)
    )


MEMBERS = Dataset("members", MemberLine, rows=_rows, may_export=VIEW_USERS, in_tenant=True)
