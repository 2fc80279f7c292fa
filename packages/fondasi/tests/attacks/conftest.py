"""What the attacks share: a victim, and ways to sign in."""

import pytest

from fondasi.identity import create_user

PASSWORD = "correct horse battery staple"


@pytest.fixture
async def ani(clean_database):
    """An account."""
    async with clean_database.unit_of_work() as session:
        return await create_user(session, username="ani", email="ani@example.com", password=PASSWORD)


@pytest.fixture
def login(client, ani):
    """The answer of a sign-in, without its cookie: `await login()`."""

    async def post() -> dict:
        answer = await client.post(
            "/api/v1/login", json={"username": "ani", "password": PASSWORD, "refresh_in_body": True}
        )
        client.cookies.clear()
        return answer.json()

    return post
