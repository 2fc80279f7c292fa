"""The words of a collection as they are written, for what somebody meant who typed another."""

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0037"
down_revision = "fondasi_0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ai_word",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["collection_id"], ["ai_collection.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_ai_word_word", "ai_word", ["collection_id", "word"])


def downgrade() -> None:
    op.drop_table("ai_word")
