"""The command `fondasi users ...`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from fondasi.access import PermissionRegistry, Principal
from fondasi.identity.accounts import repository, service
from fondasi.identity.api_keys import revoke_keys_of
from fondasi.identity.factors import SecondFactors
from fondasi.identity.models import UserStatus
from fondasi.identity.passkeys import remove_all as remove_all_passkeys
from fondasi.identity.policy import check_new_password
from fondasi.identity.sessions import revoke_sessions_of
from fondasi.kit.audit import record, shell
from fondasi.kit.console import show
from fondasi.kit.http import NotFound
from fondasi.runtime import open_platform, problems_told
from fondasi.settings import get_settings

if TYPE_CHECKING:
    from fondasi.identity.models import User
    from fondasi.kit.db import Session

COLUMNS = ["username", "name", "email", "status", "is_superuser", "last_sign_in_at", "id"]
NOBODY = UUID(int=0)
# Whoever may run commands reads the database and its secrets: they may do what a super admin may.
OPERATOR = Principal(NOBODY, NOBODY, "command", is_superuser=True)
commands = typer.Typer(help="Accounts.", no_args_is_help=True)


@commands.callback()
def users() -> None:
    """Accounts."""


UserName = Annotated[str, typer.Argument(help="User name to sign in with.")]
NewPassword = Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)]
Email = Annotated[str | None, typer.Option(help="E-mail address.")]


@commands.command("create")
def create(username: UserName, password: NewPassword, email: Email = None) -> None:
    """Create an account without permissions; `create-superuser` makes administrators, `fondasi groups` gives rights."""
    _create(username, password, email, superuser=False)
    typer.echo(f"Created the account {username.strip().lower()}.")


@commands.command("create-superuser")
def create_superuser(username: UserName, password: NewPassword, email: Email = None) -> None:
    """Create an administrator, who holds every permission."""
    _create(username, password, email, superuser=True)
    typer.echo(f"Created the administrator {username.strip().lower()}.")


def _create(username: str, password: str, email: str | None, *, superuser: bool) -> None:
    async def make() -> None:
        async with open_platform(get_settings()) as platform, platform.database.unit_of_work() as session:
            user = await service.create_user(
                session, username=username, password=password, email=email, superuser=superuser
            )
            await record(
                session,
                "create_superuser" if superuser else "create_user",
                "identity",
                "Created an administrator by command." if superuser else "Created an account by command.",
                metadata={"username": user.username, "user_id": user.id, **shell()},
            )

    with problems_told():
        check_new_password(password, username, email, field="password")
        asyncio.run(make())


Identifier = Annotated[str, typer.Argument(help="User name, e-mail address or phone number.")]


async def _account(session: Session, identifier: str) -> User:
    user = await repository.user_by_identifier(session, identifier)
    if user is None:
        raise NotFound(f"There is no account named {identifier}.")
    return user


@commands.command("remove-second-factor")
def remove_second_factor(username: Identifier) -> None:
    """Take the second factor from an account whose owner has lost it. All its sessions end; the owner is told."""

    async def remove() -> None:
        async with open_platform(get_settings()) as platform, platform.database.unit_of_work() as session:
            user = await _account(session, username)
            await platform.get(SecondFactors).remove(session, user)
            await revoke_sessions_of(session, user.id)
            await record(
                session,
                "remove_second_factor",
                "identity",
                "Took the second factor from an account by command.",
                subject_id=user.id,
                metadata={"username": user.username, "user_id": user.id, **shell()},
            )

    with problems_told():
        asyncio.run(remove())
    typer.echo(f"The account {username} has no second factor any more.")


@commands.command("remove-passkeys")
def remove_passkeys(username: Identifier) -> None:
    """Remove all passkeys of an account that somebody else got into. Sessions and API keys end; its owner is told."""

    async def remove() -> int:
        async with open_platform(get_settings()) as platform, platform.database.unit_of_work() as session:
            user = await _account(session, username)
            # What is being added now waits, and finds its session ended.
            await session.refresh(user, with_for_update=True)
            removed = await remove_all_passkeys(session, platform, user)
            await revoke_keys_of(session, user.id)
            await revoke_sessions_of(session, user.id)
            await record(
                session,
                "remove_passkeys",
                "identity",
                "Removed the passkeys of an account by command.",
                subject_id=user.id,
                metadata={"username": user.username, "user_id": user.id, "removed": removed, **shell()},
            )
            return removed

    with problems_told():
        removed = asyncio.run(remove())
    typer.echo(f"Passkeys removed from the account {username}: {removed}.")


@commands.command("list")
def list_(
    status: Annotated[UserStatus | None, typer.Option(help="Only accounts with this status.")] = None,
    search: Annotated[str | None, typer.Option(help="Begins the user name, or is in the name.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Accounts to list, the newest first.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
) -> None:
    """List accounts."""

    async def read() -> list[dict[str, Any]]:
        async with open_platform(get_settings()) as platform, platform.database.read_session() as session:
            found = await repository.newest_users(session, status, search, most=limit)
            return [{name: getattr(user, name) for name in COLUMNS} for user in found]

    show(COLUMNS, asyncio.run(read()), as_json=as_json)


@commands.command("suspend")
def suspend(username: Annotated[str, typer.Argument(help="User name, or id.")]) -> None:
    """Suspend an account and end its sessions."""
    _set_status(username, UserStatus.SUSPENDED)


@commands.command("activate")
def activate(username: Annotated[str, typer.Argument(help="User name, or id.")]) -> None:
    """Let a suspended or inactive account be used again."""
    _set_status(username, UserStatus.ACTIVE)


def _set_status(username: str, status: UserStatus) -> None:
    async def change() -> str:
        async with open_platform(get_settings()) as platform, platform.database.unit_of_work() as session:
            user = await service.update_user(
                session, OPERATOR, platform.get(PermissionRegistry), username, {"status": status.value}
            )
            await record(
                session,
                "users.status",
                "identity",
                f"Made an account {status.value} by command.",
                subject_id=user.id,
                metadata={"username": user.username, "user_id": user.id, **shell()},
            )
            return user.username

    with problems_told():
        name = asyncio.run(change())
    typer.echo(f"{name} is {status.value}.")
