"""Messages on their way out."""

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0005"
down_revision = "fondasi_0004"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", TIMESTAMP, nullable=True),
        sa.Column("sent_at", TIMESTAMP, nullable=True),
        sa.Column("created_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("channel IN ('email', 'sms', 'whatsapp')", name="channel"),
        sa.CheckConstraint("status IN ('queued', 'sent', 'expired', 'outbox')", name="status"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_message_created_at", "message", ["created_at"])
    op.create_index(
        "ix_message_outbox", "message", ["created_at"], postgresql_where=sa.text("status = 'outbox'")
    )


def downgrade() -> None:
    op.drop_table("message")
