"""How large the smaller pictures of a picture are."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "fondasi_0026"
down_revision = "fondasi_0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("thumbnails", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)
    op.add_column("stored_object", column)


def downgrade() -> None:
    op.drop_column("stored_object", "thumbnails")
