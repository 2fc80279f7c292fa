"""What goes into the index, and the work on it that needs no database: chunking, hashing, counting.

`prepare` is plain CPU work on picklable values, so that an importer can run it in worker processes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fondasi.ai.chunking import ParentChunk, chunk_document
from fondasi.ai.retrieval.tokens import Hashes, hash_pairs, hash_words, split_words
from fondasi.ai.retrieval.vocabulary import kept

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from numpy.typing import NDArray

    from fondasi.ai.embeddings import Vectors

_LOW_HALF = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Document:
    """A document to index: the application's id, and its sections in reading order (name to text)."""

    id: UUID
    sections: Mapping[str, str]

    @property
    def content_hash(self) -> bytes:
        """Digest of names and texts of the sections, 16 bytes."""
        digest = blake2b(digest_size=16)
        for name, text in self.sections.items():
            digest.update(f"{len(name)}:{len(text)}:{name}{text}".encode("utf-8", "surrogatepass"))
        return digest.digest()


class PreparedPassage(NamedTuple):
    """A parent chunk with its children's places and its words; see `models.Passage`.

    A tuple, which crosses from one process to another in a third of the time of a dataclass.
    """

    section: str
    start: int
    end: int
    children: bytes
    words: bytes
    vector: NDArray[np.float16] | None = None  # None where there is nothing to embed


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A document ready to be written.

    Attributes:
        id: the application's id.
        content_hash: see `Document.content_hash`.
        length: number of words.
        terms: hashes of the distinct words and pairs, `(n,)`.
        frequencies: how often each occurs, `(n,)`.
        passages: parent chunks in reading order.
        vocabulary: the distinct words of letters alone, as they are written.
        vector: of the whole document; `(dimension,)` of unit length, None or zero when there is nothing to embed.
    """

    id: UUID
    content_hash: bytes
    length: int
    terms: Hashes
    frequencies: NDArray[np.int32]
    passages: list[PreparedPassage] = field(default_factory=list)
    vocabulary: frozenset[str] = frozenset()
    vector: Vectors | None = None


def prepare(
    documents: Sequence[Document], embed_parts: Callable[[Sequence[Sequence[str]]], Vectors]
) -> list[PreparedDocument]:
    """Chunk, count and embed documents in this thread, with a model that embeds whole documents.

    Args:
        documents: what to prepare.
        embed_parts: from the texts of each document's passages to unit rows, of all passages and then of documents; see
            `StaticModel.embed_parts`.
    """
    parents = [chunk_document(document.sections) for document in documents]
    vectors = embed_parts([[chunk.text for chunk in chunks] for chunks in parents])
    return assemble(documents, vectors, parents, whole_text_vectors=True)


def texts_to_embed(
    documents: Sequence[Document], *, whole_text_vectors: bool
) -> tuple[list[str], list[list[ParentChunk]]]:
    """The texts whose vectors `assemble` needs, and the parent chunks of each document.

    Passages of all documents come first; then, with `whole_text_vectors`, one text per document.
    """
    parents = [chunk_document(document.sections) for document in documents]
    texts = [parent.text for chunks in parents for parent in chunks]
    if whole_text_vectors:
        texts += ["\n".join(document.sections.values()) for document in documents]
    return texts, parents


def assemble(
    documents: Sequence[Document],
    vectors: Vectors,
    parents: Sequence[Sequence[ParentChunk]],
    *,
    whole_text_vectors: bool,
) -> list[PreparedDocument]:
    """Put documents, their chunks and the vectors of `texts_to_embed` together."""
    prepared = []
    offset, passages_total = 0, sum(map(len, parents))
    for place, (document, chunks) in enumerate(zip(documents, parents, strict=True)):
        own = vectors[offset : offset + len(chunks)]
        offset += len(chunks)
        whole = vectors[passages_total + place] if whole_text_vectors else _unit(own.sum(axis=0))
        prepared.append(_prepare_document(document, chunks, own, whole))
    return prepared


def _prepare_document(
    document: Document, chunks: Sequence[ParentChunk], vectors: Vectors, whole: Vectors
) -> PreparedDocument:
    texts = [split_words(child.text) for chunk in chunks for child in chunk.children]
    words = list(chain.from_iterable(texts))
    hashes = hash_words(words)
    stored = (hashes & _LOW_HALF).astype("<u4")
    passages: list[PreparedPassage] = []
    sections: dict[str, list[Hashes]] = {}
    halves, said = vectors.astype(np.float16), np.abs(vectors).max(axis=1, initial=0) > 0
    first = start = 0
    for chunk, vector, says in zip(chunks, halves, said.tolist(), strict=True):
        places: list[int] = []
        stop = start
        for child, text in zip(chunk.children, texts[first : first + len(chunk.children)], strict=True):
            places += (child.start, stop - start)
            stop += len(text)
        sections.setdefault(chunk.section, []).append(hashes[start:stop])
        passages.append(
            PreparedPassage(
                section=chunk.section,
                start=chunk.start,
                end=chunk.end,
                children=np.array(places, dtype="<i4").tobytes(),
                words=stored[start:stop].tobytes(),
                vector=vector if says else None,
            )
        )
        first += len(chunk.children)
        start = stop
    streams = [np.concatenate(parts) for parts in sections.values()]
    terms, frequencies = _count(streams)
    return PreparedDocument(
        id=document.id,
        content_hash=document.content_hash,
        length=sum(map(len, streams)),
        terms=terms,
        frequencies=frequencies,
        passages=passages,
        vocabulary=frozenset(kept(set(words))),
        vector=whole,
    )


def _count(streams: Sequence[Hashes]) -> tuple[Hashes, NDArray[np.int32]]:
    """Distinct words and pairs of the sections' word streams; a pair never crosses a section's border."""
    if not streams:
        return np.zeros(0, np.uint64), np.zeros(0, np.int32)
    terms, frequencies = np.unique(
        np.concatenate([*streams, *(hash_pairs(stream) for stream in streams)]), return_counts=True
    )
    return terms, frequencies.astype(np.int32)


def _unit(vector: Vectors) -> Vectors:
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length > 0 else vector
