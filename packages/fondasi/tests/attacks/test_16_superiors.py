"""Attack 16: who may edit or delete users edits, suspends or deletes those who hold more than they do."""

from types import SimpleNamespace

import pytest

API = "/api/v1"
USERS = f"{API}/users"


@pytest.fixture
async def cast(client, account):
    """Root; a clerk who may edit and delete users and assign tiers; a superior, and an ordinary user."""
    root, clerk = await account("root", superuser=True), await account("clerk")
    rights = ["users.view", "users.edit", "users.delete", "tiers.assign", "tiers.view"]
    for name, codes in (("clerk", rights), ("superior", [*rights, "system.view"]), ("ordinary", [])):
        if name != "clerk":
            await account(name)
        answer = await client.put(f"{USERS}/{name}/permissions", json={"permissions": codes}, headers=root)
        assert answer.status_code == 200, answer.text
    return SimpleNamespace(root=root, clerk=clerk)


ATTEMPTS = [
    ("PATCH", "", {"status": "suspended"}),
    ("PATCH", "", {"status": "inactive"}),
    ("PATCH", "", {"username": "nobody"}),
    ("PATCH", "", {"bio": "x"}),
    ("PATCH", "/tier", {"tier": "free"}),
    ("DELETE", "", None),
]


@pytest.mark.parametrize("victim", ["superior", "root"])
async def test_superior_is_neither_edited_nor_suspended_nor_deleted(client, cast, victim):
    before = (await client.get(f"{USERS}/{victim}", headers=cast.root)).json()
    for method, path, body in ATTEMPTS:
        answer = await client.request(method, f"{USERS}/{victim}{path}", json=body, headers=cast.clerk)
        assert answer.status_code == 403, (method, path, answer.text)
        if victim == "superior":
            assert answer.json()["error_code"] == "LACKS_PERMISSION"
            assert "system.view" in answer.json()["detail"]
    assert (await client.get(f"{USERS}/{victim}", headers=cast.root)).json() == before


async def test_equals_and_lesser_ones_are_his_work(client, cast):
    for method, path, body in ATTEMPTS:
        name = "nobody" if method == "DELETE" or (path and "tier" in body) else "ordinary"
        if body == {"bio": "x"}:
            name = "nobody"
        answer = await client.request(method, f"{USERS}/{name}{path}", json=body, headers=cast.clerk)
        assert answer.status_code in {200, 204}, (method, path, answer.text)


async def test_own_account_is_his_whatever_he_holds(client, cast):
    answer = await client.patch(f"{USERS}/clerk", json={"bio": "x"}, headers=cast.clerk)
    assert answer.status_code == 200


async def test_rights_that_were_taken_count_at_once(client, cast):
    await client.put(f"{USERS}/clerk/permissions", json={"permissions": ["users.edit"]}, headers=cast.root)
    await client.put(f"{USERS}/ordinary/permissions", json={"permissions": ["users.view"]}, headers=cast.root)
    answer = await client.patch(f"{USERS}/ordinary", json={"status": "suspended"}, headers=cast.clerk)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "LACKS_PERMISSION")
