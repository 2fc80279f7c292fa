"""Signing in and out, sessions and their tokens."""

from fondasi.identity.sessions.admin import sessions_view
from fondasi.identity.sessions.authenticator import LastUse, SessionAuthenticator
from fondasi.identity.sessions.browser import refuse_foreign
from fondasi.identity.sessions.commands import commands
from fondasi.identity.sessions.devices import describe as describe_agent
from fondasi.identity.sessions.jobs import purge
from fondasi.identity.sessions.keys import KeyRing
from fondasi.identity.sessions.permissions import PERMISSIONS
from fondasi.identity.sessions.repository import (
    delete_sessions_of,
    revoke_session,
    revoke_sessions_of,
    user_for_sign_in,
)
from fondasi.identity.sessions.routes import answer_with, device_of, router
from fondasi.identity.sessions.schemas import TokenAnswer
from fondasi.identity.sessions.service import Device, Issued, open_session, sign_in
from fondasi.identity.sessions.tokens import Tokens

__all__ = [
    "PERMISSIONS",
    "Device",
    "Issued",
    "KeyRing",
    "LastUse",
    "SessionAuthenticator",
    "TokenAnswer",
    "Tokens",
    "answer_with",
    "commands",
    "delete_sessions_of",
    "describe_agent",
    "device_of",
    "open_session",
    "purge",
    "refuse_foreign",
    "revoke_session",
    "revoke_sessions_of",
    "router",
    "sessions_view",
    "sign_in",
    "user_for_sign_in",
]
