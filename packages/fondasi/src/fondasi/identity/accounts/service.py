"""Accounts: creating them, and their passwords."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from fondasi.identity.accounts import repository
from fondasi.identity.accounts.errors import UsernameTaken
from fondasi.identity.models import User
from fondasi.identity.passwords import hash_password
from fondasi.identity.sessions import revoke_sessions_of
from fondasi.kit.http import InvalidInput, NotFound
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from fondasi.kit.db import Session

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,49}")


async def create_user(
    session: Session,
    *,
    username: str,
    password: str,
    name: str = "",
    email: str | None = None,
    superuser: bool = False,
) -> User:
    """Create an account.

    Raises:
        InvalidInput: the user name is not acceptable.
        UsernameTaken: the user name or e-mail address exists already.
    """
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise InvalidInput.of(
            "username",
            t("2 to 50 of a-z, 0-9, dot, dash and underscore; a letter or digit first"),
            "username",
        )
    user = User(
        username=username,
        name=name or username,
        email=email.lower() if email else None,
        password_hash=await hash_password(password),
        is_superuser=superuser,
    )
    session.add(user)
    try:
        await session.flush()
    except IntegrityError as error:
        if "email" in str(error.orig):
            raise UsernameTaken(t("The e-mail address belongs to another account.")) from None
        raise UsernameTaken(
            t("An account named {username} exists already. Choose another name.", username=username)
        ) from None
    return user


async def user_exists(session: Session, username: str) -> bool:
    """Whether an account has that user name."""
    return await repository.user_by_identifier(session, username) is not None


async def set_password(session: Session, username: str, password: str) -> None:
    """Give an account a new password and end its sessions.

    Raises:
        NotFound: there is no such account.
    """
    user = await repository.user_by_identifier(session, username)
    if user is None:
        raise NotFound(f"There is no account named {username}.")
    user.password_hash = await hash_password(password)
    await revoke_sessions_of(session, user.id)
