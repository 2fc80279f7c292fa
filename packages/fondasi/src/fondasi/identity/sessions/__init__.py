"""Signing in and out, sessions and their tokens."""

from fondasi.identity.sessions.admin import sessions_view
from fondasi.identity.sessions.authenticator import (
    ACCOUNT_COLUMNS,
    NOTED_EVERY,
    LastUse,
    SessionAuthenticator,
)
from fondasi.identity.sessions.browser import cookie_name, is_secure, refuse_foreign, set_device_cookie
from fondasi.identity.sessions.commands import commands
from fondasi.identity.sessions.devices import Device
from fondasi.identity.sessions.devices import describe as describe_agent
from fondasi.identity.sessions.errors import (
    ForeignRequest,
    SecondFactorRequired,
    TooManyTries,
    WrongCredentials,
    WrongPassword,
)
from fondasi.identity.sessions.jobs import purge
from fondasi.identity.sessions.keys import KeyRing
from fondasi.identity.sessions.models import Method
from fondasi.identity.sessions.permissions import PERMISSIONS
from fondasi.identity.sessions.personal_data import PERSONAL_DATA
from fondasi.identity.sessions.places import Places
from fondasi.identity.sessions.repository import (
    check_open,
    renew_proof,
    revoke_session,
    revoke_sessions_of,
    user_for_sign_in,
)
from fondasi.identity.sessions.routes import answer_with, device_of, router
from fondasi.identity.sessions.schemas import TokenAnswer
from fondasi.identity.sessions.service import (
    Issued,
    open_proven_session,
    open_session,
    password_fits,
    sign_in,
)
from fondasi.identity.sessions.tokens import Tokens

__all__ = [
    "ACCOUNT_COLUMNS",
    "NOTED_EVERY",
    "PERMISSIONS",
    "PERSONAL_DATA",
    "Device",
    "ForeignRequest",
    "Issued",
    "KeyRing",
    "LastUse",
    "Method",
    "Places",
    "SecondFactorRequired",
    "SessionAuthenticator",
    "TokenAnswer",
    "Tokens",
    "TooManyTries",
    "WrongCredentials",
    "WrongPassword",
    "answer_with",
    "check_open",
    "commands",
    "cookie_name",
    "describe_agent",
    "device_of",
    "is_secure",
    "open_proven_session",
    "open_session",
    "password_fits",
    "purge",
    "refuse_foreign",
    "renew_proof",
    "revoke_session",
    "revoke_sessions_of",
    "router",
    "sessions_view",
    "set_device_cookie",
    "sign_in",
    "user_for_sign_in",
]
