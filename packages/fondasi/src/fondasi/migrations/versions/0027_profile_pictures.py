"""Which file is whose profile picture."""

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0027"
down_revision = "fondasi_0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "profile_picture",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )
    op.create_index("ix_profile_picture_file_id", "profile_picture", ["file_id"])


def downgrade() -> None:
    op.drop_table("profile_picture")
