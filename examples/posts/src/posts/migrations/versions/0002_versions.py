"""Posts count their changes."""

import sqlalchemy as sa
from alembic import op

revision = "posts_0002"
down_revision = "posts_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("post", sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("post", "version")
