"""Tiers, their rate limits, and the tier of a user."""

import sqlalchemy as sa
from alembic import op

from fondasi.kit.ids import new_id

revision = "fondasi_0009"
down_revision = "fondasi_0008"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    tier = op.create_table(
        "tier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("name ~ '^[a-z0-9][a-z0-9-]{0,49}$'", name="name"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "tier_rate_limit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tier_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("limit", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("created_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint('"limit" > 0', name="limit_positive"),
        sa.CheckConstraint("period > 0", name="period_positive"),
        sa.ForeignKeyConstraint(["tier_id"], ["tier.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tier_id", "method", "path"),
    )
    op.add_column("user", sa.Column("tier_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(None, "user", "tier", ["tier_id"], ["id"], ondelete="RESTRICT")
    op.create_index(op.f("ix_user_tier_id"), "user", ["tier_id"])
    op.bulk_insert(
        tier, [{"id": new_id(), "name": "free", "description": "Everybody who has no other tier."}]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_user_tier_id"), "user")
    op.drop_constraint(op.f("fk_user_tier_id_tier"), "user")
    op.drop_column("user", "tier_id")
    op.drop_table("tier_rate_limit")
    op.drop_table("tier")
