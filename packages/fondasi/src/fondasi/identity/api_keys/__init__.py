"""API keys: how programs act for a user, within a scope."""

from fondasi.identity.api_keys.authenticator import KeyAuthenticator, LastKeyUse
from fondasi.identity.api_keys.commands import commands
from fondasi.identity.api_keys.jobs import purge
from fondasi.identity.api_keys.personal_data import PERSONAL_DATA
from fondasi.identity.api_keys.routes import router
from fondasi.identity.api_keys.service import ApiKeyHash, revoke_keys_of

__all__ = [
    "PERSONAL_DATA",
    "ApiKeyHash",
    "KeyAuthenticator",
    "LastKeyUse",
    "commands",
    "purge",
    "revoke_keys_of",
    "router",
]
