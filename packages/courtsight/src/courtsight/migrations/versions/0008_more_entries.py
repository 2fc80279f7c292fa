"""Entries of the lexicon that came after it: spoken forms, everyday English. What is there already stays as it is."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from courtsight.lexicon.entries import shipped_entries
from fondasi.kit.ids import new_id

revision = "courtsight_0008"
down_revision = "courtsight_0007"
branch_labels = None
depends_on = None

SOURCES = frozenset(
    {
        "spoken forms of everyday verbs and nouns, as KBBI marks them (cak)",
        "everyday English words, as bilingual dictionaries have them",
        "more English function words",
    }
)
_ENTRIES = sa.table(
    "lexicon_entry",
    sa.column("id", sa.Uuid()),
    sa.column("term", sa.Text()),
    sa.column("alternatives", postgresql.ARRAY(sa.Text())),
    sa.column("kind", sa.Text()),
    sa.column("language", sa.Text()),
    sa.column("both_ways", sa.Boolean()),
    sa.column("weight", sa.Float()),
    sa.column("source", sa.Text()),
)


def upgrade() -> None:
    rows = [
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
        if entry.source in SOURCES
    ]
    op.get_bind().execute(postgresql.insert(_ENTRIES).on_conflict_do_nothing(), rows)


def downgrade() -> None:
    """They stay: a database that was made with them has them from the revision before."""
