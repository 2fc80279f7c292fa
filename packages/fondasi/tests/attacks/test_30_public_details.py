"""30: public health details told how many users there are and whether `admin` exists."""

import re

import pytest

from fondasi.identity import create_user

PASSWORD = "correct horse battery staple"
PUBLIC = ["/health", "/health/live", "/health/ready", "/health/database", "/health/storage", "/metrics"]
PRIVATE = [
    "/health/system",
    "/health/detailed",
    *(f"/api/v1/activity{path}" for path in ("", "/me", "/statistics", "/verify")),
]


@pytest.mark.parametrize("path", PUBLIC)
async def test_public_answers_are_the_same_whoever_exists(client, clean_database, path):
    before = await client.get(path)
    async with clean_database.unit_of_work() as session:
        for name in ("admin", "ani", "budi"):
            await create_user(session, username=name, password=PASSWORD, superuser=name == "admin")
    after = await client.get(path)
    assert "admin" not in re.sub(r'route="[^"]*"', "", after.text)  # the panel's routes tell of nobody
    if path != "/metrics":
        # What is left when times are taken away.
        assert re.sub(r"[\d.]+", "", before.text) == re.sub(r"[\d.]+", "", after.text)


@pytest.mark.parametrize("path", PRIVATE)
async def test_counts_are_not_for_strangers(client, path):
    assert (await client.get(path)).status_code == 401
