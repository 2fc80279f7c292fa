"""Indexes for the order in which lists of files and tenants come."""

from alembic import op

revision = "fondasi_0033"
down_revision = "fondasi_0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_file_owner_id", "file")
    op.create_index("ix_file_owner_id", "file", ["owner_id", "created_at"])
    op.create_index("ix_file_created_at", "file", ["created_at"])
    op.create_index("ix_tenant_file_created_at", "tenant_file", ["tenant_id", "created_at"])
    op.create_index("ix_tenant_name", "tenant", ["name"])


def downgrade() -> None:
    op.drop_index("ix_tenant_name", "tenant")
    op.drop_index("ix_tenant_file_created_at", "tenant_file")
    op.drop_index("ix_file_created_at", "file")
    op.drop_index("ix_file_owner_id", "file")
    op.create_index("ix_file_owner_id", "file", ["owner_id"])
