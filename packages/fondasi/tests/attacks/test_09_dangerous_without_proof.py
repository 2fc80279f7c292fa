"""Threat 9, for whole accounts: a stolen session does what cannot be undone. It asks for a fresh proof."""

import re

import pytest

from fondasi.identity.sessions import lockout

API = "/api/v1"
PASSWORD = "correct horse battery staple"
ID = "00000000-0000-7000-8000-000000000000"
DANGEROUS = [
    ("POST", "/auth/second-factor", None),
    ("DELETE", "/auth/second-factor", None),
    ("POST", "/auth/second-factor/confirm", {"code": "000000"}),
    ("POST", "/auth/second-factor/recovery-codes", None),
    ("POST", "/auth/password/set", {"new_password": "a new passphrase"}),
    ("PATCH", f"/api-keys/{ID}", {"permissions": ["users.edit"]}),
    ("DELETE", "/users/root", None),
    ("DELETE", "/users/root?permanent=true", None),
    ("POST", "/api-keys", {"name": "eve", "permissions": []}),
    ("POST", "/settings/export", None),
    ("DELETE", f"/settings/linked-identities/{ID}", None),
    ("DELETE", f"/settings/passkeys/{ID}", None),
    ("DELETE", f"/tenants/{ID}", None),
    ("GET", f"/tenants/{ID}/export", None),
    ("POST", f"/tenants/{ID}/ownership", {"user_id": ID}),
    ("PUT", f"/users/{ID}/groups", {"group_ids": []}),
    ("PUT", f"/users/{ID}/permissions", {"permissions": []}),
    ("PUT", f"/groups/{ID}/permissions", {"permissions": []}),
]


def told(answer) -> tuple[int, str]:
    return answer.status_code, answer.json().get("error_code")


@pytest.fixture
async def root(client, account):
    """An administrator, whose refresh token is in the cookie."""
    return await account("root", superuser=True)


async def test_old_session_does_nothing_dangerous(client, root, proofs_age):
    tenant = (await client.post(f"{API}/tenants", json={"name": "Harbour"}, headers=root)).json()["id"]
    await proofs_age(minutes=11)
    for method, path, body in DANGEROUS:
        own = path.replace(f"/tenants/{ID}", f"/tenants/{tenant}")
        answer = await client.request(method, API + own, json=body, headers=root)
        assert told(answer) == (403, "STEP_UP_REQUIRED"), path
    for path in ("change-email", "change-phone", "deactivate-account", "delete-account"):
        body = {"change-email": {"email": "eve@example.com"}, "change-phone": {"phone": "+6281234567891"}}
        answer = await client.post(f"{API}/settings/{path}", json=body.get(path, {}), headers=root)
        assert told(answer) == (403, "WRONG_PASSWORD"), path


async def test_password_alone_is_no_proof_for_an_account_with_a_second_factor(
    client, protected, letters, proofs_age
):
    ani = await protected("ani", email="ani@example.com")
    await proofs_age(minutes=11)
    for path, body in (
        ("/auth/password/change", {"current_password": PASSWORD, "new_password": "a new passphrase"}),
        ("/settings/change-email", {"email": "eve@example.com", "password": PASSWORD}),
        ("/settings/change-phone", {"phone": "+6281234567891", "password": PASSWORD}),
        ("/settings/deactivate-account", {"password": PASSWORD}),
        ("/settings/delete-account", {"password": PASSWORD}),
    ):
        answer = await client.post(API + path, json=body, headers=ani.headers)
        assert told(answer) == (403, "STEP_UP_REQUIRED"), path
    assert await letters("eve@example.com") == []
    proved = await client.post(f"{API}/auth/step-up", json={"code": await ani.code()}, headers=ani.headers)
    assert proved.status_code == 200
    change = {"current_password": PASSWORD, "new_password": "a new passphrase"}
    answer = await client.post(f"{API}/auth/password/change", json=change, headers=ani.headers)
    assert answer.status_code == 204


async def test_document_marks_every_one_of_them(client, root):
    paths = (await client.get("/openapi.json")).json()["paths"]
    marked = {
        (method.upper(), re.sub(r"\{\w+\}", ID, path.removeprefix(API)))
        for path, operations in paths.items()
        for method, operation in operations.items()
        if operation.get("x-step-up")
    }
    assert marked >= {
        (method, path.replace("/users/root", f"/users/{ID}"))
        for method, path, _ in DANGEROUS
        if "?" not in path
    }


async def test_refreshing_does_not_renew_the_proof(client, root, proofs_age):
    await proofs_age(minutes=11)
    answer = await client.post(f"{API}/refresh", headers={"X-Requested-With": "fetch"})
    for headers in (
        {"Authorization": f"Bearer {answer.json()['access_token']}"},
        {"X-Session-Token": answer.json()["session_token"]},
    ):
        refused = await client.post(f"{API}/auth/second-factor", headers=headers)
        assert told(refused) == (403, "STEP_UP_REQUIRED")


async def test_proof_in_one_session_is_none_for_another(client, root, proofs_age):
    other = await client.post(f"{API}/login", json={"username": "root", "password": PASSWORD})
    stolen = {"Authorization": f"Bearer {other.json()['access_token']}"}
    await proofs_age(minutes=11)
    proved = await client.post(f"{API}/auth/step-up", json={"password": PASSWORD}, headers=root)
    assert proved.status_code == 200
    assert told(await client.post(f"{API}/auth/second-factor", headers=stolen)) == (403, "STEP_UP_REQUIRED")


async def test_right_is_asked_for_before_the_proof(client, account, proofs_age):
    eve = await account("eve")
    await proofs_age(minutes=11)
    body = {"permissions": []}
    answer = await client.put(f"{API}/users/{ID}/permissions", json=body, headers=eve)
    assert told(answer) == (403, "FORBIDDEN")
    assert (await client.delete(f"{API}/tenants/{ID}", headers=eve)).status_code == 404
    assert (await client.post(f"{API}/auth/second-factor")).status_code == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/auth/step-up", {"password": "guess"}),
        ("/auth/password/change", {"current_password": "guess", "new_password": "a new passphrase"}),
        ("/settings/change-email", {"email": "eve@example.com", "password": "guess"}),
        ("/settings/delete-account", {"password": "guess"}),
    ],
)
async def test_stolen_session_does_not_guess_the_password(client, account, path, body, monkeypatch):
    limit = lockout.Limit(free=2, longest=lockout.KNOWN.longest, first=lockout.KNOWN.longest)
    monkeypatch.setattr(lockout, "KNOWN", limit)
    ani = await account("ani")
    answers = [await client.post(API + path, json=body, headers=ani) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [403] * 2 + [429]
    assert told(answers[0]) == (403, "WRONG_PASSWORD")
