"""Webhooks of the platform and of tenants, and what is sent to them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from fondasi.kit.db.isolation import isolate, tenant_columns

revision = "fondasi_0025"
down_revision = "fondasi_0024"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime(timezone=True)
BECAUSE = "disabled_because IN ('by_hand', 'gone', 'failing')"
STATUS = "status IN ('pending', 'delivered', 'failed')"


def upgrade() -> None:
    op.create_table(
        "webhook",
        *_own_columns(),
        *_webhook(),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(BECAUSE, name="disabled_because"),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], ondelete="SET NULL"),
    )
    op.create_index("ix_webhook_created_by", "webhook", ["created_by"])
    op.create_table(
        "tenant_webhook",
        *tenant_columns(),
        *_webhook(),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(BECAUSE, name="disabled_because"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by"],
            ["membership.tenant_id", "membership.user_id"],
            ondelete="SET NULL (created_by)",
        ),
    )
    isolate(op, "tenant_webhook")
    op.create_index("ix_tenant_webhook_created_by", "tenant_webhook", ["tenant_id", "created_by"])
    op.create_table(
        "webhook_delivery",
        *_own_columns(),
        *_delivery(),
        sa.CheckConstraint(STATUS, name="status"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_webhook_delivery_webhook_id", "webhook_delivery", ["webhook_id", "created_at", "id"])
    op.create_index("ix_webhook_delivery_created_at", "webhook_delivery", ["created_at"])
    op.create_table(
        "tenant_webhook_delivery",
        *tenant_columns(),
        *_delivery(),
        sa.CheckConstraint(STATUS, name="status"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "webhook_id"], ["tenant_webhook.tenant_id", "tenant_webhook.id"], ondelete="CASCADE"
        ),
    )
    isolate(op, "tenant_webhook_delivery")
    op.create_index(
        "ix_tenant_webhook_delivery_webhook_id",
        "tenant_webhook_delivery",
        ["tenant_id", "webhook_id", "created_at", "id"],
    )
    op.create_index(
        "ix_tenant_webhook_delivery_created_at", "tenant_webhook_delivery", ["tenant_id", "created_at"]
    )


def downgrade() -> None:
    for table in ("tenant_webhook_delivery", "webhook_delivery", "tenant_webhook", "webhook"):
        op.drop_table(table)


def _own_columns() -> list[Any]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    ]


def _webhook() -> list[sa.Column[Any]]:
    return [
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("previous_secret", sa.LargeBinary(), nullable=True),
        sa.Column("previous_until", TIMESTAMP, nullable=True),
        sa.Column("disabled_because", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", TIMESTAMP, nullable=True),
        sa.Column("resumes_at", TIMESTAMP, nullable=True),
        sa.Column("last_success_at", TIMESTAMP, nullable=True),
        sa.Column("last_failure_at", TIMESTAMP, nullable=True),
    ]


def _delivery() -> list[sa.Column[Any]]:
    return [
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tries", postgresql.JSONB(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("due_at", TIMESTAMP, nullable=True),
    ]
