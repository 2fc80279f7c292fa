"""What was done with which Idempotency-Key, and what was answered."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from fondasi.kit.db.isolation import isolate, tenant_columns

revision = "fondasi_0021"
down_revision = "fondasi_0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("idempotency_key", *_answer(), sa.PrimaryKeyConstraint("id"))
    op.create_index("ix_idempotency_key_user_id_created_at", "idempotency_key", ["user_id", "created_at"])
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"])
    op.create_table(
        "tenant_idempotency_key",
        *tenant_columns(id_column=False),
        *_answer(),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    )
    isolate(op, "tenant_idempotency_key")
    op.create_index("ix_tenant_idempotency_key_user_id", "tenant_idempotency_key", ["user_id"])
    op.create_index(
        "ix_tenant_idempotency_key_created_at", "tenant_idempotency_key", ["tenant_id", "created_at"]
    )


def downgrade() -> None:
    op.drop_table("tenant_idempotency_key")
    op.drop_table("idempotency_key")


def _answer() -> list[Any]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("head", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE"),
    ]
