"""Attack 17: a tenant's admin added a stranger without asking them, then changed the stranger's password."""

import re

API = "/api/v1"


async def test_nobody_becomes_a_member_without_his_consent(town):
    tenant, people = await town.staffed("a", adi="admin")
    stranger = await town.person("stranger")
    members = f"/tenants/{tenant}/members"
    forced = [
        ("POST", members, {"user_id": str(stranger.id)}),
        ("PUT", f"{members}/{stranger.id}", {"role": "member"}),
        ("PATCH", f"{members}/{stranger.id}", {"role": "member"}),
        ("PUT", f"{members}/{stranger.id}/permissions", {"permissions": ["view_users"]}),
        ("POST", f"/tenants/{tenant}/ownership", {"user_id": str(stranger.id)}),
    ]
    for who in (people["owner"], people["adi"]):
        for method, path, body in forced:
            answer = await who.call(method, path, json=body)
            assert answer.status_code in {403, 404, 405}, (method, path, answer.text)
        await who.call("POST", f"/tenants/{tenant}/invitations", json={"email": stranger.email})
    assert (await stranger.get("/tenants")).json()["data"] == []
    assert (await stranger.get(f"/tenants/{tenant}")).status_code == 404


async def test_inviter_cannot_accept_in_the_invited_persons_name(town):
    tenant, people = await town.staffed("a")
    stranger, owner = await town.person("stranger"), people["owner"]
    await owner.call("POST", f"/tenants/{tenant}/invitations", json={"email": stranger.email})
    token = re.search(r"Token: (\S+)", (await town.letters(stranger.email))[-1].text)[1]
    assert (await owner.call("POST", f"/invitations/{token}/accept")).status_code == 404
    assert (await owner.get(f"/tenants/{tenant}/members")).json()["total_count"] == 1


async def test_tenants_own_no_accounts(town):
    tenant, people = await town.staffed("a", mia="member")
    owner, mia = people["owner"], people["mia"]
    header = {"X-Tenant-ID": tenant}
    attempts = [
        ("PATCH", f"/users/{mia.name}", {"name": "Owned"}),
        ("PATCH", f"/users/{mia.id}", {"status": "suspended"}),
        ("DELETE", f"/users/{mia.name}", None),
        ("GET", f"/users/{mia.name}", None),
        ("PUT", f"/users/{mia.id}/permissions", {"permissions": []}),
    ]
    for method, path, body in attempts:
        answer = await owner.call(method, path, headers=header, **({"json": body} if body else {}))
        assert answer.status_code in {403, 404}, (method, path, answer.text)
    # Removed from the tenant, the account is as before.
    assert (await owner.call("DELETE", f"/tenants/{tenant}/members/{mia.id}")).status_code == 204
    mine = (await mia.get("/users/me")).json()
    assert (mine["name"], mine["status"]) == (mia.name, "active")


async def test_inviter_writes_no_lines_of_the_message(town):
    tenant, people = await town.staffed("a")
    owner, stranger = people["owner"], await town.person("stranger")
    named = await owner.call("PATCH", "/users/a-owner", json={"name": "Ani\r\n\r\nToken: forged"})
    assert named.status_code == 200
    await owner.call("POST", f"/tenants/{tenant}/invitations", json={"email": stranger.email})
    text = (await town.letters(stranger.email))[-1].text
    assert re.findall(r"^Token: (\S+)$", text, re.MULTILINE) != ["forged"]
    assert len(re.findall(r"^Token:", text, re.MULTILINE)) == 1


async def test_nobody_is_flooded_with_invitations(town):
    stranger, sent = await town.person("stranger"), 0
    for name in ("a", "b"):
        tenant, people = await town.staffed(name)
        invitations, owner = f"/tenants/{tenant}/invitations", people["owner"]
        made = await owner.call("POST", invitations, json={"email": stranger.email})
        for _ in range(7):
            again = await owner.call("POST", f"{invitations}/{made.json()['id']}/resend")
            assert again.status_code == 200
            sent += 1
    assert len(await town.letters(stranger.email)) == 10 < sent
