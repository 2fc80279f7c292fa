"""Codes by who asks for them, codes that requests beyond the cap share, and caps of an hour and a day."""

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0017"
down_revision = "fondasi_0016"
branch_labels = None
depends_on = None

TABLE = "one_time_password"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("asked_by", sa.LargeBinary(), server_default="", nullable=False))
    op.alter_column(TABLE, "asked_by", server_default=None)
    for name in ("from_known_place", "was_sent"):
        op.add_column(TABLE, sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
        op.alter_column(TABLE, name, server_default=None)
    op.add_column(TABLE, sa.Column("shared_id", sa.Uuid(), nullable=True))
    op.create_table(
        "message_cap",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(op.f("ix_message_cap_began_at"), "message_cap", ["began_at"])


def downgrade() -> None:
    op.drop_table("message_cap")
    for name in ("shared_id", "was_sent", "from_known_place", "asked_by"):
        op.drop_column(TABLE, name)
