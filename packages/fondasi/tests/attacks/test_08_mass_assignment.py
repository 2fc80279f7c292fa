"""Attack 8: users set their own type, verification, rights, tier or contacts through a profile update."""

import pytest

USERS, SETTINGS = "/api/v1/users", "/api/v1/settings"
STOLEN = {
    "user_type": "admin",
    "is_verified": True,
    "is_email_verified": True,
    "email_verified_at": "2026-01-01T00:00:00Z",
    "is_phone_verified": True,
    "is_superuser": True,
    "tier": "gold",
    "tier_id": "01234567-89ab-cdef-0123-456789abcdef",
    "email": "eve@example.com",
    "phone": "+6281234567890",
    "password": "a new passphrase",
    "password_hash": "x",
    "auth_type": "google",
    "id": "01234567-89ab-cdef-0123-456789abcdef",
    "created_at": "2020-01-01T00:00:00Z",
    "deleted_at": None,
    "permissions": ["users.view"],
}


@pytest.mark.parametrize(
    ("method", "path", "base"),
    [
        ("PATCH", f"{USERS}/ani", {"bio": "x"}),
        ("PATCH", SETTINGS, {"theme": "dark"}),
        ("PUT", f"{SETTINGS}/profile", {"name": "x"}),
    ],
    ids=["user", "settings", "profile"],
)
async def test_field_is_refused_and_nothing_changes(client, account, method, path, base):
    headers = await account("ani", email="ani@example.com")
    before = (await client.get(f"{USERS}/me", headers=headers)).json()
    for field, value in STOLEN.items():
        answer = await client.request(method, path, json={**base, field: value}, headers=headers)
        assert answer.status_code == 422, field
    assert (await client.get(f"{USERS}/me", headers=headers)).json() == before


async def test_field_is_refused_at_sign_up(client):
    for field in STOLEN.keys() - {"email", "phone", "password"}:
        body = {"username": "eve", "password": "a long passphrase", field: STOLEN[field]}
        assert (await client.post(USERS, json=body)).status_code == 422, field


async def test_own_status_is_not_for_oneself(client, account):
    for username, superuser in (("ani", False), ("root", True)):
        headers = await account(username, superuser=superuser)
        answer = await client.patch(f"{USERS}/{username}", json={"status": "inactive"}, headers=headers)
        assert answer.status_code == 403
