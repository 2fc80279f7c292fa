"""Proving who one is: one-time passwords, passwords, contacts."""

from fondasi.identity.credentials.routes import router

__all__ = ["router"]
