"""Sending somebody to a provider, and receiving them from there.

What is asked of the provider is asked while no connection to the database is held.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fondasi.identity.federation import linking, repository, signup
from fondasi.identity.federation.errors import InvalidState, ProviderRefused
from fondasi.identity.federation.models import AuthorizationRequest
from fondasi.identity.federation.provider import Challenge
from fondasi.identity.federation.providers import Providers
from fondasi.identity.sessions import WrongCredentials, open_session, user_for_sign_in
from fondasi.kit import clock
from fondasi.kit.crypto import KeyedHash
from fondasi.kit.http import InvalidInput

if TYPE_CHECKING:
    from fondasi.access import Principal
    from fondasi.identity.federation.provider import ExternalIdentity, Provider
    from fondasi.identity.models import LinkedIdentity
    from fondasi.identity.sessions import Device, Issued
    from fondasi.kit.db import Session
    from fondasi.platform import Platform
    from fondasi.settings import Settings

LIFE = timedelta(minutes=10)
SECRET_BYTES = 32
SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
MAX_RETURN = 2000
# RFC 3986 without a fragment; no backslash and no control character, which browsers read in ways of their own.
ADDRESS = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")
ABSOLUTE = re.compile(r"(https?://[^/?@]+)([/?].*)?")


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes, and the secret that it keeps in a cookie until it is back."""

    url: str
    browser: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser brings back from a provider (RFC 6749, 4.1.2; RFC 9207)."""

    state: str
    code: str | None
    issuer: str | None
    error: str | None


class Secrets:
    """What binds a sign-in to state and browser; `platform.get(Secrets)`.

    Args:
        secret: `SECRET_KEY`.
    """

    def __init__(self, secret: str) -> None:
        self._keyed = KeyedHash(secret, "sign-in at a provider")

    def hashes(self, state: str, browser: str) -> tuple[bytes, bytes]:
        """What the table keeps of the two."""
        return self._keyed.digest("state", state), self._keyed.digest("browser", browser)

    def challenge(self, redirect_uri: str, state: str, browser: str) -> Challenge:
        """Nonce and code verifier follow from the two, so that nobody has to keep them."""
        nonce, verifier = (
            base64.urlsafe_b64encode(self._keyed.digest(use, state, browser)).rstrip(b"=").decode()
            for use in ("nonce", "verifier")
        )
        return Challenge(redirect_uri, state, nonce, verifier)


async def begin(
    platform: Platform,
    name: str,
    *,
    browser: str | None,
    base_url: str,
    return_to: str | None,
    caller: Principal | None = None,
) -> Begun:
    """Send somebody to a provider.

    Args:
        platform: settings, database and providers.
        name: of the provider.
        browser: the secret that the browser holds from another tab, if any.
        base_url: where the request came in.
        return_to: where the browser goes in the end.
        caller: who wants to link; None to sign in.

    Raises:
        UnknownProvider: there is none of that name.
        InvalidInput: `return_to` leads elsewhere.
        ProviderUnavailable: the provider does not answer.
    """
    providers = platform.get(Providers)
    provider = providers.get(name)
    base = providers.public_url or base_url.rstrip("/")
    check_return(return_to, platform.settings, base)
    if browser is None or not SECRET.fullmatch(browser):
        browser = secrets.token_urlsafe(SECRET_BYTES)
    state = secrets.token_urlsafe(SECRET_BYTES)
    redirect_uri = f"{base}{platform.settings.api_prefix}/auth/oauth/{name}/callback"
    challenge = platform.get(Secrets).challenge(redirect_uri, state, browser)
    url = await provider.authorization_url(challenge)
    state_hash, browser_hash = platform.get(Secrets).hashes(state, browser)
    async with platform.database.unit_of_work() as session:
        session.add(
            AuthorizationRequest(
                provider=name,
                state_hash=state_hash,
                browser_hash=browser_hash,
                redirect_uri=redirect_uri,
                return_to=return_to,
                user_id=caller.user_id if caller else None,
                session_id=caller.session_id if caller else None,
                expires_at=clock.now() + LIFE,
            )
        )
    return Begun(url, browser)


async def take(platform: Platform, name: str, state: str | None, browser: str | None) -> AuthorizationRequest:
    """The request that somebody comes back with; its state is used up.

    Raises:
        UnknownProvider: there is no such provider.
        InvalidState: it is not this browser's, not this provider's, used, or too old.
    """
    platform.get(Providers).get(name)
    if state is None or browser is None:
        raise InvalidState
    state_hash, browser_hash = platform.get(Secrets).hashes(state, browser)
    async with platform.database.unit_of_work() as session:
        request = await repository.take_request(session, name, state_hash, browser_hash)
    if request is None:
        raise InvalidState
    return request


async def finish(
    platform: Platform, request: AuthorizationRequest, answer: Answer, browser: str, device: Device
) -> Issued | LinkedIdentity:
    """Sign in, sign up or link, whichever was begun.

    Raises:
        ProviderRefused, ProviderUnavailable, UntrustedAnswer: see `Provider.identity`.
        WrongCredentials: the account may not sign in.
        AccountExists, SignUpClosed: see `sign_up`.
        InvalidState, IdentityTaken: see `link`.
    """
    provider = platform.get(Providers).get(request.provider)
    await provider.check_sender(answer.issuer)
    if answer.code is None or answer.error is not None:
        raise ProviderRefused(provider.label)
    challenge = platform.get(Secrets).challenge(request.redirect_uri, answer.state, browser)
    identity = await provider.identity(answer.code, challenge)
    async with platform.database.unit_of_work() as session:
        await repository.take_turns(session, identity.issuer, identity.subject)
        if request.user_id is not None and request.session_id is not None:
            return await linking.link(
                session,
                platform,
                provider,
                identity,
                user_id=request.user_id,
                session_id=request.session_id,
            )
        return await _sign_in(session, platform, provider, identity, device)


async def _sign_in(
    session: Session, platform: Platform, provider: Provider, identity: ExternalIdentity, device: Device
) -> Issued:
    """Open a session for the account that the identity is linked to, or for a new one. Addresses link nothing."""
    link = await repository.link_of(session, identity.issuer, identity.subject)
    if link is None:
        user = await signup.sign_up(session, platform, provider, identity)
    else:
        found = await user_for_sign_in(session, link.user_id)
        if found is None:
            raise WrongCredentials(link.user_id)
        link.last_used_at = clock.now()
        user = found
    return await open_session(session, platform, user, device)


def check_return(return_to: str | None, settings: Settings, base: str) -> None:
    """Refuse to send browsers anywhere but to this service and to the origins that may call it.

    Raises:
        InvalidInput: naming the parameter.
    """
    if return_to is None:
        return
    path = return_to.startswith("/") and not return_to.startswith("//")
    absolute = ABSOLUTE.fullmatch(return_to)
    allowed = {base.lower(), *(origin.lower() for origin in settings.http.cors_origins)}
    own = path or (absolute is not None and absolute[1].lower() in allowed)
    if not own or not ADDRESS.fullmatch(return_to):
        message = "give a path of this service, or an address whose origin is in HTTP_CORS_ORIGINS"
        raise InvalidInput.of("return_to", message, "foreign_address")
