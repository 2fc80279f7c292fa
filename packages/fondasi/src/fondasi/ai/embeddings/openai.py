"""Any endpoint that speaks OpenAI's embeddings API (OpenAI, Azure's v1, vLLM, Ollama, TEI, LM Studio, ...).

Source: https://platform.openai.com/docs/api-reference/embeddings/create
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fondasi.ai.embeddings.errors import EmbeddingConfigurationError
from fondasi.ai.embeddings.remote import Endpoint, RemoteEmbedder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fondasi.settings import EmbeddingSettings

BASE_URL = "https://api.openai.com/v1"
DEFAULT_MODEL = "text-embedding-3-small"
DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
SHORTENABLE = "text-embedding-3"


class OpenAIEmbedder(RemoteEmbedder):
    """`POST {base_url}/embeddings`. A key is sent when there is one; local servers need none."""

    provider = "openai"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key()}"} if self._key() else {}

    def _request(self, texts: list[str], *, query: bool) -> tuple[str, dict[str, Any]]:  # noqa: ARG002
        endpoint = self._endpoint
        body: dict[str, Any] = {"model": endpoint.model, "input": texts, "encoding_format": "float"}
        if endpoint.model.startswith(SHORTENABLE) and endpoint.dimension != DIMENSIONS.get(endpoint.model):
            body["dimensions"] = endpoint.dimension
        return "/embeddings", body

    def _rows(self, answer: Mapping[str, Any]) -> Sequence[Sequence[float]]:
        return [item["embedding"] for item in sorted(answer["data"], key=lambda item: item["index"])]


def from_settings(settings: EmbeddingSettings) -> OpenAIEmbedder:
    """Build from settings; OpenAI's own endpoint needs a key, an unknown model needs a dimension."""
    model = settings.model or DEFAULT_MODEL
    dimension = settings.dimension or DIMENSIONS.get(model)
    if dimension is None:
        raise EmbeddingConfigurationError(
            f"The dimension of {model!r} is not known: set EMBEDDING_DIMENSION to what the model gives."
        )
    if settings.api_key is None and not settings.base_url:
        raise EmbeddingConfigurationError(
            "The embedding provider 'openai' needs a key: set EMBEDDING_API_KEY."
        )
    return OpenAIEmbedder(
        Endpoint(
            base_url=(settings.base_url or BASE_URL).rstrip("/"),
            api_key=settings.api_key,
            model=model,
            dimension=dimension,
            batch_size=settings.batch_size,
            timeout=settings.timeout,
        )
    )
