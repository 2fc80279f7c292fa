"""OpenID Connect: Google, and any issuer with a discovery document."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING, Any

from authlib.oidc.core.claims import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError

from fondasi.identity.federation.discovery import Kept, fetch_keys, fetch_metadata
from fondasi.identity.federation.provider import Challenge, ExternalIdentity, Provider

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

    from fondasi.identity.federation.discovery import Metadata
    from fondasi.identity.federation.web import Web
    from fondasi.settings import OAuthProvider

CLOCK_SKEW = 60  # seconds that the issuer's clock may be off
MAX_AGE = 600  # seconds from the issue of an ID token until it comes; it comes at once
MALFORMED = (JoseError, ValueError, TypeError, AttributeError, KeyError, RecursionError)


class OidcProvider(Provider):
    """An OpenID Connect issuer."""

    def __init__(self, name: str, settings: OAuthProvider, web: Web) -> None:
        super().__init__(name, settings, web)
        self._metadata: Kept[Metadata] = Kept(lambda: fetch_metadata(web, settings.issuer), self.label)
        self._keys: Kept[KeySet] = Kept(self._fetch_keys, self.label)

    async def authorization_url(self, challenge: Challenge) -> str:
        """See `Provider.authorization_url`."""
        metadata = await self._metadata.get()
        return self._grant_uri(metadata.authorization_endpoint, challenge, nonce=challenge.nonce)

    async def check_sender(self, issuer: str | None) -> None:
        """See `Provider.check_sender`; an issuer that promises to name itself has to."""
        promised = (await self._metadata.get()).sends_issuer
        if issuer != self.issuer and (promised or issuer is not None):
            raise self.untrusted("iss of the redirect is another issuer's")

    async def identity(self, code: str, challenge: Challenge) -> ExternalIdentity:
        """See `Provider.identity`."""
        metadata = await self._metadata.get()
        tokens = await self._redeem(
            metadata.token_endpoint, code, challenge, authentication=metadata.authentication
        )
        claims = await self._checked(metadata, tokens, challenge.nonce)
        if "email" not in claims and metadata.userinfo_endpoint is not None:
            claims = await self._with_user_info(metadata.userinfo_endpoint, tokens["access_token"], claims)
        flag = claims.get("email_verified")
        verified = flag is True or flag == "true"  # some issuers write it as text
        return self._identity(claims["sub"], claims, verified=verified)

    async def check(self) -> None:
        """See `Provider.check`."""
        await self._keys.get()

    async def _fetch_keys(self) -> KeySet:
        return await fetch_keys(self._web, (await self._metadata.get()).jwks_uri)

    async def _checked(self, metadata: Metadata, tokens: dict[str, Any], nonce: str) -> dict[str, Any]:
        """The claims of the ID token (OpenID Connect Core, 3.1.3.7).

        Raises:
            UntrustedAnswer: a check fails.
        """
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise self.untrusted("there is no ID token")
        try:
            try:
                decoded = jwt.decode(token, await self._keys.get(), algorithms=metadata.algorithms)
            except InvalidKeyIdError:  # the issuer may have a new key
                keys = await self._keys.get(at_most=0)
                decoded = jwt.decode(token, keys, algorithms=metadata.algorithms)
            client = self._settings.client_id
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                options={
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": client},
                    "sub": {"essential": True},
                },
                params={"nonce": nonce, "client_id": client, "access_token": tokens["access_token"]},
            )
            claims.validate(leeway=CLOCK_SKEW)
        except MALFORMED as error:
            raise self.untrusted(f"{type(error).__name__}: {error}"[:200]) from None
        if claims["iat"] < time() - MAX_AGE:
            raise self.untrusted("the ID token was issued long ago")
        return dict(claims)

    async def _with_user_info(self, url: str, access_token: str, claims: dict[str, Any]) -> dict[str, Any]:
        """The claims, and those of the UserInfo endpoint, if it speaks of the same person (Core, 5.3.2)."""
        more = await self._web.get(url, {"Authorization": f"Bearer {access_token}"})
        if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
            raise self.untrusted("UserInfo is about somebody else")
        return {**more, **claims}
