"""Traces: one of a request holds its statements and the jobs that it asks for, and nobody's values."""

import asyncio
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from fondasi.access import public
from fondasi.dependencies import ReadSession, UnitOfWork
from fondasi.kit import tracing
from fondasi.kit.db import driver_connection
from fondasi.kit.http import Problem, Router
from fondasi.kit.jobs import JobContext, JobFailed, JobRecord, job
from fondasi.module import Module
from fondasi.settings import JobSettings, OtelSettings

room = Router(prefix="/traced", tags=["traced"])
SECRET = "hunter2-ani@example.com"
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@job(name="traced.work", retries=0)
async def work(context: JobContext, fails: bool = False) -> None:
    await context.session.execute(text(f"SELECT 'in the job', 17, '{SECRET}'"))
    if fails:
        raise JobFailed(SECRET)


@room.get("/things/{thing_id}", operation_id="read_thing", dependencies=[public])
async def read_thing(session: ReadSession, thing_id: UUID, word: str = "") -> dict[str, str]:
    await session.execute(text("SELECT name FROM job WHERE name = :word AND priority > 100"), {"word": word})
    driver = await driver_connection(session)
    await driver.fetchval("SELECT count(*) FROM job WHERE name = $1", word)
    return {"id": str(thing_id)}


@room.post("/jobs", operation_id="ask_for_job", dependencies=[public])
async def ask_for_job(session: UnitOfWork, fails: bool = False) -> dict[str, str]:
    return {"id": str(await work.enqueue(session, fails=fails))}


@room.post("/faults", operation_id="fail_thing", dependencies=[public])
async def fail_thing(session: UnitOfWork, kind: str) -> None:
    if kind == "problem":
        raise Problem(SECRET)
    if kind == "sql":
        await session.execute(text("SELECT * FROM nowhere WHERE word = :word"), {"word": SECRET})
    raise RuntimeError(SECRET)


module = Module(name="traced", routers=[room], jobs=[work])


@pytest.fixture
def otel(collector):
    return OtelSettings(exporter_otlp_endpoint=collector.url)


@pytest.fixture
def traced(settings, clean_database, running, otel):
    """`async with traced() as client`; all spans have come when the block is left."""

    def open_(**changes):
        changes = {"otel": otel, **changes}
        return running(settings.model_copy(update=changes), module)

    return open_


def dropped(reason: str) -> float:
    return REGISTRY.get_sample_value("fondasi_spans_dropped_total", {"reason": reason}) or 0


def named(collector, name: str):
    found = [span for span in collector.spans if span.name == name]
    assert len(found) == 1, collector.spans
    return found[0]


async def test_request_is_a_span_named_by_its_route_and_holds_its_statements(traced, collector):
    thing = "0198c0de-0000-7000-8000-000000000001"
    async with traced() as client:
        answer = await client.get(
            f"/api/v1/traced/things/{thing}", params={"word": SECRET}, headers={"X-Request-ID": "one"}
        )
    assert answer.status_code == 200
    request = named(collector, "GET /api/v1/traced/things/{thing_id}")
    assert (request.kind, request.parent, request.failed) == ("SERVER", "", False)
    assert request.attributes == {
        "http.request.method": "GET",
        "http.route": "/api/v1/traced/things/{thing_id}",
        "http.response.status_code": 200,
        "url.scheme": "http",
        "fondasi.request_id": "one",
    }
    assert request.resource["service.name"] == "fondasi"
    assert request.resource["deployment.environment.name"] == "local"
    [session] = collector.below(request)
    assert session.name == "read session"
    first, second = [span for span in collector.below(session) if span.name == "SELECT job"]
    assert first.attributes["db.query.text"] == "SELECT name FROM job WHERE name = $1 AND priority > ?"
    assert second.attributes["db.query.text"] == "SELECT count(*) FROM job WHERE name = $1"
    for span in (first, second):
        assert span.kind == "CLIENT"
        assert span.attributes["db.system.name"] == "postgresql"
        assert span.attributes["db.operation.name"] == "SELECT"
        assert span.attributes["db.collection.name"] == "job"
        assert span.attributes["db.namespace"]


async def test_job_goes_on_in_the_trace_of_who_asked_for_it(traced, collector, clean_database):
    async with traced(job=JobSettings(in_process=True)) as client:
        job_id = (await client.post("/api/v1/traced/jobs", headers={"traceparent": CALLER})).json()["id"]
        await finished(clean_database, job_id)
    request = named(collector, "POST /api/v1/traced/jobs")
    assert (request.trace, request.parent) == tuple(CALLER.split("-")[1:3])
    sent = named(collector, "send traced.work")
    processed = named(collector, "process traced.work")
    assert sent.id in {s.id for s in collector.within(request)}
    assert (sent.kind, processed.kind) == ("PRODUCER", "CONSUMER")
    assert (processed.trace, processed.parent) == (request.trace, sent.id)
    for span in (sent, processed):
        assert span.attributes["messaging.message.id"] == job_id
        assert span.attributes["messaging.destination.name"] == "traced.work"
    assert processed.attributes["fondasi.job.outcome"] == "succeeded"
    texts = [span.attributes.get("db.query.text") for span in collector.within(processed)]
    assert "SELECT ?, ?, ?" in texts
    assert "COMMIT;" in texts


async def test_failures_name_their_kind_and_nothing_else(traced, collector, clean_database):
    async with traced(job=JobSettings(in_process=True)) as client:
        for kind in ("problem", "sql", "code"):
            answer = await client.post("/api/v1/traced/faults", params={"kind": kind})
            assert answer.status_code == 500
        assert (await client.post("/api/v1/traced/nowhere", params={"kind": SECRET})).status_code == 404
        job_id = (await client.post("/api/v1/traced/jobs", params={"fails": "true"})).json()["id"]
        await finished(clean_database, job_id)
    requests = [span for span in collector.spans if span.name == "POST /api/v1/traced/faults"]
    assert all(span.failed for span in requests)
    assert [span.attributes["error.type"] for span in requests] == [
        "500",
        "sqlalchemy.exc.ProgrammingError",
        "RuntimeError",
    ]
    statement = named(collector, "SELECT nowhere")
    assert (statement.failed, statement.attributes["db.response.status_code"]) == (True, "42P01")
    missing = named(collector, "POST")
    assert (missing.failed, missing.attributes["http.response.status_code"]) == (False, 404)
    processed = named(collector, "process traced.work")
    assert processed.failed
    assert processed.attributes["error.type"] == "fondasi.kit.jobs.context.JobFailed"
    assert processed.attributes["fondasi.job.outcome"] == "failed"
    assert not any(span.raw.events or span.raw.status.message for span in collector.spans)


async def test_probes_are_not_traced_and_neither_is_what_the_caller_does_not_keep(traced, collector):
    async with traced() as client:
        await client.get("/health")
        await client.get("/metrics")
        await client.post("/api/v1/traced/jobs", headers={"traceparent": CALLER.removesuffix("1") + "0"})
        await client.get("/api/v1/traced/things/no-uuid", headers={"traceparent": "00-nonsense"})
    names = {span.name for span in collector.spans}
    assert names == {"GET /api/v1/traced/things/{thing_id}", "read session"}


async def test_collector_that_hangs_delays_neither_requests_nor_the_end(traced, collector, otel, monkeypatch):
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "16")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "8")
    collector.held.clear()
    before = dropped("full")
    async with traced() as client, asyncio.timeout(60):
        for _ in range(100):
            answer = await client.get("/api/v1/traced/things/0198c0de-0000-7000-8000-000000000001")
            assert answer.status_code == 200
        assert dropped("full") > before
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < 20  # the SDK alone waits for half a minute
    assert not collector.bodies


async def test_spans_that_the_collector_does_not_take_are_counted(traced, collector):
    collector.status, before = 400, dropped("refused")
    async with traced() as client:
        await client.get("/api/v1/traced/things/0198c0de-0000-7000-8000-000000000001")
    assert dropped("refused") > before


async def test_nothing_is_made_of_it_where_no_collector_is_set(settings, running, clean_database):
    async with running(settings, module) as client:
        assert not tracing.is_on()
        job_id = (await client.post("/api/v1/traced/jobs", headers={"traceparent": CALLER})).json()["id"]
    async with clean_database.read_session() as session:
        assert (await session.get(JobRecord, UUID(job_id))).traceparent is None


async def finished(database, job_id: str) -> None:
    async with asyncio.timeout(60):
        while True:
            async with database.read_session() as session:
                found = await session.get(JobRecord, UUID(job_id))
            if found.finished_at:
                return
            await asyncio.sleep(0.02)
