"""Threat 43: what asks for a fresh proof at one door is done at another. A thief of a session takes over a tenant."""

from uuid import UUID

import pytest
from sqlalchemy import select

from fondasi.tenancy.models import Membership

PASSWORD = "correct horse battery staple"
API = "/api/v1"


@pytest.fixture
async def held(town):
    """A tenant with two owners, an administrator and a member: `tenant, people`."""
    return await town.staffed("harbour", ana="owner", adi="admin", mia="member")


@pytest.fixture
def roles(town, held):
    """Who has which role now: `await roles()`."""
    tenant, people = held

    async def read() -> dict[str, str]:
        async with town.database.read_session(tenant=UUID(tenant)) as session:
            rows = {row.user_id: row.role for row in await session.scalars(select(Membership))}
        return {name: rows[person.id] for name, person in people.items() if person.id in rows}

    return read


def doors(tenant: str, people) -> list[tuple[str, str, object]]:
    """All that makes an owner, ends one, or gives what owners alone hold."""
    members = f"/tenants/{tenant}/members"
    mia, ana, adi = (people[name].id for name in ("mia", "ana", "adi"))
    return [
        ("POST", f"/tenants/{tenant}/ownership", {"user_id": str(mia)}),
        ("PATCH", f"{members}/{mia}", {"role": "owner"}),
        ("PATCH", f"{members}/{adi}", {"role": "owner"}),
        ("PATCH", f"{members}/{ana}", {"role": "member"}),
        ("PATCH", f"{members}/{ana}", {"role": "owner"}),
        ("DELETE", f"{members}/{ana}", None),
        ("DELETE", f"{members}/me", None),
        ("PUT", f"{members}/{mia}/permissions", {"permissions": ["manage_tenant"]}),
        ("PUT", f"{members}/{adi}/permissions", {"permissions": ["delete_tenant"]}),
        ("PUT", f"{members}/{ana}/permissions", {"permissions": ["view_users"]}),
        ("DELETE", f"/tenants/{tenant}", None),
        ("GET", f"/tenants/{tenant}/export", None),
    ]


async def test_stale_session_of_an_owner_changes_no_ownership(held, roles, proofs_age):
    tenant, people = held
    before = await roles()
    await proofs_age(minutes=11)
    for method, path, body in doors(tenant, people):
        answer = await people["owner"].call(method, path, json=body)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "STEP_UP_REQUIRED"), (method, path)
    assert await roles() == before == {"owner": "owner", "ana": "owner", "adi": "admin", "mia": "member"}


async def test_what_asks_for_no_proof_goes_on_without_one(held, roles, proofs_age):
    tenant, people = held
    owner, mia = people["owner"], people["mia"].id
    await proofs_age(minutes=11)
    member = f"/tenants/{tenant}/members/{mia}"
    assert (await owner.call("PATCH", member, json={"role": "admin"})).status_code == 200
    given = {"permissions": ["view_analytics"]}
    assert (await owner.call("PUT", f"{member}/permissions", json=given)).status_code == 200
    assert (await people["mia"].call("DELETE", f"/tenants/{tenant}/members/me")).status_code == 204
    assert "mia" not in await roles()


async def test_right_is_asked_for_before_the_proof(held, proofs_age):
    tenant, people = held
    await proofs_age(minutes=11)
    path = f"/tenants/{tenant}/members/{people['mia'].id}"
    answer = await people["adi"].call("PATCH", path, json={"role": "owner"})
    assert answer.json()["error_code"] == "OWNERS_ONLY"


@pytest.mark.parametrize("role", ["owner", "OWNER", " owner"])
async def test_no_invitation_makes_an_owner(held, role):
    tenant, people = held
    body = {"email": "eve@example.com", "role": role}
    assert (
        await people["owner"].call("POST", f"/tenants/{tenant}/invitations", json=body)
    ).status_code == 422


async def test_fresh_proof_opens_the_door(client, account, town, proofs_age):
    """The same act after `POST /auth/step-up`."""
    ani = await account("ani")
    tenant = (await client.post(f"{API}/tenants", json={"name": "Harbour"}, headers=ani)).json()["id"]
    budi = await town.person("budi")
    await town.join(tenant, budi)
    await proofs_age(minutes=11)
    path = f"{API}/tenants/{tenant}/members/{budi.id}"
    assert (await client.patch(path, json={"role": "owner"}, headers=ani)).status_code == 403
    proved = await client.post(f"{API}/auth/step-up", json={"password": PASSWORD}, headers=ani)
    assert proved.status_code == 200
    assert (await client.patch(path, json={"role": "owner"}, headers=ani)).status_code == 200
