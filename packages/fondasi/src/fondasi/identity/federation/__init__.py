"""Signing in at providers: Google, GitHub, and any OpenID Connect issuer."""

from fondasi.identity.federation.jobs import purge
from fondasi.identity.federation.personal_data import PERSONAL_DATA
from fondasi.identity.federation.providers import Providers, check_providers, open_providers
from fondasi.identity.federation.routes import router
from fondasi.identity.federation.service import Secrets
from fondasi.identity.federation.settings_routes import router as settings_router

__all__ = [
    "PERSONAL_DATA",
    "Providers",
    "Secrets",
    "check_providers",
    "open_providers",
    "purge",
    "router",
    "settings_router",
]
