"""Passkeys (WebAuthn): signing in without a password, the second factor, and step-up."""

from fondasi.identity.passkeys.errors import (
    NoPasskey,
    PasskeyExpired,
    PasskeyRefused,
    PasskeySignInRefused,
    PasskeysOff,
)
from fondasi.identity.passkeys.jobs import purge
from fondasi.identity.passkeys.models import Purpose
from fondasi.identity.passkeys.personal_data import PERSONAL_DATA
from fondasi.identity.passkeys.proofs import ask_owner, used
from fondasi.identity.passkeys.relying import CurrentParty, PartyIfAny, RelyingParty
from fondasi.identity.passkeys.routes import router
from fondasi.identity.passkeys.schemas import PasskeyAssertion, PasskeyRequestOptions
from fondasi.identity.passkeys.service import remove_all
from fondasi.identity.passkeys.settings_routes import router as settings_router

__all__ = [
    "PERSONAL_DATA",
    "CurrentParty",
    "NoPasskey",
    "PartyIfAny",
    "PasskeyAssertion",
    "PasskeyExpired",
    "PasskeyRefused",
    "PasskeyRequestOptions",
    "PasskeySignInRefused",
    "PasskeysOff",
    "Purpose",
    "RelyingParty",
    "ask_owner",
    "purge",
    "remove_all",
    "router",
    "settings_router",
    "used",
]
