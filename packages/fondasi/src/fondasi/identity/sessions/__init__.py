"""Signing in and out, sessions and their tokens."""

from fondasi.identity.sessions.authenticator import LastUse, SessionAuthenticator
from fondasi.identity.sessions.browser import refuse_foreign
from fondasi.identity.sessions.commands import commands
from fondasi.identity.sessions.devices import Device
from fondasi.identity.sessions.devices import describe as describe_agent
from fondasi.identity.sessions.errors import ASKS_FOR_SECOND_FACTOR, SecondFactorRequired, WrongPassword
from fondasi.identity.sessions.jobs import purge
from fondasi.identity.sessions.keys import KeyRing
from fondasi.identity.sessions.models import Method
from fondasi.identity.sessions.repository import (
    delete_sessions_of,
    renew_proof,
    revoke_sessions_of,
    user_for_sign_in,
)
from fondasi.identity.sessions.routes import answer_with, device_of, router
from fondasi.identity.sessions.schemas import TokenAnswer
from fondasi.identity.sessions.service import Issued, open_proven_session, open_session, password_fits
from fondasi.identity.sessions.tokens import Tokens

__all__ = [
    "ASKS_FOR_SECOND_FACTOR",
    "Device",
    "Issued",
    "KeyRing",
    "LastUse",
    "Method",
    "SecondFactorRequired",
    "SessionAuthenticator",
    "TokenAnswer",
    "Tokens",
    "WrongPassword",
    "answer_with",
    "commands",
    "delete_sessions_of",
    "describe_agent",
    "device_of",
    "open_proven_session",
    "open_session",
    "password_fits",
    "purge",
    "refuse_foreign",
    "renew_proof",
    "revoke_sessions_of",
    "router",
    "user_for_sign_in",
]
