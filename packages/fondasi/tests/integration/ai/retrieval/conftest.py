from collections.abc import Callable, Sequence
from uuid import UUID

import numpy as np
import pytest

from fondasi.ai.embeddings.base import unit_rows
from fondasi.ai.retrieval import Document
from fondasi.ai.retrieval.tokens import hash_words, split_words


class WordsEmbedder:
    """A bag of hashed words, in which some words mean the same."""

    synonyms = {"mencuri": "pencurian", "sepeda": "motor"}  # noqa: RUF012

    def __init__(self, dimension: int = 256, model_id: str = "test/words") -> None:
        self.dimension = dimension
        self.model_id = model_id

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            words = [self.synonyms.get(word, word) for word in split_words(text)]
            places = hash_words(words) % np.uint64(self.dimension)
            np.add.at(row, places.astype(int), 1)
        return unit_rows(rows)

    async def embed_documents(self, texts: Sequence[str]) -> np.ndarray:
        return self.embed(texts)

    async def embed_query(self, text: str) -> np.ndarray:
        return self.embed([text])[0]

    async def aclose(self) -> None: ...


@pytest.fixture
def embedder() -> WordsEmbedder:
    return WordsEmbedder()


@pytest.fixture
def make_embedder() -> Callable[..., WordsEmbedder]:
    return WordsEmbedder


@pytest.fixture
def document() -> Callable[..., Document]:
    def make(number: int, facts: str, **sections: str) -> Document:
        return Document(UUID(int=number), {"facts": facts, **sections})

    return make
