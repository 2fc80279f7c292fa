"""Since when so much waits for a webhook that events are left out."""

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0032"
down_revision = "fondasi_0031"
branch_labels = None
depends_on = None

PENDING = sa.text("status = 'pending'")


def upgrade() -> None:
    for table in ("webhook", "tenant_webhook"):
        op.add_column(table, sa.Column("full_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_webhook_delivery_pending", "webhook_delivery", ["webhook_id"], postgresql_where=PENDING
    )
    op.create_index(
        "ix_tenant_webhook_delivery_pending",
        "tenant_webhook_delivery",
        ["tenant_id", "webhook_id"],
        postgresql_where=PENDING,
    )


def downgrade() -> None:
    op.drop_index("ix_tenant_webhook_delivery_pending", "tenant_webhook_delivery")
    op.drop_index("ix_webhook_delivery_pending", "webhook_delivery")
    for table in ("webhook", "tenant_webhook"):
        op.drop_column(table, "full_since")
