"""Attack 1: a built-in master code reset any account."""

import pytest

RESET = "/api/v1/auth/password/reset"


@pytest.mark.parametrize(
    "master", ["000000", "111111", "123456", "999999", "0000000000", "bypass", "__test__"]
)
async def test_no_code_but_the_one_that_was_sent_resets_an_account(client, account, ask, master):
    await account("ani", email="ani@example.com")
    proof = await ask("ani@example.com", "reset_password")
    if proof["code"] == master:
        pytest.skip("chance made it the code")
    answer = await client.post(RESET, json={**proof, "code": master, "new_password": "a new passphrase"})
    assert answer.status_code in {403, 422}, answer.text
    login = {"username": "ani", "password": "a new passphrase"}
    assert (await client.post("/api/v1/login", json=login)).status_code == 401
