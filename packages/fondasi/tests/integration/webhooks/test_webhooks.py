"""Webhooks over HTTP: who may have what sent where, what is signed how, and what is shown of it."""

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from fondasi.kit import clock
from fondasi.kit.jobs import JobRecord
from fondasi.webhooks.jobs import deliver, purge
from fondasi.webhooks.models import Webhook, WebhookDelivery

API = "/api/v1"
URL = "https://example.com/hooks"


def verified(request, secret: str) -> dict:
    """As a receiver does it: https://www.standardwebhooks.com."""
    signed = (
        f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    )
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert wanted in request.headers["webhook-signature"].split(" ")
    assert abs(time.time() - int(request.headers["webhook-timestamp"])) < 300
    return json.loads(request.body)


async def test_event_leaves_signed_when_its_unit_of_work_commits(town, reachable, hook, sent):
    made = await hook("user.created")
    person = await town.client.post(
        f"{API}/users",
        json={
            "username": "ani",
            "email": "ani@example.com",
            "password": "correct horse battery",
            "name": "Ani",
        },
    )
    assert person.status_code == 201, person.text
    await sent()
    (request,) = reachable.requests
    assert (request.method, request.path) == ("POST", "/hooks")
    assert request.headers["content-type"] == "application/json"
    told = verified(request, made["secret"])
    assert told["type"] == "user.created"
    assert told["data"] == {"user_id": person.json()["id"]}
    assert "ani" not in request.body.decode()


async def test_nothing_leaves_of_what_was_rolled_back_or_not_subscribed(town, reachable, hook, sent):
    await hook("user.deleted")
    database = town.database
    with pytest.raises(RuntimeError, match="undone"):
        async with database.unit_of_work() as session:
            await session.execute(text("SELECT 1"))
            from fondasi.identity.accounts.events import USER_DELETED

            await USER_DELETED.emit(session, user_id="01900000-0000-7000-8000-000000000000")
            raise RuntimeError("undone")
    await town.person("ani")  # user.created
    await sent()
    assert reachable.connections == 0


async def test_secret_is_shown_once_and_stored_sealed(root, hook, clean_database):
    made = await hook()
    assert made["secret"].startswith("whsec_")
    assert 24 <= len(base64.b64decode(made["secret"].removeprefix("whsec_"))) <= 64
    read = await root.get(f"/webhooks/{made['id']}")
    assert made["secret"] not in read.text
    assert "secret" not in read.json()
    async with clean_database.read_session() as session:
        stored = (await session.execute(text("SELECT webhook::text FROM webhook"))).scalar_one()
    assert made["secret"] not in stored
    assert made["secret"][6:].encode().hex() not in stored


async def test_new_secret_signs_beside_the_old_one_for_a_while(root, reachable, hook, sent, clean_database):
    made = await hook()
    path = f"/webhooks/{made['id']}"
    renewed = (await root.call("POST", f"{path}/secret", json={})).json()
    assert renewed["secret"] != made["secret"]
    assert renewed["previous_until"] is not None
    await root.call("POST", f"{path}/ping")
    await sent()
    for secret in (made["secret"], renewed["secret"]):
        assert verified(reachable.requests[0], secret)["type"] == "webhook.ping"
    async with clean_database.unit_of_work() as session:
        await session.execute(update(Webhook).values(previous_until=clock.now() - timedelta(seconds=1)))
    await root.call("POST", f"{path}/ping")
    await sent()
    assert len(reachable.requests[1].headers["webhook-signature"].split(" ")) == 1
    verified(reachable.requests[1], renewed["secret"])


async def test_leaked_secret_ends_at_once(root, reachable, hook, sent):
    made = await hook()
    path = f"/webhooks/{made['id']}"
    renewed = (await root.call("POST", f"{path}/secret", json={"grace_hours": 0})).json()
    await root.call("POST", f"{path}/ping")
    await sent()
    (request,) = reachable.requests
    assert len(request.headers["webhook-signature"].split(" ")) == 1
    verified(request, renewed["secret"])


async def test_deliveries_are_listed_with_their_tries_and_answers(root, reachable, hook, sent):
    reachable.answers = [(500, {}, b"<b>broken</b>"), (204, {}, b"")]
    made = await hook()
    path = f"/webhooks/{made['id']}"
    pinged = (await root.call("POST", f"{path}/ping")).json()
    assert (pinged["status"], pinged["event"]) == ("pending", "webhook.ping")
    await sent()
    (listed,) = (await root.get(f"{path}/deliveries")).json()["data"]
    assert (listed["status"], listed["attempts"], listed["last_try"]["status_code"]) == ("pending", 1, 500)
    details = (await root.get(f"{path}/deliveries/{pinged['id']}")).json()
    assert details["answer"] == "<b>broken</b>"
    assert json.loads(details["body"])["type"] == "webhook.ping"
    assert details["message_id"] == reachable.requests[0].headers["webhook-id"]
    again = await root.call("POST", f"{path}/deliveries/{pinged['id']}/redeliver")
    assert again.status_code == 202
    await sent()
    details = (await root.get(f"{path}/deliveries/{pinged['id']}")).json()
    assert (details["status"], len(details["tries"]), details["due_at"]) == ("delivered", 2, None)
    first, second = reachable.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert (await root.get(f"{path}/deliveries?status=failed")).json()["data"] == []


async def test_deliveries_are_paged(root, hook):
    made = await hook()
    path = f"/webhooks/{made['id']}"
    ids = [(await root.call("POST", f"{path}/ping")).json()["id"] for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = (await root.get(f"{path}/deliveries?limit=2{f'&cursor={cursor}' if cursor else ''}")).json()
        seen += [row["id"] for row in page["data"]]
        cursor = page["next_cursor"]
    assert seen == ids[::-1]


async def test_webhook_is_tried_by_hand_no_more_than_is_sensible(root, hook):
    made = await hook()
    answers = [await root.call("POST", f"/webhooks/{made['id']}/ping") for _ in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {202}
    assert (answers[60].status_code, answers[60].json()["error_code"]) == (429, "SENT_TOO_OFTEN")
    assert int(answers[60].headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"url": "http://127.0.0.1/"}, "body.url"),
        ({"url": "https://ani:secret@example.com/"}, "body.url"),
        ({"url": "ftp://example.com/"}, "body.url"),
        ({"url": "https://example.com:22/"}, "body.url"),
        ({"events": ["user.exploded"]}, "body.events"),
        ({"events": ["member.joined"]}, "body.events"),
        ({"events": []}, "body.events"),
        ({"secret": "mine"}, "body.secret"),
    ],
    ids=str,
)
async def test_what_cannot_be_sent_is_refused_with_the_field(root, fields, field):
    answer = await root.call("POST", "/webhooks", json={"url": URL, "events": ["*"], **fields})
    assert answer.status_code == 422, answer.text
    assert answer.json()["field_errors"][0]["field"] == field
    assert "secret" not in answer.json()["detail"] or field == "body.secret"


async def test_outside_local_only_https_is_taken(root, app, monkeypatch):
    monkeypatch.setattr(app.state.platform.settings, "environment", "production")
    answer = await root.call("POST", "/webhooks", json={"url": "http://example.com/", "events": ["*"]})
    assert answer.json()["field_errors"][0]["code"] == "https"


async def test_number_of_webhooks_is_capped(root, app, monkeypatch):
    monkeypatch.setattr(app.state.platform.settings.webhook, "limit", 2)
    body = {"url": URL, "events": ["*"]}
    answers = [await root.call("POST", "/webhooks", json=body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert answers[2].json()["error_code"] == "TOO_MANY_WEBHOOKS"


async def test_changes_are_made_and_recorded_without_the_path_of_the_address(root, hook, trail):
    made = await hook("user.created", description="one")
    path = f"/webhooks/{made['id']}"
    changes = {"url": "https://example.com/a-token", "description": "two", "events": ["*"], "enabled": False}
    changed = (await root.call("PATCH", path, json=changes)).json()
    assert {name: changed[name] for name in changes} == changes
    assert changed["disabled_because"] == "by_hand"
    assert (await root.call("PATCH", path, json={"enabled": True})).json()["disabled_because"] is None
    (edit, _) = await trail("webhooks.edit")
    assert edit.details["host"] == "example.com"
    assert "a-token" not in str(edit.details)
    assert (await root.call("DELETE", path)).status_code == 204
    assert (await root.get(path)).status_code == 404
    assert len(await trail("webhooks.delete")) == 1


async def test_disabled_webhook_gets_nothing_but_what_is_sent_by_hand(town, root, reachable, hook, sent):
    made = await hook()
    await root.call("PATCH", f"/webhooks/{made['id']}", json={"enabled": False})
    await town.person("ani")
    await sent()
    assert reachable.connections == 0
    await root.call("POST", f"/webhooks/{made['id']}/ping")
    await sent()
    assert reachable.connections == 1


async def test_events_are_listed_with_what_they_tell(town, root):
    listed = {item["name"]: item for item in (await root.get("/webhooks/events")).json()["events"]}
    assert listed.keys() >= {
        "user.created",
        "user.deleted",
        "tenant.created",
        "tenant.deleted",
        "file.created",
    }
    assert "member.joined" not in listed
    assert listed["user.created"]["data"]["properties"].keys() == {"user_id"}
    tenant, people = await town.staffed("north")
    told = {item["name"]: item for item in (await root.get("/webhooks/events?lang=de")).json()["events"]}
    assert told["user.created"]["description"] == "Ein Konto wurde angelegt."
    inside = (await people["owner"].get(f"/tenants/{tenant}/webhooks/events")).json()["events"]
    names = {item["name"] for item in inside}
    assert names >= {"member.joined", "member.left", "member.role_changed", "file.created", "file.deleted"}
    assert "user.created" not in names


async def test_only_those_who_may_see_and_manage_them(town, hook):
    made = await hook()
    path = f"/webhooks/{made['id']}"
    eve = await town.person("eve")
    assert (await town.client.get(f"{API}{path}")).status_code == 401
    for method, place, body in (
        ("GET", "/webhooks", None),
        ("GET", path, None),
        ("GET", f"{path}/deliveries", None),
        ("POST", "/webhooks", {"url": URL, "events": ["*"]}),
        ("PATCH", path, {"enabled": False}),
        ("POST", f"{path}/secret", {}),
        ("POST", f"{path}/ping", None),
        ("DELETE", path, None),
    ):
        assert (await eve.call(method, place, json=body)).status_code == 403, (method, place)


async def test_tenants_have_webhooks_of_their_own(town, reachable, hook, sent):
    north, people = await town.staffed("north", adi="admin", mia="member")
    south, others = await town.staffed("south", sri="member")
    path = f"/tenants/{north}"
    made = await hook(person=people["adi"], path=path)
    assert (await people["mia"].get(f"{path}/webhooks")).status_code == 403
    await others["owner"].call(
        "PATCH", f"/tenants/{south}/members/{others['sri'].id}", json={"role": "admin"}
    )
    await people["owner"].call("PATCH", f"{path}/members/{people['mia'].id}", json={"role": "admin"})
    await people["owner"].call("DELETE", f"{path}/members/{people['mia'].id}")
    await people["adi"].call("POST", f"{path}/files", files={"file": ("a.txt", b"The first line.")})
    await sent()
    told = [verified(request, made["secret"]) for request in reachable.requests]
    assert sorted(item["type"] for item in told) == ["file.created", "member.left", "member.role_changed"]
    changed = next(item for item in told if item["type"] == "member.role_changed")
    assert changed["data"] == {"user_id": str(people["mia"].id), "role": "admin"}
    page = (await people["adi"].get(f"{path}/webhooks/{made['id']}/deliveries")).json()
    assert {row["status"] for row in page["data"]} == {"delivered"}


async def test_members_who_join_are_told(town, reachable, hook, sent):
    north, people = await town.staffed("north")
    made = await hook("member.joined", person=people["owner"], path=f"/tenants/{north}")
    new = await town.person("new")
    await people["owner"].call("POST", f"/tenants/{north}/invitations", json={"email": new.email})
    letter = (await town.letters(new.email))[-1].text
    token = letter.split("Token: ")[1].split()[0]
    assert (await new.call("POST", f"/invitations/{token}/accept")).status_code == 200
    await sent()
    (request,) = reachable.requests
    assert verified(request, made["secret"])["data"] == {"user_id": str(new.id), "role": "member"}


async def test_webhooks_go_with_their_tenant_and_the_platform_is_told(town, reachable, hook, sent):
    north, people = await town.staffed("north")
    await hook(person=people["owner"], path=f"/tenants/{north}")
    made = await hook("tenant.deleted")
    assert (await people["owner"].call("DELETE", f"/tenants/{north}")).status_code == 204
    await sent()
    (request,) = reachable.requests
    assert verified(request, made["secret"])["data"] == {"tenant_id": north}


async def test_old_deliveries_and_ended_secrets_are_removed(town, root, hook, run_jobs, clean_database):
    made = await hook()
    await root.call("POST", f"/webhooks/{made['id']}/secret", json={})
    for _ in range(2):
        await root.call("POST", f"/webhooks/{made['id']}/ping")
    async with clean_database.unit_of_work() as session:
        newest = (await session.scalars(text("SELECT max(id::text)::uuid FROM webhook_delivery"))).one()
        old = update(WebhookDelivery).where(WebhookDelivery.id != newest)
        await session.execute(old.values(created_at=clock.now() - timedelta(days=31)))
        await session.execute(update(Webhook).values(previous_until=clock.now() - timedelta(days=1)))
        await purge.enqueue(session)
    await run_jobs(purge)
    listed = (await root.get(f"/webhooks/{made['id']}/deliveries")).json()["data"]
    assert [row["id"] for row in listed] == [str(newest)]
    async with clean_database.read_session() as session:
        assert (await session.scalars(text("SELECT previous_secret FROM webhook"))).one() is None


async def test_jobs_hold_ids_alone(root, hook, clean_database):
    made = await hook()
    await root.call("POST", f"/webhooks/{made['id']}/ping")
    async with clean_database.read_session() as session:
        (job,) = (
            await session.scalars(text("SELECT arguments::text FROM job WHERE name = 'webhooks.deliver'"))
        ).all()
    assert json.loads(job).keys() == {"delivery_id", "tenant_id", "by_hand"}
    assert deliver.queue == "webhooks"
    assert JobRecord.__tablename__ == "job"
