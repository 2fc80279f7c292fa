"""Attack 16, inside a tenant: an admin made themself owner, demoted the owner, and granted what they lacked."""

import asyncio

import pytest
from sqlalchemy import update

from fondasi.identity import User
from fondasi.kit import clock


async def rights(person, tenant) -> tuple[str, list[str]]:
    mine = (await person.get(f"/tenants/{tenant}/members/me")).json()
    return mine["role"], mine["effective"]


async def test_admin_gets_nothing_more_by_any_way(town):
    tenant, people = await town.staffed("a", adi="admin", accomplice="member")
    adi, accomplice, owner = people["adi"], people["accomplice"], people["owner"]
    before = await rights(adi, tenant), await rights(accomplice, tenant), await rights(owner, tenant)
    members = f"/tenants/{tenant}/members"
    attempts = [
        ("PATCH", f"{members}/{adi.id}", {"role": "owner"}),
        ("PATCH", f"{members}/{accomplice.id}", {"role": "owner"}),
        ("PATCH", f"{members}/{owner.id}", {"role": "member"}),
        ("DELETE", f"{members}/{owner.id}", None),
        ("PUT", f"{members}/{owner.id}/permissions", {"permissions": []}),
        ("PUT", f"{members}/{adi.id}/permissions", {"permissions": ["manage_tenant"]}),
        ("PUT", f"{members}/{adi.id}/permissions", {"permissions": ["manage_users"]}),
        ("PUT", f"{members}/{accomplice.id}/permissions", {"permissions": ["delete_tenant"]}),
        ("POST", f"/tenants/{tenant}/ownership", {"user_id": str(adi.id)}),
        ("PATCH", f"/tenants/{tenant}", {"status": "inactive"}),
        ("DELETE", f"/tenants/{tenant}", None),
    ]
    for method, path, body in attempts:
        answer = await adi.call(method, path, **({"json": body} if body else {}))
        assert answer.status_code == 403, (method, path, answer.text)
    answer = await adi.call(
        "POST", f"/tenants/{tenant}/invitations", json={"email": "x@example.com", "role": "owner"}
    )
    assert answer.status_code == 422
    assert before == (
        await rights(adi, tenant),
        await rights(accomplice, tenant),
        await rights(owner, tenant),
    )


@pytest.mark.parametrize("field", ["role", "is_owner", "permissions", "tenant_id", "created_by"])
async def test_nothing_is_taken_from_fields_that_are_not_there(town, field):
    tenant, people = await town.staffed("a", mia="member")
    value = {"role": "owner", "is_owner": True, "permissions": ["manage_tenant"]}.get(
        field, str(people["mia"].id)
    )
    for method, path in (("PATCH", f"/tenants/{tenant}"), ("POST", "/tenants")):
        answer = await people["owner"].call(method, path, json={"name": "b", field: value})
        assert (answer.status_code, answer.json()["field_errors"][0]["field"]) == (422, f"body.{field}")


async def test_rights_given_as_guest_of_one_tenant_are_worth_nothing_in_another(town):
    tenant, people = await town.staffed("a", mia="member")
    own = await people["mia"].creates("own")
    assert (await rights(people["mia"], own))[0] == "owner"
    for method, path in (("GET", "/export"), ("DELETE", ""), ("GET", "/invitations")):
        answer = await people["mia"].call(method, f"/tenants/{tenant}{path}")
        assert answer.status_code == 403, path


async def test_tenant_is_not_handed_to_an_account_that_is_being_deleted(town):
    tenant, people = await town.staffed("a", adi="admin")
    owner, adi = people["owner"], people["adi"]
    async with town.database.unit_of_work(audited=False) as session:
        gone = {"status": "deleted", "deleted_at": clock.now()}
        await session.execute(update(User).where(User.id == adi.id).values(**gone))
        handing_over = asyncio.create_task(
            owner.call("POST", f"/tenants/{tenant}/ownership", json={"user_id": str(adi.id)})
        )
        await asyncio.wait([handing_over], timeout=0.3)  # it waits for what becomes of the account
    assert (await handing_over).status_code == 404
    assert (await rights(owner, tenant))[0] == "owner"
