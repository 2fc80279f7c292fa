"""Several web processes that each count for themselves are refused in production, whoever started them."""

import asyncio

import pytest
from structlog.testing import CapturingLogger

from fondasi.app import create_app
from fondasi.quotas import SeveralWorkersError, workers
from fondasi.runtime import open_platform, platform_modules
from fondasi.settings import Environment, HttpSettings, UnsafeSettingsError, refuse_unsafe


@pytest.fixture
def own(settings, scratch_database):
    """Settings for a database where nobody else serves."""
    addresses = {"url": scratch_database.app, "owner_url": scratch_database.owner}
    database = type(settings.database)(**addresses)
    return settings.model_copy(update={"database": database})


@pytest.fixture
def production(own, monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE_SECONDS", 0)
    return own.model_copy(update={"environment": Environment.PRODUCTION})


def serving(settings):
    app = create_app(settings, platform_modules())
    return app.router.lifespan_context(app)


async def test_second_one_is_refused_in_production(production):
    async with serving(production):
        with pytest.raises(SeveralWorkersError, match="REDIS_URL"):
            async with serving(production):
                pass
    async with serving(production):
        pass


async def test_successor_waits_until_its_predecessor_has_ended(production, monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE_SECONDS", 60)
    monkeypatch.setattr(workers, "RETRY_SECONDS", 0.05)
    ended = asyncio.Event()

    async def predecessor():
        async with serving(production):
            started.set()
            await ended.wait()

    started = asyncio.Event()
    task = asyncio.create_task(predecessor())
    await started.wait()
    asyncio.get_running_loop().call_later(0.3, ended.set)
    async with serving(production):
        pass
    await task


async def test_second_one_is_a_warning_elsewhere(own, monkeypatch):
    log = CapturingLogger()
    monkeypatch.setattr(workers, "log", log)
    async with serving(own), serving(own):
        pass
    assert [(call.method_name, call.args) for call in log.calls] == [
        ("warning", ("limits_hold_for_each_worker",))
    ]


async def test_commands_and_job_workers_do_not_count(production):
    async with serving(production), open_platform(production, platform_modules()):
        pass


async def test_several_processes_of_one_service_are_refused_before_they_start(production):
    refuse_unsafe(production)
    several = production.model_copy(update={"http": HttpSettings(workers=2)})
    with pytest.raises(UnsafeSettingsError, match="set REDIS_URL, or serve with one"):
        refuse_unsafe(several)
