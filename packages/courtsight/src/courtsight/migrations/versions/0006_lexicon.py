"""The lexicon, with the entries that the package ships."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from courtsight.lexicon.entries import shipped_entries
from fondasi.kit.ids import new_id

revision = "courtsight_0006"
down_revision = "courtsight_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    entries = op.create_table(
        "lexicon_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("alternatives", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("both_ways", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("weight > 0 AND weight < 1", name="weight"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("term", "kind"),
    )
    op.create_index(
        "ix_lexicon_entry_alternatives", "lexicon_entry", ["alternatives"], postgresql_using="gin"
    )
    op.bulk_insert(
        entries,
        [
            {
                "id": new_id(),
                "term": entry.term,
                "alternatives": list(entry.alternatives),
                "kind": entry.kind,
                "language": entry.language,
                "both_ways": entry.both_ways,
                "weight": 0.7,
                "source": entry.source,
            }
            for entry in shipped_entries()
        ],
    )


def downgrade() -> None:
    op.drop_table("lexicon_entry")
