"""Tenants and groups count their changes."""

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0023"
down_revision = "fondasi_0022"
branch_labels = None
depends_on = None

TABLES = ("tenant", "group")


def upgrade() -> None:
    for table in TABLES:
        # The default is for processes of the release before, which go on while this one comes up.
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "version")
