"""Attack 18, inside tenants: lists returned the rows of all of the user's tenants."""


async def test_list_of_one_tenant_holds_nothing_of_the_users_other_ones(notes_client, notes_town):
    both = await notes_town.person("in-both")
    tenants = {name: await both.creates(name) for name in ("north", "south")}
    for name, tenant in tenants.items():
        await both.call("POST", f"/tenants/{tenant}/notes", json={"title": f"{name} note"})
        await both.call("POST", f"/tenants/{tenant}/invitations", json={"email": f"{name}@example.com"})
    for name, tenant in tenants.items():
        (other,) = tenants.keys() - {name}
        for path in ("notes", "invitations", "members", "activity", "export"):
            answer = await both.get(f"/tenants/{tenant}/{path}")
            assert answer.status_code == 200
            assert other not in answer.text, path
        by_header = await both.get("/notes", headers={"X-Tenant-ID": tenant})
        assert [note["title"] for note in by_header.json()] == [f"{name} note"]
    assert (await both.get("/notes")).status_code == 422


async def test_only_the_platforms_administrators_list_all_tenants(town):
    await town.staffed("a")
    eve, root = await town.person("eve"), await town.person("root", superuser=True)
    assert (await town.client.get("/api/v1/tenants")).status_code == 401
    assert (await eve.get("/tenants")).json()["total_count"] == 0
    assert (await eve.get("/tenants/all")).status_code == 403
    assert (await root.get("/tenants/all")).json()["total_count"] == 1


async def test_trail_of_a_tenant_does_not_tell_where_administrators_sit(town, panel_browser):
    tenant, people = await town.staffed("a")
    root = await panel_browser("root", superuser=True)
    for action in ("suspend", "resume"):
        assert (await root.post(f"/admin/tenants/{action}/{tenant}")).status_code == 303
    entries = (await people["owner"].get(f"/tenants/{tenant}/activity")).json()["data"]
    theirs = [entry for entry in entries if entry["user_id"] != str(people["owner"].id)]
    assert {entry["action"] for entry in theirs} >= {"tenant.suspended", "tenant.resumed"}
    for entry in theirs:
        assert (entry["ip_address"], entry["user_agent"], entry["session_id"]) == (None, None, None), entry
    own = next(entry for entry in entries if entry["action"] == "tenant.created")
    assert own["ip_address"] is not None
