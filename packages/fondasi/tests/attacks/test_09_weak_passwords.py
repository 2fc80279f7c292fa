"""Attack 9: passwords changed without the old one; "a", the empty one and the commonest accepted."""

import pytest

CHANGE, LOGIN, ME = "/api/v1/auth/password/change", "/api/v1/login", "/api/v1/users/me"
PASSWORD = "correct horse battery staple"
WEAK = ["", "a", "1234567", "password", "PASSWORD", "Password1", "qwertyuiop", "aaaaaaaaaaaa", "anisetiawan"]


@pytest.mark.parametrize("weak", WEAK)
async def test_weak_one_is_refused_everywhere(client, account, ask, weak):
    headers = await account("anisetiawan", email="ani@example.com")
    changed = await client.post(
        CHANGE, json={"current_password": PASSWORD, "new_password": weak}, headers=headers
    )
    signed_up = await client.post("/api/v1/users", json={"username": "anisetiawan2", "password": weak})
    proof = await ask("ani@example.com", "reset_password")
    reset = await client.post("/api/v1/auth/password/reset", json={**proof, "new_password": weak})
    if weak == "anisetiawan":
        assert [changed.status_code, reset.status_code] == [422, 422]
    else:
        assert [changed.status_code, signed_up.status_code, reset.status_code] == [422, 422, 422]
    login = {"username": "anisetiawan", "password": PASSWORD}
    assert (await client.post(LOGIN, json=login)).status_code == 200
    assert not weak or f'"{weak}"' not in changed.text


@pytest.mark.parametrize(
    "strong",
    ["kucing hitam melompat", "x9!Kq2#v", "🔒🗝️ kata sandi saya", "correct horse " * 10, "只有我知道的密码"],
)
async def test_long_one_of_any_letters_is_taken(client, account, strong):
    headers = await account("ani")
    body = {"current_password": PASSWORD, "new_password": strong}
    assert (await client.post(CHANGE, json=body, headers=headers)).status_code == 204
    assert (await client.post(LOGIN, json={"username": "ani", "password": strong})).status_code == 200


@pytest.mark.parametrize("current", ["", "wrong", None])
async def test_change_needs_the_old_one(client, account, current):
    headers = await account("ani")
    body = {"current_password": current, "new_password": "a new passphrase"}
    assert (await client.post(CHANGE, json=body, headers=headers)).status_code in {403, 422}
    del body["current_password"]
    assert (await client.post(CHANGE, json=body, headers=headers)).status_code == 422
    assert (await client.post(LOGIN, json={"username": "ani", "password": PASSWORD})).status_code == 200


async def test_change_is_checked_against_the_callers_account_alone(client, account):
    eve = await account("eve")
    await account("ani")
    body = {"current_password": PASSWORD, "new_password": "a new passphrase", "username": "ani"}
    assert (await client.post(CHANGE, json=body, headers=eve)).status_code == 422


async def test_first_one_cannot_replace_one(client, account):
    headers = await account("ani")
    answer = await client.post(
        "/api/v1/auth/password/set", json={"new_password": "a new passphrase"}, headers=headers
    )
    assert answer.status_code == 409


async def test_change_ends_the_other_sessions_and_not_this_one(client, account):
    first = await account("ani")
    second = {
        "Authorization": "Bearer "
        + (await client.post(LOGIN, json={"username": "ani", "password": PASSWORD})).json()["access_token"]
    }
    body = {"current_password": PASSWORD, "new_password": "a new passphrase"}
    assert (await client.post(CHANGE, json=body, headers=second)).status_code == 204
    assert (await client.get(ME, headers=first)).status_code == 401
    assert (await client.get(ME, headers=second)).status_code == 200
