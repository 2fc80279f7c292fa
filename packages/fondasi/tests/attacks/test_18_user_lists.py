"""Attack 18: anybody listed everybody, e-mail addresses included."""

import pytest

USERS = "/api/v1/users"


async def test_strangers_and_users_without_the_permission_get_no_list(client, account):
    headers = await account("ani", email="ani@example.com")
    assert (await client.get(USERS)).status_code == 401
    answer = await client.get(USERS, headers=headers)
    assert answer.status_code == 403
    assert "example.com" not in answer.text


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_foreign_account_is_one_that_does_not_exist(client, account, method):
    headers = await account("eve")
    ani = await account("ani", email="ani@example.com")
    ani_id = (await client.get(f"{USERS}/me", headers=ani)).json()["id"]
    body = {"json": {"bio": "owned"}} if method == "PATCH" else {}
    answers = []
    for name in ("ani", ani_id, "nobody"):
        answer = await client.request(method, f"{USERS}/{name}", headers=headers, **body)
        answers.append((answer.status_code, answer.json()["detail"]))
    assert set(answers) == {(404, "There is no such user.")}
    assert (await client.get(f"{USERS}/me", headers=ani)).json()["bio"] == ""


async def test_private_profile_is_seen_by_its_owner_alone(client, account):
    eve, ani = await account("eve"), await account("ani", email="ani@example.com")
    ani_id = (await client.get(f"{USERS}/me", headers=ani)).json()["id"]
    path = f"/api/v1/settings/profile/{ani_id}"
    assert (await client.get(path, headers=ani)).status_code == 200
    assert (await client.get(path, headers=eve)).status_code == 404
    await client.patch("/api/v1/settings", json={"profile_accessibility": "public"}, headers=ani)
    shown = await client.get(path, headers=eve)
    assert shown.status_code == 200
    assert "example.com" not in shown.text
