"""Traces and errors of several processes, and of none: `fondasi serve`, `fondasi worker`, commands, the doctor."""

import signal
import sys
import time

import httpx
import pytest

CODE = """
from sqlalchemy import text

from fondasi.access import public
from fondasi.dependencies import UnitOfWork
from fondasi.kit.http import Router
from fondasi.kit.jobs import JobContext, job
from fondasi.module import Module

room = Router(prefix="/asked", tags=["asked"])

@job(name="asked.work")
async def work(context: JobContext) -> None:
    await context.session.execute(text("SELECT 'in the job'"))

@room.post("", dependencies=[public])
async def ask(session: UnitOfWork) -> None:
    await session.execute(text("SELECT 'in the request'"))
    await work.enqueue(session)

module = Module(name="asked", routers=[room], jobs=[work])
"""
SENTENCE = "OTEL_EXPORTER_OTLP_ENDPOINT is set, but what sends traces is missing: pip install 'fondasi[opentelemetry]'"


@pytest.fixture
def without_package(monkeypatch):
    """OpenTelemetry's exporter is not installed."""
    from fondasi.kit import tracing

    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    monkeypatch.delitem(sys.modules, "fondasi.kit.tracing.provider", raising=False)
    monkeypatch.delattr(tracing, "provider", raising=False)


@pytest.mark.long
def test_one_trace_leads_from_the_request_through_the_worker_to_its_statements(
    start_command, install, collector
):

    variables = {
        "PYTHONPATH": install("asked", CODE),
        "MODULES": "asked",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20hunter2",
        "OTEL_SERVICE_NAME": "shop",
    }
    served = start_command("serve", **variables)
    served.serves()
    worker = start_command("worker", **variables)
    worker.says("worker_started")
    answer = httpx.post(f"http://127.0.0.1:{served.port}/api/v1/asked", timeout=60)
    assert answer.status_code == 200, served.output
    processed = collector.waits_for(lambda span: span.name == "process asked.work")
    request = collector.waits_for(lambda span: span.name == "POST /api/v1/asked")
    told = {span.attributes.get("db.query.text"): span for span in collector.within(request)}
    assert {span.trace for span in told.values()} == {request.trace}
    assert processed.id in {span.id for span in collector.within(request)}
    assert request.resource["service.name"] == processed.resource["service.name"] == "shop"
    assert request.resource["service.instance.id"] != processed.resource["service.instance.id"]
    texts = [span.attributes.get("db.query.text") for span in collector.within(processed)]
    assert "SELECT ?" in texts
    assert f"trace_id={request.trace}" in worker.output
    assert set(collector.paths) == {"/v1/traces"}
    assert all(headers["authorization"] == "Bearer hunter2" for headers in collector.headers)
    assert "hunter2" not in served.output + worker.output

    collector.held.clear()  # it takes nothing more, and answers nothing
    httpx.post(f"http://127.0.0.1:{served.port}/api/v1/asked", timeout=60)
    began = time.monotonic()
    for command in (served, worker):
        assert command.ends(signal.SIGTERM) in {0, -signal.SIGTERM}, command.output
    assert time.monotonic() - began < 25  # the SDK alone waits for half a minute, twice


def test_command_without_the_package_says_what_to_install(tmp_path, fondasi, without_package):
    refused = fondasi(tmp_path, "users", "list", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    assert (refused.returncode, refused.stderr) == (1, f"{SENTENCE}, or unset it.\n")


def test_command_without_the_package_of_sentry_says_what_to_install(tmp_path, fondasi, monkeypatch):
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    refused = fondasi(tmp_path, "users", "list", SENTRY_DSN="http://key@127.0.0.1:9/1")
    sentence = "SENTRY_DSN is set, but what sends errors is missing: pip install 'fondasi[sentry]'"
    assert (refused.returncode, refused.stderr) == (1, f"{sentence}, or unset SENTRY_DSN.\n")
    told = " ".join(fondasi(tmp_path, "doctor", SENTRY_DSN="http://key@127.0.0.1:9/1").stdout.split())
    assert sentence in told


def test_start_that_is_refused_is_sent(start_command, sentry):
    command = start_command("serve", SENTRY_DSN=sentry.dsn, MODULES="posts,nowhere")
    assert command.ends() != 0
    [event] = sentry.events
    assert event["transaction"] == "start"


class TestDoctor:
    @pytest.fixture
    def says(self, tmp_path, fondasi):
        def examine(**variables: str) -> str:
            return " ".join(fondasi(tmp_path, "doctor", **variables).stdout.split())

        return examine

    def test_says_which_package_is_missing(self, says, without_package):
        assert SENTENCE in says(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")

    def test_says_that_nobody_answers(self, says):
        assert "no collector answers at 127.0.0.1:9" in says(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")

    def test_says_that_the_key_is_wrong(self, says, collector):
        collector.status = 401
        told = says(
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_EXPORTER_OTLP_HEADERS="authorization=hunter2"
        )
        assert "asks for another key: set OTEL_EXPORTER_OTLP_HEADERS" in told
        assert "hunter2" not in told

    def test_says_that_nobody_takes_errors(self, says, sentry):
        told = says(SENTRY_DSN="http://hunter2@127.0.0.1:9/1")
        assert "nobody answers at 127.0.0.1:9: check SENTRY_DSN" in told
        assert "hunter2" not in told
        assert "errors ok" in says(SENTRY_DSN=sentry.dsn)
        assert sentry.bodies == []

    def test_is_content_with_a_collector(self, says, collector):
        assert "traces ok" in says(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
        assert collector.spans == []
