"""Postings of frequent terms in blocks, the best first, segment by segment; no graph of passages."""

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0035"
down_revision = "fondasi_0034"
branch_labels = None
depends_on = None

DIMENSIONS = (128, 256, 384, 512, 768, 1024, 1536, 3072)
KEY = ("collection_id", "key", "segment_id")
TOGETHER = """
WITH blocks AS (
    DELETE FROM ai_posting WHERE (collection_id, key, segment_id) IN (
        SELECT collection_id, key, segment_id FROM ai_posting WHERE block > 0
    ) AND terms IS NULL
    RETURNING collection_id, key, segment_id, documents, impacts
)
INSERT INTO ai_posting (collection_id, key, segment_id, size, documents, impacts)
SELECT collection_id, key, segment_id, count(*), array_agg(document), array_agg(impact)
FROM blocks CROSS JOIN unnest(documents, impacts) AS posting (document, impact)
GROUP BY collection_id, key, segment_id
"""


def upgrade() -> None:
    op.add_column("ai_posting", sa.Column("block", sa.SmallInteger(), server_default="0", nullable=False))
    # What stands there has one block for each term, which is read whole until a merge writes it anew.
    op.add_column("ai_posting", sa.Column("best", sa.SmallInteger(), server_default="32767", nullable=False))
    op.drop_constraint("pk_ai_posting", "ai_posting")
    op.create_primary_key("pk_ai_posting", "ai_posting", ["collection_id", "segment_id", "key", "block"])
    for dimension in DIMENSIONS:
        op.drop_index(f"ix_ai_passage_vector_{dimension}", "ai_passage")


def downgrade() -> None:
    for dimension in DIMENSIONS:
        op.create_index(
            f"ix_ai_passage_vector_{dimension}",
            "ai_passage",
            [sa.text(f"(vector::halfvec({dimension})) halfvec_ip_ops")],
            postgresql_using="hnsw",
            postgresql_where=sa.text(f"vector_dims(vector) = {dimension}"),
        )
    op.execute(TOGETHER)
    op.drop_constraint("pk_ai_posting", "ai_posting")
    op.create_primary_key("pk_ai_posting", "ai_posting", list(KEY))
    for column in ("best", "block"):
        op.drop_column("ai_posting", column)
