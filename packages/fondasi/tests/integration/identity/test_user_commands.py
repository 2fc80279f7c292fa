"""`fondasi users` and `fondasi groups`, without a process of their own."""

import json

import pytest
from sqlalchemy import select

from fondasi.identity import User, create_user
from fondasi.kit.audit import ActivityRecord


@pytest.fixture
async def run(command, clean_database):
    """Run a command: `await run("users", "list")` gives its exit status and what it printed."""
    async with clean_database.unit_of_work() as session:
        await create_user(session, username="root", password=None, superuser=True)
        await create_user(
            session, username="ani", name="[red]Ani\x1b[31m", email="ani@example.com", password=None
        )
    files = {"users": "commands", "groups": "group_commands"}

    async def invoke(group: str, *arguments: str) -> tuple[int, str]:
        return await command(f"fondasi.identity.accounts.{files[group]}", *arguments)

    return invoke


async def test_users_are_listed_for_people_and_for_programs(run):
    status, text = await run("users", "list")
    assert status == 0
    assert "[red]Ani[31m" in text
    assert "\x1b[31m" not in text
    _, text = await run("users", "list", "--json", "--search", "an", "--status", "active")
    (found,) = json.loads(text)
    assert (found["username"], found["email"], found["is_superuser"]) == ("ani", "ani@example.com", False)


async def test_account_is_suspended_and_activated_by_the_rules(run, database):
    assert await run("users", "suspend", "ani") == (0, "ani is suspended.\n")
    assert await run("users", "activate", "ani") == (0, "ani is active.\n")
    assert (await run("users", "suspend", "nobody"))[0] == 1
    assert (await run("users", "suspend", "root"))[0] == 1  # the last super admin
    async with database.read_session() as session:
        entries = await session.scalars(select(ActivityRecord).where(ActivityRecord.action == "users.status"))
        assert [entry.details["by"] for entry in entries] == ["shell", "shell"]


async def test_user_is_put_into_a_group(run, database):
    assert await run("groups", "add", "ani", "super_admin") == (0, "ani is in super_admin.\n")
    assert (await run("groups", "add", "ani", "super_admin"))[0] == 0
    assert (await run("groups", "add", "ani", "nothing"))[0] == 1
    async with database.read_session() as session:
        assert await session.scalar(select(User.is_superuser).where(User.username == "ani"))
    _, text = await run("groups", "list", "--json")
    assert {group["name"] for group in json.loads(text)} >= {"super_admin", "user"}
