"""The command `fondasi users ...`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from fondasi.identity.accounts import repository, service
from fondasi.identity.factors import SecondFactors
from fondasi.identity.policy import check_new_password
from fondasi.identity.sessions import revoke_sessions_of
from fondasi.kit.audit import record
from fondasi.kit.http import NotFound, Problem
from fondasi.runtime import open_platform
from fondasi.settings import get_settings

commands = typer.Typer(help="Accounts.", no_args_is_help=True)


@commands.callback()
def users() -> None:
    """Accounts."""


@commands.command("create-superuser")
def create_superuser(
    username: Annotated[str, typer.Argument(help="User name to sign in with.")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    email: Annotated[str | None, typer.Option(help="E-mail address.")] = None,
) -> None:
    """Create an administrator, who holds every permission."""

    async def create() -> None:
        async with open_platform(get_settings()) as platform, platform.database.unit_of_work() as session:
            user = await service.create_user(
                session, username=username, password=password, email=email, superuser=True
            )
            await record(
                session,
                "create_superuser",
                "identity",
                "Created an administrator by command.",
                metadata={"username": user.username, "user_id": user.id},
            )

    try:
        check_new_password(password, username, email, field="password")
        asyncio.run(create())
    except Problem as problem:
        typer.echo(problem.detail, err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Created the administrator {username.strip().lower()}.")


@commands.command("remove-second-factor")
def remove_second_factor(
    username: Annotated[str, typer.Argument(help="User name, e-mail address or phone number.")],
) -> None:
    """Take the second factor from an account whose owner has lost it. All its sessions end; the owner is told."""

    async def remove() -> None:
        async with open_platform(get_settings()) as platform, platform.database.unit_of_work() as session:
            user = await repository.user_by_identifier(session, username)
            if user is None:
                raise NotFound(f"There is no account named {username}.")
            await platform.get(SecondFactors).remove(session, user)
            await revoke_sessions_of(session, user.id)

    try:
        asyncio.run(remove())
    except Problem as problem:
        typer.echo(problem.detail, err=True)
        raise typer.Exit(1) from None
    typer.echo(f"The account {username} has no second factor any more.")
