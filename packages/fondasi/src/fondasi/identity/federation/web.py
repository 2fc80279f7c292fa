"""Requests to a provider: bounded in time and size, and every failure a problem that says so."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import structlog

from fondasi.identity.federation.errors import ProviderUnavailable
from fondasi.kit import tracing

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_ANSWER = 1024 * 1024  # bytes; a key set has a few thousand
log = structlog.get_logger(__name__)


class Web:
    """How to ask one provider. Redirects are not followed: the addresses are those that it published.

    Args:
        client: shared by all providers.
        label: what problems call the provider.
        timeout: seconds for a whole request.
    """

    def __init__(self, client: httpx.AsyncClient, label: str, timeout: float) -> None:
        self._client = client
        self._label = label
        self._timeout = timeout

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
        """The JSON at an address.

        Raises:
            ProviderUnavailable: it does not answer in time, or with anything but 200 and JSON.
        """
        status, answer = await self._send("GET", url, headers or {}, None)
        if status != HTTPStatus.OK:
            raise self.unavailable(url, f"status {status}")
        return answer

    async def post(self, url: str, headers: Mapping[str, str], body: str) -> dict[str, Any]:
        """The JSON object in the answer to a form, also to a refused one (RFC 6749, 5.2).

        Raises:
            ProviderUnavailable: it does not answer in time, or with anything else.
        """
        status, answer = await self._send("POST", url, headers, body)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or not isinstance(answer, dict):
            raise self.unavailable(url, f"status {status}")
        return answer

    def unavailable(self, url: str, reason: str) -> ProviderUnavailable:
        """The problem, with its reason in the log."""
        log.warning("provider_unavailable", provider=self._label, url=url, reason=reason)
        return ProviderUnavailable(self._label)

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: str | None
    ) -> tuple[int, Any]:
        accepted = {"Accept": "application/json", **headers}
        try:
            with tracing.call(method, url):
                return await self._answer(method, url, accepted, body)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, orjson.JSONDecodeError) as error:
            raise self.unavailable(url, type(error).__name__) from None

    async def _answer(
        self, method: str, url: str, headers: Mapping[str, str], body: str | None
    ) -> tuple[int, Any]:
        async with (
            asyncio.timeout(self._timeout),
            self._client.stream(method, url, headers=headers, content=body) as response,
        ):
            tracing.called(response.status_code)
            content = b""
            async for part in response.aiter_bytes():
                content += part
                if len(content) > MAX_ANSWER:
                    raise self.unavailable(url, "the answer is too large")
        return response.status_code, orjson.loads(content)
