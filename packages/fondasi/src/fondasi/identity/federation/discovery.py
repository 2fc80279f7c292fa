"""What an issuer publishes: its metadata and its keys, fetched when first needed and kept for an hour."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet

from fondasi.identity.federation.errors import ProviderUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fondasi.identity.federation.web import Web

T = TypeVar("T")
KEPT_SECONDS = 3600
RETRY_SECONDS = 5  # after a failure, and between two looks for an unknown key
BASIC = "client_secret_basic"
PATH = "/.well-known/openid-configuration"
# Asymmetric ones only: a key that anybody can read must not be one that signs (RFC 8725, 2.1 and 3.1).
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
KEY_TYPES = frozenset({"RSA", "EC"})


class Kept(Generic[T]):
    """A value that is fetched when first needed and kept for an hour, one fetch at a time.

    After a failure others fail at once for five seconds, so that an issuer that is down does not hold requests up.

    Args:
        fetch: gets the value.
        label: what problems call the provider.
    """

    def __init__(self, fetch: Callable[[], Awaitable[T]], label: str) -> None:
        self._fetch = fetch
        self._label = label
        self._turn = asyncio.Lock()
        self._value: T | None = None
        self._failed = False
        self._asked_at = float("-inf")

    async def get(self, *, at_most: float = KEPT_SECONDS) -> T:
        """The value, not older than `at_most` seconds or than five.

        Raises:
            ProviderUnavailable: it cannot be fetched.
        """
        async with self._turn:
            age = monotonic() - self._asked_at
            if self._failed and age < RETRY_SECONDS:
                raise ProviderUnavailable(self._label)
            if self._value is None or self._failed or age > max(at_most, RETRY_SECONDS):
                self._failed = True
                try:
                    self._value = await self._fetch()
                    self._failed = False
                finally:
                    self._asked_at = monotonic()
            return self._value


@dataclass(frozen=True, slots=True)
class Metadata:
    """What of the discovery document matters here (OpenID Connect Discovery, 3)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    authentication: str
    algorithms: tuple[str, ...]
    sends_issuer: bool


async def fetch_metadata(web: Web, issuer: str) -> Metadata:
    """The metadata of an issuer.

    Raises:
        ProviderUnavailable: it does not answer, is another one (Discovery, 4.3), or lacks what is needed.
    """
    url = issuer.rstrip("/") + PATH
    document = await web.get(url)
    if not isinstance(document, dict) or document.get("issuer") != issuer:
        raise web.unavailable(url, "the document is of another issuer")
    scheme = "https://" if issuer.startswith("https://") else ("https://", "http://")

    def address(name: str) -> str | None:
        value = document.get(name)
        return value if isinstance(value, str) and value.startswith(scheme) else None

    addresses = [address(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    supported = _list(document, "id_token_signing_alg_values_supported", "RS256")
    algorithms = tuple(name for name in ALGORITHMS if name in supported)
    authentications = _list(document, "token_endpoint_auth_methods_supported", BASIC)
    if None in addresses or not algorithms:
        raise web.unavailable(url, "the document lacks an address or a safe algorithm")
    authorization, token, jwks = (str(item) for item in addresses)
    return Metadata(
        authorization_endpoint=authorization,
        token_endpoint=token,
        jwks_uri=jwks,
        userinfo_endpoint=address("userinfo_endpoint"),
        authentication=BASIC if BASIC in authentications else "client_secret_post",
        algorithms=algorithms,
        sends_issuer=document.get("authorization_response_iss_parameter_supported") is True,
    )


async def fetch_keys(web: Web, url: str) -> KeySet:
    """The keys that an issuer signs with; keys for other uses and of other kinds are left out.

    Raises:
        ProviderUnavailable: it does not answer, or with no key.
    """
    document = await web.get(url)
    listed = document.get("keys") if isinstance(document, dict) else None
    found = [_key(item) for item in listed or [] if isinstance(item, dict)]
    keys = [key for key in found if key is not None]
    if not keys:
        raise web.unavailable(url, "there is no key")
    return KeySet(keys)


def _list(document: dict[str, Any], name: str, default: str) -> list[Any]:
    value = document.get(name)
    return value if isinstance(value, list) else [default]


def _key(item: dict[str, Any]) -> Any:
    if item.get("kty") not in KEY_TYPES or item.get("use", "sig") != "sig":
        return None
    try:
        return JWKRegistry.import_key(item)
    except (JoseError, ValueError, TypeError, KeyError):
        return None  # one that this service does not understand must not shut out the others (RFC 7517, 5)
