"""The table of users, which all parts of identity read."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 - SQLAlchemy reads annotations
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Entity, SoftDelete


class UserStatus(StrEnum):
    """Whether an account may sign in: only an active one may."""

    INACTIVE = "inactive"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class UserType(StrEnum):
    """What kind of user it is; it grants nothing."""

    ADMIN = "admin"
    CUSTOMER = "customer"
    BUSINESS = "business"


class AuthType(StrEnum):
    """How the account was made: with which contact, with a user name alone, or by which provider."""

    EMAIL = "email"
    PHONE = "phone"
    USERNAME = "username"
    GOOGLE = "google"
    GITHUB = "github"
    APPLE = "apple"
    OIDC = "oidc"
    ANONYMOUS = "anonymous"


class Gender(StrEnum):
    """As told by the user."""

    UNKNOWN = "unknown"
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Theme(StrEnum):
    """How the user interface looks."""

    LIGHT = "light"
    DARK = "dark"
    DYNAMIC = "dynamic"


class Accessibility(StrEnum):
    """Who sees the profile: every signed-in user, or its owner."""

    PUBLIC = "public"
    PRIVATE = "private"


class User(Entity, SoftDelete):
    """An account. `username` and `email` are stored in lower case, `phone` in E.164 form."""

    __tablename__ = "user"
    referred_to_when_deleted = (
        True  # what others wrote about somebody may be written until their account is erased
    )
    __table_args__ = (
        Index("ix_user_created_at", "created_at"),
        Index("ix_user_deleted_at", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
    )

    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    status: Mapped[str] = mapped_column(default=UserStatus.ACTIVE)
    user_type: Mapped[str] = mapped_column(default=UserType.CUSTOMER)
    auth_type: Mapped[str] = mapped_column(default=AuthType.USERNAME)
    is_superuser: Mapped[bool] = mapped_column(default=False)
    is_email_verified: Mapped[bool] = mapped_column(default=False)
    email_verified_at: Mapped[datetime | None]
    is_phone_verified: Mapped[bool] = mapped_column(default=False)
    phone_verified_at: Mapped[datetime | None]
    profile_picture_url: Mapped[str | None]
    bio: Mapped[str] = mapped_column(default="")
    country: Mapped[str | None]
    gender: Mapped[str] = mapped_column(default=Gender.UNKNOWN)
    date_of_birth: Mapped[date | None]
    second_factor_at: Mapped[datetime | None]
    access_version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    language: Mapped[str] = mapped_column(default="en")
    timezone: Mapped[str] = mapped_column(default="UTC")
    theme: Mapped[str] = mapped_column(default=Theme.DYNAMIC)
    profile_accessibility: Mapped[str] = mapped_column(default=Accessibility.PRIVATE)
    tier_id: Mapped[UUID | None] = mapped_column(ForeignKey("tier.id", ondelete="RESTRICT"), index=True)
    last_sign_in_at: Mapped[datetime | None]
    anonymised_at: Mapped[datetime | None]


class LinkedIdentity(Entity):
    """Who somebody is at a provider, and the account that this signs them in to (OpenID Connect Core, 5.7).

    The issuer and its subject name a person for good; the provider's name in the settings and the address may change.
    """

    __tablename__ = "linked_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str]
    issuer: Mapped[str]
    subject: Mapped[str]
    email_at_link: Mapped[str | None]
    linked_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class Passkey(Entity):
    """A credential that an authenticator keeps for an account (WebAuthn 3, 4: discoverable credential).

    `public_key` is a COSE key (RFC 9052, 7). `sign_count` is what the authenticator counted at its last use; 0 where it
    does not count. `backed_up`: the authenticator has copied it to others of its owner.
    """

    __tablename__ = "passkey"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    rp_id: Mapped[str]
    name: Mapped[str]
    aaguid: Mapped[UUID]
    transports: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sign_count: Mapped[int] = mapped_column(BigInteger)
    backed_up: Mapped[bool]
    last_used_at: Mapped[datetime | None]


def is_account(reference: str) -> ColumnElement[bool]:
    """The condition that a row of users has that user name, or that id."""
    try:
        return User.id == UUID(reference)
    except ValueError:
        return User.username == reference.strip().lower()
