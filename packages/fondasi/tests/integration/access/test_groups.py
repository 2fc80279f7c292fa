"""Groups and permissions as administrators see them, and what everybody sees of themselves."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

SEEDED = ["admin", "moderator", "super_admin", "user", "vendor"]
NOBODYS = "00000000-0000-0000-0000-000000000001"


@pytest.fixture
async def root(person):
    return await person("root", superuser=True)


class TestPermissions:
    async def test_are_listed_by_code_with_the_groups_that_hold_them(self, root):
        page = (await root.get("/permissions?items_per_page=100")).json()
        codes = [item["code"] for item in page["data"]]
        assert codes == sorted(codes)
        assert page["total_count"] == len(codes)
        one = (await root.get("/permissions/tasks.create")).json()
        assert one == {
            "code": "tasks.create",
            "description": "Start the demonstration job.",
            "default_groups": ["user"],
            "custom": False,
        }

    async def test_page_by_page(self, root):
        first = (await root.get("/permissions?items_per_page=2")).json()
        second = (await root.get("/permissions?items_per_page=2&page=2")).json()
        assert first["next_page"] == 2
        assert first["data"][-1]["code"] < second["data"][0]["code"]

    async def test_unknown_one_is_not_found(self, root):
        assert (await root.get("/permissions/no.such")).status_code == 404


class TestGroups:
    async def test_seeded_ones_are_there(self, root):
        groups = (await root.get("/groups")).json()["data"]
        assert [group["name"] for group in groups if group["seeded"]] == SEEDED

    async def test_one_is_created_described_filled_and_deleted(self, root):
        created = await root.call("POST", "/groups", name="editors", description="Edit.")
        assert created.status_code == 201
        group = created.json()
        assert (group["seeded"], group["permissions"]) == (False, [])
        path = f"/groups/{group['id']}"
        edited = await root.call("PATCH", path, name="writers")
        assert (edited.json()["name"], edited.json()["description"]) == ("writers", "Edit.")
        await root.call("PUT", f"{path}/permissions", permissions=["tasks.view", "tasks.cancel"])
        assert (await root.get(path)).json()["permissions"] == ["tasks.cancel", "tasks.view"]
        await root.call("PUT", f"{path}/permissions", permissions=["tasks.view"])
        assert (await root.get(path)).json()["permissions"] == ["tasks.view"]
        assert (await root.call("DELETE", path)).status_code == 204
        assert (await root.get(path)).status_code == 404

    async def test_members_are_listed_by_name_without_deleted_accounts(self, root, person):
        members = [await person(name, "vendor") for name in ("budi", "ani", "citra")]
        path = f"/groups/{await root.group('vendor')}/members"
        await root.call("DELETE", f"/users/{members[2].id}")
        found = (await root.get(path)).json()
        assert found["data"] == [
            {"user_id": str(one.id), "username": one.name, "name": one.name, "status": "active"}
            for one in (members[1], members[0])
        ]
        assert [item["username"] for item in (await root.get(f"{path}?search=bu")).json()["data"]] == ["budi"]
        assert (await members[0].get(path)).status_code == 403
        assert (await root.get(f"/groups/{NOBODYS}/members")).status_code == 404

    async def test_name_belongs_to_one(self, root):
        await root.create_group("editors")
        answer = await root.call("POST", "/groups", name="editors")
        assert (answer.status_code, answer.json()["error_code"]) == (409, "GROUP_NAME_TAKEN")
        other = await root.create_group("writers")
        answer = await root.call("PATCH", f"/groups/{other}", name="user")
        assert (answer.status_code, answer.json()["error_code"]) == (409, "GROUP_NAME_TAKEN")

    @pytest.mark.parametrize("name", SEEDED)
    async def test_seeded_one_is_neither_deleted_nor_renamed(self, root, name):
        path = f"/groups/{await root.group(name)}"
        for answer in (await root.call("DELETE", path), await root.call("PATCH", path, name="other")):
            assert (answer.status_code, answer.json()["error_code"]) == (409, "SEEDED_GROUP")
        assert (await root.call("PATCH", path, description="Ours.")).status_code == 200

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM \"group\" WHERE name = 'admin'",
            "UPDATE \"group\" SET name = 'x' WHERE name = 'admin'",
            "UPDATE \"group\" SET seeded = false WHERE name = 'admin'",
        ],
    )
    async def test_database_keeps_the_seeded_ones_too(self, clean_database, statement):
        with pytest.raises(DBAPIError, match="seeded groups stay"):
            async with clean_database.unit_of_work() as session:
                await session.execute(text(statement))

    async def test_super_admin_holds_everything_always(self, root):
        path = f"/groups/{await root.group('super_admin')}"
        everything = (await root.get(path)).json()["permissions"]
        assert len(everything) == (await root.get("/permissions")).json()["total_count"]
        answer = await root.call("PUT", f"{path}/permissions", permissions=[])
        assert (answer.status_code, answer.json()["error_code"]) == (409, "SEEDED_GROUP")

    async def test_seeded_one_loses_and_regains_what_is_declared_for_it(self, root, person):
        ani = await person("ani")
        path = f"/groups/{await root.group('user')}"
        declared = (await root.get(path)).json()["permissions"]
        assert "tasks.create" in declared
        await root.call("PUT", f"{path}/permissions", permissions=["tasks.view"])
        assert (await root.get(path)).json()["permissions"] == ["tasks.view"]
        assert (await ani.may())["effective"] == ["tasks.view"]
        assert (await ani.call("POST", "/tasks", message="x")).status_code == 403
        await root.call("PUT", f"{path}/permissions", permissions=declared)
        assert (await root.get(path)).json()["permissions"] == declared
        assert (await ani.call("POST", "/tasks", message="x")).status_code == 202

    @pytest.mark.parametrize(
        "body",
        [
            {"name": "A"},
            {"name": "with space"},
            {"name": "x" * 51},
            {"name": "ok", "seeded": True},
            {"name": "ok", "permissions": ["tasks.view"]},
            {"description": "nameless"},
        ],
    )
    async def test_malformed_one_is_refused(self, root, body):
        assert (await root.call("POST", "/groups", **body)).status_code == 422

    async def test_permission_that_no_module_declares_is_refused(self, root):
        group = await root.create_group("editors")
        answer = await root.call("PUT", f"/groups/{group}/permissions", permissions=["no.such"])
        assert (answer.status_code, answer.json()["field_errors"][0]["code"]) == (422, "unknown_permission")

    async def test_missing_one_is_not_found(self, root):
        path = f"/groups/{NOBODYS}"
        assert (await root.get(path)).status_code == 404
        assert (await root.call("PATCH", path, description="x")).status_code == 404
        assert (await root.call("DELETE", path)).status_code == 404
        assert (await root.call("PUT", f"{path}/permissions", permissions=[])).status_code == 404


class TestUsers:
    async def test_new_one_is_in_user_and_in_nothing_else(self, person):
        ani = await person("ani")
        assert [group["name"] for group in (await ani.get("/users/me/groups")).json()["groups"]] == ["user"]
        may = await ani.may()
        assert (may["is_superuser"], may["groups"], may["direct"]) == (False, ["user"], [])
        assert "tasks.create" in may["effective"]
        assert "tasks.view" not in may["effective"]

    async def test_superuser_is_in_super_admin_and_holds_everything(self, root):
        may = await root.may()
        assert (may["is_superuser"], may["groups"]) == (True, ["super_admin", "user"])
        assert len(may["effective"]) == (await root.get("/permissions")).json()["total_count"]

    async def test_joining_super_admin_makes_a_superuser_and_leaving_unmakes_him(self, root, person):
        ani = await person("ani")
        assert (await root.join(ani, "user", "super_admin")).status_code == 200
        assert (await ani.get("/users/me")).json()["is_superuser"] is True
        assert (await root.join(ani, "user")).status_code == 200
        assert (await ani.get("/users/me")).json()["is_superuser"] is False
        assert (await ani.get("/groups")).status_code == 403

    async def test_effective_is_groups_and_grants_together(self, root, person):
        ani = await person("ani")
        await root.create_group("watchers", "tasks.view")
        await root.join(ani, "watchers", "vendor")
        answer = await root.grant(ani, "groups.view", "tasks.view")
        assert answer.json() == {
            "is_superuser": False,
            "groups": ["vendor", "watchers"],
            "direct": ["groups.view", "tasks.view"],
            "effective": ["groups.view", "tasks.view"],
        }
        assert (await root.get(f"/users/{ani.id}/permissions")).json() == answer.json() == await ani.may()
        await root.grant(ani)
        assert (await ani.may())["effective"] == ["tasks.view"]

    async def test_one_is_named_by_id_or_user_name(self, root, person):
        ani = await person("ani")
        by_id, by_name = [(await root.get(f"/users/{item}/groups")).json() for item in (ani.id, "ANI")]
        assert by_id == by_name

    async def test_user_name_that_looks_like_an_id_is_not_taken_for_it(self, root, person, clean_database):
        ani = await person("ani")
        await person("budi")
        async with clean_database.unit_of_work() as session:  # sign-up refuses such a name
            await session.execute(
                text("UPDATE \"user\" SET username = :name WHERE username = 'budi'"), {"name": NOBODYS}
            )
        assert (await root.get(f"/users/{NOBODYS}/groups")).status_code == 404
        assert (await root.get(f"/users/{ani.id}/groups")).status_code == 200

    @pytest.mark.parametrize("reference", [NOBODYS, "nobody"])
    async def test_missing_one_is_not_found(self, root, reference):
        assert (await root.get(f"/users/{reference}/groups")).status_code == 404
        assert (await root.get(f"/users/{reference}/permissions")).status_code == 404
        assert (await root.call("PUT", f"/users/{reference}/groups", group_ids=[])).status_code == 404
        assert (await root.call("PUT", f"/users/{reference}/permissions", permissions=[])).status_code == 404

    async def test_unknown_group_is_refused(self, root, person):
        ani = await person("ani")
        answer = await root.call("PUT", f"/users/{ani.id}/groups", group_ids=[NOBODYS])
        assert (answer.status_code, answer.json()["field_errors"][0]["code"]) == (422, "unknown_group")

    async def test_repeated_names_count_once(self, root, person):
        ani = await person("ani")
        user = await root.group("user")
        answer = await root.call("PUT", f"/users/{ani.id}/groups", group_ids=[user, user])
        assert answer.status_code == 200
        assert (await root.grant(ani, "tasks.view", "tasks.view")).json()["direct"] == ["tasks.view"]


class TestWhoMaySee:
    @pytest.mark.parametrize(
        "path",
        ["/permissions", "/permissions/tasks.view", "/groups", "/users/ani/groups", "/users/ani/permissions"],
    )
    async def test_administrators_only(self, client, person, path):
        ani, adi = await person("ani"), await person("adi", "user", "admin")
        assert (await client.get(f"/api/v1{path}")).status_code == 401
        assert (await ani.get(path)).status_code == 403
        assert (await adi.get(path)).status_code == 200

    async def test_document_says_what_each_operation_asks_for(self, client):
        paths = (await client.get("/openapi.json")).json()["paths"]
        operation = paths["/api/v1/groups/{group_id}/permissions"]["put"]
        assert operation["x-permission"] == "permissions.grant"
        assert operation["security"] == [{"bearer": []}, {"session_token": []}]
        assert operation["x-step-up"] is True
        assert "x-api-key-permission" not in operation
        groups = paths["/api/v1/groups"]["post"]
        assert groups["security"] == [{"bearer": []}, {"session_token": []}, {"apiKey": []}]
        assert groups["x-api-key-permission"] == "groups.create"
        assert "x-permission" not in paths["/api/v1/users/me/groups"]["get"]
        assert "x-permission" not in paths["/api/v1/login"]["post"]
