"""Tables of the corpus: decisions, their sections, the citations in them and the articles they turn on."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - SQLAlchemy reads annotations
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Base, Entity

COUNTED = ("court", "level", "jurisdiction", "case_type", "legal_area", "outcome", "year")


class Decision(Entity):
    """One court decision. Its text is in `DecisionSection`."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("content_hash"),
        Index("ix_decision_court_pronounced_on", "court", "pronounced_on"),
        Index(
            "uq_decision_identity",
            "number_key",
            "court_key",
            unique=True,
            postgresql_where=text("duplicate_of IS NULL"),
        ),
        Index("ix_decision_year", "year"),
        Index("ix_decision_newest", text("pronounced_on DESC NULLS LAST"), "id"),  # the order of lists
        Index("ix_decision_updated_at", "updated_at"),
        Index("ix_decision_reader_version", "reader_version", "id"),
    )

    case_number: Mapped[str]
    court: Mapped[str]
    number_key: Mapped[str]  # what tells it from all others, with `court_key`: see `Identity`
    court_key: Mapped[str]
    # A decision of the same number and court that was stored before; only what was imported before identities has one.
    duplicate_of: Mapped[UUID | None]
    level: Mapped[str | None]
    jurisdiction: Mapped[str]
    case_type: Mapped[str]
    legal_area: Mapped[str]
    year: Mapped[int | None]
    parties: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    presiding_judge: Mapped[str]
    judges: Mapped[list[str]] = mapped_column(ARRAY(Text))  # presiding judge first
    clerk: Mapped[str]
    registered_on: Mapped[date | None]
    deliberated_on: Mapped[date | None]
    pronounced_on: Mapped[date | None]
    uploaded_on: Mapped[date | None]
    keywords: Mapped[list[str]] = mapped_column(ARRAY(Text))
    outcome: Mapped[str]
    outcome_other: Mapped[str]
    outcome_note: Mapped[str]
    rule_of_law: Mapped[str]
    abstract: Mapped[str]
    source_url: Mapped[str]
    attachments: Mapped[list[str]] = mapped_column(ARRAY(Text))
    related: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sentence_days: Mapped[int | None]  # imprisonment that the verdict imposes; a year counts 360
    fictitious: Mapped[bool]
    # Names of the fields of a draft that were read from the text, not told by the file; and by which readers.
    from_text: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reader_version: Mapped[int] = mapped_column(SmallInteger)
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    character_count: Mapped[int]


# For numbers in any case, and for what begins with one.
Index(
    "ix_decision_case_number",
    func.lower(Decision.case_number).label("lower_number"),
    postgresql_ops={"lower_number": "text_pattern_ops"},
)


class DecisionSection(Base):
    """The text of one section; citations and passages point into it by character offsets."""

    __tablename__ = "decision_section"

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    text: Mapped[str]


class DecisionPage(Base):
    """Where the lines of the text stand on a page of the file; see `PageLayout`.

    Offsets count in the decision's sections joined by a blank line.
    """

    __tablename__ = "decision_page"

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    width: Mapped[float]
    height: Mapped[float]
    lines: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class DecisionOriginal(Base):
    """The PDF that a decision was read from, in the storage: its SHA-256 and its size. It goes with the decision."""

    __tablename__ = "decision_original"

    id: Mapped[UUID] = mapped_column(ForeignKey("stored_object.id", ondelete="CASCADE"), primary_key=True)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"), unique=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column(BigInteger)


class DecisionCitation(Base):
    """A citation found in a section: `text[start_offset:end_offset]` names `normalised`."""

    __tablename__ = "decision_citation"
    __table_args__ = (
        Index("ix_decision_citation_cited", "cited_number", postgresql_where=text("kind = 'decision'")),
    )

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]  # "article", "statute" or "decision"
    normalised: Mapped[str]
    section: Mapped[str]
    start_offset: Mapped[int]
    end_offset: Mapped[int]
    # Of a decision: its `number_key`, and a LIKE pattern of its `court_key`, NULL where the text does not tell it.
    cited_number: Mapped[str | None]
    cited_court: Mapped[str | None]


class DecisionTally(Base):
    """A change to a count: `count` decisions more (or fewer) have the value. See `courtsight.decisions.tally`."""

    __tablename__ = "decision_tally"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    facet: Mapped[str] = mapped_column(index=True)
    value: Mapped[str]
    count: Mapped[int] = mapped_column(BigInteger)


class DecisionArticle(Base):
    """How a decision uses an article, a row for every level of it: `363(1)ke-4`, `363(1)` and `363` of `KUHP`.

    The coarsest level is the law itself: its row has the number "".
    """

    __tablename__ = "decision_article"
    __table_args__ = (
        Index(
            "ix_decision_article_applied",
            *("decision_id", "law", "number"),
            postgresql_where=text("rank IS NOT NULL"),
        ),
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    law: Mapped[str] = mapped_column(primary_key=True)  # "" where the text does not tell
    decision_id: Mapped[UUID] = mapped_column(
        ForeignKey("decision.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    # Place in a search for the article (`ArticleRoles.ranks`); NULL when the verdict does not apply it.
    rank: Mapped[int | None] = mapped_column(SmallInteger)
    charged: Mapped[bool]  # the indictment names it
    mentions: Mapped[int]  # how often the text names it or a part of it
