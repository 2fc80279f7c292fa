"""From a draft to rows: citations, articles, chunks and vectors. Plain CPU work, run in worker processes.

Everything that crosses the process border is picklable; a worker loads the embedding model once.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from courtsight.decisions.applied import ArticleRoles, article_roles
from courtsight.decisions.citations import Kind, ancestors
from courtsight.ingestion.readers import ReadError, read
from fondasi.ai.embeddings.static import load_static_model
from fondasi.ai.retrieval import Document, PreparedDocument, prepare
from fondasi.kit.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from uuid import UUID

    from courtsight.decisions.draft import DecisionDraft

SEPARATOR = len("\n\n")  # between sections in `DecisionDraft.full_text`


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """How a decision uses an article; see `DecisionArticle`."""

    number: str
    law: str
    rank: int | None
    charged: bool
    mentions: int


@dataclass(slots=True)
class PreparedDecision:
    """A decision ready to be written.

    `citations` are rows of kind, normalised, section, start, end. `indexed` is None when the embedder is remote: the
    importer embeds then, outside the worker processes.
    """

    id: UUID
    draft: DecisionDraft
    content_hash: bytes
    origin: str
    citations: list[tuple[str, str, str, int, int]]
    articles: list[ArticleRow]
    indexed: PreparedDocument | None = None

    def document(self) -> Document:
        """What the search index takes."""
        return Document(self.id, self.draft.sections)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a draft came from: a file, or a line of it."""

    origin: str
    draft: DecisionDraft


def prepare_drafts(sources: Sequence[Source], *, embed: bool) -> list[PreparedDecision]:
    """Find citations, articles, chunks, and with `embed` the vectors of the static model."""
    prepared = [_prepare(source) for source in sources]
    if embed:
        model = load_static_model()
        documents = [item.document() for item in prepared]
        for item, indexed in zip(prepared, prepare(documents, model.embed, whole_text_vectors=True), strict=True):
            item.indexed = indexed
    return prepared


def prepare_files(paths: Sequence[Path], *, embed: bool) -> tuple[list[PreparedDecision], list[ReadError]]:
    """Read files that hold one decision each (PDF, HTML, text), then as `prepare_drafts`."""
    sources, errors = [], []
    for path in paths:
        for result in read(path):
            if isinstance(result, ReadError):
                errors.append(result)
            else:
                sources.append(Source(str(path), result))
    return prepare_drafts(sources, embed=embed), errors


def prepare_documents(documents: Sequence[Document]) -> list[PreparedDocument]:
    """Chunk and embed documents with the static model, citations left out."""
    return prepare(documents, load_static_model().embed, whole_text_vectors=True)


def _prepare(source: Source) -> PreparedDecision:
    roles = article_roles(source.draft)
    return PreparedDecision(
        id=new_id(),
        draft=source.draft,
        content_hash=source.draft.content_hash,
        origin=source.origin,
        citations=_citation_rows(source.draft, roles),
        articles=article_rows(roles),
    )


def _citation_rows(draft: DecisionDraft, roles: ArticleRoles) -> list[tuple[str, str, str, int, int]]:
    """Citations with their spans in the section instead of in the full text."""
    names, starts, offset = [], [], 0
    for name, text in draft.sections.items():
        if text:
            names.append(name)
            starts.append(offset)
            offset += len(text) + SEPARATOR
    rows = []
    for citation in roles.citations:
        place = bisect_right(starts, citation.start) - 1
        begin = starts[place]
        if citation.end - begin > len(draft.sections[names[place]]):
            continue  # it runs over the border of two sections: no citation
        row = (citation.kind.value, citation.normalised, names[place], citation.start - begin, citation.end - begin)
        rows.append(row)
    return rows


def article_rows(roles: ArticleRoles) -> list[ArticleRow]:
    """A row for every article that the decision names, and for each coarser form of it."""
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
    return rows


def decision_row(decision: PreparedDecision) -> tuple[Any, ...]:
    """Values of `DECISION_COLUMNS` for COPY."""
    draft = decision.draft
    judges = [draft.presiding_judge, *draft.member_judges] if draft.presiding_judge else draft.member_judges
    return (
        decision.id,
        draft.case_number,
        draft.court,
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
        draft.fictitious,
        decision.content_hash,
        sum(map(len, draft.sections.values())),
    )


DECISION_COLUMNS = (
    *("id", "case_number", "court", "level", "jurisdiction", "case_type", "legal_area", "year", "parties"),
    *("presiding_judge", "judges", "clerk", "registered_on", "deliberated_on", "pronounced_on", "uploaded_on"),
    *("keywords", "outcome", "outcome_other", "outcome_note", "rule_of_law", "abstract", "source_url"),
    *("attachments", "related", "fictitious", "content_hash", "character_count"),
)
