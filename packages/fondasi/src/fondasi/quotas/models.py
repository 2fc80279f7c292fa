"""Tables: tiers, and what each lets through."""

from __future__ import annotations

from uuid import UUID  # noqa: TC003 - SQLAlchemy reads annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Entity


class Tier(Entity):
    """A class of users with limits of their own. The name stands in the header `RateLimit-Policy`.

    Attributes:
        storage_limit: bytes that the files of one user may have together; None: FILE_QUOTA.
    """

    __tablename__ = "tier"
    __table_args__ = (
        CheckConstraint("name ~ '^[a-z0-9][a-z0-9-]{0,49}$'", name="name"),
        CheckConstraint("storage_limit > 0", name="storage_limit_positive"),
    )

    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")
    storage_limit: Mapped[int | None] = mapped_column(BigInteger)


class TierRateLimit(Entity):
    """How many requests to one route a user of a tier may make in a period.

    `path` is the route's template as the OpenAPI document has it, such as `/api/v1/tasks/{task_id}`.
    """

    __tablename__ = "tier_rate_limit"
    __table_args__ = (
        UniqueConstraint("tier_id", "method", "path"),
        CheckConstraint('"limit" > 0', name="limit_positive"),
        CheckConstraint("period > 0", name="period_positive"),
    )

    tier_id: Mapped[UUID] = mapped_column(ForeignKey("tier.id", ondelete="CASCADE"))
    name: Mapped[str]
    method: Mapped[str]
    path: Mapped[str]
    limit: Mapped[int]
    period: Mapped[int]
