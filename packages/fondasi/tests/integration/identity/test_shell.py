"""Commands of the shell that change something: what they print, and what the trail tells of them."""

import asyncio
import sys

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from fondasi.identity import accounts, api_keys, sessions
from fondasi.kit.audit import ActivityRecord
from fondasi.quotas.commands import commands as tiers

API = "/api/v1"


@pytest.fixture
def shell(settings, client, monkeypatch):
    """Run a command on the database of the test: `await shell(commands, "list")`."""
    for room in (
        "identity.accounts.commands",
        "identity.api_keys.commands",
        "identity.sessions.commands",
        "quotas.commands",
    ):
        # By name: the door of each room offers its Typer application as `commands`.
        monkeypatch.setattr(sys.modules[f"fondasi.{room}"], "get_settings", lambda: settings)

    async def run(commands, *words: str, **options):
        return await asyncio.to_thread(CliRunner().invoke, commands, [*words], **options)  # its own loop

    return run


@pytest.fixture
def trail(clean_database):
    """The one entry of an action."""

    async def read(action: str) -> ActivityRecord:
        async with clean_database.read_session() as session:
            query = select(ActivityRecord).where(ActivityRecord.action == action)
            return (await session.scalars(query)).one()

    return read


async def test_each_command_that_changes_something_leaves_an_entry(shell, trail, database_urls):
    password = "a long passphrase\n" * 2
    made = await shell(accounts.commands, "create-superuser", "root", input=password)
    assert "Created the administrator root." in made.output
    member = await shell(accounts.commands, "create", "ani", input=password)
    assert "Created the account ani." in member.output
    rotated = await shell(sessions.commands, "rotate")
    assert "signs from now on" in rotated.output, rotated.output
    created = await shell(tiers, "create", "platinum", "--description", "Paid.")
    assert created.exit_code == 0, created.output
    entries = {
        "create_superuser": {"username": "root"},
        "create_user": {"username": "ani"},
        "keys.rotate": {"to": rotated.output.split()[1]},
        "tiers.create": {"name": "platinum", "description": "Paid."},
    }
    for action, told in entries.items():
        entry = await trail(action)
        assert told.items() <= entry.details.items()
        assert (entry.details["by"], entry.level, entry.user_id) == ("shell", "audit", None)
        assert entry.details["os_user"]


async def test_keys_are_listed_and_revoked(shell, trail, client, account):
    ani = await account("ani")
    await account("budi")
    body = {"name": "CI", "permissions": ["profile.view"]}
    made = (await client.post(f"{API}/api-keys", json=body, headers=ani)).json()
    listed = (await shell(api_keys.commands, "list")).output
    assert all(part in listed for part in (made["id"], "ani", made["prefix"], "never used", "CI"))
    assert made["key"] not in listed
    assert (await shell(api_keys.commands, "list", "budi")).output == ""
    revoked = await shell(api_keys.commands, "revoke", made["id"])
    assert revoked.output.strip() == "Revoked the API key CI."
    answer = await client.get(f"{API}/users/me", headers={"X-API-Key": made["key"]})
    assert answer.status_code == 401
    again = await shell(api_keys.commands, "revoke", made["id"])
    assert (again.exit_code, again.output.strip()) == (1, "There is no such API key.")
    entry = await trail("api_keys.revoke")
    assert (entry.details["by"], entry.details["name"]) == ("shell", "CI")
