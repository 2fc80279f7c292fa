"""Errors that are sent to Sentry: which, with what, and how many; never what was expected."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from fondasi.access import public
from fondasi.dependencies import UnitOfWork
from fondasi.kit.http import Conflict, Router, Unavailable
from fondasi.kit.jobs import Backoff, JobContext, JobRecord, job
from fondasi.module import Module
from fondasi.settings import JobSettings, OtelSettings, SentrySettings, StartError

room = Router(prefix="/erring", tags=["erring"])


@job(name="erring.work", retries=1, backoff=Backoff(initial=0.01))
async def work(context: JobContext) -> None:
    await context.session.execute(text("SELECT * FROM nowhere"))


@room.post("/jobs", dependencies=[public])
async def ask_for_job(session: UnitOfWork) -> dict[str, str]:
    return {"id": str(await work.enqueue(session))}


@room.get("/{kind}", operation_id="err", dependencies=[public])
async def err(kind: str) -> None:
    if kind == "conflict":
        raise Conflict
    if kind == "unavailable":
        raise Unavailable("Later.")
    raise KeyError(kind)


module = Module(name="erring", routers=[room], jobs=[work])


@pytest.fixture
def erring(settings, clean_database, running, sentry):
    """`async with erring() as client`; all errors have come when the block is left."""

    def open_(*modules: Module, per_minute: int = 60, **changes):
        set_ = SentrySettings(dsn=sentry.dsn, per_minute=per_minute)
        return running(settings.model_copy(update={"sentry": set_, **changes}), *(modules or (module,)))

    return open_


async def test_fault_of_a_request_is_sent_with_its_place_and_what_was_expected_is_not(
    erring, sentry, collector
):
    async with erring(otel=OtelSettings(exporter_otlp_endpoint=collector.url)) as client:
        for path, status in (("conflict", 409), ("unavailable", 503), ("a/b", 404), ("code", 500)):
            answer = await client.get(f"/api/v1/erring/{path}", headers={"X-Request-ID": "one"})
            assert answer.status_code == status
    [event] = sentry.events
    assert event["transaction"] == "GET /api/v1/erring/{kind}"
    assert event["tags"] == {"method": "GET", "route": "/api/v1/erring/{kind}", "request_id": "one"}
    assert (event["environment"], event["release"]) == ("local", "fondasi@0.1.0")
    [fault] = event["exception"]["values"]
    assert fault["type"] == "KeyError"
    assert "value" not in fault
    last = fault["stacktrace"]["frames"][-1]
    assert (last["function"], last["module"]) == ("err", __name__)
    assert set(last) <= {"filename", "function", "module", "lineno", "in_app"}
    assert event["contexts"]["trace"]["trace_id"] in {span.trace for span in collector.spans}
    assert set(sentry.paths) == {"/api/1/envelope/"}
    assert "server_name" not in event
    assert "user" not in event


async def test_job_that_failed_for_good_is_sent_once(erring, sentry, clean_database):
    async with erring(job=JobSettings(in_process=True)) as client:
        job_id = (await client.post("/api/v1/erring/jobs")).json()["id"]
        async with asyncio.timeout(60):
            while (found := await record(clean_database, job_id)).status != "failed":  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    assert found.attempt == 2
    [event] = sentry.events
    assert event["transaction"] == "job erring.work"
    assert event["tags"] == {"job": "erring.work", "job_id": job_id, "attempt": "2"}
    assert event["exception"]["values"][-1]["type"] == "ProgrammingError"


async def record(database, job_id: str) -> JobRecord:
    async with database.read_session() as session:
        return await session.get(JobRecord, job_id)


async def test_what_keeps_the_service_from_starting_is_sent(erring, sentry):
    @asynccontextmanager
    async def broken(_platform):
        raise StartError("Set it.")
        yield

    with pytest.raises(StartError):
        async with erring(Module(name="broken", lifespan=broken)):
            pass
    [event] = sentry.events
    assert (event["transaction"], event["exception"]["values"][-1]["type"]) == ("start", "StartError")


async def test_a_flood_of_errors_is_bounded(erring, sentry):
    async with erring(per_minute=3) as client:
        for _ in range(20):
            assert (await client.get("/api/v1/erring/code")).status_code == 500
    assert len(sentry.events) == 3


async def test_receiver_that_hangs_delays_neither_answers_nor_the_end(erring, sentry):
    sentry.held.clear()
    loop = asyncio.get_running_loop()
    async with erring() as client, asyncio.timeout(60):
        for _ in range(150):  # more than wait for their turn
            assert (await client.get("/api/v1/erring/code")).status_code == 500
        began = loop.time()
    assert loop.time() - began < 20
