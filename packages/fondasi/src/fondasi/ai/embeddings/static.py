"""The default provider: small word vectors, numpy only, no download.

A text's vector is `sum over its words of (1 + ln tf) * vector(word)`, scaled to unit length. How much a word counts
is learned: it is the length of its vector. A word that is not in the vocabulary gets the sum of the vectors of its
character n-grams, at a small fixed length. The model card beside the shipped file tells how it was trained.
"""

from __future__ import annotations

import asyncio
from functools import cached_property, lru_cache
from importlib.resources import as_file, files
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from fondasi.ai.embeddings.base import Vectors, unit_rows
from fondasi.ai.embeddings.errors import EmbeddingConfigurationError, MissingExtraError
from fondasi.ai.embeddings.words import PIECE_BUCKETS, SEPARATOR, split_words, word_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from fondasi.settings import EmbeddingSettings

SHIPPED = "putusan-static.safetensors"
SLICE_CHARACTERS = 65_536  # text handled at once: bounds memory, and how long the interpreter lock is held
SHORT_QUERY = 1_000  # characters; embedding less takes under a millisecond and stays on the event loop
_REMEMBERED_WORDS = 40_000  # about 25 MB
_UNSEEN, _EDGE = -1, -2


class StaticModel:
    """Word vectors and what it takes to use them. Threads may share it: all that changes is what it remembers."""

    def __init__(
        self,
        *,
        model_id: str,
        vocabulary: list[bytes],
        vectors: Vectors,
        pieces: Vectors,
        unseen_length: float,
    ) -> None:
        """Keep the parts.

        Args:
            model_id: name stored beside the vectors.
            vocabulary: words as `split_words` gives them.
            vectors: one row per word, `(len(vocabulary), dimension)`.
            pieces: one row per n-gram bucket, `(PIECE_BUCKETS, dimension)`.
            unseen_length: length given to the vector of an unseen word; 0 ignores unseen words.
        """
        self.model_id = model_id
        self.dimension: int = vectors.shape[1]
        self._vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self._pieces = np.ascontiguousarray(pieces, dtype=np.float32)
        self._unseen_length = unseen_length
        self._ids = {word: index for index, word in enumerate(vocabulary)} | {SEPARATOR: _EDGE}
        self._remembered: dict[bytes, Vectors] = {}  # rows of words that are not in the vocabulary

    @classmethod
    def load(cls, path: str | Path | None = None) -> Self:
        """Read a model file; None reads the one that is shipped.

        Raises:
            MissingExtraError: safetensors is not installed.
            EmbeddingConfigurationError: no such file, or not a model made by `train_static_embeddings.py`.
        """
        if path is not None:
            return cls._read(Path(path))
        with as_file(files("fondasi.ai.models") / SHIPPED) as shipped:
            return cls._read(shipped)

    @classmethod
    def _read(cls, path: Path) -> Self:
        try:
            from safetensors import SafetensorError, safe_open  # noqa: PLC0415 - an extra
        except ImportError:
            raise MissingExtraError("static", "ai") from None
        try:
            with safe_open(path, framework="numpy") as file:
                vocabulary = file.get_tensor("vocabulary").tobytes().split(b"\n")
                vectors = file.get_tensor("vectors").astype(np.float32)
                pieces = file.get_tensor("pieces").astype(np.float32)
                unseen_length = float(file.get_tensor("unseen_length"))
                model_id = file.metadata()["model_id"]
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise EmbeddingConfigurationError(
                f"{path} cannot be read as a static model ({type(error).__name__}): set EMBEDDING_MODEL to a file "
                "made by train_static_embeddings.py, or leave it empty for the shipped model."
            ) from error
        if len(vocabulary) != len(vectors) or pieces.shape != (PIECE_BUCKETS, vectors.shape[1]):
            raise EmbeddingConfigurationError(f"{path} is damaged: its tables do not fit together.")
        return cls(
            model_id=model_id,
            vocabulary=vocabulary,
            vectors=vectors,
            pieces=pieces,
            unseen_length=unseen_length,
        )

    def __len__(self) -> int:
        """Words in the vocabulary."""
        return len(self._vectors)

    def __contains__(self, word: str) -> bool:
        """Whether the vocabulary has the word."""
        return word.encode() in self._ids

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed texts in this thread: `(len(texts), dimension)` float32, unit rows or zero rows."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start, stop in _slices([len(text) for text in texts]):
            self._add_up(texts[start:stop], (vectors[start:stop], None))
        return unit_rows(vectors)

    def embed_parts(self, documents: Sequence[Sequence[str]]) -> Vectors:
        """Embed the parts of documents and each document as a whole in this thread, in half the time of both.

        A row for each part of the first document, of the second and so on, then a row for each document. A word must
        not run from one part into the next.
        """
        parts = np.zeros((sum(map(len, documents)), self.dimension), dtype=np.float32)
        wholes = np.zeros((len(documents), self.dimension), dtype=np.float32)
        first = 0
        for start, stop in _slices([sum(map(len, texts)) for texts in documents]):
            texts = [text for document in documents[start:stop] for text in document]
            places = np.repeat(np.arange(stop - start), [len(document) for document in documents[start:stop]])
            if texts:
                self._add_up(texts, (parts[first : first + len(texts)], None), (wholes[start:stop], places))
            first += len(texts)
        return unit_rows(np.concatenate([parts, wholes]))

    def weigh(self, text: str) -> float:
        """See `Weighing.weigh`: the length of the sum, before it is scaled, in lengths of the median word."""
        sums = np.zeros((1, self.dimension), dtype=np.float32)
        self._add_up([text], (sums, None))
        return float(np.linalg.norm(sums)) / self._median_length

    @cached_property
    def _median_length(self) -> float:
        return float(np.median(np.linalg.norm(self._vectors, axis=1))) or 1.0

    def _add_up(self, texts: Sequence[str], *targets: tuple[Vectors, NDArray[np.int64] | None]) -> None:
        """Add the weighted word vectors of each text to its row of the targets: the one of its place, or as told."""
        words = split_words(texts)
        ids = np.fromiter(map(self._ids.get, words, repeat(_UNSEEN)), dtype=np.int64, count=len(words))
        owners = np.cumsum(ids == _EDGE)
        tables = [(self._vectors, (ids >= 0).nonzero()[0], ids[ids >= 0])]
        where = (ids == _UNSEEN).nonzero()[0]
        if len(where) and self._unseen_length > 0:
            numbers, rows = self._unseen([words[index] for index in where.tolist()])
            kept = numbers >= 0
            tables.append((rows, where[kept], numbers[kept]))
        for sums, places in targets:
            own = owners if places is None else places[owners]
            for table, found, numbers in tables:
                _add_rows(sums, table, own[found], numbers)

    def _unseen(self, words: list[bytes]) -> tuple[NDArray[np.int64], Vectors]:
        """For each word its row number, or -1 for a word without pieces, and the rows."""
        numbers: dict[bytes, int] = {}
        rows: list[Vectors] = []
        for word in dict.fromkeys(words):
            row = self._row(word)
            numbers[word] = -1 if row is None else len(rows)
            if row is not None:
                rows.append(row)
        table = np.array(rows) if rows else np.zeros((0, self.dimension), dtype=np.float32)
        return np.fromiter(map(numbers.__getitem__, words), dtype=np.int64, count=len(words)), table

    def _row(self, word: bytes) -> Vectors | None:
        """The vector of a word that is not in the vocabulary; None for one without pieces."""
        remembered = self._remembered  # other threads may put another in its place
        row = remembered.get(word)
        if row is None and (pieces := word_pieces(word)):
            if len(remembered) >= _REMEMBERED_WORDS:
                remembered = self._remembered = {}
            total = unit_rows(self._pieces[pieces].sum(axis=0, keepdims=True))[0]
            row = remembered[word] = total * np.float32(self._unseen_length)
        return row


class StaticEmbedder:
    """`StaticModel` as an `Embedder`. Worker processes use `load_static_model().embed` instead."""

    def __init__(self, model: StaticModel) -> None:
        self._model = model

    @property
    def model_id(self) -> str:
        """`static/` and the name in the model file."""
        return f"static/{self._model.model_id}"

    @property
    def dimension(self) -> int:
        """Columns of a vector."""
        return self._model.dimension

    async def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed_documents`."""
        return await asyncio.to_thread(self._model.embed, texts)

    async def embed_query(self, text: str) -> Vectors:
        """See `Embedder.embed_query`."""
        short = len(text) <= SHORT_QUERY
        rows = self._model.embed([text]) if short else await asyncio.to_thread(self._model.embed, [text])
        vector: Vectors = rows[0]
        return vector

    def weigh(self, text: str) -> float:
        """See `Weighing.weigh`."""
        return self._model.weigh(text[:SHORT_QUERY])

    async def aclose(self) -> None:
        """Nothing to give back."""


@lru_cache(maxsize=2)
def load_static_model(path: str | None = None) -> StaticModel:
    """`StaticModel.load`, once per process: for worker processes that embed in bulk."""
    return StaticModel.load(path)


def from_settings(settings: EmbeddingSettings) -> StaticEmbedder:
    """Build from settings: `model` may be the path of another model file."""
    model = load_static_model(settings.model or None)
    if settings.dimension not in {None, model.dimension}:
        raise EmbeddingConfigurationError(
            f"The static model {model.model_id} has dimension {model.dimension}, "
            f"not {settings.dimension}: leave EMBEDDING_DIMENSION empty."
        )
    return StaticEmbedder(model)


def _slices(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ranges of texts with about `SLICE_CHARACTERS` each; at least one text."""
    start, size = 0, 0
    for index, characters in enumerate(sizes):
        if size and size + characters > SLICE_CHARACTERS:
            yield start, index
            start, size = index, 0
        size += characters + 1
    if start < len(sizes):
        yield start, len(sizes)


def _add_rows(sums: Vectors, table: Vectors, owners: NDArray[np.int64], ids: NDArray[np.int64]) -> None:
    """Add `(1 + ln tf) * table[id]` to `sums[owner]` for every distinct pair of owner and id."""
    if not len(ids):
        return
    pairs = np.sort(owners * len(table) + ids)
    first = _run_begins(pairs)
    counts = np.append(first[1:], len(pairs)) - first
    owners, ids = np.divmod(pairs[first], len(table))
    rows = table[ids]
    repeated = counts > 1
    rows[repeated] *= (1 + np.log(counts[repeated], dtype=np.float32))[:, None]
    begins = _run_begins(owners)
    sums[owners[begins]] += np.add.reduceat(rows, begins, axis=0)


def _run_begins(values: NDArray[np.int64]) -> NDArray[np.intp]:
    """Where runs of equal values begin in a sorted array with at least one."""
    begins = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=begins[1:])
    return begins.nonzero()[0]
