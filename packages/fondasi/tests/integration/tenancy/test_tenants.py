"""Tenants over HTTP: their life, their guard, their export."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from fondasi.kit import clock


class TestLife:
    async def test_creator_owns_it_and_sees_his_own_alone(self, town):
        ani, budi = await town.person("ani"), await town.person("budi")
        mine = await ani.creates("Alpha")
        await budi.creates("Beta")
        page = (await ani.get("/tenants")).json()
        assert [(item["id"], item["role"], item["status"]) for item in page["data"]] == [
            (mine, "owner", "active")
        ]
        assert page["total_count"] == 1
        answer = await ani.call("PATCH", f"/tenants/{mine}", json={"name": "Gamma", "description": "Third."})
        assert (answer.json()["name"], answer.json()["description"]) == ("Gamma", "Third.")
        assert (await ani.get(f"/tenants/{mine}")).json() == answer.json()

    async def test_list_counts_the_members_of_each(self, town, clean_database):
        first, people = await town.staffed("a", adi="admin", mia="member")
        mia = people["mia"]
        second = await mia.creates("b")
        await town.join(second, await town.person("gone"))
        async with clean_database.unit_of_work(audited=False) as session:
            await session.execute(text("UPDATE \"user\" SET deleted_at = now() WHERE username = 'gone'"))
        listed = (await mia.get("/tenants?sort=name")).json()["data"]
        assert [(item["id"], item["members"]) for item in listed] == [(first, 3), (second, 1)]
        lines = (await mia.get("/tenants?format=csv")).text.splitlines()
        assert lines[0].split(",")[-1] == '"members"'
        assert [item["members"] for item in (await people["owner"].get("/tenants")).json()["data"]] == [3]

    async def test_owner_closes_and_opens_it(self, town):
        tenant, people = await town.staffed("a", adi="admin")
        owner, adi = people["owner"], people["adi"]
        assert (await adi.call("PATCH", f"/tenants/{tenant}", json={"status": "inactive"})).status_code == 403
        assert (
            await owner.call("PATCH", f"/tenants/{tenant}", json={"status": "inactive"})
        ).status_code == 200
        refused = await owner.get(f"/tenants/{tenant}/members")
        assert (refused.status_code, refused.json()["error_code"]) == (403, "TENANT_INACTIVE")
        assert (await adi.get(f"/tenants/{tenant}")).json()["status"] == "inactive"
        assert (await owner.call("PATCH", f"/tenants/{tenant}", json={"status": "active"})).status_code == 200
        assert (await adi.get(f"/tenants/{tenant}/members")).status_code == 200

    async def test_platform_suspends_it_and_nobody_else_ends_that(self, town):
        tenant, people = await town.staffed("a", mia="member")
        owner, mia, root = people["owner"], people["mia"], await town.person("root", superuser=True)
        assert (await owner.call("POST", f"/tenants/{tenant}/suspend", json={})).status_code == 403
        for _ in range(2):
            answer = await root.call("POST", f"/tenants/{tenant}/suspend", json={"reason": "Unpaid."})
            assert (answer.status_code, answer.json()["status"]) == (200, "disabled")
        for who in (owner, mia):
            for path in ("", "/members", "/role-summary", "/members/me"):
                refused = await who.get(f"/tenants/{tenant}{path}")
                assert (refused.status_code, refused.json()["error_code"]) == (403, "TENANT_SUSPENDED")
        assert (await owner.call("PATCH", f"/tenants/{tenant}", json={"status": "active"})).status_code == 403
        assert (await owner.call("DELETE", f"/tenants/{tenant}")).status_code == 403
        assert (await owner.get("/tenants")).json()["data"][0]["status"] == "disabled"
        listed = (await root.get("/tenants/all?status=disabled")).json()["data"]
        assert [item["id"] for item in listed] == [tenant]
        assert (await root.call("POST", f"/tenants/{tenant}/resume")).json()["status"] == "active"
        assert (await root.call("POST", f"/tenants/{tenant}/resume")).status_code == 409
        assert (await root.call("POST", f"/tenants/{uuid4()}/suspend", json={})).status_code == 404
        assert (await mia.get(f"/tenants/{tenant}")).status_code == 200

    async def test_administrators_of_the_platform_are_no_members(self, town):
        tenant, _ = await town.staffed("a")
        root = await town.person("root", superuser=True)
        for path in ("", "/members", "/export", "/activity"):
            assert (await root.get(f"/tenants/{tenant}{path}")).status_code == 404
        assert (await root.get("/tenants")).json()["total_count"] == 0

    async def test_deletion_takes_everything_but_accounts_and_the_trail(self, town, clean_database):
        tenant, people = await town.staffed("a", mia="member")
        other, _ = await town.staffed("b")
        owner = people["owner"]
        await owner.call("POST", f"/tenants/{tenant}/invitations", json={"email": "new@example.com"})
        assert (await people["mia"].call("DELETE", f"/tenants/{tenant}")).status_code == 403
        assert (await owner.call("DELETE", f"/tenants/{tenant}")).status_code == 204
        assert (await owner.get(f"/tenants/{tenant}")).status_code == 404
        assert (await owner.get("/tenants")).json()["data"] == []
        assert (await people["mia"].get("/users/me")).status_code == 200
        async with clean_database.read_session(tenant=UUID(tenant)) as session:
            for table in ("membership", "invitation"):
                assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
            actions = (await session.scalars(text("SELECT action FROM activity ORDER BY id"))).all()
        assert actions == ["tenant.created", "tenant.invitation.sent", "access.denied", "tenant.deleted"]
        async with clean_database.read_session(tenant=UUID(other)) as session:
            assert await session.scalar(text("SELECT count(*) FROM membership")) == 1


class TestGuard:
    async def test_absent_foreign_and_other_ids_look_the_same(self, town):
        tenant, _ = await town.staffed("a")
        _, others = await town.staffed("b")
        foreign = await others["owner"].get(f"/tenants/{tenant}/members")
        absent = await others["owner"].get(f"/tenants/{uuid4()}/members")
        assert foreign.status_code == absent.status_code == 404
        kept = ("title", "status", "detail", "error_code")
        assert [foreign.json()[name] for name in kept] == [absent.json()[name] for name in kept]

    async def test_header_may_repeat_the_path_and_no_more(self, town):
        tenant, people = await town.staffed("a")
        owner = people["owner"]
        other = await owner.creates("second")
        path = f"/tenants/{tenant}/members"
        assert (await owner.get(path, headers={"X-Tenant-ID": tenant})).status_code == 200
        refused = await owner.get(path, headers={"X-Tenant-ID": other})
        assert refused.status_code == 422
        assert refused.json()["field_errors"][0] | {"message": ""} == {
            "field": "header.X-Tenant-ID",
            "message": "",
            "code": "two_tenants",
        }
        assert (await owner.get(path, headers={"X-Tenant-ID": "x"})).status_code == 422
        refused = await owner.get("/tenants/x/members")
        assert (refused.status_code, refused.json()["field_errors"][0]["field"]) == (422, "path.tenant_id")

    async def test_missing_permission_is_named_and_noted_in_the_tenants_trail(self, town):
        tenant, people = await town.staffed("a", mia="member")
        refused = await people["mia"].get(f"/tenants/{tenant}/activity")
        assert refused.status_code == 403
        assert "view_analytics" in refused.json()["detail"]
        entries = (await people["owner"].get(f"/tenants/{tenant}/activity")).json()["data"]
        assert [entry["action"] for entry in entries] == ["access.denied", "tenant.created"]
        assert {entry["tenant_id"] for entry in entries} == {tenant}
        assert [entry["position"] for entry in entries] == [2, 1]

    async def test_operations_say_what_they_ask_for(self, client):
        document = (await client.get("/openapi.json")).json()
        operation = document["paths"]["/api/v1/tenants/{tenant_id}/members"]["get"]
        assert (operation["x-permission"], operation["x-permission-scope"]) == ("view_users", "tenant")
        assert operation["security"] == [{"bearer": []}, {"session_token": []}]
        assert ("path", "tenant_id") in {(item["in"], item["name"]) for item in operation["parameters"]}

    def test_header_is_asked_for_where_the_path_names_no_tenant(self, notes_app):
        operation = notes_app.openapi()["paths"]["/api/v1/notes"]["get"]
        asked = [(item["in"], item["name"], item["required"]) for item in operation["parameters"]]
        assert asked == [("header", "X-Tenant-ID", True)]

    async def test_costs_one_statement_before_the_handlers_own(self, town, statements):
        tenant, people = await town.staffed("a")
        with statements() as sent:
            assert (await people["owner"].get(f"/tenants/{tenant}/permissions")).status_code == 200
        assert len(sent) == 2, "the session, and the membership"


class TestExport:
    async def test_holds_all_of_the_tenant_without_secrets(self, town):
        tenant, people = await town.staffed("a", mia="member")
        await town.staffed("b", mib="member")
        owner = people["owner"]
        await owner.call("POST", f"/tenants/{tenant}/invitations", json={"email": "new@example.com"})
        await owner.call(
            "PUT",
            f"/tenants/{tenant}/members/{people['mia'].id}/permissions",
            json={"permissions": ["view_analytics"]},
        )
        assert (await people["mia"].get(f"/tenants/{tenant}/export")).status_code == 403
        answer = await owner.get(f"/tenants/{tenant}/export")
        assert answer.headers["content-disposition"] == f'attachment; filename="{tenant}.json"'
        found = answer.json()
        assert found["tenant"]["id"] == tenant
        assert {"membership", "membership_permission", "invitation"} <= found["tables"].keys()
        rows = [row for table in found["tables"].values() for row in table]
        assert {row["tenant_id"] for row in rows} == {tenant}
        assert {row["user_id"] for row in found["tables"]["membership"]} == {
            str(person.id) for person in people.values()
        }
        assert [row["email"] for row in found["tables"]["invitation"]] == ["new@example.com"]
        assert "token_hash" not in found["tables"]["invitation"][0]


async def test_role_summary_counts_every_role_and_open_invitations(town, clean_database, statements):
    tenant, people = await town.staffed("a", mia="member", mio="member")
    owner = people["owner"]
    for name in ("x", "y"):
        await owner.call("POST", f"/tenants/{tenant}/invitations", json={"email": f"{name}@example.com"})
    async with clean_database.unit_of_work(tenant=UUID(tenant)) as session:
        late = clock.now() - timedelta(days=1)
        await session.execute(
            text("UPDATE invitation SET expires_at = :late WHERE email = 'x@example.com'"), {"late": late}
        )
    await people["mia"].get("/tenants")  # her rights on the platform are kept from here on
    with statements() as sent:
        answer = await people["mia"].get(f"/tenants/{tenant}/role-summary")
    assert answer.json() == {
        "roles": {"member": 2, "admin": 0, "owner": 1},
        "total": 3,
        "pending_invitations": 1,
    }
    assert len(sent) == 3, "the session, the membership, and the summary"


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": "a\nb"}, {"name": "a", "status": "active"}, {"name": "x" * 101}]
)
async def test_name_is_a_line(town, body):
    ani = await town.person("ani")
    assert (await ani.call("POST", "/tenants", json=body)).status_code == 422
