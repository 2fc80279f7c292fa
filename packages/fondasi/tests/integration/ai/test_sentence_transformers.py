"""The sentence-transformers provider with a tiny random model that is made here; nothing is downloaded."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from fondasi.ai.embeddings import (
    EmbeddingConfigurationError,
    EmbeddingDimensionError,
    MissingExtraError,
    create_embedder,
)
from fondasi.settings import EmbeddingSettings

if TYPE_CHECKING:
    from pathlib import Path

installed = pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None,
    reason="sentence-transformers is not installed: pip install 'fondasi[sentence-transformers]'",
)
DIMENSION = 16


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sentence_transformers import SentenceTransformer, models
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("model")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "terdakwa", "motor", "query", "saksi", "mencuri"]
    (folder / "vocab.txt").write_text("\n".join(words))
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=DIMENSION,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
    )
    BertModel(config).save_pretrained(folder / "bert")
    transformer = models.Transformer(str(folder / "bert"), max_seq_length=32)
    whole = SentenceTransformer(
        modules=[transformer, models.Pooling(DIMENSION)],
        prompts={"query": "query ", "document": ""},
        device="cpu",
    )
    whole.save(str(folder / "whole"))
    return folder / "whole"


@installed
async def test_a_local_model_embeds_documents_and_queries(model: Path) -> None:
    embedder = create_embedder(EmbeddingSettings(provider="sentence-transformers", model=str(model)))
    assert embedder.dimension == DIMENSION
    rows = await embedder.embed_documents(["terdakwa mencuri motor", "", "saksi"])
    assert rows.shape == (3, DIMENSION)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), [1, 0, 1], atol=1e-5)
    query = await embedder.embed_query("saksi")
    assert query.shape == (DIMENSION,)
    assert not np.allclose(query, rows[2], atol=1e-4), "the query prompt is used"
    await embedder.aclose()


@installed
def test_another_dimension_is_refused(model: Path) -> None:
    with pytest.raises(EmbeddingDimensionError, match=f"EMBEDDING_DIMENSION={DIMENSION}"):
        create_embedder(EmbeddingSettings(provider="sentence-transformers", model=str(model), dimension=8))


@installed
def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(EmbeddingConfigurationError, match="could not be loaded"):
        create_embedder(EmbeddingSettings(provider="sentence-transformers", model=str(tmp_path)))


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'fondasi\[sentence-transformers\]'"):
        create_embedder(EmbeddingSettings(provider="sentence-transformers"))
