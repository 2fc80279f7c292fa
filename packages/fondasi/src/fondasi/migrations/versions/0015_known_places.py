"""Places that accounts have signed in from; failures by when they began, for waits follow from their number."""

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0015"
down_revision = "fondasi_0014"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "known_place",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seen_at", TIMESTAMP, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(op.f("ix_known_place_user_id"), "known_place", ["user_id"])
    op.create_index(op.f("ix_known_place_seen_at"), "known_place", ["seen_at"])
    op.execute("DELETE FROM sign_in_failure")  # of a day at most, counted in another way
    op.alter_column("sign_in_failure", "blocked_until", new_column_name="began_at")


def downgrade() -> None:
    op.execute("DELETE FROM sign_in_failure")
    op.alter_column("sign_in_failure", "began_at", new_column_name="blocked_until")
    op.drop_table("known_place")
