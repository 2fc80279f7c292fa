"""Changes through the panel: the rules of the services, and an entry that tells who, what, from and to."""

import re

import pytest
from sqlalchemy import select

from fondasi.identity import User, create_user
from fondasi.kit.jobs import JobRecord
from fondasi.tasks.jobs import count_slowly
from fondasi.tenancy.models import Tenant


@pytest.fixture
async def ani(clean_database):
    async with clean_database.unit_of_work() as session:
        return await create_user(session, username="ani", email="ani@example.com", password=None)


@pytest.fixture
async def root(panel_browser):
    return await panel_browser("root", superuser=True)


async def read(database, model, key):
    async with database.read_session() as session:
        return await session.get(model, key)


async def test_edit_writes_what_changed_and_tells_from_and_to(root, ani, database, trail):
    path = f"/admin/users/edit/{ani.id}"
    answer = await root.edit(path, name="Ani B", status="suspended", bio="Two\r\nlines")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/admin/users/details/{ani.id}")
    now = await read(database, User, ani.id)
    assert (now.name, now.status, now.bio, now.username) == ("Ani B", "suspended", "Two\nlines", "ani")
    (entry,) = await trail("admin.users.edit")
    assert entry.details == {
        "view": "users",
        "record": str(ani.id),
        "changes": {
            "name": {"from": "ani", "to": "Ani B"},
            "status": {"from": "active", "to": "suspended"},
            "bio": {"from": "", "to": "Two\nlines"},
        },
    }
    assert (entry.message, entry.endpoint) == ("Edited: User ani", "/admin/users/edit/{key}")
    assert entry.session_id == root.session_id
    assert (await root.edit(path)).status_code == 303  # nothing changed, nothing told
    assert len(await trail("admin.users.edit")) == 1


async def test_wrong_field_is_named_in_the_form_and_nothing_is_written(root, ani, database, trail):
    answer = await root.edit(f"/admin/users/edit/{ani.id}", username="a b", country="Indonesia", name="New")
    assert answer.status_code == 422
    assert len(re.findall("invalid-feedback", answer.text)) == 2
    assert 'value="New"' in answer.text
    assert (await root.edit(f"/admin/users/edit/{ani.id}", username="root")).status_code == 409
    assert (await read(database, User, ani.id)).name == "ani"
    assert await trail("admin.users.edit") == []


async def test_change_of_somebody_else_is_not_overwritten(root, ani, database):
    path = f"/admin/users/edit/{ani.id}"
    page = await root.get(path)
    async with database.unit_of_work(audited=False) as session:
        user = await session.get_one(User, ani.id)
        user.bio = "Hers"
    version = re.search(r'name="_version" value="([^"]+)"', page.text)[1]
    answer = await root.edit(path, bio="Mine", _version=version)
    assert answer.status_code == 409
    assert (await read(database, User, ani.id)).bio == "Hers"


async def test_groups_tiers_and_limits_are_made_changed_and_deleted(root, trail):
    async def key_of(path: str, text: str) -> str:
        rows = (await root.get(f"/admin/{path}/list")).text.split("<tr>")
        row = next(row for row in rows if text in row)
        return re.search(rf"/admin/{path}/details/([^\"]+)", row)[1]

    limit = {
        "tier": "gold",
        "method": "GET",
        "path": "/api/v1/users",
        "limit": "5",
        "period": "60",
        "name": "narrow",
    }
    for path, new, change in [
        ("groups", {"name": "auditors", "description": "Read"}, {"description": "Read all"}),
        ("tiers", {"name": "gold", "description": ""}, {"description": "Paid"}),
        ("rate-limits", limit, {"limit": "7"}),
    ]:
        assert (await root.post(f"/admin/{path}/create", new)).status_code == 303, path
        key = await key_of(path, new["name"])
        assert (await root.edit(f"/admin/{path}/edit/{key}", **change)).status_code == 303, path
        (created,), (edited,) = await trail(f"admin.{path}.create"), await trail(f"admin.{path}.edit")
        assert created.details["changes"]["name"] == {"from": None, "to": new["name"]}
        assert created.details["record"] == key
        (field,) = change
        assert str(edited.details["changes"][field]["to"]) == change[field]
    wrong = {**limit, "path": "/nothing", "limit": "many"}
    assert (await root.post("/admin/rate-limits/create", wrong)).status_code == 422
    answer = await root.delete(f"/admin/tiers/delete?pks={await key_of('tiers', 'gold')}")
    assert (answer.status_code, answer.text) == (200, "/admin/tiers/list")
    seeded, own = await key_of("groups", "moderator"), await key_of("groups", "auditors")
    refused = await root.delete(f"/admin/groups/delete?pks={own},{seeded}")
    assert refused.status_code == 409
    assert refused.text.startswith("A seeded group cannot be deleted.")
    assert await key_of("groups", "auditors") == own  # all or none
    assert (await root.delete(f"/admin/groups/delete?pks={own}")).status_code == 200
    (entry,) = await trail("admin.groups.delete")
    assert entry.details["changes"]["name"] == {"from": "auditors", "to": None}


async def test_session_of_another_ends(root, panel_browser, trail):
    clerk = await panel_browser("clerk", "admin.view", "sessions.view", "sessions.revoke")
    helper = await panel_browser("helper", "admin.view")
    path = f"/admin/sessions/revoke/{helper.session_id}"
    assert (await clerk.post(path)).status_code == 303
    assert (await helper.get("/admin/")).status_code == 303
    assert (await clerk.post(path)).status_code == 409
    assert (
        await clerk.post(f"/admin/sessions/revoke/{root.session_id}")
    ).status_code == 403  # a super admin's
    (entry,) = await trail("admin.sessions.revoke")
    assert entry.details["changes"]["revoked_at"]["from"] is None


async def test_job_is_cancelled(root, database, trail):
    async with database.unit_of_work(audited=False) as session:
        job = await count_slowly.enqueue(session, enqueued_by=None, message="", steps=1, seconds=0)
    assert (await root.post(f"/admin/jobs/cancel/{job}")).status_code == 303
    assert (await read(database, JobRecord, job)).status == "cancelled"
    (entry,) = await trail("admin.jobs.cancel")
    assert entry.details["changes"]["status"] == {"from": "queued", "to": "cancelled"}


async def test_job_is_tried_again_and_shows_no_words_of_its_arguments(root, database, trail):
    async with database.unit_of_work(audited=False) as session:
        job = await count_slowly.enqueue(session, message="between us", steps=7, seconds=0)
    page = (await root.get(f"/admin/jobs/details/{job}")).text
    assert "between us" not in page
    assert "&#34;message&#34;: &#34;[redacted]&#34;" in page
    assert "&#34;steps&#34;: 7" in page
    assert (await root.post(f"/admin/jobs/retry/{job}")).status_code == 409
    assert (await root.post(f"/admin/jobs/cancel/{job}")).status_code == 303
    assert (await root.post(f"/admin/jobs/retry/{job}")).status_code == 303
    assert (await read(database, JobRecord, job)).status == "queued"
    (entry,) = await trail("admin.jobs.retry")
    assert entry.details["changes"]["status"] == {"from": "cancelled", "to": "queued"}


async def test_tenant_is_suspended_and_goes_on(root, database, trail):
    tenant = Tenant(name="Acme")
    async with database.unit_of_work(audited=False) as session:
        session.add(tenant)
    assert (await root.post(f"/admin/tenants/suspend/{tenant.id}")).status_code == 303
    assert (await read(database, Tenant, tenant.id)).status == "disabled"
    assert (await root.post(f"/admin/tenants/resume/{tenant.id}")).status_code == 303
    assert (await root.post(f"/admin/tenants/resume/{tenant.id}")).status_code == 409
    (entry,) = await trail("admin.tenants.suspend")
    assert entry.details["changes"]["status"] == {"from": "active", "to": "disabled"}


async def test_invited_person_gets_a_message_whose_text_nobody_sees(root, letters):
    assert (
        await root.post("/admin/users/create", {"email": "budi@example.com", "language": "en"})
    ).status_code == 303
    (letter,) = await letters("budi@example.com")
    page = await root.get("/admin/messages/list")
    assert "budi@example.com" in page.text
    details = await root.get(re.search(r"/admin/messages/details/[^\"]+", page.text)[0])
    secrets = [word for word in letter.text.split() if len(word) > 5 and re.search(r"\d", word)]
    assert secrets
    assert not any(word in page.text + details.text for word in secrets)


class TestSuperAdmins:
    """Rules that hold whichever way somebody comes."""

    async def test_last_one_stays(self, root, database):
        async with database.read_session() as session:
            key = await session.scalar(select(User.id).where(User.username == "root"))
        refused = await root.delete(f"/admin/users/delete?pks={key}")
        assert refused.status_code == 409
        assert (await root.edit(f"/admin/users/edit/{key}", status="inactive")).status_code == 403
        assert (await read(database, User, key)).status == "active"
        assert (await root.get("/admin/")).status_code == 200

    async def test_others_do_not_touch_them(self, root, panel_browser, database, trail):
        clerk = await panel_browser("clerk", "admin.view", "users.view", "users.edit", "users.delete")
        async with database.read_session() as session:
            key = await session.scalar(select(User.id).where(User.username == "root"))
        assert (await clerk.edit(f"/admin/users/edit/{key}", name="Mine")).status_code == 403
        assert (await clerk.delete(f"/admin/users/delete?pks={key}")).status_code == 403
        assert (await read(database, User, key)).name == "root"
        assert len(await trail("access.denied")) == 2

    async def test_deleting_takes_a_fresh_proof(self, root, ani, database, proofs_age):
        await proofs_age(minutes=60)
        refused = await root.delete(f"/admin/users/delete?pks={ani.id}")
        assert (refused.status_code, "sign in again" in refused.text) == (403, True)
        assert (await read(database, User, ani.id)).status == "active"

    async def test_deleted_user_is_kept_for_the_grace_period(self, root, ani, database):
        assert (await root.delete(f"/admin/users/delete?pks={ani.id}")).status_code == 200
        assert (await read(database, User, ani.id)).status == "deleted"
