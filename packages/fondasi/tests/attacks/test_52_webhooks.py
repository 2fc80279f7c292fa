"""52: webhooks as a way inside, secrets in answers, logs and exports, and webhooks of another tenant."""

import pytest
from sqlalchemy import text

from fondasi.kit.lines import Lines
from fondasi.webhooks.jobs import deliver

WAYS_INSIDE = [
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0", "127.0.0.1."),
    *(
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "user@127.0.0.1",
        "127。0。0。1",
    ),
]
NAMES_INSIDE = ["localhost", "inside.test", "chain.test", "mixed.test", "rebound.test"]


@pytest.fixture
def names(name_server):
    name_server.add("inside.test", "127.0.0.1")
    name_server.add("chain.test", "inside.test")
    name_server.add("mixed.test", ["8.8.8.8", "127.0.0.1"])
    name_server.add("rebound.test", "10.0.0.1", "127.0.0.1")


@pytest.fixture
def logged(monkeypatch):
    """The lines that are logged."""
    lines = []
    monkeypatch.setattr(Lines, "_put", lambda _, text: lines.append(text))
    return lines


@pytest.fixture
async def root(town):
    return await town.person("root", superuser=True)


@pytest.mark.usefixtures("outgoing")
@pytest.mark.parametrize("host", WAYS_INSIDE)
async def test_no_address_inside_is_taken(root, receiver, host):
    body = {"url": f"http://{host}:{receiver.port}/", "events": ["*"]}
    assert (await root.call("POST", "/webhooks", json=body)).status_code == 422
    assert receiver.connections == 0


@pytest.mark.usefixtures("outgoing", "names")
@pytest.mark.parametrize("host", NAMES_INSIDE)
async def test_no_name_of_something_inside_is_sent_to(root, receiver, run_jobs, host):
    body = {"url": receiver.url(host), "events": ["*"]}
    path = f"/webhooks/{(await root.call('POST', '/webhooks', json=body)).json()['id']}"
    await root.call("POST", f"{path}/ping")
    await run_jobs(deliver)
    assert receiver.connections == 0
    (delivery,) = (await root.get(f"{path}/deliveries")).json()["data"]
    assert delivery["last_try"]["error"] == "has no public address"
    assert delivery["last_try"]["status_code"] is None


@pytest.mark.usefixtures("near")
async def test_redirect_is_an_answer_and_is_not_followed(root, receiver, run_jobs):
    receiver.answers = [(307, {"location": "/inside"}, b"")]
    body = {"url": receiver.url(), "events": ["*"]}
    path = f"/webhooks/{(await root.call('POST', '/webhooks', json=body)).json()['id']}"
    await root.call("POST", f"{path}/ping")
    await run_jobs(deliver)
    assert len(receiver.requests) == 1
    assert (await root.get(f"{path}/deliveries")).json()["data"][0]["status"] == "pending"


@pytest.mark.usefixtures("near")
async def test_answer_is_kept_in_part_and_as_text(root, receiver, run_jobs):
    receiver.answers = [(200, {}, b"\xff\x00<script>" + b"x" * 1_000_000)]
    body = {"url": receiver.url(), "events": ["*"]}
    path = f"/webhooks/{(await root.call('POST', '/webhooks', json=body)).json()['id']}"
    made = (await root.call("POST", f"{path}/ping")).json()
    await run_jobs(deliver)
    kept = (await root.get(f"{path}/deliveries/{made['id']}")).json()["answer"]
    assert kept.startswith("\ufffd<script>")
    assert len(kept) <= 1024


@pytest.mark.usefixtures("near")
async def test_secret_is_in_no_answer_log_trail_job_or_export(town, receiver, run_jobs, logged):
    tenant, people = await town.staffed("north")
    owner, path = people["owner"], f"/tenants/{tenant}"
    body = {"url": receiver.url(path="/a-path-that-is-a-token"), "events": ["*"]}
    made = (await owner.call("POST", f"{path}/webhooks", json=body)).json()
    place = f"{path}/webhooks/{made['id']}"
    renewed = (await owner.call("POST", f"{place}/secret", json={})).json()
    delivery = (await owner.call("POST", f"{place}/ping")).json()
    await run_jobs(deliver)
    texts = [
        (await owner.get(address)).text
        for address in (
            place,
            f"{path}/webhooks",
            f"{place}/deliveries",
            f"{place}/deliveries/{delivery['id']}",
            f"{path}/activity",
            f"{path}/export",
        )
    ]
    async with town.database.read_session() as session:
        texts += await session.scalars(
            text("SELECT job::text FROM job UNION ALL SELECT activity::text FROM activity")
        )
    for secret in (made["secret"], renewed["secret"]):
        assert not any(secret[6:] in each for each in [*texts, *logged])
    assert "a-path-that-is-a-token" not in "".join(logged) + texts[4]
    assert any("webhooks.deliver" in line for line in logged)


@pytest.mark.usefixtures("outgoing")
async def test_webhooks_of_another_tenant_are_as_if_they_did_not_exist(town, receiver, run_jobs):
    north, people = await town.staffed("north")
    south, others = await town.staffed("south")
    body = {"url": "https://example.com/", "events": ["*"]}
    made = (await people["owner"].call("POST", f"/tenants/{north}/webhooks", json=body)).json()
    platform = await (await town.person("root", superuser=True)).call("POST", "/webhooks", json=body)
    for foreign in (made["id"], platform.json()["id"]):
        place = f"/tenants/{south}/webhooks/{foreign}"
        for method, path, sent in (
            ("GET", place, None),
            ("PATCH", place, {"enabled": False}),
            ("POST", f"{place}/secret", {}),
            ("POST", f"{place}/ping", None),
            ("GET", f"{place}/deliveries", None),
            ("DELETE", place, None),
        ):
            assert (await others["owner"].call(method, path, json=sent)).status_code == 404, (method, path)
    assert (await others["owner"].get(f"/tenants/{south}/webhooks")).json()["total_count"] == 0
    assert (await others["owner"].get(f"/tenants/{north}/webhooks")).status_code == 404


@pytest.mark.usefixtures("near")
async def test_events_of_a_tenant_reach_no_other(town, receiver, run_jobs):
    north, people = await town.staffed("north", mia="member")
    south, others = await town.staffed("south")
    root = await town.person("root", superuser=True)
    body = {"url": receiver.url(), "events": ["*"]}
    assert (await others["owner"].call("POST", f"/tenants/{south}/webhooks", json=body)).status_code == 201
    assert (await root.call("POST", "/webhooks", json=body)).status_code == 201
    await people["owner"].call("DELETE", f"/tenants/{north}/members/{people['mia'].id}")
    await people["owner"].call(
        "POST", f"/tenants/{north}/files", files={"file": ("a.txt", b"The first line.")}
    )
    await run_jobs(deliver)
    assert receiver.connections == 0
