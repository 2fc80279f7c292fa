"""Signing in and out, sessions and their tokens."""

from fondasi.identity.sessions.authenticator import SessionAuthenticator
from fondasi.identity.sessions.repository import revoke_sessions_of
from fondasi.identity.sessions.routes import router
from fondasi.identity.sessions.tokens import AccessTokens

__all__ = ["AccessTokens", "SessionAuthenticator", "revoke_sessions_of", "router"]
