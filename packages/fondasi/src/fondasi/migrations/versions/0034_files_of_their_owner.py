"""Files can be referred to together with their owner."""

from alembic import op

revision = "fondasi_0034"
down_revision = "fondasi_0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_unique_constraint(op.f("uq_file_owner_id_id"), "file", ["owner_id", "id"])


def downgrade() -> None:
    op.drop_constraint("uq_file_owner_id_id", "file")
