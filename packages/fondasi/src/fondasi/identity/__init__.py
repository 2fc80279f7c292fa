"""Who users are: accounts, signing in and out, sessions and tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fondasi.access import Authenticator, EffectivePermissions
from fondasi.identity import (
    accounts,
    api_keys,
    codes,
    credentials,
    factors,
    federation,
    passkeys,
    sessions,
)
from fondasi.identity.accounts import acceptable_username, create_user, set_password, user_exists
from fondasi.identity.accounts.schemas import Email
from fondasi.identity.api_keys import ApiKeyHash, KeyAuthenticator, LastKeyUse
from fondasi.identity.codes import Codes
from fondasi.identity.factors import SecondFactors, finish_sign_in
from fondasi.identity.federation import check_providers
from fondasi.identity.identifiers import as_email
from fondasi.identity.models import AuthType, User, UserStatus, UserType, is_account
from fondasi.identity.policy import check_new_password
from fondasi.identity.sessions import (
    Issued,
    KeyRing,
    LastUse,
    SecondFactorRequired,
    SessionAuthenticator,
    Tokens,
    cookie_name,
    describe_agent,
    device_of,
    is_secure,
    revoke_session,
    set_device_cookie,
    sign_in,
)
from fondasi.kit.crypto import KeyedHash, SealedBox
from fondasi.kit.live import SIGNED_IN, Changes
from fondasi.messages import Messenger
from fondasi.module import Module
from fondasi.platform import Platform

__all__ = [
    "AuthType",
    "Email",
    "Issued",
    "SecondFactorRequired",
    "User",
    "UserStatus",
    "UserType",
    "acceptable_username",
    "as_email",
    "check_new_password",
    "check_providers",
    "cookie_name",
    "create_user",
    "describe_agent",
    "device_of",
    "finish_sign_in",
    "is_account",
    "is_secure",
    "module",
    "revoke_session",
    "set_device_cookie",
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
    last_use, last_key_use = LastUse(database), LastKeyUse(database)
    key_hash = ApiKeyHash(secret.get_secret_value())
    for resource in (ring, tokens, last_use, last_key_use, key_hash):
        platform.provide(resource)
    effective = platform.get(EffectivePermissions)
    by_session = SessionAuthenticator(database, tokens, effective, last_use)
    by_key = KeyAuthenticator(database, key_hash, effective, last_key_use, by_session)
    platform.provide(by_key, as_type=Authenticator)
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
    platform.provide(federation.Secrets(secret.get_secret_value()))
    async with (
        last_use.running(),
        last_key_use.running(),
        federation.open_providers(platform.settings.oauth) as providers,
    ):
        platform.provide(providers)
        yield


module = Module(
    name="users",
    routers=[
        sessions.router,
        factors.router,
        passkeys.router,
        passkeys.settings_router,
        accounts.router,
        accounts.settings_router,
        credentials.router,
        federation.router,
        federation.settings_router,
        api_keys.router,
    ],
    permissions=[*accounts.PERMISSIONS, *sessions.PERMISSIONS],
    events=accounts.EVENTS,
    changes=[Changes("users", permission=accounts.VIEW, owner=SIGNED_IN)],
    datasets=[accounts.USERS],
    admin_views=[accounts.users_view, sessions.sessions_view],
    jobs=[
        sessions.purge,
        accounts.anonymise,
        codes.purge,
        federation.purge,
        passkeys.purge,
        api_keys.purge,
    ],
    commands=accounts.commands,
    command_groups={
        "keys": sessions.commands,
        "api-keys": api_keys.commands,
        "groups": accounts.group_commands,
    },
    personal_data=[
        *accounts.PERSONAL_DATA,
        *sessions.PERSONAL_DATA,
        *factors.PERSONAL_DATA,
        *passkeys.PERSONAL_DATA,
        *federation.PERSONAL_DATA,
        *codes.PERSONAL_DATA,
        *api_keys.PERSONAL_DATA,
    ],
    lifespan=_lifespan,
    tags={
        "sessions": "Sign in and out, refresh tokens, and see where you are signed in.",
        "second-factor": "The second step of a sign-in, and fresh proof for what cannot be undone.",
        "passkeys": "Sign in with a passkey, and the passkeys of your account.",
        "credentials": "One-time passwords, passwords and contacts.",
        "providers": "Sign in at Google, Apple and others, and link those accounts.",
        "users": "Accounts: your own, and everybody's for administrators.",
        "account": "Your own settings, profile, contacts and data.",
        "api-keys": "Keys for programs.",
    },
)
