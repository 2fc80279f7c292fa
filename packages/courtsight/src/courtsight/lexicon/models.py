"""Table of the lexicon."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Entity

KINDS = ("variant", "old spelling", "abbreviation", "slang", "synonym", "translation", "ignored")


class LexiconEntry(Entity):
    """What is searched beside a term; for the kind `ignored`, a word that says nothing.

    Attributes:
        term: word or words as they are compared: lower-case, single spaces, no punctuation.
        alternatives: what else is searched, likewise.
        kind: one of `KINDS`.
        language: of the term, `id` or `en`.
        both_ways: whether the alternatives find the term as well.
        weight: how much a match of an alternative counts against one of the term.
        source: where the entry is from.
    """

    __tablename__ = "lexicon_entry"
    __table_args__ = (
        UniqueConstraint("term", "kind"),
        CheckConstraint("weight > 0 AND weight < 1", name="weight"),
        Index("ix_lexicon_entry_alternatives", "alternatives", postgresql_using="gin"),
    )

    term: Mapped[str]
    alternatives: Mapped[list[str]] = mapped_column(ARRAY(Text))
    kind: Mapped[str]
    language: Mapped[str]
    both_ways: Mapped[bool]
    weight: Mapped[float]
    source: Mapped[str]
