"""The list of users, whose rows PostgreSQL writes as JSON."""

from datetime import UTC, date, datetime

import pytest

from fondasi.identity import User, create_user
from fondasi.identity.accounts import UserRead
from fondasi.kit.http import Page

USERS = "/api/v1/users"


@pytest.fixture
async def admin(sign_in):
    return await sign_in("root", superuser=True)


async def test_rows_are_what_the_document_says_and_what_a_single_read_gives(client, admin, clean_database):
    async with clean_database.unit_of_work() as session:
        user: User = await create_user(
            session,
            username="ani",
            password=None,
            name='Ani "O\'Brien" <\\n> 😀',
            email="ani@example.com",
            date_of_birth=date(1990, 2, 28),
            country="ID",
        )
        user.last_sign_in_at = datetime(2026, 1, 31, 23, 59, 59, 120000, UTC)
    answer = await client.get(USERS, params={"sort": "username"}, headers=admin)
    assert answer.headers["content-type"] == "application/json"
    listed = Page[UserRead].model_validate_json(answer.text)
    assert set(answer.json()["data"][0]) == set(UserRead.model_fields)
    assert set(answer.json()) == set(Page.model_fields)
    one = await client.get(f"{USERS}/ani", headers=admin)
    assert listed.data[0] == UserRead.model_validate_json(one.text)
    assert answer.json()["data"][0] == one.json()  # to the letter: times too
    assert one.json()["last_sign_in_at"] == "2026-01-31T23:59:59.120000Z"
    assert listed.data[0].last_sign_in_at == user.last_sign_in_at


async def test_a_page_beyond_the_end_is_empty_and_knows_the_total(client, admin):
    page = (await client.get(USERS, params={"page": 3}, headers=admin)).json()
    assert (page["data"], page["total_count"], page["previous_page"]) == ([], 1, 2)


async def test_a_page_is_one_statement(client, admin, statements):
    """Besides the one that checks the session; rights are read once for a version."""
    page = {"items_per_page": 100, "search": "ro"}
    await client.get(USERS, params=page, headers=admin)
    with statements() as sent:
        await client.get(USERS, params=page, headers=admin)
    assert len(sent) == 2
