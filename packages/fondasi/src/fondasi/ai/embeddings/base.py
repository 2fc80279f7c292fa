"""What every provider offers, and the two array operations that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from fondasi.ai.embeddings.errors import EmbeddingDimensionError, EmbeddingResponseError

if TYPE_CHECKING:
    from collections.abc import Sequence

Vectors: TypeAlias = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their cosine similarity.

    Rows have unit length, or are all zero where a text holds nothing to embed (blank, or only unknown marks).
    `model_id` and `dimension` are stored beside the vectors: vectors of two models never mix.
    """

    @property
    def model_id(self) -> str:
        """Provider and model, `openai/text-embedding-3-small`; changes when vectors change."""

    @property
    def dimension(self) -> int:
        """Number of columns of every vector."""

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Embed passages or whole documents: shape `(len(texts), dimension)`, float32. Never blocks the loop.

        Raises:
            EmbeddingError: a subclass that says what to do.
        """

    async def embed_query(self, text: str) -> Vectors:
        """Embed a search query: shape `(dimension,)`, float32. Raises as `embed_documents`."""

    async def aclose(self) -> None:
        """Give back connections and threads."""


@runtime_checkable
class Weighing(Protocol):
    """An embedder that also tells how much a text says to it."""

    def weigh(self, text: str) -> float:
        """1 for one word that counts as most do, less for words that say little or that the model does not know."""


def unit_rows(rows: Vectors) -> Vectors:
    """Scale each row of `(n, dimension)` to unit length; zero rows stay zero."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    units: Vectors = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return units


def checked_rows(rows: Sequence[Sequence[float]], *, count: int, dimension: int, model_id: str) -> Vectors:
    """What a remote or foreign model returned, as unit rows of the expected shape.

    Raises:
        EmbeddingResponseError: not `count` rows of finite numbers.
        EmbeddingDimensionError: another dimension than the configured one.
    """
    if len(rows) != count:
        raise EmbeddingResponseError(f"{model_id} returned {len(rows)} vectors for {count} texts.")
    try:
        wrong = next((len(row) for row in rows if len(row) != dimension), None)
        if wrong is not None:
            raise EmbeddingDimensionError(model_id, expected=dimension, received=wrong)
        vectors = np.asarray(rows, dtype=np.float32).reshape(count, dimension)
    except (TypeError, ValueError):
        raise EmbeddingResponseError(f"{model_id} returned something else than numbers.") from None
    if not np.isfinite(vectors).all():
        raise EmbeddingResponseError(f"{model_id} returned numbers that are not finite.")
    return unit_rows(vectors)
