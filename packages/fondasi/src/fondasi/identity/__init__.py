"""Who users are: accounts, signing in and out, sessions and tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fondasi.access import Authenticator, PermissionRegistry
from fondasi.identity import accounts, sessions
from fondasi.identity.accounts import commands, create_user, set_password, user_exists
from fondasi.identity.models import User
from fondasi.identity.sessions import AccessTokens, SessionAuthenticator
from fondasi.module import Module
from fondasi.platform import Platform

__all__ = ["User", "create_user", "module", "set_password", "user_exists"]


@asynccontextmanager
async def _lifespan(platform: Platform) -> AsyncIterator[None]:
    secret = platform.settings.secret_key
    if secret is None:
        raise RuntimeError("SECRET_KEY is missing: set it to the output of `openssl rand -hex 32`.")
    tokens = AccessTokens(secret.get_secret_value(), platform.settings.token)
    platform.provide(tokens)
    everyone = platform.get(PermissionRegistry).everyone
    platform.provide(SessionAuthenticator(platform.database, tokens, everyone), as_type=Authenticator)
    yield


module = Module(
    name="users", routers=[sessions.router, accounts.router], commands=commands, lifespan=_lifespan
)
