"""Threat 14: tokens where scripts, logs and other sites reach them."""

import re

import pytest

from fondasi.kit.http import middleware

ME, REFRESH, LOGIN, LOGOUT = "/api/v1/users/me", "/api/v1/refresh", "/api/v1/login", "/api/v1/logout"
ASKED = {"X-Requested-With": "fetch"}
PASSWORD = "correct horse battery staple"


@pytest.fixture
async def signed_in(client, ani):
    """A browser with the refresh cookie."""
    answer = await client.post(LOGIN, json={"username": "ani", "password": PASSWORD})
    assert "refresh" in client.cookies
    return answer


@pytest.mark.parametrize("name", ["access_token", "token", "session_token"])
async def test_token_in_the_query_is_refused(client, login, name):
    token = (await login())["access_token"]
    assert (await client.get(f"{ME}?{name}={token}")).status_code == 401


async def test_token_in_a_cookie_is_no_authentication(client, login):
    tokens = await login()
    client.cookies.update({"access_token": tokens["access_token"], "refresh": tokens["refresh_token"]})
    assert (await client.get(ME)).status_code == 401


@pytest.mark.parametrize("scheme", ["", "Basic ", "Token ", "Bearer", "Bearer\t"])
async def test_other_schemes_are_refused(client, login, scheme):
    token = (await login())["access_token"]
    assert (await client.get(ME, headers={"authorization": scheme + token})).status_code == 401


async def test_scripts_cannot_read_the_refresh_token(signed_in):
    cookie = signed_in.headers["set-cookie"].lower()
    assert {"httponly", "samesite=strict", "path=/"} <= set(cookie.split("; "))
    assert "refresh_token" not in signed_in.json() or signed_in.json()["refresh_token"] is None


@pytest.mark.parametrize("path", [REFRESH, LOGOUT])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://testserver"},
        {"Sec-Fetch-Site": "same-origin"},
        {**ASKED, "Origin": "https://evil.example"},
        {**ASKED, "Origin": "null"},
        {**ASKED, "Origin": "http://testserver.evil.example"},
        {**ASKED, "Origin": "http://testserver:8080"},
        {**ASKED, "Origin": ""},
        {**ASKED, "Sec-Fetch-Site": "cross-site"},
        {**ASKED, "Sec-Fetch-Site": "same-site"},
        {"X-Requested-With": ""},
    ],
    ids=str,
)
async def test_another_site_cannot_use_the_cookie(client, signed_in, path, headers):
    answer = await client.post(path, headers=headers)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "FOREIGN_REQUEST")
    token = signed_in.json()["access_token"]
    assert (await client.get(ME, headers={"Authorization": f"Bearer {token}"})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        ASKED,
        {**ASKED, "Origin": "http://testserver"},
        {**ASKED, "Origin": "https://testserver", "Sec-Fetch-Site": "same-origin"},
        {**ASKED, "Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=str,
)
async def test_own_page_can_use_the_cookie(client, signed_in, headers):
    assert (await client.post(REFRESH, headers=headers)).status_code == 200


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_another_site_cannot_sign_its_visitors_in(client, ani, headers):
    form = {"username": "ani", "password": PASSWORD}
    assert (await client.post(LOGIN, data=form, headers=headers)).status_code == 403
    assert not client.cookies


async def test_log_keeps_no_token_of_a_path(town, monkeypatch):
    lines = []
    monkeypatch.setattr(middleware.log, "info", lambda event, **values: lines.append(values["path"]))
    tenant, people = await town.staffed("a")
    stranger = await town.person("stranger")
    invitations = f"/tenants/{tenant}/invitations"
    await people["owner"].call("POST", invitations, json={"email": stranger.email})
    token = re.search(r"Token: (\S+)", (await town.letters(stranger.email))[-1].text)[1]
    for path in (f"/invitations/{token}", f"/invitations/{token}/missing", f"/tasks/fnd_{'a1B' * 24}"):
        await stranger.get(path)
    assert f"/api/v1{invitations}" in lines
    assert lines[-3:] == [
        "/api/v1/invitations/[redacted]",
        "/api/v1/invitations/[redacted]/missing",
        "/api/v1/tasks/[redacted]",
    ]
