"""What the providers over HTTP share: batches, retries with backoff, and errors that never show the key."""

from __future__ import annotations

import asyncio
import random
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np

from fondasi.ai.embeddings.base import Vectors, checked_rows
from fondasi.ai.embeddings.errors import (
    EmbeddingAuthenticationError,
    EmbeddingConfigurationError,
    EmbeddingError,
    EmbeddingRequestError,
    EmbeddingResponseError,
    EmbeddingUnavailableError,
)
from fondasi.kit import tracing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import SecretStr

CONCURRENT_REQUESTS = 4
LONGEST_WAIT = 30.0  # seconds between two attempts, whatever Retry-After asks for
LONGEST_DETAIL = 300  # characters of the provider's own message that an error repeats


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a remote model is and how to reach it.

    Attributes:
        base_url: address without a trailing slash.
        api_key: sent in a header, never in the address, an error or a log.
        model: the provider's name of the model.
        dimension: columns that every vector must have.
        batch_size: texts per request.
        timeout: seconds to wait for one answer.
        attempts: requests made before giving up on 429, 5xx and broken connections.
        backoff: seconds before the second attempt; doubles with each further one.
    """

    base_url: str
    api_key: SecretStr | None = field(repr=False)
    model: str
    dimension: int
    batch_size: int = 64
    timeout: float = 30
    attempts: int = 4
    backoff: float = 0.5

    def __post_init__(self) -> None:
        if not self.base_url.startswith(("http://", "https://")):
            raise EmbeddingConfigurationError("EMBEDDING_BASE_URL must begin with http:// or https://.")


class RemoteEmbedder(ABC):
    """An embedder behind HTTP. A provider says what a request and an answer look like."""

    provider: str

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._client = httpx.AsyncClient(timeout=endpoint.timeout, headers=self._headers())
        self._slots = asyncio.Semaphore(CONCURRENT_REQUESTS)

    @property
    def model_id(self) -> str:
        """Provider and model."""
        return f"{self.provider}/{self._endpoint.model}"

    @property
    def dimension(self) -> int:
        """Columns of a vector."""
        return self._endpoint.dimension

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed_documents`. Blank texts are not sent; their rows are zero."""
        return await self._embed(texts, query=False)

    async def embed_query(self, text: str) -> Vectors:
        """See `Embedder.embed_query`."""
        vector: Vectors = (await self._embed([text], query=True))[0]
        return vector

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    @abstractmethod
    def _headers(self) -> dict[str, str]:
        """Headers of every request; they carry the key."""

    @abstractmethod
    def _request(self, texts: list[str], *, query: bool) -> tuple[str, dict[str, Any]]:
        """Path below the base address, and the JSON body, for one batch."""

    @abstractmethod
    def _rows(self, answer: Mapping[str, Any]) -> Sequence[Sequence[float]]:
        """The vectors in an answer, in the order of the texts. KeyError and TypeError mean a foreign answer."""

    def _key(self) -> str:
        return self._endpoint.api_key.get_secret_value() if self._endpoint.api_key else ""

    async def _embed(self, texts: Sequence[str], *, query: bool) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        filled = [index for index, text in enumerate(texts) if text.strip()]
        size = self._endpoint.batch_size
        batches = [filled[start : start + size] for start in range(0, len(filled), size)]

        async def embed(batch: list[int]) -> None:
            async with self._slots:
                vectors[batch] = await self._batch([texts[index] for index in batch], query=query)

        tasks = [asyncio.ensure_future(embed(batch)) for batch in batches]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
        return vectors

    async def _batch(self, texts: list[str], *, query: bool) -> Vectors:
        path, body = self._request(texts, query=query)
        response = await self._post(f"{self._endpoint.base_url}{path}", body)
        try:
            rows = self._rows(response.json())
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            raise EmbeddingResponseError(
                f"{self.model_id} answered something that is not a list of vectors: check EMBEDDING_BASE_URL."
            ) from None
        return checked_rows(rows, count=len(texts), dimension=self.dimension, model_id=self.model_id)

    async def _post(self, url: str, body: dict[str, Any]) -> httpx.Response:
        """Post until it succeeds, fails for good, or the attempts are used up."""
        for attempt in range(1, self._endpoint.attempts + 1):
            wait = self._endpoint.backoff * 2 ** (attempt - 1) * random.uniform(0.75, 1.25)  # noqa: S311  jitter
            try:
                with tracing.call("POST", url):
                    response = await self._client.post(url, json=body)
                    tracing.called(response.status_code)
            except httpx.TimeoutException:
                trouble = f"did not answer within {self._endpoint.timeout:g} s"
            except httpx.TransportError as error:
                trouble = f"cannot be reached ({type(error).__name__})"
            else:
                if response.is_success:
                    return response
                if not _worth_repeating(response.status_code):
                    raise self._refusal(response)
                trouble = f"answered {response.status_code}"
                wait = max(wait, _retry_after(response))
            if attempt < self._endpoint.attempts:
                await asyncio.sleep(min(wait, LONGEST_WAIT))
        raise EmbeddingUnavailableError(
            f"{self.model_id} {trouble}, {self._endpoint.attempts} times: try again later, "
            "or check EMBEDDING_BASE_URL and the provider's limits."
        ) from None

    def _refusal(self, response: httpx.Response) -> EmbeddingError:
        """The error for an answer that no repetition will change."""
        status = response.status_code
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return EmbeddingAuthenticationError(
                f"{self.model_id} refused the API key ({status}): set EMBEDDING_API_KEY to a valid one."
            )
        detail = _detail(response)
        if key := self._key():
            detail = detail.replace(key, "***")
        if status == HTTPStatus.NOT_FOUND:
            detail = f"check EMBEDDING_MODEL and EMBEDDING_BASE_URL. {detail}"
        return EmbeddingRequestError(f"{self.model_id} refused the request ({status}): {detail}".rstrip())


def _worth_repeating(status: int) -> bool:
    return status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS} or (
        status >= HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.NOT_IMPLEMENTED
    )


def _retry_after(response: httpx.Response) -> float:
    """Seconds that `Retry-After` (RFC 9110, section 10.2.3) asks for; 0 without it or for a date."""
    try:
        return max(0.0, float(response.headers.get("retry-after", 0)))
    except ValueError:
        return 0.0


def _detail(response: httpx.Response) -> str:
    """The provider's own sentence, where it is in the place that OpenAI and Google put it."""
    try:
        return str(response.json()["error"]["message"])[:LONGEST_DETAIL]
    except (ValueError, KeyError, TypeError):
        return ""
