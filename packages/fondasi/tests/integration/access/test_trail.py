"""Every change of who may do what leaves an entry that says what changed, in the transaction of the change."""

import pytest
from sqlalchemy import select

from fondasi.kit.audit import ActivityRecord


@pytest.fixture
def trail(clean_database):
    """The entries of an action: `await trail("groups.edit")`."""

    async def read(action: str) -> list[ActivityRecord]:
        query = select(ActivityRecord).where(ActivityRecord.action == action)
        async with clean_database.read_session() as session:
            return list(await session.scalars(query.order_by(ActivityRecord.created_at)))

    return read


async def test_groups_and_grants(person, trail):
    root, ani = await person("root", superuser=True), await person("ani")
    group = await root.create_group("watchers", "tasks.view", "tiers.view")
    path = f"/groups/{group}"
    await root.call("PATCH", path, name="viewers")
    await root.call("PUT", f"{path}/permissions", permissions=["tasks.view", "users.view"])
    await root.join(ani, "viewers")
    await root.grant(ani, "tiers.view")
    await root.call("DELETE", path)

    (created,) = await trail("groups.create")
    assert (created.user_id, created.details["name"], created.level) == (root.id, "watchers", "audit")
    (edited,) = await trail("groups.edit")
    assert (edited.details["from"]["name"], edited.details["to"]["name"]) == ("watchers", "viewers")
    _, changed = await trail("groups.set_permissions")
    assert (changed.details["added"], changed.details["removed"]) == (["users.view"], ["tiers.view"])
    assert changed.details["from"] == ["tasks.view", "tiers.view"]
    assert changed.details["to"] == ["tasks.view", "users.view"]
    (moved,) = await trail("users.set_groups")
    assert (moved.details["user_id"], moved.details["added"]) == (str(ani.id), ["viewers"])
    assert moved.details["removed"] == ["user"]
    (granted,) = await trail("users.set_permissions")
    assert (granted.details["from"], granted.details["to"]) == ([], ["tiers.view"])
    (deleted,) = await trail("groups.delete")
    assert deleted.details["permissions"] == ["tasks.view", "users.view"]


async def test_refused_change_leaves_no_entry_of_a_change(person, trail):
    root, ani = await person("root", superuser=True), await person("ani")
    answer = await root.call("PUT", f"/users/{ani.id}/permissions", permissions=["no.such"])
    assert answer.status_code == 422
    assert await trail("users.set_permissions") == []


async def test_accounts_of_others(person, trail):
    root, ani = await person("root", superuser=True), await person("ani")
    await ani.call("PATCH", "/users/ani", bio="mine")
    assert await trail("users.edit") == []
    await root.call("PATCH", "/users/ani", status="suspended", bio="private words")
    (edited,) = await trail("users.edit")
    assert (edited.user_id, edited.details["user_id"]) == (root.id, str(ani.id))
    assert (edited.details["from"], edited.details["to"]) == ({"status": "active"}, {"status": "suspended"})
    assert edited.details["fields"] == ["bio", "status"]
    assert "private words" not in str(edited.details)
    await root.call("PATCH", "/users/ani/tier", tier="free")
    (tier,) = await trail("users.set_tier")
    assert (tier.details["from"], tier.details["to"]) == (None, "free")
    await root.call("DELETE", "/users/ani")
    (deleted,) = await trail("users.delete")
    assert deleted.details["username"] == "ani"
