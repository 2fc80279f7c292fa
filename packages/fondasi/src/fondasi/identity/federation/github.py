"""GitHub: OAuth 2 without OpenID Connect. Who it is, and their addresses, are asked of its API."""

from __future__ import annotations

from typing import Any

from fondasi.identity.federation.provider import Challenge, ExternalIdentity, Provider

PUBLIC = "https://github.com"
PUBLIC_API = "https://api.github.com"


class GitHubProvider(Provider):
    """GitHub, or a GitHub Enterprise Server, whose API lies below `/api/v3`."""

    @property
    def _api(self) -> str:
        return PUBLIC_API if self.issuer == PUBLIC else f"{self.issuer.rstrip('/')}/api/v3"

    @property
    def _login(self) -> str:
        return f"{self.issuer.rstrip('/')}/login/oauth"

    async def authorization_url(self, challenge: Challenge) -> str:
        """See `Provider.authorization_url`."""
        return self._grant_uri(f"{self._login}/authorize", challenge)

    async def check_sender(self, issuer: str | None) -> None:
        """See `Provider.check_sender`."""
        if issuer not in {None, self._login, self.issuer}:
            raise self.untrusted("iss of the redirect is another issuer's")

    async def identity(self, code: str, challenge: Challenge) -> ExternalIdentity:
        """See `Provider.identity`. The address is the primary one, if GitHub has verified it."""
        tokens = await self._redeem(
            f"{self._login}/access_token", code, challenge, authentication="client_secret_post"
        )
        headers = {
            "Authorization": f"Bearer {tokens['access_token']}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        user = await self._web.get(f"{self._api}/user", headers)
        if not isinstance(user, dict) or type(user.get("id")) is not int:
            raise self.untrusted("there is no user id")
        email = _primary(await self._web.get(f"{self._api}/user/emails", headers))
        claims = {"preferred_username": user.get("login"), "name": user.get("name"), "email": email}
        return self._identity(str(user["id"]), claims, verified=email is not None)

    async def check(self) -> None:
        """See `Provider.check`. There is nothing that GitHub would say without a user."""


def _primary(emails: Any) -> str | None:
    for item in emails if isinstance(emails, list) else []:
        if isinstance(item, dict) and item.get("primary") is True and item.get("verified") is True:
            return item.get("email")
    return None
