"""Coming into the panel and being put out of it."""

import re
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_network

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from fondasi.access.models import UserPermission
from fondasi.app import create_app
from fondasi.identity import create_user
from fondasi.identity.sessions.models import UserSession
from fondasi.runtime import platform_modules
from fondasi.settings import AdminSettings, Environment, HttpSettings

PASSWORD = "correct horse battery staple"
LOGIN, SECOND, INDEX = "/admin/login", "/admin/second-factor", "/admin/"
ROOT = {"username": "root", "password": PASSWORD}


@pytest.fixture
async def people(clean_database):
    async with clean_database.unit_of_work() as session:
        await create_user(session, username="root", password=PASSWORD, superuser=True)
        await create_user(session, username="ani", password=PASSWORD)


async def sessions(database) -> list[UserSession]:
    async with database.read_session() as session:
        return list((await session.scalars(select(UserSession).order_by(UserSession.id))).all())


async def test_anonymous_is_sent_to_the_login(client):
    for path in (
        "",
        "/",
        "/users/list",
        "/users/details/x",
        "/users/edit/x",
        "/groups/create",
        "/users/export/csv",
    ):
        answer = await client.get(f"/admin{path}")
        assert (answer.status_code, answer.headers["location"]) == (303, LOGIN), path
    for path in ("/logout", "/users/edit/x", "/groups/create", "/sessions/revoke/x", "/users/nothing/x"):
        assert (await client.post(f"/admin{path}")).status_code in {401, 404, 405}
    assert (await client.delete("/admin/users/delete?pks=x")).status_code == 401
    assert (await client.get(LOGIN)).status_code == 200


async def test_signing_in_opens_an_ordinary_session_that_is_listed_and_ends(client, people, trail, database):
    answer = await client.post(LOGIN, data=ROOT)
    assert (answer.status_code, answer.headers["location"]) == (303, INDEX)
    cookie = answer.headers["set-cookie"].lower()
    assert {"httponly", "samesite=strict", "path=/"} <= set(cookie.split("; "))
    assert "max-age" not in cookie
    assert (await client.get(INDEX)).status_code == 200
    assert (await client.get(LOGIN)).status_code == 303  # inside already
    (entry,) = await trail("login")
    assert entry.endpoint == LOGIN
    headers = {"Authorization": f"Bearer {client.cookies['admin']}"}
    (listed,) = (await client.get("/api/v1/sessions", headers=headers)).json()["data"]
    assert (await client.delete(f"/api/v1/sessions/{listed['id']}", headers=headers)).status_code == 204
    assert (await client.get(INDEX)).headers["location"] == LOGIN  # at the next click
    assert [item.revoked_at is not None for item in await sessions(database)] == [True]


async def test_signing_out_ends_the_session_and_takes_a_form(panel_browser, trail, database):
    root = await panel_browser(superuser=True)
    assert (await root.get("/admin/logout")).status_code == 404
    answer = await root.post("/admin/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, LOGIN)
    assert 'admin=""' in answer.headers["set-cookie"]
    assert [item.revoked_at is not None for item in await sessions(database)] == [True]
    assert [entry.user_id is not None for entry in await trail("logout")] == [True]


async def test_wrong_password_is_told_remembered_and_slowed_down(client, people, trail):
    wrong = {**ROOT, "password": "wrong"}
    answers = [await client.post(LOGIN, data=wrong) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert "Wrong user name or password." in answers[0].text
    assert int(answers[10].headers["retry-after"]) > 0
    assert len(await trail("login.failed")) == 10
    unknown = await client.post(LOGIN, data={**wrong, "username": "nobody"})
    assert (unknown.status_code, unknown.text) == (401, answers[0].text)
    for nonsense in ({}, {"username": "root"}, {**ROOT, "username": "\0"}, {**ROOT, "is_superuser": "true"}):
        assert (await client.post(LOGIN, data=nonsense)).status_code == 422
    assert not client.cookies


async def test_second_factor_is_asked_for_and_taken_once(client, protected, trail):
    ani = await protected("ani", superuser=True)
    client.cookies.clear()
    form = {"username": "ani", "password": PASSWORD}
    page = await client.post(LOGIN, data=form)
    assert page.status_code == 200
    assert not client.cookies
    challenge = re.search(r'name="challenge" value="([^"]+)"', page.text)[1]
    wrong = await client.post(SECOND, data={"challenge": challenge, "code": "000000"})
    assert (wrong.status_code, f'value="{challenge}"' in wrong.text) == (403, True)
    assert len(await trail("login.failed")) == 1
    proof = {"challenge": challenge, "code": await ani.code()}
    assert (await client.post(SECOND, data=proof)).status_code == 303
    assert (await client.get(INDEX)).status_code == 200
    client.cookies.clear()
    again = await client.post(SECOND, data=proof)
    assert (again.status_code, 'name="password"' in again.text) == (401, True)
    assert (await client.post(SECOND, data={})).status_code == 422


async def test_whoever_may_not_enter_gets_no_session(client, people, trail, database):
    answer = await client.post(LOGIN, data={"username": "ani", "password": PASSWORD})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert [item.revoked_at is not None for item in await sessions(database)] == [True]
    assert [entry.endpoint for entry in await trail("access.denied")] == [LOGIN]


async def test_other_credentials_open_nothing(client, people):
    tokens = (await client.post("/api/v1/login", json={**ROOT, "refresh_in_body": True})).json()
    client.cookies.clear()
    for token in (tokens["access_token"], tokens["session_token"]):
        headers = {"Authorization": f"Bearer {token}", "X-Session-Token": tokens["session_token"]}
        assert (await client.get(INDEX, headers=headers)).status_code == 303
    for token in (tokens["access_token"], tokens["refresh_token"], "x", "x" * 5000, "é"):
        headers = {"Cookie": f"admin={token}".encode()}
        assert (await client.get(INDEX, headers=headers)).status_code == 303
    headers = {"Cookie": f"admin={tokens['session_token']}"}
    assert (await client.get("/api/v1/users/me", headers=headers)).status_code == 401


async def test_idle_session_ends_for_good(panel_browser, database, trail):
    root = await panel_browser(superuser=True)
    assert (await root.get(INDEX)).status_code == 200
    async with database.unit_of_work(audited=False) as session:
        await session.execute(
            update(UserSession).values(last_used_at=UserSession.last_used_at - timedelta(minutes=31))
        )
    assert (await root.get(INDEX)).status_code == 303
    async with database.unit_of_work(audited=False) as session:
        await session.execute(
            update(UserSession).values(last_used_at=UserSession.last_used_at + timedelta(minutes=31))
        )
    assert (await root.get(INDEX)).status_code == 303
    assert [entry.session_id for entry in await trail("logout")] == [root.session_id]


async def test_permissions_decide_what_is_seen_and_they_act_at_once(panel_browser, app, trail):
    clerk = await panel_browser("clerk", "admin.view", "groups.view")
    index = await clerk.get(INDEX)
    assert "/admin/groups/list" in index.text
    assert "/admin/users/list" not in index.text
    assert (await clerk.get("/admin/groups/list")).status_code == 200
    for path in ("users/list", "users/export/csv", "groups/create", "activity/list", "users/details/x"):
        assert (await clerk.get(f"/admin/{path}")).status_code == 403, path
    assert (await clerk.post("/admin/groups/create", {"name": "mine"})).status_code == 403
    assert (await clerk.delete("/admin/groups/delete?pks=x")).status_code == 403
    assert len(await trail("access.denied")) == 7
    outsider = await panel_browser("outsider", "users.view", "users.edit")
    assert (await outsider.get("/admin/users/list")).status_code == 403
    async with app.state.platform.database.unit_of_work() as session:
        row = await session.scalar(select(UserPermission).where(UserPermission.permission == "groups.view"))
        await session.delete(row)
    assert (await clerk.get("/admin/groups/list")).status_code == 403


@pytest.fixture
def panel(settings, clean_database):
    """A client of a service with other settings: `async with panel(address, AdminSettings(...)) as client`."""

    @asynccontextmanager
    async def open_(address: str, admin: AdminSettings, **more):
        own = settings.model_copy(update={"admin": admin, **more})
        app = create_app(own, platform_modules())
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 1))
            async with httpx.AsyncClient(transport=transport, base_url="https://testserver") as client:
                yield client

    return open_


async def test_foreign_address_is_refused_whatever_it_says(panel):
    allowed = AdminSettings(allowed_addresses="10.1.0.0/16, 2001:db8::/32")
    proxies = HttpSettings(trusted_proxies=[ip_network("192.0.2.1/32")])
    async with panel("192.0.2.1", allowed, http=proxies) as client:
        for address, status in {
            "10.1.2.3": 200,
            "::ffff:10.1.2.3": 200,
            "2001:db8::1": 200,
            "10.2.0.1": 403,
            "10.1.2.3, 10.2.0.1": 403,
            "nonsense": 403,
        }.items():
            headers = {"X-Forwarded-For": address}
            assert (await client.get(LOGIN, headers=headers)).status_code == status, address
            assert (await client.get(INDEX, headers=headers)).status_code == (303 if status == 200 else 403)
            assert (await client.get("/admin/statics/panel.css", headers=headers)).status_code == status
            assert (await client.get("/health/live", headers=headers)).status_code == 200
        assert (await client.get(LOGIN)).status_code == 403


async def test_outside_of_local_the_cookie_is_for_https_alone(panel, people):
    staging = {"environment": Environment.STAGING, "secret_key": SecretStr("0123456789abcdef" * 4)}
    async with panel("127.0.0.1", AdminSettings(), **staging) as client:
        answer = await client.post(LOGIN, data=ROOT)
        assert answer.status_code == 303
        assert answer.headers["set-cookie"].startswith("__Host-admin=")
        assert "path=/" in answer.headers["set-cookie"].lower().split("; ")
        assert "secure" in answer.headers["set-cookie"].lower().split("; ")
        assert (await client.get(INDEX)).status_code == 200


async def test_panel_can_be_switched_off(panel):
    async with panel("127.0.0.1", AdminSettings(enabled=False)) as client:
        assert (await client.get(LOGIN)).status_code == 404


async def test_tries_to_sign_in_are_limited_like_all_others(panel, settings):
    quota = settings.quota.model_copy(update={"login_limit": 3})
    async with panel("127.0.0.1", AdminSettings(), quota=quota) as client:
        answers = [await client.post(LOGIN, data={}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
        assert "ratelimit" in (await client.get("/admin/statics/panel.css")).headers
