"""Signing in and out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fondasi.identity.models import UserStatus
from fondasi.identity.passwords import verify_password
from fondasi.identity.sessions import repository
from fondasi.identity.sessions.errors import WrongCredentials
from fondasi.identity.sessions.models import UserSession
from fondasi.kit import clock

if TYPE_CHECKING:
    from fondasi.kit.db import Database
    from fondasi.settings import TokenSettings

MAX_USER_AGENT = 500


@dataclass(frozen=True, slots=True)
class Device:
    """Where a sign-in comes from."""

    user_agent: str
    ip_address: str


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
