"""The nightly merge of segments."""

import asyncio

import pytest
from sqlalchemy import select, text

from courtsight.fictitious import generate
from courtsight.ingestion.jobs import compact_index
from fondasi.ai.retrieval import Document, Index
from fondasi.kit.db import driver_connection
from fondasi.kit.ids import new_id
from fondasi.kit.jobs import JobRecord, JobRegistry, JobStatus, Worker
from fondasi.settings import JobSettings


@pytest.fixture
async def segments(app, clean_database):
    """Ten decisions, each indexed by itself."""
    index = app.state.platform.get(Index)
    for draft in generate(10):
        async with clean_database.unit_of_work() as session:
            await index.add(await driver_connection(session), [Document(new_id(), draft.sections)])


async def test_segments_of_single_uploads_become_one(app, clean_database, segments):
    platform = app.state.platform
    async with clean_database.unit_of_work() as session:
        job_id = await compact_index.enqueue(session)
    worker = Worker(platform, clean_database, JobRegistry([compact_index]), JobSettings())
    query = select(JobRecord.status, JobRecord.result).where(JobRecord.id == job_id)
    async with worker.running(), asyncio.timeout(60):
        status = None
        while status != JobStatus.SUCCEEDED:
            await asyncio.sleep(0.05)
            async with clean_database.read_session() as session:
                status, result = (await session.execute(query)).one()
    assert result == {"merged_segments": 10}
    async with clean_database.read_session() as session:
        assert await session.scalar(text("SELECT count(*) FROM ai_segment")) == 1
