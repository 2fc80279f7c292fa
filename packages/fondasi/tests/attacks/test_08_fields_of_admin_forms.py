"""Threat 8: a form of the admin panel writes fields that it does not have."""

import pytest
from sqlalchemy import select

from fondasi.identity import User, create_user

PROTECTED = {
    "is_superuser": "true",
    "password_hash": "x",
    "user_type": "admin",
    "tier_id": "00000000-0000-0000-0000-000000000000",
    "email": "mine@example.com",
    "phone": "+6281234567890",
    "is_email_verified": "true",
    "id": "00000000-0000-0000-0000-000000000000",
    "access_version": "9",
    "deleted_at": "2026-01-01",
    "__class__": "x",
}


@pytest.fixture
async def ani(clean_database):
    async with clean_database.unit_of_work() as session:
        return await create_user(session, username="ani", password=None)


async def test_fields_beside_the_form_are_refused(panel_browser, ani, database):
    clerk = await panel_browser("clerk", "admin.view", "users.view", "users.edit")
    for name, value in PROTECTED.items():
        answer = await clerk.edit(f"/admin/users/edit/{ani.id}", **{name: value, "name": "New"})
        assert answer.status_code == 422, name
    async with database.read_session() as session:
        user = (await session.scalars(select(User).where(User.id == ani.id))).one()
    assert (user.name, user.is_superuser, user.email, user.password_hash) == ("ani", False, None, None)
