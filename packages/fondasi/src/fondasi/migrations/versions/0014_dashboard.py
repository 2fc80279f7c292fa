"""Indexes of the dashboard, and permissions of the installation's own."""

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0014"
down_revision = "fondasi_0013"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "custom_permission",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("code ~ '^custom[.]'", name="code"),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_index("ix_user_created_at", "user", ["created_at"])
    op.create_index(
        "ix_user_deleted_at", "user", ["deleted_at"], postgresql_where=sa.text("deleted_at IS NOT NULL")
    )
    op.create_index("ix_session_created_at", "session", ["created_at"])


def downgrade() -> None:
    # Without the table nobody could see or take back what is granted of these permissions.
    for holding in ("group_permission", "user_permission"):
        op.execute(f"DELETE FROM {holding} WHERE permission LIKE 'custom.%'")  # noqa: S608 - names of our own
    op.drop_index("ix_session_created_at", "session")
    op.drop_index("ix_user_deleted_at", "user")
    op.drop_index("ix_user_created_at", "user")
    op.drop_table("custom_permission")
