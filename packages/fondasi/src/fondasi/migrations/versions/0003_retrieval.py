"""The retrieval index: collections, documents, passages, postings."""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects.postgresql import ARRAY

revision = "fondasi_0003"
down_revision = "fondasi_0002"
branch_labels = None
depends_on = None

DIMENSIONS = (128, 256, 384, 512, 768, 1024, 1536, 3072)


def upgrade() -> None:
    op.create_table(
        "ai_collection",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("model_id", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("average_length", sa.Float(), server_default="0", nullable=False),
        sa.Column("documents", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_ordinal", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_segment", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "ai_segment",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bits", sa.SmallInteger(), nullable=False),
        sa.Column("postings", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["collection_id"], ["ai_collection.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("collection_id", "id"),
    )
    op.create_table(
        "ai_posting",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("terms", ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("documents", ARRAY(sa.Integer()), nullable=False),
        sa.Column("impacts", ARRAY(sa.SmallInteger()), nullable=False),
        sa.PrimaryKeyConstraint("collection_id", "key", "segment_id"),
    )
    op.create_table(
        "ai_document",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("vector", HALFVEC(), nullable=True),
        sa.ForeignKeyConstraint(["collection_id"], ["ai_collection.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("collection_id", "ordinal"),
        sa.UniqueConstraint("collection_id", "document_id"),
    )
    op.create_table(
        "ai_passage",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.Column("children", sa.LargeBinary(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("vector", HALFVEC(), nullable=True),
        sa.ForeignKeyConstraint(
            ["collection_id", "ordinal"],
            ["ai_document.collection_id", "ai_document.ordinal"],
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("collection_id", "ordinal", "position"),
    )
    # Large arrays are read whole: stored outside the row, but not compressed.
    op.execute(
        "ALTER TABLE ai_posting ALTER documents SET STORAGE EXTERNAL, ALTER impacts SET STORAGE EXTERNAL"
    )
    for table in ("ai_document", "ai_passage"):
        for dimension in DIMENSIONS:
            op.create_index(
                f"ix_{table}_vector_{dimension}",
                table,
                [sa.text(f"(vector::halfvec({dimension})) halfvec_ip_ops")],
                postgresql_using="hnsw",
                postgresql_where=sa.text(f"vector_dims(vector) = {dimension}"),
            )


def downgrade() -> None:
    for table in ("ai_passage", "ai_document", "ai_posting", "ai_segment", "ai_collection"):
        op.drop_table(table)
