"""What every provider can do: say where to send the browser, and who it is that comes back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from fondasi.identity.federation.errors import ProviderRefused, UntrustedAnswer
from fondasi.identity.identifiers import as_email

if TYPE_CHECKING:
    from fondasi.identity.federation.web import Web
    from fondasi.settings import OAuthProvider

FORM = "application/x-www-form-urlencoded;charset=UTF-8"
MAX_SUBJECT = 255  # OpenID Connect Core, 2
MAX_NAME = 100
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What one sign-in is bound to.

    Attributes:
        redirect_uri: where the provider sends the browser.
        state: comes back with it.
        nonce: comes back inside of the ID token.
        verifier: proves that who redeems the code is who asked for it (RFC 7636).
    """

    redirect_uri: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class ExternalIdentity:
    """Who somebody is at a provider.

    Attributes:
        issuer: with `subject`, who it is.
        subject: with `issuer`, who it is; never changes.
        email: in lower case.
        email_proven: the provider says so, and its word is trusted.
        username: what the person is called there.
        name: for others to read.
        first_name: the given name.
        last_name: the family name.
    """

    issuer: str
    subject: str
    email: str | None
    email_proven: bool
    username: str
    name: str
    first_name: str = ""
    last_name: str = ""


class Provider(ABC):
    """A provider of the settings.

    Args:
        name: in the settings and in addresses.
        settings: of this provider.
        web: how to ask it.
    """

    def __init__(self, name: str, settings: OAuthProvider, web: Web) -> None:
        self.name = name
        self.label = settings.label
        self.issuer = settings.issuer
        self._settings = settings
        self._web = web

    @abstractmethod
    async def authorization_url(self, challenge: Challenge) -> str:
        """Where the browser goes to sign in.

        Raises:
            ProviderUnavailable: the provider does not say where.
        """

    @abstractmethod
    async def check_sender(self, issuer: str | None) -> None:
        """Refuse a code that another provider has sent (RFC 9207).

        Args:
            issuer: `iss` of the redirect, if there was one.

        Raises:
            UntrustedAnswer: it is another provider's.
        """

    @abstractmethod
    async def identity(self, code: str, challenge: Challenge) -> ExternalIdentity:
        """Who has signed in.

        Raises:
            ProviderRefused: it does not take the code.
            ProviderUnavailable: it does not answer.
            UntrustedAnswer: its answer fails a check.
        """

    @abstractmethod
    async def check(self) -> None:
        """Make sure that the provider is there, for `fondasi doctor`.

        Raises:
            ProviderUnavailable: it is not, or it is another one.
        """

    def untrusted(self, reason: str) -> UntrustedAnswer:
        """The problem, with its reason in the log."""
        log.warning("provider_answer_untrusted", provider=self.name, reason=reason)
        return UntrustedAnswer(self.label)

    def _grant_uri(self, endpoint: str, challenge: Challenge, **more: str) -> str:
        url: str = prepare_grant_uri(
            endpoint,
            self._settings.client_id,
            "code",
            redirect_uri=challenge.redirect_uri,
            scope=" ".join(self._settings.scopes),
            state=challenge.state,
            code_challenge=create_s256_code_challenge(challenge.verifier),
            code_challenge_method="S256",
            **more,
        )
        return url

    async def _redeem(
        self, endpoint: str, code: str, challenge: Challenge, *, authentication: str
    ) -> dict[str, Any]:
        """The tokens for a code."""
        secret = self._settings.client_secret
        client = ClientAuth(
            self._settings.client_id,
            secret.get_secret_value() if secret else None,
            authentication if secret else "none",
        )
        form = prepare_token_request(
            "authorization_code",
            redirect_uri=challenge.redirect_uri,
            code=code,
            code_verifier=challenge.verifier,
        )
        url, headers, body = client.prepare("POST", endpoint, {"Content-Type": FORM}, form)
        tokens = await self._web.post(url, headers, body)
        if "error" in tokens or not isinstance(tokens.get("access_token"), str):
            log.warning("provider_refused_code", provider=self.name, error=str(tokens.get("error"))[:100])
            raise ProviderRefused(self.label)
        return tokens

    def _identity(self, subject: str, claims: dict[str, Any], *, verified: bool) -> ExternalIdentity:
        """The identity in OpenID Connect's standard claims (Core, 5.1); what is not text counts as missing."""
        if not subject or len(subject) > MAX_SUBJECT or not subject.isprintable():
            raise self.untrusted("the subject is not acceptable")
        email = as_email(_text(claims, "email", 320))
        return ExternalIdentity(
            issuer=self.issuer,
            subject=subject,
            email=email,
            email_proven=email is not None and verified and self._settings.trust_email,
            username=_text(claims, "preferred_username"),
            name=_text(claims, "name"),
            first_name=_text(claims, "given_name"),
            last_name=_text(claims, "family_name"),
        )


def _text(claims: dict[str, Any], name: str, limit: int = MAX_NAME) -> str:
    value = claims.get(name)
    if not isinstance(value, str):
        return ""
    return "".join(character for character in value if character.isprintable()).strip()[:limit]
