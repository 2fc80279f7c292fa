"""Signing in and out, and accounts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from fondasi.access import Authenticator, Principal
from fondasi.identity import repository
from fondasi.identity.errors import UsernameTaken, WrongCredentials
from fondasi.identity.models import User, UserSession, UserStatus
from fondasi.identity.passwords import hash_password, verify_password
from fondasi.kit import clock
from fondasi.kit.http import InvalidInput, NotFound
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from fondasi.identity.tokens import AccessTokens
    from fondasi.kit.db import Database, Session
    from fondasi.settings import TokenSettings

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,49}")
MAX_USER_AGENT = 500


@dataclass(frozen=True, slots=True)
class Device:
    """Where a sign-in comes from."""

    user_agent: str
    ip_address: str


class SessionAuthenticator(Authenticator):
    """Checks a token and, in one query, that its session and account are still good.

    Args:
        database: where sessions are.
        tokens: reads the tokens.
        permissions: what every signed-in user may do.
    """

    def __init__(self, database: Database, tokens: AccessTokens, permissions: frozenset[str]) -> None:
        self._database = database
        self._tokens = tokens
        self._permissions = permissions

    async def authenticate(self, token: str) -> Principal | None:
        """See `Authenticator.authenticate`. Asks the database, so a revoked session is refused at once."""
        ids = self._tokens.read(token)
        if ids is None:
            return None
        user_id, session_id = ids
        async with self._database.read_session(fresh=True) as session:
            row = await repository.active_session(session, session_id, user_id)
        return (
            Principal(user_id, session_id, row.username, row.is_superuser, self._permissions) if row else None
        )


async def sign_in(
    database: Database, identifier: str, password: str, device: Device, settings: TokenSettings
) -> UserSession:
    """Open a session. No connection to the database is held while the password is checked.

    Raises:
        WrongCredentials: unknown user, wrong password, or an account that may not sign in.
    """
    async with database.read_session(fresh=True) as session:
        found = await repository.user_by_identifier(session, identifier)
    fits = await verify_password(password, found.password_hash if found else None)
    if found is None or not fits:
        raise WrongCredentials
    now = clock.now()
    async with database.unit_of_work() as session:
        user = await repository.user_by_id(session, found.id)
        # Read again: the password or the status may have changed meanwhile.
        if user is None or user.status != UserStatus.ACTIVE or user.password_hash != found.password_hash:
            raise WrongCredentials
        user.last_sign_in_at = now
        opened = UserSession(
            user_id=user.id,
            user_agent=device.user_agent[:MAX_USER_AGENT],
            ip_address=device.ip_address,
            expires_at=now + timedelta(days=settings.session_days),
        )
        session.add(opened)
    return opened


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
    await repository.revoke_sessions_of(session, user.id)
