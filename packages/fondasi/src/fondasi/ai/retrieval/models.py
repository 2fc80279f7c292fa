"""Tables of the retrieval index.

A collection holds documents of one kind, embedded with one model. Postings lie in segments that are written once per
batch and merged later; a document that is removed leaves dead postings behind until then, and the join with
`ai_document` hides them. Ordinals and the ids of segments are drawn from sequences that all collections share: writers
wait for nobody, and gaps do no harm.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    SmallInteger,
    UniqueConstraint,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Base

HIGHEST_IMPACT = 32767  # what the column can hold: of blocks that were written when there was no `best`
ORDINALS = Sequence("ai_document_ordinal_seq", data_type=Integer, minvalue=0, start=0, metadata=Base.metadata)
SEGMENTS = Sequence("ai_segment_id_seq", data_type=Integer, minvalue=0, start=0, metadata=Base.metadata)
INDEXED_DIMENSIONS = (128, 256, 384, 512, 768, 1024, 1536, 3072)


def _collection_key() -> Mapped[int]:
    return mapped_column(ForeignKey("ai_collection.id", ondelete="CASCADE"), primary_key=True)


def _vector_indexes() -> list[Index]:
    """One HNSW index per usual dimension: each holds only the vectors of that dimension."""
    return [
        Index(
            f"ix_ai_document_vector_{dimension}",
            literal_column(f"(vector::halfvec({dimension}))").label("half"),
            postgresql_using="hnsw",
            postgresql_ops={"half": "halfvec_ip_ops"},
            postgresql_where=text(f"vector_dims(vector) = {dimension}"),
        )
        for dimension in INDEXED_DIMENSIONS
    ]


class Collection(Base):
    """A set of documents that are searched together.

    `average_length` is the length in words that BM25 normalises by. The first batch sets it, and it stays: impacts in
    the postings were computed with it.
    """

    __tablename__ = "ai_collection"

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    model_id: Mapped[str]
    dimension: Mapped[int]
    average_length: Mapped[float] = mapped_column(default=0.0, server_default="0")


class Segment(Base):
    """A batch of documents and their postings.

    `bits`: how many leading bits of a rare term's hash name its bucket. `ordinals` are those of its documents, and
    `documents`, `passages` and `vectors` how many there were when it was written: see `Removal`.
    """

    __tablename__ = "ai_segment"

    collection_id: Mapped[int] = _collection_key()
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    bits: Mapped[int] = mapped_column(SmallInteger)
    postings: Mapped[int] = mapped_column(BigInteger)
    ordinals: Mapped[Any] = mapped_column(INT4MULTIRANGE)
    documents: Mapped[int]
    passages: Mapped[int]
    vectors: Mapped[int]


class Removal(Base):
    """A document that was removed and whose postings still stand in a segment, with how many passages it had."""

    __tablename__ = "ai_removal"

    collection_id: Mapped[int] = _collection_key()
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    passages: Mapped[int]
    vectors: Mapped[int]
    removed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Posting(Base):
    """A block of postings of one frequent term (`key` is its hash, `terms` is NULL), or a bucket of rare terms.

    `terms`, `documents` (ordinals) and `impacts` (BM25 saturation x 1000) run in parallel. A frequent term's first
    block holds its best impacts, each later one those that follow. `size` is the length of the arrays and `best` the
    highest impact, kept beside them so that the budget can be spent without reading them. The key begins with the
    segment: its rows are written, merged and deleted together. No foreign key: checking it would cost more than
    writing the rows, and only this package writes here.
    """

    __tablename__ = "ai_posting"

    collection_id: Mapped[int] = mapped_column(primary_key=True)
    segment_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    block: Mapped[int] = mapped_column(
        SmallInteger, primary_key=True, autoincrement=False, default=0, server_default="0"
    )
    size: Mapped[int]
    best: Mapped[int] = mapped_column(
        SmallInteger, default=HIGHEST_IMPACT, server_default=str(HIGHEST_IMPACT)
    )
    terms: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    documents: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    impacts: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))


class IndexedDocument(Base):
    """A document: the application's id, its ordinal in the postings, its length in words, and its vector."""

    __tablename__ = "ai_document"
    __table_args__ = (UniqueConstraint("collection_id", "document_id"), *_vector_indexes())

    collection_id: Mapped[int] = _collection_key()
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document_id: Mapped[UUID]
    length: Mapped[int]
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    vector: Mapped[list[float] | None] = mapped_column(HALFVEC())


class Word(Base):
    """A word of the vocabulary, as it is written; `letters` has a bit for each letter in it. See `vocabulary`."""

    __tablename__ = "ai_word"
    __table_args__ = (Index("ix_ai_word_word", "collection_id", "word"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("ai_collection.id", ondelete="CASCADE"))
    word: Mapped[str]
    letters: Mapped[int]


class Passage(Base):
    """A parent chunk: characters `start_offset` to `end_offset` of a section, and its children.

    Its vector is compared within documents that are found already, so that no index holds it: 25 vectors a document
    in a graph would be most of what an import costs, and of the disk.

    The two binary columns hold little-endian 32-bit integers, which cost a reader nothing to decode. `children`: for
    each child the offset in the section at which it begins, and the number of words of the passage before it. `words`:
    the low half of each word's hash.
    """

    __tablename__ = "ai_passage"
    __table_args__ = (
        ForeignKeyConstraint(
            ["collection_id", "ordinal"],
            ["ai_document.collection_id", "ai_document.ordinal"],
            ondelete="CASCADE",
        ),
    )

    collection_id: Mapped[int] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    section: Mapped[str]
    start_offset: Mapped[int]
    end_offset: Mapped[int]
    children: Mapped[bytes] = mapped_column(LargeBinary)
    words: Mapped[bytes] = mapped_column(LargeBinary)
    vector: Mapped[list[float] | None] = mapped_column(HALFVEC())
