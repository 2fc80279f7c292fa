"""Members over HTTP: roles, single permissions, leaving, ownership."""

import asyncio
from uuid import uuid4

import pytest


@pytest.fixture
async def staff(town):
    """A tenant with two owners' worth of people: `tenant, people`."""
    return await town.staffed("a", adi="admin", ade="admin", mia="member", mio="member")


def member_path(tenant, person, rest=""):
    return f"/tenants/{tenant}/members/{person.id}{rest}"


async def roles_of(owner, tenant) -> dict[str, str]:
    rows = (await owner.get(f"/tenants/{tenant}/members?items_per_page=100")).json()["data"]
    return {row["username"].partition("-")[2]: row["role"] for row in rows}


class TestReading:
    async def test_members_are_listed_without_their_contacts(self, staff):
        tenant, people = staff
        page = (await people["mia"].get(f"/tenants/{tenant}/members?sort=username&items_per_page=2")).json()
        assert [row["username"] for row in page["data"]] == ["a-ade", "a-adi"]
        assert page["total_count"] == 5
        assert set(page["data"][0]) == {"user_id", "username", "name", "role", "permissions", "joined_at"}
        found = (await people["mia"].get(f"/tenants/{tenant}/members?role=member&search=a-mi")).json()["data"]
        assert {row["username"] for row in found} == {"a-mia", "a-mio"}

    async def test_own_membership_says_what_one_may_do(self, staff):
        tenant, people = staff
        mine = (await people["mia"].get(f"/tenants/{tenant}/members/me")).json()
        assert (mine["role"], mine["permissions"]) == ("member", [])
        assert "view_users" in mine["effective"]
        assert "manage_users" not in mine["effective"]
        codes = (await people["mia"].get(f"/tenants/{tenant}/permissions")).json()["permissions"]
        assert {"code": "delete_tenant", "role": "owner"}.items() <= {
            k: v for item in codes if item["code"] == "delete_tenant" for k, v in item.items()
        }.items()
        answer = await people["mia"].get(f"/tenants/{tenant}/members/{uuid4()}")
        assert answer.status_code == 404


class TestRoles:
    async def test_role_acts_with_the_next_request(self, staff):
        tenant, people = staff
        owner, mia = people["owner"], people["mia"]
        path = f"/tenants/{tenant}/invitations"
        assert (await mia.get(path)).status_code == 403
        answer = await owner.call("PATCH", member_path(tenant, mia), json={"role": "admin"})
        assert answer.json()["role"] == "admin"
        assert (await mia.get(path)).status_code == 200
        await owner.call("PATCH", member_path(tenant, mia), json={"role": "member"})
        assert (await mia.get(path)).status_code == 403
        await owner.call("DELETE", member_path(tenant, mia))
        assert (await mia.get(path)).status_code == 404

    async def test_administrator_changes_those_below_and_beside_him_but_no_owner(self, staff):
        tenant, people = staff
        adi = people["adi"]
        for who, role, status in (
            ("mia", "admin", 200),
            ("ade", "member", 200),
            ("mio", "owner", 403),
            ("owner", "member", 403),
            ("owner", "owner", 403),
            ("adi", "owner", 403),
            ("adi", "member", 200),
            ("adi", "admin", 403),
        ):
            answer = await adi.call("PATCH", member_path(tenant, people[who]), json={"role": role})
            assert answer.status_code == status, (who, role, answer.text)
        assert await roles_of(people["owner"], tenant) == {
            "owner": "owner",
            "adi": "member",
            "ade": "member",
            "mia": "admin",
            "mio": "member",
        }

    async def test_nobody_rises_by_his_own_hand(self, town, staff):
        tenant, people = staff
        await town.join(tenant, mid := await town.person("mid"), "member", "assign_roles", "manage_users")
        for role in ("admin", "owner"):
            answer = await mid.call("PATCH", member_path(tenant, mid), json={"role": role})
            assert answer.status_code == 403
        assert (await mid.call("PATCH", member_path(tenant, people["mia"]), json={"role": "admin"})).json()[
            "error_code"
        ] == "LACKS_PERMISSION"

    async def test_last_owner_stays(self, staff, town):
        tenant, people = staff
        owner, mia = people["owner"], people["mia"]
        attempts = [
            ("PATCH", member_path(tenant, owner), {"json": {"role": "admin"}}),
            ("DELETE", member_path(tenant, owner), {}),
            ("DELETE", f"/tenants/{tenant}/members/me", {}),
        ]
        for method, path, body in attempts:
            answer = await owner.call(method, path, **body)
            assert answer.status_code == 409, answer.text
            assert "keeps an owner" in answer.json()["detail"]
        answer = await owner.call("DELETE", f"/users/{owner.name}")
        assert answer.status_code == 409
        assert "only owner of a tenant" in answer.json()["detail"]
        for way in ("deactivate-account", "delete-account"):
            answer = await owner.call("POST", f"/settings/{way}", json={})
            assert answer.status_code == 409, answer.text
            assert "Hand the tenant over or delete it first" in answer.json()["detail"]
        await owner.call("PATCH", member_path(tenant, mia), json={"role": "owner"})
        assert (await owner.call("DELETE", f"/tenants/{tenant}/members/me")).status_code == 204
        assert (await mia.call("DELETE", f"/users/{mia.name}")).status_code == 409

    async def test_two_owners_that_leave_together_take_turns(self, staff):
        tenant, people = staff
        owner, mia = people["owner"], people["mia"]
        await owner.call("PATCH", member_path(tenant, mia), json={"role": "owner"})
        answers = await asyncio.gather(
            *(who.call("DELETE", f"/tenants/{tenant}/members/me") for who in (owner, mia))
        )
        assert sorted(answer.status_code for answer in answers) == [204, 409]

    async def test_ownership_goes_to_another_member(self, staff, town):
        tenant, people = staff
        owner, mia, path = people["owner"], people["mia"], f"/tenants/{tenant}/ownership"
        stranger = await town.person("stranger")
        assert (await people["adi"].call("POST", path, json={"user_id": str(mia.id)})).status_code == 403
        assert (await owner.call("POST", path, json={"user_id": str(stranger.id)})).status_code == 404
        answer = await owner.call("POST", path, json={"user_id": str(mia.id)})
        assert (answer.status_code, answer.json()["role"]) == (200, "owner")
        roles = await roles_of(mia, tenant)
        assert (roles["owner"], roles["mia"]) == ("admin", "owner")
        assert (await owner.call("POST", path, json={"user_id": str(owner.id)})).status_code == 403


class TestPermissions:
    async def test_are_added_to_those_of_the_role(self, staff):
        tenant, people = staff
        adi, mia = people["adi"], people["mia"]
        path = member_path(tenant, mia, "/permissions")
        assert (await mia.get(f"/tenants/{tenant}/activity")).status_code == 403
        answer = await adi.call("PUT", path, json={"permissions": ["view_analytics", "manage_users"]})
        assert answer.json()["permissions"] == ["manage_users", "view_analytics"]
        assert "view_users" in answer.json()["effective"]
        assert (await mia.get(f"/tenants/{tenant}/activity")).status_code == 200
        await adi.call("PUT", path, json={"permissions": []})
        assert (await mia.get(f"/tenants/{tenant}/activity")).status_code == 403

    async def test_nobody_gives_what_he_lacks(self, staff):
        tenant, people = staff
        adi, mia, owner = people["adi"], people["mia"], people["owner"]
        path = member_path(tenant, mia, "/permissions")
        for codes in (["delete_tenant"], ["view_users", "manage_tenant"]):
            answer = await adi.call("PUT", path, json={"permissions": codes})
            assert (answer.status_code, answer.json()["error_code"]) == (403, "LACKS_PERMISSION")
        answer = await adi.call(
            "PUT", member_path(tenant, adi, "/permissions"), json={"permissions": ["view_users"]}
        )
        assert (answer.status_code, answer.json()["error_code"]) == (403, "OWN_RIGHTS")
        answer = await adi.call("PUT", path, json={"permissions": ["fly_planes"]})
        assert (answer.status_code, answer.json()["field_errors"][0]["field"]) == (422, "body.permissions")
        await owner.call("PUT", path, json={"permissions": ["delete_tenant"]})
        # Now mia holds more than adi: they cannot take it from her, demote or remove her.
        for method, rest, body in (
            ("PUT", "/permissions", {"json": {"permissions": []}}),
            ("PATCH", "", {"json": {"role": "member"}}),
            ("DELETE", "", {}),
        ):
            assert (await adi.call(method, member_path(tenant, mia, rest), **body)).status_code == 403
