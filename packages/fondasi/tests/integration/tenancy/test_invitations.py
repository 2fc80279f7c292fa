"""Invitations over HTTP: consent, the right address, and an end to every token."""

import asyncio
import re
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import update

from fondasi.tenancy.jobs import purge
from fondasi.tenancy.models import Invitation


@pytest.fixture
def invited(letters):
    """Invite an address: `invitation, token = await invited(owner, tenant, "new@example.com")`."""

    async def invite(who, tenant, email, role="member"):
        answer = await who.call("POST", f"/tenants/{tenant}/invitations", json={"email": email, "role": role})
        assert answer.status_code == 201, answer.text
        return answer.json(), await token_of(email)

    async def token_of(email):
        letter = (await letters(email.lower()))[-1]
        return re.search(r"Token: (\S+)", letter.text)[1]

    invite.token_of = token_of
    return invite


@pytest.fixture
async def scene(town):
    tenant, people = await town.staffed("a", adi="admin")
    return tenant, people["owner"], people["adi"], await town.person("new")


async def test_invited_person_becomes_a_member_by_accepting(scene, invited, letters):
    tenant, owner, _, new = scene
    invitation, token = await invited(owner, tenant, "New@Example.com", "admin")
    assert (invitation["email"], invitation["status"], invitation["is_expired"]) == (
        new.email,
        "pending",
        False,
    )
    assert "token" not in str(invitation)
    assert (await letters(new.email))[0].subject == "a-owner invites you to a"
    assert (await new.get("/tenants")).json()["data"] == []
    preview = (await new.get(f"/invitations/{token}")).json()
    assert (preview["tenant_id"], preview["tenant"], preview["role"]) == (tenant, "a", "admin")
    answer = await new.call("POST", f"/invitations/{token}/accept")
    assert (answer.status_code, answer.json()["role"]) == (200, "admin")
    assert [item["id"] for item in (await new.get("/tenants")).json()["data"]] == [tenant]
    again = await new.call("POST", f"/invitations/{token}/accept")
    assert (again.status_code, again.json()["error_code"]) == (409, "INVITATION_VOID")
    listed = (await owner.get(f"/tenants/{tenant}/invitations?status=accepted")).json()["data"]
    assert [item["id"] for item in listed] == [invitation["id"]]
    refused = await owner.call("POST", f"/tenants/{tenant}/invitations", json={"email": new.email})
    assert (refused.status_code, refused.json()["error_code"]) == (409, "ALREADY_MEMBER")


async def test_token_serves_nobody_but_the_account_with_the_address(scene, invited, town):
    tenant, owner, _, new = scene
    _, token = await invited(owner, tenant, new.email)
    thief = await town.person("thief")
    absent = await thief.call("POST", f"/invitations/{'A' * 64}/accept")
    for call in (
        thief.get(f"/invitations/{token}"),
        *(thief.call("POST", f"/invitations/{token}/{verb}") for verb in ("accept", "decline")),
    ):
        answer = await call
        assert (answer.status_code, answer.json()["detail"]) == (404, absent.json()["detail"])
    assert (await new.call("POST", f"/invitations/{token}/accept")).status_code == 200


async def test_declined_revoked_replaced_and_expired_tokens_are_void(scene, invited, clean_database):
    tenant, owner, adi, new = scene
    path = f"/tenants/{tenant}/invitations"

    async def assert_void(token):
        answer = await new.call("POST", f"/invitations/{token}/accept")
        assert answer.status_code in {404, 409}, answer.text

    _, token = await invited(owner, tenant, new.email)
    assert (await new.call("POST", f"/invitations/{token}/decline")).status_code == 204
    await assert_void(token)
    invitation, token = await invited(adi, tenant, new.email)
    refused = await owner.call("POST", path, json={"email": new.email})
    assert refused.json()["error_code"] == "INVITATION_PENDING"
    assert (await owner.call("POST", f"{path}/{invitation['id']}/resend")).status_code == 200
    await assert_void(token)
    token = await invited.token_of(new.email)
    assert (await owner.call("DELETE", f"{path}/{invitation['id']}")).status_code == 204
    await assert_void(token)
    assert (await owner.call("POST", f"{path}/{invitation['id']}/resend")).status_code == 409
    _, token = await invited(owner, tenant, new.email)
    async with clean_database.unit_of_work(tenant=UUID(tenant)) as session:
        await session.execute(update(Invitation).values(expires_at=Invitation.expires_at - timedelta(days=8)))
    await assert_void(token)
    rows = (await owner.get(f"{path}?status=pending")).json()["data"]
    assert [row["is_expired"] for row in rows] == [True]
    _, token = await invited(owner, tenant, new.email)  # an expired one is not in the way
    assert (await new.call("POST", f"/invitations/{token}/accept")).status_code == 200


@pytest.mark.parametrize("ending", ["removed", "demoted", "suspended tenant"])
async def test_invitation_dies_with_the_rights_of_who_sent_it(scene, invited, town, ending):
    tenant, owner, adi, new = scene
    _, token = await invited(adi, tenant, new.email, "admin")
    path = f"/tenants/{tenant}/members/{adi.id}"
    if ending == "removed":
        await owner.call("DELETE", path)
    elif ending == "demoted":
        await owner.call("PATCH", path, json={"role": "member"})
    else:
        root = await town.person("root", superuser=True)
        await root.call("POST", f"/tenants/{tenant}/suspend", json={})
    answer = await new.call("POST", f"/invitations/{token}/accept")
    assert answer.status_code == (403 if ending == "suspended tenant" else 409), answer.text
    assert (await new.get("/tenants")).json()["data"] == []


async def test_of_many_that_accept_at_once_one_succeeds(scene, invited):
    tenant, owner, _, new = scene
    _, token = await invited(owner, tenant, new.email)
    answers = await asyncio.gather(*(new.call("POST", f"/invitations/{token}/accept") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]


async def test_number_of_open_invitations_is_bounded(scene, invited, monkeypatch):
    tenant, owner, _, _ = scene
    monkeypatch.setattr("fondasi.tenancy.invitations.MAX_OPEN", 1)
    await invited(owner, tenant, "one@example.com")
    answer = await owner.call("POST", f"/tenants/{tenant}/invitations", json={"email": "two@example.com"})
    assert (answer.status_code, answer.json()["error_code"]) == (409, "TOO_MANY_INVITATIONS")


async def test_one_person_sends_so_many_a_day_in_all_tenants(scene, invited, app, monkeypatch):
    tenant, owner, _, _ = scene
    monkeypatch.setattr(app.state.platform.settings, "invitation_per_day", 3)
    other = await owner.creates("second")
    for number, name in enumerate((tenant, other, other)):
        await invited(owner, name, f"person{number}@example.com")
    for name in (tenant, other):
        answer = await owner.call("POST", f"/tenants/{name}/invitations", json={"email": "more@example.com"})
        assert (answer.status_code, answer.json()["error_code"]) == (429, "INVITED_TOO_MANY")
        assert 0 < int(answer.headers["retry-after"]) <= 86400


async def test_addresses_of_old_invitations_are_forgotten_in_all_tenants(
    scene, invited, town, app, clean_database
):
    tenant, owner, _, _ = scene
    other = await owner.creates("second")
    for name in (tenant, other):
        await invited(owner, name, "old@example.com")
        await invited(owner, name, "recent@example.com")
        async with clean_database.unit_of_work(tenant=UUID(name)) as session:
            old = update(Invitation).where(Invitation.email == "old@example.com")
            await session.execute(old.values(expires_at=Invitation.expires_at - timedelta(days=100)))

    async def progress(done: int) -> None:
        """Nobody watches."""

    async with clean_database.unit_of_work() as session:
        context = SimpleNamespace(session=session, platform=app.state.platform, progress=progress)
        assert await purge.function(context) == {"deleted": 2}
    for name in (tenant, other):
        rows = (await owner.get(f"/tenants/{name}/invitations")).json()["data"]
        assert [row["email"] for row in rows] == ["recent@example.com"]


async def test_letter_is_in_the_language_of_its_reader(scene, invited, letters):
    tenant, owner, _, new = scene
    await new.call("PATCH", "/settings", json={"language": "id"})
    await invited(owner, tenant, new.email)
    assert (await letters(new.email))[0].subject == "a-owner mengundang Anda ke a"
