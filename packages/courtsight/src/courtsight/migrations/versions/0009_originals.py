"""The PDFs that decisions were read from."""

import sqlalchemy as sa
from alembic import op

revision = "courtsight_0009"
down_revision = "courtsight_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision_original",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["id"], ["stored_object.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("decision_id"),
    )
    op.execute(
        "CREATE TRIGGER mark_object_gone AFTER DELETE ON decision_original FOR EACH ROW"
        " EXECUTE FUNCTION mark_object_gone()"
    )


def downgrade() -> None:
    op.execute("DELETE FROM decision_original")  # whose trigger lets the stored objects go
    op.drop_table("decision_original")
