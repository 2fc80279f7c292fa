"""What tests of webhooks share: a receiver that may be reached, people who manage webhooks, and the sending."""

from ipaddress import ip_network
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from fondasi.kit import clock
from fondasi.kit.jobs import JobRecord
from fondasi.webhooks.jobs import deliver
from fondasi.webhooks.models import Webhook

API = "/api/v1"


@pytest.fixture
def reachable(app, receiver, monkeypatch):
    """The receiver, which the service may ask."""
    settings = app.state.platform.settings.outgoing
    monkeypatch.setattr(settings, "ports", [80, 443, receiver.port])
    monkeypatch.setattr(settings, "networks", [ip_network("127.0.0.1/32")])
    return receiver


@pytest.fixture
async def root(town):
    """An administrator."""
    return await town.person("root", superuser=True)


@pytest.fixture
def hook(root, reachable):
    """Make a webhook of the platform: `await hook("user.created")`, its answer."""

    async def make(*events, person=None, path="", **fields):
        body = {"url": reachable.url(path="/hooks"), "events": events or ["*"], **fields}
        answer = await (person or root).call("POST", f"{path}/webhooks", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return make


@pytest.fixture
def sent(run_jobs, clean_database):
    """Send what waits; with `later`, what waits for another day too."""

    async def run(*, later: bool = False) -> None:
        if later:
            async with clean_database.unit_of_work() as session:
                await session.execute(
                    update(JobRecord).where(JobRecord.status == "queued").values(scheduled_for=clock.now())
                )
        await run_jobs(deliver)

    return run


@pytest.fixture
def scene(app, town, root, reachable, hook, sent):  # noqa: PLR0917 - that is what it gathers
    """All of these."""

    async def pinged() -> str:
        """The path of a webhook with an event of the platform on its way."""
        made = await hook("user.created")
        await town.person("ani")
        return f"/webhooks/{made['id']}"

    async def one(model):
        """The one row of a table."""
        async with town.database.read_session() as session:
            return (await session.scalars(select(model))).one()

    async def change(**values) -> None:
        """Write to the one webhook."""
        async with town.database.unit_of_work() as session:
            await session.execute(update(Webhook).values(**values))

    return SimpleNamespace(
        app=app,
        settings=app.state.platform.settings,
        town=town,
        root=root,
        receiver=reachable,
        hook=hook,
        sent=sent,
        pinged=pinged,
        one=one,
        change=change,
    )
