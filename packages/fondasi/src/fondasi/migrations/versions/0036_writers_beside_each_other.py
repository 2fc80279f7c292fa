"""Writers of an index run beside each other: ordinals and segments from sequences, counts by segment."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE

revision = "fondasi_0036"
down_revision = "fondasi_0035"
branch_labels = None
depends_on = None

SEQUENCES = (("ai_document_ordinal_seq", "ai_document.ordinal"), ("ai_segment_id_seq", "ai_segment.id"))
NUMBERS = ("documents", "passages", "vectors")
# Writers took turns until now, so that each segment's ordinals follow those of the one before.
COUNTED = """
WITH first AS (
    SELECT collection_id, segment_id, min(ordinal) AS ordinal
    FROM ai_posting CROSS JOIN unnest(documents) AS ordinal
    GROUP BY collection_id, segment_id
), span AS (
    SELECT f.collection_id, f.segment_id,
        CASE WHEN row_number() OVER own = 1 THEN 0 ELSE f.ordinal END AS low,
        lead(f.ordinal, 1, c.next_ordinal) OVER own AS high
    FROM first f JOIN ai_collection c ON c.id = f.collection_id
    WINDOW own AS (PARTITION BY f.collection_id ORDER BY f.ordinal)
)
UPDATE ai_segment s SET ordinals = int4multirange(int4range(span.low, span.high)),
    documents = (SELECT count(*) FROM ai_document d WHERE d.collection_id = s.collection_id
        AND d.ordinal >= span.low AND d.ordinal < span.high),
    (passages, vectors) = (SELECT count(*), count(vector) FROM ai_passage p
        WHERE p.collection_id = s.collection_id AND p.ordinal >= span.low AND p.ordinal < span.high)
FROM span WHERE span.collection_id = s.collection_id AND span.segment_id = s.id
"""
DOCUMENTS = """
UPDATE ai_collection c SET
    documents = (SELECT count(*) FROM ai_document WHERE collection_id = c.id),
    next_ordinal = (SELECT coalesce(max(ordinal) + 1, 0) FROM ai_document WHERE collection_id = c.id),
    next_segment = (SELECT coalesce(max(id) + 1, 0) FROM ai_segment WHERE collection_id = c.id)
"""


def upgrade() -> None:
    op.add_column("ai_segment", sa.Column("ordinals", INT4MULTIRANGE(), server_default="{}", nullable=False))
    for name in NUMBERS:
        op.add_column("ai_segment", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.execute(COUNTED)
    for name in ("ordinals", *NUMBERS):
        op.alter_column("ai_segment", name, server_default=None)
    for (sequence, column), counter in zip(SEQUENCES, ("next_ordinal", "next_segment"), strict=True):
        op.execute(f"CREATE SEQUENCE {sequence} AS integer MINVALUE 0 START 0 OWNED BY {column}")
        op.execute(
            f"SELECT setval('{sequence}', max({counter}), false) FROM ai_collection HAVING max({counter}) > 0"  # noqa: S608
        )
    for name in ("documents", "next_ordinal", "next_segment"):
        op.drop_column("ai_collection", name)
    op.create_table(
        "ai_removal",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("vectors", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["collection_id"], ["ai_collection.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("collection_id", "ordinal"),
    )


def downgrade() -> None:
    op.drop_table("ai_removal")
    for name in ("documents", "next_ordinal", "next_segment"):
        op.add_column("ai_collection", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.execute(DOCUMENTS)
    for sequence, _ in SEQUENCES:
        op.execute(f"DROP SEQUENCE {sequence}")
    for name in (*NUMBERS, "ordinals"):
        op.drop_column("ai_segment", name)
