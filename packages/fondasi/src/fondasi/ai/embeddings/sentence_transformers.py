"""Any local model through the sentence-transformers library (extra `sentence-transformers`)."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from fondasi.ai.embeddings.base import Vectors, checked_rows
from fondasi.ai.embeddings.errors import (
    EmbeddingConfigurationError,
    EmbeddingDimensionError,
    MissingExtraError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fondasi.settings import EmbeddingSettings

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"


class SentenceTransformersEmbedder:
    """Embeds with a model on this machine, in one thread of its own.

    Models that define prompts named `query` and `document` (or `passage`) get them.
    """

    def __init__(self, model: str = "", *, dimension: int | None = None, batch_size: int = 64) -> None:
        """Load the model, which may download it and takes seconds.

        Args:
            model: a name on the Hugging Face hub or a folder. Empty: all-MiniLM-L6-v2.
            dimension: what the model must give; None takes what it gives.
            batch_size: texts per forward pass.

        Raises:
            MissingExtraError: sentence-transformers is not installed.
            EmbeddingConfigurationError: the model cannot be loaded.
            EmbeddingDimensionError: the model gives another dimension.
        """
        name = model or DEFAULT_MODEL
        self._model = _load(name)
        self._model_id = f"sentence-transformers/{name.removeprefix('sentence-transformers/')}"
        self._batch_size = batch_size
        self._dimension = len(self._model.encode([" "])[0])
        if dimension not in {None, self._dimension}:
            raise EmbeddingDimensionError(
                self._model_id, expected=int(dimension or 0), received=self._dimension
            )
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embedding")

    @property
    def model_id(self) -> str:
        """`sentence-transformers/` and the model's name."""
        return self._model_id

    @property
    def dimension(self) -> int:
        """Columns of a vector, as the model gives them."""
        return self._dimension

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed_documents`."""
        return await self._run(list(texts), ("document", "passage"))

    async def embed_query(self, text: str) -> Vectors:
        """See `Embedder.embed_query`."""
        vector: Vectors = (await self._run([text], ("query",)))[0]
        return vector

    async def aclose(self) -> None:
        """Stop the thread once its work is done."""
        self._thread.shutdown(wait=False)

    async def _run(self, texts: list[str], prompts: tuple[str, ...]) -> Vectors:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._encode, texts, prompts)

    def _encode(self, texts: list[str], prompts: tuple[str, ...]) -> Vectors:
        known = self._model.prompts or {}
        rows = np.zeros((len(texts), self._dimension), dtype=np.float32)
        filled = [index for index, text in enumerate(texts) if text.strip()]
        if filled:
            encoded = self._model.encode(
                [texts[index] for index in filled],
                batch_size=self._batch_size,
                prompt_name=next((name for name in prompts if name in known), None),
                show_progress_bar=False,
                convert_to_numpy=True,
            )
            rows[filled] = checked_rows(
                encoded, count=len(filled), dimension=self._dimension, model_id=self._model_id
            )
        return rows


def from_settings(settings: EmbeddingSettings) -> SentenceTransformersEmbedder:
    """Build from settings, loading the model."""
    return SentenceTransformersEmbedder(
        settings.model, dimension=settings.dimension, batch_size=settings.batch_size
    )


def _load(name: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - an extra, and slow to import
    except ImportError:
        raise MissingExtraError("sentence-transformers", "sentence-transformers") from None
    try:
        return SentenceTransformer(name)
    except (OSError, ValueError) as error:
        raise EmbeddingConfigurationError(
            f"The model {name!r} could not be loaded ({type(error).__name__}): set EMBEDDING_MODEL to a folder with "
            "a sentence-transformers model, or to a name that this machine can download."
        ) from error
