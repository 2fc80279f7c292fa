"""`fondasi users` and `fondasi groups`, without a process of their own."""

import asyncio
import json
import sys

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from fondasi.identity import User, create_user
from fondasi.identity.accounts.commands import commands as accounts
from fondasi.identity.accounts.group_commands import group_commands
from fondasi.kit.audit import ActivityRecord


@pytest.fixture
async def run(settings, clean_database, monkeypatch):
    """Run a command: `await run("users", "list")` gives its exit status and what it printed."""
    for name in ("commands", "group_commands"):
        module = sys.modules[
            f"fondasi.identity.accounts.{name}"
        ]  # the package offers an object of the same name
        monkeypatch.setattr(module, "get_settings", lambda: settings)
    async with clean_database.unit_of_work() as session:
        await create_user(session, username="root", password=None, superuser=True)
        await create_user(
            session, username="ani", name="[red]Ani\x1b[31m", email="ani@example.com", password=None
        )

    async def invoke(group: str, *arguments: str) -> tuple[int, str]:
        found = {"users": accounts, "groups": group_commands}[group]
        result = await asyncio.to_thread(CliRunner().invoke, found, arguments)
        return result.exit_code, result.output

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
        entries = await session.scalars(select(ActivityRecord.message).order_by(ActivityRecord.id))
        assert entries.all() == [
            "Made an account suspended by command.",
            "Made an account active by command.",
        ]


async def test_user_is_put_into_a_group(run, database):
    assert await run("groups", "add", "ani", "super_admin") == (0, "ani is in super_admin.\n")
    assert (await run("groups", "add", "ani", "super_admin"))[0] == 0
    assert (await run("groups", "add", "ani", "nothing"))[0] == 1
    async with database.read_session() as session:
        assert await session.scalar(select(User.is_superuser).where(User.username == "ani"))
    _, text = await run("groups", "list", "--json")
    assert {group["name"] for group in json.loads(text)} >= {"super_admin", "user"}
