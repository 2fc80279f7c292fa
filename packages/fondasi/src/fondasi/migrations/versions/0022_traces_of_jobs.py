"""Jobs carry the trace of whoever enqueued them."""

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0022"
down_revision = "fondasi_0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("traceparent", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("job", "traceparent")
