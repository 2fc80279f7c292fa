"""Who users are: accounts, signing in and out, sessions and tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fondasi.access import Authenticator, EffectivePermissions
from fondasi.identity import accounts, codes, credentials, factors, sessions
from fondasi.identity.accounts import create_user, set_password, user_exists
from fondasi.identity.accounts.schemas import Email
from fondasi.identity.codes import Codes
from fondasi.identity.factors import SecondFactors
from fondasi.identity.identifiers import as_email
from fondasi.identity.models import AuthType, User, UserStatus, UserType
from fondasi.identity.sessions import KeyRing, LastUse, SessionAuthenticator, Tokens, describe_agent
from fondasi.kit.crypto import KeyedHash, SealedBox
from fondasi.messages import Messenger
from fondasi.module import Module
from fondasi.platform import Platform

__all__ = [
    "AuthType",
    "Email",
    "User",
    "UserStatus",
    "UserType",
    "as_email",
    "create_user",
    "describe_agent",
    "module",
    "set_password",
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
    messenger = platform.get(Messenger)
    platform.provide(Codes(platform.settings.otp, keyed, messenger))
    second_factors = SecondFactors(
        SealedBox(secret.get_secret_value(), "second factors"),
        KeyedHash(secret.get_secret_value(), "recovery codes"),
        messenger,
        issuer=platform.settings.app_name,
    )
    platform.provide(second_factors)
    async with last_use.running():
        yield


module = Module(
    name="users",
    routers=[
        sessions.router,
        factors.router,
        accounts.router,
        accounts.settings_router,
        credentials.router,
    ],
    permissions=accounts.PERMISSIONS,
    jobs=[sessions.purge, accounts.anonymise, codes.purge],
    commands=accounts.commands,
    command_groups={"keys": sessions.commands},
    lifespan=_lifespan,
)
