"""From a draft to rows: citations, articles, chunks and vectors. Plain CPU work, run in worker processes.

Everything that crosses the process border is picklable; a worker loads the embedding model once.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from courtsight.decisions.applied import ArticleRoles, article_roles
from courtsight.decisions.citations import Kind, ancestors
from courtsight.decisions.cited import cited_decisions
from courtsight.ingestion.readers import READER_VERSION, ReadError, read, read_again
from fondasi.ai.embeddings.static import load_static_model
from fondasi.ai.retrieval import Document, PreparedDocument, prepare
from fondasi.kit.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from courtsight.decisions.draft import DecisionDraft

LONGEST_NAME = 300  # characters
SEPARATOR = len("\n\n")  # between sections in `DecisionDraft.full_text`


CitationRow: TypeAlias = tuple[str, str, str, int, int, str | None, str | None]


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """How a decision uses an article; see `DecisionArticle`."""

    number: str
    law: str
    rank: int | None
    charged: bool
    mentions: int


@dataclass(frozen=True, slots=True)
class Source:
    """A draft and where it came from: a file, or a line of it that counts from 1.

    `original` is the SHA-256 of the file where that is to be kept, to be shown beside the text.
    """

    path: Path
    draft: DecisionDraft
    line: int | None = None
    original: bytes | None = None

    def refused(self, reason: str) -> ReadError:
        """Why this draft is left out."""
        return ReadError(self.path, reason, self.line)


@dataclass(slots=True)
class PreparedDecision:
    """A decision ready to be written.

    `citations` are rows of kind, normalised, section, start, end, cited number, cited court. `indexed` is None when the
    embedder is remote: the importer embeds then, outside the worker processes.
    """

    id: UUID
    source: Source
    content_hash: bytes
    citations: list[CitationRow]
    articles: list[ArticleRow]
    indexed: PreparedDocument | None = None

    @property
    def draft(self) -> DecisionDraft:
        """The decision as it was read."""
        return self.source.draft

    def document(self) -> Document:
        """What the search index takes."""
        return Document(self.id, self.draft.sections)


def prepare_drafts(
    sources: Sequence[Source], *, embed: bool
) -> tuple[list[PreparedDecision], list[ReadError]]:
    """Find citations, articles, chunks, and with `embed` the vectors of the static model.

    What does not fit into the corpus is refused.
    """
    refused = [source.refused(reason) for source in sources if (reason := _misfit(source.draft))]
    prepared = [_prepare(source) for source in sources if not _misfit(source.draft)]
    if embed:
        documents = prepare_documents([item.document() for item in prepared])
        for item, indexed in zip(prepared, documents, strict=True):
            item.indexed = indexed
    return prepared, refused


def prepare_files(paths: Sequence[Path], *, embed: bool) -> tuple[list[PreparedDecision], list[ReadError]]:
    """Read files that hold one decision each (PDF, HTML, text), then as `prepare_drafts`."""
    sources: list[Source] = []
    errors: list[ReadError] = []
    for path in paths:
        for result in read(path):
            if isinstance(result, ReadError):
                errors.append(result)
            else:
                sources.append(Source(path, result, original=digest_of(path) if result.pages else None))
    prepared, refused = prepare_drafts(sources, embed=embed)
    return prepared, errors + refused


def digest_of(path: Path) -> bytes:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def prepare_again(stored: Sequence[tuple[UUID, DecisionDraft]], *, embed: bool) -> list[PreparedDecision]:
    """What stored decisions tell when they are read again, in their order; to index are those with other sections."""
    prepared, moved = [], []
    for key, draft in stored:
        item = _prepare(Source(Path(draft.case_number), read_again(draft)))
        item.id = key
        prepared.append(item)
        if list(item.draft.sections.items()) != list(draft.sections.items()):
            moved.append(item)
    if embed:
        for item, indexed in zip(moved, prepare_documents([item.document() for item in moved]), strict=True):
            item.indexed = indexed
    return prepared


def prepare_documents(documents: Sequence[Document]) -> list[PreparedDocument]:
    """Chunk and embed documents with the static model, citations left out."""
    return prepare(documents, load_static_model().embed_parts)


def _misfit(draft: DecisionDraft) -> str:
    """Why a draft cannot be stored: names that are too long for the database's keys."""
    for name, value in (("case number", draft.case_number), ("court's name", draft.court)):
        if len(value) > LONGEST_NAME:
            return f"the {name} has more than {LONGEST_NAME} characters"
    return ""


def _prepare(source: Source) -> PreparedDecision:
    roles = article_roles(source.draft)
    return PreparedDecision(
        id=new_id(),
        source=source,
        content_hash=source.draft.content_hash,
        citations=_citation_rows(source.draft, roles),
        articles=article_rows(roles),
    )


def _citation_rows(draft: DecisionDraft, roles: ArticleRoles) -> list[CitationRow]:
    """Citations with their spans in the section instead of in the full text; a decision does not cite itself."""
    decisions = {item.citation: item for item in cited_decisions(draft, roles.citations)}
    names, starts, offset = [], [], 0
    for name, text in draft.sections.items():
        if text:
            names.append(name)
            starts.append(offset)
            offset += len(text) + SEPARATOR
    rows = []
    for citation in roles.citations:
        cited = decisions.get(citation)
        if citation.kind is Kind.DECISION and cited is None:
            continue
        place = bisect_right(starts, citation.start) - 1
        begin = starts[place]
        if citation.end - begin > len(draft.sections[names[place]]):
            continue  # it runs over the border of two sections: no citation
        row = (
            citation.kind.value,
            citation.normalised,
            names[place],
            citation.start - begin,
            citation.end - begin,
            cited.number if cited else None,
            cited.court if cited else None,
        )
        rows.append(row)
    return rows


def article_rows(roles: ArticleRoles) -> list[ArticleRow]:
    """A row for every article that the decision names, for each coarser form of it, and for every law."""
    ranks = roles.ranks()
    charged = {form for article in roles.charged for form in ancestors(article)}
    mentions: dict[str, int] = {}
    for citation in roles.citations:
        if citation.kind is Kind.ARTICLE:
            for form in ancestors(citation.normalised):
                mentions[form] = mentions.get(form, 0) + 1
    rows = []
    for form in {**dict.fromkeys(ranks), **dict.fromkeys(charged), **mentions}:
        law, _, number = form.rpartition(":")
        rows.append(ArticleRow(number, law, ranks.get(form), form in charged, mentions.get(form, 0)))
    return rows + _law_rows(rows, roles)


def _law_rows(articles: list[ArticleRow], roles: ArticleRoles) -> list[ArticleRow]:
    """A row for every law that the decision names, by itself or with an article."""
    laws: dict[str, ArticleRow] = {}
    for citation in roles.citations:
        if citation.law:
            own = laws.get(citation.law) or ArticleRow("", citation.law, None, charged=False, mentions=0)
            laws[citation.law] = replace(own, mentions=own.mentions + 1)
    for row in articles:
        if row.law in laws:
            own = laws[row.law]
            ranks = [rank for rank in (own.rank, row.rank) if rank is not None]
            laws[row.law] = replace(own, rank=min(ranks, default=None), charged=own.charged or row.charged)
    return list(laws.values())


def decision_row(decision: PreparedDecision) -> tuple[Any, ...]:
    """Values of `DECISION_COLUMNS` for COPY."""
    draft = decision.draft
    identity = draft.identity
    judges = [draft.presiding_judge, *draft.member_judges] if draft.presiding_judge else draft.member_judges
    return (
        decision.id,
        draft.case_number,
        draft.court,
        identity.number,
        identity.court,
        draft.level.value if draft.level else None,
        draft.jurisdiction,
        draft.case_type,
        draft.legal_area,
        draft.year,
        orjson.dumps([{"role": party.role, "name": party.name} for party in draft.parties]).decode(),
        draft.presiding_judge,
        list(judges),
        draft.clerk,
        draft.registered_on,
        draft.deliberated_on,
        draft.pronounced_on,
        draft.uploaded_on,
        draft.keywords,
        draft.outcome,
        draft.outcome_other,
        draft.outcome_note,
        draft.rule_of_law,
        draft.abstract,
        draft.source_url,
        draft.attachments,
        draft.related,
        draft.sentence_days,
        draft.fictitious,
        sorted(draft.from_text),
        READER_VERSION,
        decision.content_hash,
        sum(map(len, draft.sections.values())),
    )


DECISION_COLUMNS = (
    *(
        "id",
        "case_number",
        "court",
        "number_key",
        "court_key",
        "level",
        "jurisdiction",
        "case_type",
        "legal_area",
        "year",
        "parties",
    ),
    *(
        "presiding_judge",
        "judges",
        "clerk",
        "registered_on",
        "deliberated_on",
        "pronounced_on",
        "uploaded_on",
    ),
    *("keywords", "outcome", "outcome_other", "outcome_note", "rule_of_law", "abstract", "source_url"),
    *("attachments", "related", "sentence_days", "fictitious", "from_text", "reader_version"),
    *("content_hash", "character_count"),
)
