"""Threats 3, 14, 15 and 16 with API keys: they live on, lie in addresses, belong to others, and widen themselves."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import update

from fondasi.identity.api_keys.models import ApiKey
from fondasi.identity.sessions.models import UserSession

API = "/api/v1"
KEYS, ME, USERS = f"{API}/api-keys", f"{API}/users/me", f"{API}/users"


@pytest.fixture
async def cast(client, account):
    """Root, a user, and a key of hers."""
    root, ani = await account("root", superuser=True), await account("ani")
    body = {"name": "CI", "permissions": ["profile.view", "profile.edit", "tasks.create"]}
    made = (await client.post(KEYS, json=body, headers=ani)).json()
    key = {"Authorization": f"Bearer {made['key']}"}
    assert (await client.get(ME, headers=key)).status_code == 200
    return SimpleNamespace(root=root, ani=ani, key=key, id=made["id"], text=made["key"])


async def status_of(client, headers) -> int:
    return (await client.get(ME, headers=headers)).status_code


async def test_revoked_key_is_refused_by_the_next_request(client, cast):
    path = f"{KEYS}/{cast.id}"
    assert (await client.delete(path, headers=cast.ani)).status_code == 204
    assert await status_of(client, cast.key) == 401
    assert (await client.delete(path, headers=cast.ani)).status_code == 404
    revived = await client.patch(path, json={"name": "x"}, headers=cast.ani)
    assert (revived.status_code, await status_of(client, cast.key)) == (404, 401)


async def test_expired_key_is_refused(client, cast, clean_database):
    async with clean_database.unit_of_work() as session:
        await session.execute(update(ApiKey).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert await status_of(client, cast.key) == 401


@pytest.mark.parametrize("status", ["suspended", "inactive"])
async def test_key_of_a_suspended_owner_is_refused_at_once(client, cast, status):
    await client.patch(f"{USERS}/ani", json={"status": status}, headers=cast.root)
    assert await status_of(client, cast.key) == 401


async def test_key_of_a_deleted_owner_is_refused_at_once(client, cast):
    assert (await client.delete(f"{USERS}/ani", headers=cast.root)).status_code == 204
    assert await status_of(client, cast.key) == 401


async def test_key_of_a_demoted_owner_holds_what_he_holds(client, cast):
    grant = f"{USERS}/ani/permissions"
    await client.put(grant, json={"permissions": ["users.view"]}, headers=cast.root)
    scope = {"permissions": ["users.view", "profile.view"]}
    assert (await client.patch(f"{KEYS}/{cast.id}", json=scope, headers=cast.ani)).status_code == 200
    assert (await client.get(USERS, headers=cast.key)).status_code == 200
    await client.put(grant, json={"permissions": []}, headers=cast.root)
    assert (await client.get(USERS, headers=cast.key)).status_code == 403
    await client.put(f"{USERS}/ani/groups", json={"group_ids": []}, headers=cast.root)
    assert await status_of(client, cast.key) == 403


async def test_key_of_another_is_as_one_that_is_not_there(client, cast, account):
    thief = await account("thief")
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        for caller in (thief, cast.root):
            answer = await client.request(method, f"{KEYS}/{cast.id}", json=body, headers=caller)
            assert (answer.status_code, answer.json()["error_code"]) == (404, "NOT_FOUND")
    assert (await client.get(KEYS, headers=thief)).json()["data"] == []
    assert await status_of(client, cast.key) == 200


async def test_key_neither_widens_itself_nor_makes_another(client, cast):
    more = {"permissions": ["profile.view", "tasks.create"], "name": "x"}
    for method, path, body in (
        ("PATCH", f"{KEYS}/{cast.id}", more),
        ("POST", KEYS, more),
        ("GET", KEYS, None),
        ("DELETE", f"{KEYS}/{cast.id}", None),
    ):
        answer = await client.request(method, path, json=body, headers=cast.key)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "SESSION_REQUIRED")


async def test_key_grants_nothing(client, cast, account):
    """Not even what is in its scope: granting asks for a fresh proof, which a key cannot give."""
    await account("accomplice")
    codes = ["permissions.grant", "groups.assign", "groups.view", "tasks.view"]
    made = (await client.post(KEYS, json={"name": "x", "permissions": codes}, headers=cast.root)).json()
    key = {"X-API-Key": made["key"]}
    groups = (await client.get(f"{API}/groups", headers=key)).json()["data"]
    for path, body in (
        (f"{USERS}/accomplice/permissions", {"permissions": ["tasks.view"]}),
        (f"{USERS}/accomplice/groups", {"group_ids": [group["id"] for group in groups]}),
        (f"{API}/groups/{groups[0]['id']}/permissions", {"permissions": ["tasks.view"]}),
    ):
        answer = await client.put(path, json=body, headers=key)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "SESSION_REQUIRED"), path


async def test_key_creates_no_group_beyond_its_scope(client, cast):
    body = {"name": "x", "permissions": ["groups.edit", "groups.view"]}
    made = (await client.post(KEYS, json=body, headers=cast.root)).json()
    key = {"X-API-Key": made["key"]}
    for group in (await client.get(f"{API}/groups", headers=key)).json()["data"]:
        if group["name"] in {"admin", "super_admin", "user"}:
            answer = await client.patch(f"{API}/groups/{group['id']}", json={"description": "x"}, headers=key)
            assert (answer.status_code, answer.json()["error_code"]) == (403, "LACKS_PERMISSION")


async def test_stale_session_makes_no_key(client, cast, clean_database):
    async with clean_database.unit_of_work() as session:
        await session.execute(
            update(UserSession).values(authenticated_at=datetime.now(UTC) - timedelta(days=1))
        )
    answer = await client.post(KEYS, json={"name": "x", "permissions": ["tasks.create"]}, headers=cast.ani)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "STEP_UP_REQUIRED")


async def test_key_takes_over_no_account(client, cast):
    """Nothing that guards the account of its owner, and not the accounts of administrators."""
    body = {"name": "x", "permissions": ["users.view", "users.edit", "users.delete"]}
    made = (await client.post(KEYS, json=body, headers=cast.root)).json()
    key = {"X-API-Key": made["key"]}
    for method, path, fields in (
        ("POST", "/auth/password/change", {"current_password": "x", "new_password": "a long passphrase"}),
        ("POST", "/settings/change-email", {"email": "thief@example.com"}),
        ("POST", "/settings/delete-account", {}),
        ("POST", "/settings/export", None),
        ("DELETE", "/sessions", None),
        ("DELETE", "/users/root", None),
        ("DELETE", "/users/ani?permanent=true", None),
    ):
        answer = await client.request(method, API + path, json=fields, headers=key)
        assert answer.status_code == 403, path
    assert (await client.patch(f"{USERS}/ani", json={"bio": "x"}, headers=key)).status_code == 200


async def test_key_is_no_member_of_its_owners_tenants(client, cast):
    tenant = (await client.post(f"{API}/tenants", json={"name": "Registry"}, headers=cast.ani)).json()["id"]
    path = f"{API}/tenants/{tenant}/members"
    assert (await client.get(path, headers=cast.ani)).status_code == 200
    answer = await client.get(path, headers=cast.key)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "SESSION_REQUIRED")


@pytest.mark.parametrize("name", ["api_key", "key", "token", "X-API-Key", "authorization"])
async def test_key_in_the_query_is_refused(client, cast, name):
    assert (await client.get(f"{ME}?{name}={cast.text}")).status_code == 401
    answer = await client.get(f"/health/live?{name}={cast.text}")
    assert answer.status_code == 422
    assert cast.text not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        lambda key: {"Authorization": f"Basic {key}"},
        lambda key: {"X-Session-Token": key},
        lambda key: {"Cookie": f"api_key={key}"},
        lambda key: {"X-API-Key": f"Bearer {key}"},
        lambda key: {"X-API-Key": key, "Authorization": "Bearer nonsense"},
        lambda key: {"X-API-Key": key.swapcase()},
    ],
)
async def test_key_in_other_places_is_refused(client, cast, headers):
    assert await status_of(client, headers(cast.text)) == 401


async def test_access_token_is_no_key(client, cast):
    token = cast.ani["Authorization"].removeprefix("Bearer ")
    assert await status_of(client, {"X-API-Key": token}) == 401
