from collections.abc import Callable, Sequence
from uuid import UUID

import numpy as np
import pytest

from fondasi.ai.embeddings.base import unit_rows
from fondasi.ai.retrieval import Document, Index, RetrievalQuery
from fondasi.ai.retrieval.tokens import hash_words, split_words

FILLER = [
    "hakim membaca berkas perkara nomor",
    "saksi memberi keterangan di sidang pada hari",
    "terdakwa hadir ke",
]


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


@pytest.fixture
async def connection(clean_database):
    async with clean_database.connection() as connection:
        yield connection


@pytest.fixture
def index(embedder):
    return Index("decisions", embedder)


async def ids(index, connection, text, **fields):
    results = await index.search(connection, RetrievalQuery(text, **fields))
    return [hit.document_id.int for hit in results.hits]


@pytest.fixture
async def filled(index, connection, document):
    """40 documents of filler, and some to find."""
    documents = [document(100 + n, f"{FILLER[n % 3]} {n}") for n in range(40)]
    documents += [
        document(1, "Terdakwa melakukan pencurian motor di pasar.", verdict="Pidana penjara enam bulan."),
        document(2, "Budi memanggil Santoso, lalu pencurian terjadi."),
        document(3, "Kemudian Budi Santoso pulang."),
        document(4, "Penipuan dengan cek kosong."),
    ]
    await index.add(connection, documents)
    return index
