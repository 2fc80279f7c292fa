"""Google's Gemini embeddings over REST.

Source: https://ai.google.dev/api/embeddings (models.batchEmbedContents)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fondasi.ai.embeddings.errors import EmbeddingConfigurationError
from fondasi.ai.embeddings.remote import Endpoint, RemoteEmbedder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fondasi.settings import EmbeddingSettings

BASE_URL = "https://generativelanguage.googleapis.com/v1beta"
DEFAULT_MODEL = "gemini-embedding-001"
DEFAULT_DIMENSION = 768  # the model gives up to 3072; Google recommends 768, 1536 or 3072
LARGEST_BATCH = 100


class GoogleEmbedder(RemoteEmbedder):
    """`POST {base_url}/models/{model}:batchEmbedContents`, with a task type for queries and one for documents."""

    provider = "google"

    def _headers(self) -> dict[str, str]:
        return {"x-goog-api-key": self._key()}

    def _request(self, texts: list[str], *, query: bool) -> tuple[str, dict[str, Any]]:
        model = f"models/{self._endpoint.model}"
        requests = [
            {
                "model": model,
                "content": {"parts": [{"text": text}]},
                "taskType": "RETRIEVAL_QUERY" if query else "RETRIEVAL_DOCUMENT",
                "outputDimensionality": self._endpoint.dimension,
            }
            for text in texts
        ]
        return f"/{model}:batchEmbedContents", {"requests": requests}

    def _rows(self, answer: Mapping[str, Any]) -> Sequence[Sequence[float]]:
        return [item["values"] for item in answer["embeddings"]]


def from_settings(settings: EmbeddingSettings) -> GoogleEmbedder:
    """Build from settings; a key is needed."""
    if settings.api_key is None:
        raise EmbeddingConfigurationError(
            "The embedding provider 'google' needs a key: set EMBEDDING_API_KEY."
        )
    return GoogleEmbedder(
        Endpoint(
            base_url=(settings.base_url or BASE_URL).rstrip("/"),
            api_key=settings.api_key,
            model=(settings.model or DEFAULT_MODEL).removeprefix("models/"),
            dimension=settings.dimension or DEFAULT_DIMENSION,
            batch_size=min(settings.batch_size, LARGEST_BATCH),
            timeout=settings.timeout,
        )
    )
