"""Accounts as a dataset, for administrators."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select, select

from fondasi.identity.accounts.permissions import VIEW
from fondasi.identity.models import User, UserStatus, UserType
from fondasi.kit.datasets import Asked, Dataset


class UserLine(BaseModel):
    """An account."""

    id: UUID
    username: str
    name: str
    email: str | None
    phone: str | None
    user_type: UserType
    status: UserStatus
    auth_type: str
    country: str | None
    language: str
    is_email_verified: bool
    is_phone_verified: bool
    last_sign_in_at: datetime | None
    created_at: datetime


class UserFilters(BaseModel, extra="forbid"):
    """Which accounts."""

    status: UserStatus | None = None
    user_type: UserType | None = None


def _rows(asked: Asked) -> Select[*tuple[Any, ...]]:
    wanted: UserFilters = asked.filters
    query = select(*(getattr(User, name) for name in UserLine.model_fields)).where(User.deleted_at.is_(None))
    if wanted.status is not None:
        query = query.where(User.status == wanted.status)
    if wanted.user_type is not None:
        query = query.where(User.user_type == wanted.user_type)
    return query.order_by(User.created_at, User.id)


USERS = Dataset("users", UserLine, rows=_rows, may_export=VIEW, filters=UserFilters, step_up=True)
