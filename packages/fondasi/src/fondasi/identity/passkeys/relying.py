"""Who passkeys are for: the domain that they belong to, and the pages that may ask for them (WebAuthn 3, 4: RP)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from fondasi.identity.passkeys.errors import PasskeysOff
from fondasi.settings import Environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fondasi.settings import Settings


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """This service, as authenticators know it.

    Attributes:
        id: the domain; a passkey serves no other.
        name: what authenticators call it.
        origins: of the pages that may ask for passkeys.
    """

    id: str
    name: str
    origins: Sequence[str]


def relying_party_at(request: Request, settings: Settings) -> RelyingParty | None:
    """The relying party where the request came in; None if there are no passkeys there."""
    domain, origins = settings.passkey.rp_id, settings.passkey.origins
    if domain and not origins and settings.environment is Environment.LOCAL:
        # A developer's machine: this address, and the pages that may call it. A proxy may speak https before it.
        host = request.headers.get("host", "")
        own = [f"{request.url.scheme}://{host}", f"https://{host}", *settings.http.cors_origins]
        origins = [origin for origin in own if _host_of(origin) == domain]
    return RelyingParty(domain, settings.app_name, origins) if domain and origins else None


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).hostname
    except ValueError:  # browsers send no such address
        return None


def relying_party(request: Request) -> RelyingParty:
    """The same, for routes that need one.

    Raises:
        PasskeysOff: there is none.
    """
    party = relying_party_at(request, request.app.state.platform.settings)
    if party is None:
        raise PasskeysOff
    return party


def relying_party_if_any(request: Request) -> RelyingParty | None:
    """The same, for routes that do without."""
    return relying_party_at(request, request.app.state.platform.settings)


CurrentParty = Annotated[RelyingParty, Depends(relying_party)]
PartyIfAny = Annotated[RelyingParty | None, Depends(relying_party_if_any)]
