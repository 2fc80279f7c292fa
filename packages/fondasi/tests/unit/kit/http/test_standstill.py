"""Who stood in everybody's way is named; who waits as they should is not."""

import asyncio
import time

import pytest
import structlog
from structlog.testing import capture_logs

from fondasi.kit.http import standstill
from fondasi.kit.http.standstill import watch_from_now, watched


@pytest.fixture(autouse=True)
def _log(monkeypatch):
    """A logger that has not kept an earlier configuration."""
    monkeypatch.setattr(standstill, "log", structlog.get_logger())


async def told(work) -> list:
    """What is said while a task of that name runs."""
    with capture_logs() as said, watched():
        await asyncio.sleep(0.2)  # the thread has begun to look
        await asyncio.create_task(work(), name="job posts.count")
        await asyncio.sleep(0.2)
    return [line for line in said if line["route"] == "job posts.count"]


async def test_task_that_blocks_is_named_with_its_line():
    async def blocks() -> None:
        time.sleep(1)  # noqa: ASYNC251 - that is the fault

    line = max(
        await told(blocks), key=lambda one: one["milliseconds"]
    )  # a busy machine may stand still besides
    assert line["event"] == "event_loop_stood_still"
    assert line["milliseconds"] >= 900
    assert "test_standstill.py:" in line["at"]


async def test_task_that_waits_is_not():
    async def waits() -> None:
        await asyncio.sleep(0.5)
        await asyncio.to_thread(time.sleep, 0.5)

    assert await told(waits) == []


async def test_what_ran_before_somebody_could_wait_is_not():
    """A server collects garbage for a while when it has started."""
    with capture_logs() as said, watched():
        await asyncio.sleep(0.2)
        time.sleep(1)  # noqa: ASYNC251 - as the start does
        watch_from_now()
        await asyncio.sleep(0.2)
    assert [line for line in said if line["milliseconds"] >= 900] == []
