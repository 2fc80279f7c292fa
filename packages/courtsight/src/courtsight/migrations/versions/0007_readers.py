"""Which fields were read from the text, and by which readers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "courtsight_0007"
down_revision = "courtsight_0006"
branch_labels = None
depends_on = None

TOLD_BY_TEXT = (
    "{sections,level,jurisdiction,case_type,legal_area,year,parties,presiding_judge,member_judges,clerk,"
    "deliberated_on,pronounced_on,outcome,outcome_other,sentence_days,fictitious}"
)


def upgrade() -> None:
    texts = postgresql.ARRAY(sa.Text())
    op.add_column("decision", sa.Column("from_text", texts, server_default="{}", nullable=False))
    op.add_column(
        "decision", sa.Column("reader_version", sa.SmallInteger(), server_default="0", nullable=False)
    )
    op.alter_column("decision", "from_text", server_default=None)
    op.alter_column("decision", "reader_version", server_default=None)
    op.create_index("ix_decision_reader_version", "decision", ["reader_version", "id"])
    op.execute(
        # A decision with pages was read from a PDF; with an address, a page of the directory told its fields.
        f"UPDATE decision SET from_text = CASE WHEN source_url = '' THEN '{TOLD_BY_TEXT}' ELSE '{{sections}}' END::text[]"  # noqa: S608 - constants
        " WHERE id IN (SELECT decision_id FROM decision_page)"
    )


def downgrade() -> None:
    op.drop_index("ix_decision_reader_version", "decision")
    op.drop_column("decision", "reader_version")
    op.drop_column("decision", "from_text")
