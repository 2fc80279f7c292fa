"""Signing in and out, sessions and their tokens."""

from fondasi.identity.sessions.authenticator import LastUse, SessionAuthenticator
from fondasi.identity.sessions.commands import commands
from fondasi.identity.sessions.jobs import purge
from fondasi.identity.sessions.keys import KeyRing
from fondasi.identity.sessions.repository import delete_sessions_of, revoke_sessions_of
from fondasi.identity.sessions.routes import router
from fondasi.identity.sessions.service import Device, Issued, open_session
from fondasi.identity.sessions.tokens import Tokens

__all__ = [
    "Device",
    "Issued",
    "KeyRing",
    "LastUse",
    "SessionAuthenticator",
    "Tokens",
    "commands",
    "delete_sessions_of",
    "open_session",
    "purge",
    "revoke_sessions_of",
    "router",
]
