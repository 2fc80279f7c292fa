"""Links between accounts and identities: made signed in, listed, removed, and what becomes of them."""

from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from fondasi.identity.accounts import anonymise
from fondasi.identity.federation.jobs import purge
from fondasi.identity.federation.models import AuthorizationRequest
from fondasi.identity.models import LinkedIdentity, User, UserStatus
from fondasi.kit import clock
from fondasi.kit.audit import ActivityRecord

API = "/api/v1"
LINKS = f"{API}/settings/linked-identities"
PASSWORD = {"password": "correct horse battery staple"}


@pytest.fixture
async def ani(account):
    return await account("ani", email="ani@example.com")


async def links(browser, headers) -> list[dict]:
    return (await browser.client.get(LINKS, headers=headers)).json()["data"]


async def test_address_of_an_account_does_not_sign_in_to_it_until_it_is_linked(
    browser, providers, ani, letters
):
    refused = await browser.sign_in("keycloak")
    assert (refused.status_code, refused.json()["error_code"]) == (409, "ACCOUNT_EXISTS")
    assert "link Staff" in refused.json()["detail"]
    linked = await browser.link("keycloak", ani, **PASSWORD)
    assert linked.status_code == 200, linked.text
    assert (linked.json()["provider"], linked.json()["email_at_link"]) == ("keycloak", "ani@example.com")
    tokens = (await browser.sign_in("keycloak")).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await browser.client.get(f"{API}/users/me", headers=headers)).json()["username"] == "ani"
    assert [item["id"] for item in await links(browser, headers)] == [linked.json()["id"]]
    assert [item.template for item in await letters("ani@example.com")] == ["identity-linked"]


async def test_linking_asks_for_the_password_again(browser, providers, ani):
    answer = await browser.client.post(f"{LINKS}/keycloak/start", json={}, headers=ani)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "WRONG_PASSWORD")
    unknown = await browser.client.post(f"{LINKS}/nobody/start", json=PASSWORD, headers=ani)
    assert unknown.status_code == 404


async def test_linking_twice_changes_nothing_and_returns_where_it_was_asked(browser, providers, ani):
    await browser.link("github", ani, **PASSWORD)
    again = await browser.link("github", ani, **PASSWORD, return_to="/settings")
    assert again.headers["location"] == "/settings"
    assert len(await links(browser, ani)) == 1


async def test_identity_of_another_account_is_not_linked(browser, providers, account):
    first = await browser.sign_in("other")
    assert first.status_code == 200
    budi = await account("budi")
    answer = await browser.link("other", budi, **PASSWORD)
    assert (answer.status_code, answer.json()["error_code"]) == (409, "IDENTITY_TAKEN")
    assert await links(browser, budi) == []


async def test_link_that_is_removed_signs_in_no_more_and_the_owner_is_told(
    browser, providers, ani, letters, clean_database
):
    link = (await browser.link("keycloak", ani, **PASSWORD)).json()
    assert (await browser.client.delete(f"{LINKS}/{link['id']}", headers=ani)).status_code == 204
    assert (await browser.client.delete(f"{LINKS}/{link['id']}", headers=ani)).status_code == 404
    assert (await browser.sign_in("keycloak")).json()["error_code"] == "ACCOUNT_EXISTS"
    sent = [item.template for item in await letters("ani@example.com")]
    assert sent == ["identity-linked", "identity-unlinked"]
    async with clean_database.read_session() as session:
        actions = (await session.scalars(select(ActivityRecord.action))).all()
    assert {"identity.linked", "identity.unlinked"} <= set(actions)


async def test_second_factor_is_asked_for_all_the_same(browser, providers, protected, clean_database):
    ani = await protected("ani")
    now = clock.now()
    async with clean_database.unit_of_work() as session:
        user_id = await session.scalar(select(User.id))
        link = {"provider": "keycloak", "issuer": providers.keycloak.url, "subject": "ani-1"}
        session.add(LinkedIdentity(user_id=user_id, linked_at=now, last_used_at=now, **link))
    asked = await browser.sign_in("keycloak")
    assert (asked.status_code, asked.json()["error_code"]) == (401, "SECOND_FACTOR_REQUIRED")
    back = await browser.sign_in("keycloak", return_to="/welcome")
    told = parse_qs(urlsplit(back.headers["location"]).fragment)
    assert (told["error"], told["methods"]) == (["SECOND_FACTOR_REQUIRED"], ["totp", "recovery_code"])
    assert "refresh" not in browser.client.cookies
    answer = {"challenge": told["challenge"][0], "code": await ani.code()}
    assert (await browser.client.post(f"{API}/login/second-factor", json=answer)).status_code == 200


async def test_last_way_to_sign_in_stays(browser, providers):
    providers.keycloak.user["email_verified"] = False  # so that no code can be sent
    tokens = (await browser.sign_in("keycloak")).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    (link,) = await links(browser, headers)
    refused = await browser.client.delete(f"{LINKS}/{link['id']}", headers=headers)
    assert (refused.status_code, refused.json()["error_code"]) == (409, "LAST_WAY_TO_SIGN_IN")
    await browser.link("github", headers)
    assert (await browser.client.delete(f"{LINKS}/{link['id']}", headers=headers)).status_code == 204
    assert [item["label"] for item in await links(browser, headers)] == ["GitHub"]


async def test_links_of_others_do_not_exist(browser, providers, ani, account):
    link = (await browser.link("keycloak", ani, **PASSWORD)).json()
    budi = await account("budi")
    assert (await browser.client.delete(f"{LINKS}/{link['id']}", headers=budi)).status_code == 404
    assert (await browser.client.delete(f"{LINKS}/{uuid4()}", headers=budi)).status_code == 404
    assert len(await links(browser, ani)) == 1


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.INACTIVE, UserStatus.DELETED])
async def test_account_that_may_not_sign_in_is_refused_as_by_a_wrong_password(
    browser, providers, status, clean_database
):
    assert (await browser.sign_in("keycloak")).status_code == 200
    values = {"status": status, "deleted_at": clock.now() if status is UserStatus.DELETED else None}
    async with clean_database.unit_of_work() as session:
        await session.execute(update(User).values(**values))
    refused = (await browser.sign_in("keycloak")).json()
    wrong = await browser.client.post(f"{API}/login", json={"username": "nobody", "password": "wrong"})
    for name in ("status", "error_code", "title", "detail"):
        assert refused[name] == wrong.json()[name]


async def test_anonymised_account_leaves_no_link(browser, providers, app, federated, clean_database):
    assert (await browser.sign_in("keycloak")).status_code == 200
    async with clean_database.unit_of_work() as session:
        await session.execute(
            update(User).values(status=UserStatus.DELETED, deleted_at=clock.now() - timedelta(days=31))
        )
    async with clean_database.unit_of_work() as session:
        context = SimpleNamespace(platform=federated.state.platform, session=session, progress=_nothing)
        await anonymise.function(context)
    async with clean_database.read_session() as session:
        assert await session.scalar(select(func.count()).select_from(LinkedIdentity)) == 0
    assert (await browser.sign_in("keycloak")).status_code == 200  # as somebody new


async def test_requests_that_nobody_came_back_from_are_removed(browser, providers, clean_database):
    await browser.start("keycloak")
    async with clean_database.unit_of_work() as session:
        old = clock.now() - timedelta(hours=2)
        await session.execute(update(AuthorizationRequest).values(expires_at=old))
        assert await purge.function(SimpleNamespace(session=session)) == {"deleted": 1}


async def _nothing(_: int) -> None:
    """Progress that nobody follows."""
