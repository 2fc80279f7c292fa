"""What an import knows a post by."""

import sqlalchemy as sa
from alembic import op

revision = "posts_0003"
down_revision = "posts_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("post", sa.Column("reference", sa.Text(), nullable=True))
    op.execute("UPDATE post SET reference = id::text")
    op.alter_column("post", "reference", nullable=False)
    op.create_unique_constraint(op.f("uq_post_author_id_reference"), "post", ["author_id", "reference"])


def downgrade() -> None:
    op.drop_column("post", "reference")
