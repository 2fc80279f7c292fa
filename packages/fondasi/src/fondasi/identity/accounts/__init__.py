"""Accounts of users."""

from fondasi.identity.accounts.commands import commands
from fondasi.identity.accounts.routes import router
from fondasi.identity.accounts.service import create_user, set_password, user_exists

__all__ = ["commands", "create_user", "router", "set_password", "user_exists"]
