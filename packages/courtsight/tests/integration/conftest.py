"""A corpus of fictitious decisions, imported once for each xdist worker into a database of its own.

Tests that import use the worker's ordinary database, clean for each of them (`importer`, `client`); tests that only
read share the corpus (`corpus`), which nothing writes to.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from courtsight.decisions.models import Decision
from courtsight.fictitious import generate
from courtsight.fictitious.queries import example_queries
from courtsight.ingestion.importer import Importer
from courtsight.ingestion.prepare import Source
from courtsight.module import COLLECTION
from fondasi.ai.embeddings import create_embedder
from fondasi.ai.retrieval import Index
from fondasi.app import create_app
from fondasi.settings import DatabaseSettings
from fondasi.testing import copy_database, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from uuid import UUID

    from courtsight.decisions.draft import DecisionDraft
    from fondasi.kit.db import Database
    from fondasi.kit.db.embedded import EmbeddedServer
    from fondasi.module import Module
    from fondasi.platform import Platform
    from fondasi.settings import Settings

CORPUS_SIZE = 110
PREFIX = "/api/v1/legal-search"


@dataclass(frozen=True, repr=False)
class Corpus:
    """The decisions, their ids, and a client of an application that holds nothing else."""

    drafts: list[DecisionDraft]
    ids: dict[str, UUID]
    client: httpx.AsyncClient
    platform: Platform

    def draft(self, case_number: str) -> DecisionDraft:
        return next(draft for draft in self.drafts if draft.case_number == case_number)

    def numbers(self, condition: Callable[[DecisionDraft], Any]) -> set[str]:
        """Numbers of the decisions that meet a condition."""
        return {draft.case_number for draft in self.drafts if condition(draft)}

    async def ask(self, query: str = "", *, language: str = "en", **fields: Any) -> httpx.Response:
        return await self.client.post(
            f"{PREFIX}/search", json={"query": query, **fields}, headers={"Accept-Language": language}
        )

    async def search(self, query: str, **fields: Any) -> dict[str, Any]:
        response = await self.ask(query, **fields)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def found(self, query: str, **fields: Any) -> list[str]:
        """Numbers of the first hits, 100 unless told otherwise, best first."""
        answer = await self.search(query, **{"limit": 100, **fields})
        return [hit["decision"]["case_number"] for hit in answer["data"]]

    async def all_found(self, query: str, **fields: Any) -> set[str]:
        """Numbers of all hits, page by page."""
        numbers: set[str] = set()
        page = 1
        while True:
            answer = await self.search(query, **{"limit": 100, "page": page, **fields})
            numbers |= {hit["decision"]["case_number"] for hit in answer["data"]}
            if not answer["has_more"]:
                return numbers
            page += 1

    async def get(self, path: str, **parameters: Any) -> Any:
        response = await self.client.get(f"{PREFIX}/{path}", params=parameters)
        assert response.status_code == 200, response.text
        return response.json()


def _drafts() -> list[DecisionDraft]:
    """The first decisions, and a later one for each example query that none of them answers."""
    everything = list(generate())
    drafts = everything[:CORPUS_SIZE]
    for query in example_queries():
        if not any(query.is_answered_by(draft) for draft in drafts):
            drafts.append(next(draft for draft in everything if query.is_answered_by(draft)))
    return drafts


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def corpus(
    database_server: EmbeddedServer, database_template: str, settings: Settings, modules: Sequence[Module]
) -> AsyncIterator[Corpus]:
    """The corpus to read; a test that changes it breaks the others."""
    drafts = _drafts()
    async with copy_database(database_server, database_template) as addresses:
        urls = DatabaseSettings(url=SecretStr(addresses.app), owner_url=SecretStr(addresses.owner))
        app = create_app(settings.model_copy(update={"database": urls}), modules)
        async with running(app):
            platform: Platform = app.state.platform
            importer = Importer(platform.database, platform.get(Index), local_embedder=True, processes=0)
            sources = [Source(Path("generated"), draft, line) for line, draft in enumerate(drafts, 1)]
            summary = await importer.import_sources(sources)
            assert (summary.imported, summary.errors) == (len(drafts), [])
            async with platform.database.connection() as connection:
                rows = await connection.fetch(f"SELECT id, case_number FROM {Decision.__tablename__}")
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
                yield Corpus(drafts, {row["case_number"]: row["id"] for row in rows}, client, platform)


@pytest.fixture
def index(settings: Settings) -> Index:
    return Index(COLLECTION, create_embedder(settings.embedding))


@pytest.fixture
def importer(clean_database: Database, index: Index) -> Importer:
    """Imports into the worker's clean database, in a thread."""
    return Importer(clean_database, index, local_embedder=True, processes=0)
