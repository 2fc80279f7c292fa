"""CourtSight as a module of the platform."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from courtsight.commands import commands, examples, fill_demo, links
from courtsight.decisions.admin import decisions_view
from courtsight.decisions.permissions import PERMISSIONS
from courtsight.decisions.routes import router as decisions
from courtsight.ingestion.jobs import compact_index
from courtsight.lexicon.admin import lexicon_view
from courtsight.lexicon.permissions import PERMISSIONS as LEXICON_PERMISSIONS
from courtsight.lexicon.routes import router as lexicon
from courtsight.originals.pages import Pages
from courtsight.originals.routes import router as originals
from courtsight.search.routes import router as search
from courtsight.vocabulary import VOCABULARY
from fondasi.ai.embeddings import Embedder, create_embedder
from fondasi.ai.retrieval import Index
from fondasi.kit.i18n import noted
from fondasi.kit.storage import storage_of
from fondasi.module import Module, Permalink, Ui

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fondasi.platform import Platform

COLLECTION = "decisions"


@asynccontextmanager
async def _lifespan(platform: Platform) -> AsyncIterator[None]:
    embedder = await asyncio.to_thread(create_embedder, platform.settings.embedding)
    platform.provide(embedder, as_type=Embedder)
    platform.provide(Index(COLLECTION, embedder))
    pages = Pages(storage_of(platform.settings))
    platform.provide(pages)
    yield
    pages.close()
    await embedder.aclose()


module = Module(
    name="courtsight",
    package="courtsight",
    routers=[search, lexicon, decisions, originals],
    permissions=[*PERMISSIONS, *LEXICON_PERMISSIONS],
    admin_views=[decisions_view, lexicon_view],
    commands=commands,
    jobs=[compact_index],
    migrations="courtsight.migrations",
    lifespan=_lifespan,
    links=links,
    ui=Ui(
        title="CourtSight",
        meaning=noted("Search over Indonesian court decisions."),
        path="",
        examples=examples,
        permalinks=[Permalink("/d/{id}", "decision", {"s": "section", "a": "start", "b": "end"})],
    ),
    demo=fill_demo,
    vocabulary=VOCABULARY,
    tags={
        "legal-search": "Decisions: search them, read them, follow what they cite.",
    },
)
