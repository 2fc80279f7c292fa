"""Who users are: accounts, signing in and out, sessions and tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fondasi.access import Authenticator, EffectivePermissions
from fondasi.identity import accounts, codes, credentials, sessions
from fondasi.identity.accounts import create_user, set_password, user_exists
from fondasi.identity.accounts.schemas import Email
from fondasi.identity.codes import Codes
from fondasi.identity.identifiers import as_email
from fondasi.identity.models import AuthType, User, UserStatus, UserType
from fondasi.identity.sessions import (
    Issued,
    KeyRing,
    LastUse,
    SessionAuthenticator,
    Tokens,
    describe_agent,
    device_of,
    revoke_session,
    sign_in,
)
from fondasi.kit.crypto import KeyedHash
from fondasi.messages import Messenger
from fondasi.module import Module
from fondasi.platform import Platform

__all__ = [
    "AuthType",
    "Email",
    "Issued",
    "User",
    "UserStatus",
    "UserType",
    "as_email",
    "create_user",
    "describe_agent",
    "device_of",
    "module",
    "revoke_session",
    "set_password",
    "sign_in",
    "user_exists",
]


@asynccontextmanager
async def _lifespan(platform: Platform) -> AsyncIterator[None]:
    secret = platform.settings.secret_key
    if secret is None:
        raise RuntimeError("SECRET_KEY is missing: set it to the output of `openssl rand -hex 32`.")
    database = platform.database
    ring = KeyRing(secret.get_secret_value())
    tokens = Tokens(database, ring, platform.settings.token)
    last_use = LastUse(database)
    for resource in (ring, tokens, last_use):
        platform.provide(resource)
    effective = platform.get(EffectivePermissions)
    platform.provide(SessionAuthenticator(database, tokens, effective, last_use), as_type=Authenticator)
    keyed = KeyedHash(secret.get_secret_value(), "one-time passwords")
    platform.provide(Codes(platform.settings.otp, keyed, platform.get(Messenger)))
    async with last_use.running():
        yield


module = Module(
    name="users",
    routers=[sessions.router, accounts.router, accounts.settings_router, credentials.router],
    permissions=[*accounts.PERMISSIONS, *sessions.PERMISSIONS],
    admin_views=[accounts.users_view, sessions.sessions_view],
    jobs=[sessions.purge, accounts.anonymise, codes.purge],
    commands=accounts.commands,
    command_groups={"keys": sessions.commands, "groups": accounts.group_commands},
    lifespan=_lifespan,
)
