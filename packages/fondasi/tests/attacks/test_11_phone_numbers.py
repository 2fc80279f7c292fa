"""Attack 11: phone login matched `LIKE %digits%`."""

import pytest

LOGIN = "/api/v1/login"
PASSWORD = "correct horse battery staple"


@pytest.fixture
async def ani(account):
    return await account("ani", phone="+6281234567890")


@pytest.mark.parametrize("text", ["+6281234567890", " +62 812-3456-7890 ", "+62 (812) 3456 7890"])
async def test_whole_number_signs_in_however_it_is_written(client, ani, text):
    assert (await client.post(LOGIN, json={"username": text, "password": PASSWORD})).status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "81234567890",
        "081234567890",
        "6281234567890",
        "7890",
        "%7890",
        "+62812%",
        "+628123456789",
        "+62812345678900",
        "%",
    ],
)
async def test_part_of_a_number_does_not(client, ani, text):
    assert (await client.post(LOGIN, json={"username": text, "password": PASSWORD})).status_code == 401
