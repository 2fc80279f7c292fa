"""Where lines stand on pages, and imprisonment in days."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "courtsight_0005"
down_revision = "courtsight_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("decision", sa.Column("sentence_days", sa.Integer(), nullable=True))
    op.create_table(
        "decision_page",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("width", sa.Float(), nullable=False),
        sa.Column("height", sa.Float(), nullable=False),
        sa.Column("lines", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("decision_id", "number"),
    )


def downgrade() -> None:
    op.drop_table("decision_page")
    op.drop_column("decision", "sentence_days")
