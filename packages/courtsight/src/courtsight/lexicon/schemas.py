"""What the routes of the lexicon take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from courtsight.lexicon.words import plain_words
from fondasi.kit.http import Number

MOST_WORDS = 8  # of a term or an alternative
MOST_ALTERNATIVES = 12
Kind = Annotated[
    Literal["variant", "old spelling", "abbreviation", "slang", "synonym", "translation", "ignored"],
    Field(
        description="What the alternatives are to the term; `ignored`: a word that says nothing.",
        examples=["variant"],
    ),
]


def _words(text: str) -> str:
    words = plain_words(text)
    if not words:
        raise ValueError("write at least one word")
    if len(words.split()) > MOST_WORDS:
        raise ValueError(f"write at most {MOST_WORDS} words")
    return words


Words = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_words)]
Alternatives = Annotated[
    list[Words],
    Field(
        max_length=MOST_ALTERNATIVES,
        description="What is searched beside the term; none for the kind ignored.",
        examples=[["shabu"]],
    ),
]
Weight = Annotated[
    Number,
    Field(
        ge=0.05,
        le=0.95,
        description="What a match of an alternative counts against one of the term.",
        examples=[0.7],
    ),
]
Source = Annotated[
    str, Field(min_length=1, max_length=300, description="Where it is from.", examples=["Spoken language."])
]


class EntryCreate(BaseModel):
    """A new entry."""

    model_config = ConfigDict(extra="forbid")

    term: Words = Field(description="What is typed.", examples=["sabu"])
    alternatives: Alternatives = []
    kind: Kind
    language: Literal["id", "en"] = Field("id", description="Of the term.")
    both_ways: bool = Field(False, description="Whether the alternatives find the term as well.", strict=True)
    weight: Weight = 0.7
    source: Source

    @model_validator(mode="after")
    def _says_something(self) -> EntryCreate:
        if (self.kind == "ignored") == bool(self.alternatives):
            raise ValueError("name alternatives; an ignored word has none")
        return self


class EntryUpdate(BaseModel):
    """What may be changed of an entry."""

    model_config = ConfigDict(extra="forbid")

    alternatives: Alternatives | None = Field(None, description="What is searched beside the term.")
    both_ways: bool | None = Field(
        None, description="Whether the alternatives find the term as well.", examples=[True], strict=True
    )
    weight: Weight | None = Field(None, description="What a match of an alternative counts.")
    source: Source | None = Field(None, description="Where it is from.")


class EntryRead(BaseModel):
    """An entry of the lexicon."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    term: str = Field(description="What is typed.")
    alternatives: list[str] = Field(description="What is searched beside the term.")
    kind: Kind
    language: Literal["id", "en"] = Field(description="Of the term.")
    both_ways: bool = Field(description="Whether the alternatives find the term as well.")
    weight: float = Field(description="What a match of an alternative counts against one of the term.")
    source: str = Field(description="Where it is from.")
    created_at: datetime
    updated_at: datetime
