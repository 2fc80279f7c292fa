"""An account for somebody who signs in at a provider for the first time."""

from __future__ import annotations

import re
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from fondasi.identity import accounts
from fondasi.identity.accounts import SignUpClosed
from fondasi.identity.codes import Codes
from fondasi.identity.federation import repository
from fondasi.identity.federation.errors import AccountExists
from fondasi.identity.federation.linking import new_link
from fondasi.identity.identifiers import Identifier, IdentifierKind
from fondasi.identity.models import AuthType
from fondasi.identity.sessions import WrongCredentials
from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.http import InvalidInput
from fondasi.kit.i18n import current_language

if TYPE_CHECKING:
    from fondasi.identity.federation.provider import ExternalIdentity, Provider
    from fondasi.identity.models import User
    from fondasi.kit.db import Session
    from fondasi.platform import Platform

AUTH_TYPES = {"google": AuthType.GOOGLE, "github": AuthType.GITHUB}
NOT_IN_NAMES = re.compile(r"[^a-z0-9._-]+")
SHORTEST, LONGEST = 2, 40  # leaves room for what makes it unique


async def sign_up(
    session: Session, platform: Platform, provider: Provider, identity: ExternalIdentity
) -> User:
    """Make an account, as far as `SIGNUP` lets. An address that is not proven stays outside: anybody may claim it.

    Raises:
        AccountExists: an account has the address that they have proved.
        WrongCredentials: a deleted one has it.
        SignUpClosed: nobody signs up without an invitation.
    """
    email = identity.email if identity.email_proven else None
    if email is not None:
        contact = Identifier(IdentifierKind.EMAIL, email)
        if await accounts.user_by(session, contact) is not None:
            raise AccountExists(provider.label)
        if await accounts.is_taken(session, contact):
            raise WrongCredentials
    invited = email is not None and await platform.get(Codes).accept_invitation(session, email)
    if not invited and platform.settings.signup_mode != "open":
        raise SignUpClosed
    user = await _create(session, provider, identity, email)
    link = new_link(user.id, provider, identity)
    session.add(link)
    await session.flush()
    await record(
        session,
        "sign_up",
        "identity",
        f"Made an account by signing in with {provider.label}.",
        user_id=user.id,
        metadata={"provider": provider.name, "identity_id": link.id, "invited": invited},
    )
    return user


async def _create(
    session: Session, provider: Provider, identity: ExternalIdentity, email: str | None
) -> User:
    fallback = f"user-{token_hex(6)}"
    fields: dict[str, Any] = {
        "password": None,
        "name": identity.name,
        "email": email,
        "first_name": identity.first_name,
        "last_name": identity.last_name,
        "language": current_language(),
        "auth_type": AUTH_TYPES.get(provider.name, AuthType.OIDC),
        "is_email_verified": email is not None,
        "email_verified_at": clock.now() if email is not None else None,
    }
    username = await _username(session, identity) or fallback
    try:
        return await accounts.create_user(session, username=username, **fields)
    except InvalidInput:  # a name that is kept for other uses, such as `me`
        return await accounts.create_user(session, username=fallback, **fields)


async def _username(session: Session, identity: ExternalIdentity) -> str | None:
    """What they are called there, or the local part of their address, as a user name that nobody has."""
    for text in (identity.username, identity.email or ""):
        name = NOT_IN_NAMES.sub("-", text.lower().partition("@")[0]).strip("._-")[:LONGEST]
        if len(name) >= SHORTEST:
            taken = await repository.is_username_taken(session, name)
            return f"{name}-{token_hex(3)}" if taken else name
    return None
