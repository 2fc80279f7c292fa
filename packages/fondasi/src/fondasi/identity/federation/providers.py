"""The providers of the settings."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx

from fondasi.identity.federation.errors import ProviderUnavailable, UnknownProvider
from fondasi.identity.federation.web import Web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from fondasi.identity.federation.provider import Provider
    from fondasi.settings import OAuthSettings

GITHUB = "github"


class Providers:
    """The providers by name; `platform.get(Providers)`.

    Args:
        providers: in the order of the settings.
        public_url: where browsers reach this service, if the settings say so.
    """

    def __init__(self, providers: Mapping[str, Provider], public_url: str = "") -> None:
        self._providers = providers
        self.public_url = public_url

    def __iter__(self) -> Iterator[Provider]:
        return iter(self._providers.values())

    def get(self, name: str) -> Provider:
        """The provider of that name.

        Raises:
            UnknownProvider: there is none.
        """
        provider = self._providers.get(name)
        if provider is None:
            raise UnknownProvider
        return provider

    def by_issuer(self, issuer: str) -> Provider | None:
        """The provider that links of that issuer sign in with, if there still is one."""
        return next((item for item in self if item.issuer == issuer), None)


@asynccontextmanager
async def open_providers(settings: OAuthSettings) -> AsyncIterator[Providers]:
    """The providers of the settings; nothing is asked of them yet."""
    if not settings.providers:
        yield Providers({})
        return
    # A service without providers does not pay for the libraries that they need.
    from fondasi.identity.federation.github import GitHubProvider  # noqa: PLC0415
    from fondasi.identity.federation.oidc import OidcProvider  # noqa: PLC0415

    async with httpx.AsyncClient(timeout=settings.timeout, follow_redirects=False) as client:
        found: dict[str, Provider] = {}
        for name, item in settings.providers.items():
            kind = GitHubProvider if name == GITHUB else OidcProvider
            found[name] = kind(name, item, Web(client, item.label, settings.timeout))
        yield Providers(found, settings.public_url.rstrip("/"))


async def check_providers(settings: OAuthSettings) -> list[tuple[str, str | None]]:
    """For `fondasi doctor`: each provider, and what is wrong with it."""
    findings: list[tuple[str, str | None]] = []
    async with open_providers(settings) as providers:
        for provider in providers:
            fault = None
            try:
                await provider.check()
            except ProviderUnavailable:
                variable = f"OAUTH_{provider.name.upper()}_ISSUER"
                fault = (
                    f"{provider.issuer} does not answer as that issuer: check {variable} against the issuer "
                    "in its discovery document, and the way there"
                )
            findings.append((f"sign-in with {provider.label}", fault))
    return findings
