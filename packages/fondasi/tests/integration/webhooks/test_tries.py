"""What becomes of a delivery that is not taken, and of a webhook whose receiver is slow, in trouble or gone."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, text

from fondasi.kit import clock
from fondasi.kit.jobs import JobRecord, JobRegistry, Worker
from fondasi.settings import JobSettings
from fondasi.tasks.jobs import count_slowly
from fondasi.webhooks.attempts import PAUSES, TRIES
from fondasi.webhooks.jobs import deliver, tell_full
from fondasi.webhooks.models import Webhook, WebhookDelivery
from fondasi.webhooks.waiting import retry_after

DAY = 24 * 3600


async def test_delivery_is_tried_again_later_and_later_and_given_up(scene):
    scene.receiver.answers = [(400, {}, b"no")]
    await scene.hook("user.created")
    await scene.town.person("ani")
    most = scene.settings.webhook.attempts
    waits = []
    for _ in range(most):
        await scene.sent(later=True)
        delivery = await scene.one(WebhookDelivery)
        if delivery.due_at is not None:
            waits.append((delivery.due_at - clock.now()).total_seconds())
    assert (delivery.status, delivery.attempts) == ("failed", most)
    assert len(scene.receiver.requests) == most
    assert len({request.headers["webhook-id"] for request in scene.receiver.requests}) == 1
    assert len(waits) == most - 1
    assert all(later > sooner * 1.5 for sooner, later in pairwise(waits[:6]))
    assert 2 * DAY < sum(waits) < 5 * DAY
    await scene.sent(later=True)
    assert len(scene.receiver.requests) == most


@pytest.mark.parametrize(("value", "least"), [("120", 119), ("999999", DAY - 1), ("-5", 0), ("soon", 0)])
async def test_receiver_says_when_it_is_to_be_asked_again(scene, value, least):
    scene.receiver.answers = [(503, {"retry-after": value}, b"")]
    await scene.pinged()
    await scene.sent()
    delivery, webhook = await scene.one(WebhookDelivery), await scene.one(Webhook)
    assert (delivery.due_at - clock.now()).total_seconds() > least - 60
    assert (webhook.resumes_at - clock.now()).total_seconds() > least - 60
    assert (delivery.due_at - clock.now()).total_seconds() < DAY + 60


def test_retry_after_as_a_date():
    now = clock.now().replace(microsecond=0)
    moment = (now + timedelta(minutes=5)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert retry_after({"retry-after": moment}, now) == timedelta(minutes=5)
    assert retry_after({"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}, now) == timedelta()
    assert retry_after({}, now) is None


async def test_receiver_in_trouble_is_asked_by_one_request_for_all_that_waits(scene):
    scene.receiver.answers = [(500, {}, b"")]
    await scene.hook("user.created")
    await scene.town.person("ani")
    await scene.sent()
    for name in ("budi", "citra", "dewi"):
        await scene.town.person(name)
    await scene.sent()
    assert len(scene.receiver.requests) == 1
    scene.receiver.answers = [(200, {}, b"")]
    await scene.change(resumes_at=clock.now())
    await scene.sent(later=True)
    assert len(scene.receiver.requests) == 5
    webhook = await scene.one(Webhook)
    assert (webhook.failures, webhook.failing_since, webhook.resumes_at) == (0, None, None)
    assert webhook.last_success_at is not None


async def test_dead_receiver_fills_no_table_and_its_maker_is_told(scene, run_jobs, trail, monkeypatch):
    monkeypatch.setattr(scene.settings.webhook, "pending", 3)
    scene.receiver.answers = [(500, {}, b"")]
    made = await scene.hook("user.created")
    await scene.town.person("ani")
    await scene.sent()
    for number in range(5):
        await scene.town.person(f"person{number}")
    await run_jobs(tell_full)
    async with scene.town.database.read_session() as session:
        assert len((await session.scalars(select(WebhookDelivery))).all()) == 3
    shown = (await scene.root.get(f"/webhooks/{made['id']}")).json()
    assert (shown["enabled"], shown["full_since"] is None) == (True, False)
    told = [
        letter for letter in await scene.town.letters(scene.root.email) if letter.template == "webhook-full"
    ]
    assert len(told) == len(await trail("webhooks.full")) == 1
    assert "127.0.0.1" in told[0].text
    scene.receiver.answers = [(200, {}, b"")]
    await scene.change(resumes_at=clock.now())
    await scene.sent(later=True)
    assert (await scene.one(Webhook)).full_since is None
    before = len(scene.receiver.requests)
    await scene.town.person("budi")
    await scene.sent()
    assert len(scene.receiver.requests) == before + 1


async def test_410_disables_and_its_maker_is_told(scene, trail):
    scene.receiver.answers = [(410, {}, b"")]
    path = await scene.pinged()
    await scene.sent()
    read = (await scene.root.get(path)).json()
    assert (read["enabled"], read["disabled_because"]) == (False, "gone")
    (letter,) = await scene.town.letters(scene.root.email)
    assert "127.0.0.1" in letter.text
    assert "/hooks" not in letter.text
    (entry,) = await trail("webhooks.disable")
    assert entry.details["because"] == "gone"
    await scene.town.person("budi")
    await scene.sent(later=True)
    assert len(scene.receiver.requests) == 1


async def test_days_of_nothing_but_failures_disable_and_enabling_begins_anew(scene):
    scene.receiver.answers = [(500, {}, b"")]
    path = await scene.pinged()
    await scene.sent()
    assert (await scene.root.get(path)).json()["enabled"]
    ago = clock.now() - timedelta(days=6)
    await scene.change(failing_since=ago, resumes_at=None)
    await scene.sent(later=True)
    assert (await scene.root.get(path)).json()["disabled_because"] == "failing"
    (letter,) = await scene.town.letters(scene.root.email)
    assert "5 days" in letter.text
    assert (await scene.one(WebhookDelivery)).status == "failed"
    enabled = (await scene.root.call("PATCH", path, json={"enabled": True})).json()
    assert (enabled["enabled"], enabled["failing_since"]) == (True, None)


async def test_failure_of_long_ago_does_not_count(scene):
    scene.receiver.answers = [(500, {}, b"")]
    path = await scene.pinged()
    await scene.sent()
    ago = clock.now() - timedelta(days=30)
    await scene.change(failing_since=ago, last_failure_at=ago, resumes_at=None)
    await scene.sent(later=True)
    read = (await scene.root.get(path)).json()
    assert read["enabled"]
    assert read["failing_since"] > (clock.now() - timedelta(hours=1)).isoformat()


async def test_nobody_is_there(scene, monkeypatch):
    path = await scene.pinged()
    monkeypatch.setattr(scene.settings.outgoing, "ports", [80, 443, 1])
    await scene.root.call("PATCH", path, json={"url": "http://127.0.0.1:1/"})
    await scene.sent()
    (listed,) = (await scene.root.get(f"{path}/deliveries")).json()["data"]
    assert listed["last_try"]["error"] == "cannot be connected to"
    assert (await scene.root.get(path)).json()["failing_since"] is not None


async def silent(writer):
    await asyncio.sleep(60)


async def test_worker_that_is_killed_sends_the_same_again(scene):
    """It was taken and nobody knows: the receiver drops the second one by its `webhook-id`."""
    scene.receiver.answers = [silent, (200, {}, b"")]
    await scene.pinged()
    worker = Worker(
        scene.app.state.platform, scene.town.database, JobRegistry([deliver]), JobSettings(grace=0)
    )
    async with worker.running(), asyncio.timeout(60):
        while not scene.receiver.requests:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert (await scene.one(WebhookDelivery)).attempts == 0
    await scene.sent(later=True)
    first, second = scene.receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert (await scene.one(WebhookDelivery)).status == "delivered"


async def test_silent_receivers_hold_up_neither_other_jobs_nor_other_webhooks(
    scene, receiver_at, monkeypatch
):
    quiet = await receiver_at()
    quiet.answers = [silent]
    settings = scene.settings
    monkeypatch.setattr(settings.outgoing, "ports", [scene.receiver.port, quiet.port])
    await scene.hook("user.created", url=quiet.url())
    await scene.hook("user.created")
    for name in ("ani", "budi", "citra", "dewi", "eka", "fajar"):
        await scene.town.person(name)
    async with scene.town.database.unit_of_work() as session:
        other = await count_slowly.enqueue(session, message="other", steps=1, seconds=0.1)
    worker = Worker(
        scene.app.state.platform,
        scene.town.database,
        JobRegistry([deliver, count_slowly]),
        JobSettings(concurrency=1, grace=0),
    )
    async with worker.running(), asyncio.timeout(settings.webhook.timeout + 30):
        while len(scene.receiver.requests) < 6 or (await state(scene.town.database, other)) != "succeeded":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        assert quiet.connections <= 2


async def state(database, job_id) -> str:
    async with database.read_session() as session:
        return (await session.scalars(select(JobRecord.status).where(JobRecord.id == job_id))).one()


async def test_webhook_that_is_deleted_meanwhile(scene):
    path = await scene.pinged()
    assert (await scene.root.call("DELETE", path)).status_code == 204
    await scene.sent()
    assert scene.receiver.connections == 0
    async with scene.town.database.read_session() as session:
        assert (await session.scalars(text("SELECT count(*) FROM webhook_delivery"))).one() == 0


def test_waits():
    assert TRIES.delay(1) <= 10
    assert TRIES.delay(50) <= 12 * 3600
    assert PAUSES.delay(50) <= 3600


async def test_maker_who_left_is_replaced_by_the_owners(scene, trail):
    north, people = await scene.town.staffed("north", adi="admin")
    scene.receiver.answers = [(410, {}, b"")]
    await scene.hook("member.left", person=people["adi"], path=f"/tenants/{north}")
    await people["owner"].call("DELETE", f"/tenants/{north}/members/{people['adi'].id}")
    await scene.sent()
    assert len(await scene.town.letters(people["owner"].email)) == 1
    assert await scene.town.letters(people["adi"].email) == []
