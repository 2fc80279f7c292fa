"""25: what callers send, and what faults say of it, in what is told to others: traces and errors."""

import asyncio
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
import pytest
import sentry_sdk
from sqlalchemy import text

from fondasi.access import public
from fondasi.app import create_app
from fondasi.dependencies import UnitOfWork
from fondasi.kit.http import Router
from fondasi.kit.jobs import JobContext, JobFailed, job
from fondasi.module import Module
from fondasi.runtime import platform_modules
from fondasi.settings import JobSettings, OtelSettings, SentrySettings

SECRET = "hunter2-ani@example.com"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmkifQ.c2lnbmF0dXJl"
HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "X-Request-ID": TOKEN,
    "User-Agent": SECRET,
    "Cookie": f"session={SECRET}",
    "Host": "hunter2.example",
    "X-Forwarded-For": "hunter2",
    "Accept-Language": "hunter2",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "tracestate": "vendor=hunter2",
    "baggage": "user=hunter2",
}
room = Router(prefix="/planted", tags=["planted"])


@job(name="planted.work", retries=0)
async def work(context: JobContext, word: str) -> None:
    await context.session.execute(text("SELECT CAST(:word AS text)"), {"word": word})
    raise JobFailed(f"{word} {TOKEN}")


@room.post("/{kind}/{thing_id}", dependencies=[public])
async def plant(session: UnitOfWork, kind: str, thing_id: UUID, body: dict[str, str], word: str = "") -> None:
    password = body["password"]
    await session.execute(
        text(f"SELECT '{password}', $${password}$$, E'\\'{password}' /* {password} */ -- {TOKEN}")
    )
    if kind == "job":
        await work.enqueue(session, word=password)
    elif kind == "sql":
        await session.execute(text("SELECT CAST(:word AS int) FROM job"), {"word": password})
    elif kind == "code":
        raise RuntimeError(f"{password} {word} {TOKEN}")


module = Module(name="planted", routers=[room], jobs=[work])


@pytest.fixture
def planted(settings, clean_database):
    """Send the secrets everywhere: `await planted(settings changed by this)`."""

    async def send(**changes) -> None:
        changed = settings.model_copy(update={"job": JobSettings(in_process=True), **changes})
        app = create_app(changed, [*platform_modules(), module])
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=HEADERS) as client,
        ):
            thing = "/0198c0de-0000-7000-8000-000000000001"
            statuses = []
            for path in (
                "/job" + thing,
                "/sql" + thing,
                "/code" + thing,
                f"/{SECRET}/{SECRET}",
                f"/{SECRET}",
            ):
                url = f"/api/v1/planted{path}?word={SECRET}"
                statuses.append((await client.post(url, json={"password": SECRET})).status_code)
            statuses.append((await client.request("BREW", f"/{SECRET}")).status_code)
            assert statuses == [200, 500, 500, 422, 404, 404]
            async with asyncio.timeout(60):
                while not await failed(clean_database):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)

    return send


async def failed(database) -> bool:
    async with database.read_session() as session:
        return bool(await session.scalar(text("SELECT count(*) FROM job WHERE status = 'failed'")))


async def test_traces_hold_none_of_it(planted, collector):
    await planted(otel=OtelSettings(exporter_otlp_endpoint=collector.url))
    names = {span.name for span in collector.spans}
    assert {"POST /api/v1/planted/{kind}/{thing_id}", "process planted.work", "SELECT job", "HTTP"} <= names
    assert_clean(collector.bodies)


async def test_errors_hold_none_of_it(planted, sentry):
    await planted(sentry=SentrySettings(dsn=sentry.dsn))
    assert len(sentry.events) == 3
    assert_clean(sentry.bodies)


async def test_messages_that_are_sent_hold_no_token_and_no_address(planted, sentry):
    await planted(sentry=SentrySettings(dsn=sentry.dsn, messages=True))
    assert any("[redacted]" in found.get("value", "") for found in exceptions(sentry))
    sent = b"".join(sentry.bodies)
    assert b"ani@" not in sent
    assert b"eyJ" not in sent


async def test_what_an_application_captures_itself_is_picked_too(planted, sentry, settings, clean_database):
    async def capture(_platform) -> None:
        sentry_sdk.set_user({"email": SECRET})
        sentry_sdk.set_tag("word", SECRET)
        sentry_sdk.set_context("word", {"word": SECRET})
        sentry_sdk.add_breadcrumb(message=SECRET)
        sentry_sdk.capture_message(SECRET)
        try:
            {}[SECRET]
        except KeyError as error:
            sentry_sdk.capture_exception(error, extras={"word": SECRET})

    @asynccontextmanager
    async def capturing(platform):
        await capture(platform)
        yield

    changed = settings.model_copy(update={"sentry": SentrySettings(dsn=sentry.dsn)})
    app = create_app(changed, [*platform_modules(), Module(name="capturing", lifespan=capturing)])
    async with app.router.lifespan_context(app):
        pass
    assert [found["type"] for found in exceptions(sentry)] == ["KeyError"]
    assert_clean(sentry.bodies)


def exceptions(sentry) -> list[dict]:
    return [found for event in sentry.events for found in event["exception"]["values"]]


def assert_clean(bodies: list[bytes]) -> None:
    sent = b"".join(bodies)
    assert sent
    for word in (b"hunter2", b"ani@", b"eyJ"):
        assert word not in sent
