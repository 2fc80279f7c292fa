"""Train the word vectors of the `static` embedding provider on a file of court decisions.

    python packages/fondasi/scripts/train_static_embeddings.py DECISIONS.jsonl.gz OUTPUT.safetensors

Needs scipy beside the platform's own packages. A few minutes on 2 cores for 2,000 decisions; the same file, seed and
library versions give the same model. Three steps:

1. Start: truncated SVD of the TF-IDF matrix of decisions (Deerwester et al. 1990).
2. Contrastive training (InfoNCE, van den Oord et al. 2018): a short window of one section must find a passage of
   another section of the same decision among those of the other decisions in the batch. Where the file has the class
   of offence, a share of the target goes to the decisions of the same class (Khosla et al. 2020).
3. Vectors of character n-grams for unseen words: ridge regression from a word's n-grams to its direction, around
   random vectors, so that unseen words keep apart where nothing is known of them.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from decision_corpus import SECTIONS, Corpus, Ids, joined, pick_vocabulary, read_corpus
from rich.progress import Progress
from safetensors.numpy import save_file
from scipy.sparse.linalg import svds

from fondasi.ai.embeddings.base import Vectors, unit_rows
from fondasi.ai.embeddings.words import PIECE_BUCKETS, word_pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

WINDOW_SECTIONS = {
    "amar_putusan": 0.4,
    "riwayat_tuntutan": 0.25,
    "riwayat_dakwaan": 0.15,
    "pertimbangan_hukum": 0.1,
    "fakta_hukum": 0.1,
}
"""Sections that windows come from, and how often."""
PASSAGE_SECTIONS = ("riwayat_dakwaan", "fakta", "fakta_hukum")
WINDOW_WORDS, PASSAGE_WORDS = (4, 60), (60, 600)
SHORTEST_SECTION = 8  # words


@dataclass(frozen=True, slots=True)
class Options:
    """What the training can be told; the defaults made the shipped model.

    `same_offence` is the share of the target that goes to decisions of the same offence, `temperature` divides the
    cosines, `rate` is Adam's first step size relative to the root mean square of the starting vectors.
    """

    dimension: int = 128
    minimum_decisions: int = 20
    steps: int = 300
    batch: int = 512
    temperature: float = 0.07
    same_offence: float = 0.6
    rate: float = 0.03
    unseen_length: float = 0.3
    seed: int = 0


@dataclass(slots=True)
class Trained:
    """A vocabulary with its vectors, ready to save."""

    vocabulary: list[bytes]
    vectors: Vectors
    pieces: Vectors
    unseen_length: float


def train(corpus: Corpus, decisions: list[int], options: Options, progress: Progress) -> Trained:
    """Train on some decisions of a corpus (all three steps)."""
    rng = np.random.default_rng(options.seed)
    kept = pick_vocabulary(corpus, decisions, options.minimum_decisions)
    column = np.full(len(corpus.words), -1, dtype=np.int64)
    column[kept] = np.arange(len(kept))
    documents = {
        index: {name: _known(ids, column) for name, ids in corpus.sections[index].items()}
        for index in decisions
    }
    vocabulary = [corpus.words[index] for index in kept]
    matrix = bags([joined(sections, SECTIONS) for sections in documents.values()], len(kept))
    start = svd_start(matrix, options.dimension, rng)
    vectors = contrast(start, documents, corpus.offences, options, progress=progress, rng=rng)
    pieces = piece_vectors(vocabulary, vectors, rng)
    length = options.unseen_length * float(np.median(np.linalg.norm(vectors, axis=1)))
    return Trained(vocabulary, vectors, pieces, length)


def bags(rows: list[Ids], columns: int) -> sp.csr_matrix:
    """Bags of words with weights 1 + ln tf, each row of unit length: `(len(rows), columns)`."""
    edges = np.cumsum([0, *map(len, rows)])
    matrix = sp.csr_matrix(
        (np.ones(edges[-1], dtype=np.float32), np.concatenate(rows), edges), shape=(len(rows), columns)
    )
    matrix.sum_duplicates()
    matrix.data = 1 + np.log(matrix.data, dtype=np.float32)
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sp.csr_matrix(sp.diags(1 / np.maximum(lengths, 1e-9)).astype(np.float32) @ matrix)


def svd_start(matrix: sp.csr_matrix, dimension: int, rng: np.random.Generator) -> Vectors:
    """Starting vectors, `(words, dimension)`: right singular vectors of the TF-IDF matrix, times IDF."""
    frequency = np.bincount(matrix.indices, minlength=matrix.shape[1])
    idf = np.log(matrix.shape[0] / np.maximum(frequency, 1)).astype(np.float32)
    weighted = sp.csr_matrix(matrix @ sp.diags(idf))
    dimension = min(dimension, min(weighted.shape) - 1)
    _, _, right = svds(weighted, k=dimension, v0=rng.standard_normal(min(weighted.shape)).astype(np.float32))
    return np.ascontiguousarray((right.T * idf[:, None]).astype(np.float32))


def contrast(
    start: Vectors,
    documents: dict[int, dict[str, Ids]],
    offences: list[str],
    options: Options,
    *,
    progress: Progress,
    rng: np.random.Generator,
) -> Vectors:
    """Improve the vectors by contrastive training with Adam; returns new ones of the same shape."""
    vectors = start.copy()
    first, second = np.zeros_like(vectors), np.zeros_like(vectors)
    rate = options.rate * float(np.sqrt(np.mean(start**2)))
    labels = np.unique(
        [offence or f"?{index}" for index, offence in enumerate(offences)], return_inverse=True
    )[1]
    indices = np.array(list(documents))
    task = progress.add_task("Training", total=options.steps)
    for step in range(1, options.steps + 1):
        batch = rng.choice(indices, min(options.batch, len(indices)), replace=False)
        pairs = [draw_pair(documents[index], rng) for index in batch]
        windows = bags([window for window, _ in pairs], len(vectors))
        passages = bags([passage for _, passage in pairs], len(vectors))
        gradient = _gradient(vectors, windows, passages, labels[batch], options)
        first = 0.9 * first + 0.1 * gradient
        second = 0.99 * second + 0.01 * gradient**2
        size = rate * min(1, step / 20) * 0.5 * (1 + np.cos(np.pi * step / options.steps))
        vectors -= size * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
        progress.advance(task)
    return vectors


def draw_pair(sections: dict[str, Ids], rng: np.random.Generator) -> tuple[Ids, Ids]:
    """A window of one section, and a passage of another section of the same decision."""
    usable = {
        name: share for name, share in WINDOW_SECTIONS.items() if len(sections[name]) >= SHORTEST_SECTION
    }
    if not usable:
        usable = {max(sections, key=lambda name: len(sections[name])): 1.0}
    share = np.array(list(usable.values()))
    source = list(usable)[int(rng.choice(len(share), p=share / share.sum()))]
    targets = [name for name in PASSAGE_SECTIONS if name != source and len(sections[name])] or [source]
    target = targets[int(rng.integers(len(targets)))]
    return _slice(sections[source], WINDOW_WORDS, rng), _slice(sections[target], PASSAGE_WORDS, rng)


def piece_vectors(
    vocabulary: list[bytes],
    vectors: Vectors,
    rng: np.random.Generator,
    *,
    ridge: float = 1.0,
    rounds: int = 50,
) -> Vectors:
    """Vectors of n-gram buckets, `(PIECE_BUCKETS, dimension)`, by conjugate gradients for all columns at once."""
    dimension = vectors.shape[1]
    prior = (rng.standard_normal((PIECE_BUCKETS, dimension)) / np.sqrt(dimension)).astype(np.float32)
    rows = [(index, pieces) for index, word in enumerate(vocabulary) if (pieces := word_pieces(word))]
    counts = np.array([len(pieces) for _, pieces in rows])
    matrix = sp.csr_matrix(
        (
            np.repeat(1 / np.sqrt(counts), counts).astype(np.float32),
            np.concatenate([pieces for _, pieces in rows]),
            np.cumsum([0, *counts]),
        ),
        shape=(len(rows), PIECE_BUCKETS),
    )
    wanted = unit_rows(vectors[[index for index, _ in rows]]) - matrix @ prior
    residual = matrix.T @ wanted
    solution, direction = np.zeros_like(prior), residual.copy()
    energy = (residual**2).sum(axis=0)
    for _ in range(rounds):
        image = matrix.T @ (matrix @ direction) + ridge * direction
        step = energy / np.maximum((direction * image).sum(axis=0), 1e-12)
        solution += step * direction
        residual -= step * image
        energy, before = (residual**2).sum(axis=0), energy
        direction = residual + direction * (energy / np.maximum(before, 1e-12))
    return prior + solution


def save(trained: Trained, path: Path, model_id: str) -> None:
    """Write float16 vectors, float16 n-gram vectors and the vocabulary as safetensors."""
    save_file(
        {
            "vectors": trained.vectors.astype(np.float16),
            "pieces": trained.pieces.astype(np.float16),
            "vocabulary": np.frombuffer(b"\n".join(trained.vocabulary), dtype=np.uint8),
            "unseen_length": np.array(trained.unseen_length, dtype=np.float32),
        },
        path,
        metadata={"model_id": model_id},
    )


def fold_of(cluster: str, folds: int) -> int:
    """The fold of a cluster of near-duplicates, so that they are never on both sides of a split."""
    return int(hashlib.sha256(cluster.encode()).hexdigest(), 16) % folds


def _known(ids: Ids, column: NDArray[np.int64]) -> Ids:
    columns = column[ids]
    return columns[columns >= 0].astype(np.int32)


def _slice(ids: Ids, words: tuple[int, int], rng: np.random.Generator) -> Ids:
    length = int(rng.integers(*words))
    start = int(rng.integers(max(1, len(ids) - length)))
    return ids[start : start + length]


def _gradient(
    vectors: Vectors,
    windows: sp.csr_matrix,
    passages: sp.csr_matrix,
    labels: NDArray[np.int64],
    options: Options,
) -> Vectors:
    """Gradient of the symmetric contrastive loss with respect to the word vectors."""
    left, right = windows @ vectors, passages @ vectors
    left_length = np.linalg.norm(left, axis=1, keepdims=True) + 1e-9
    right_length = np.linalg.norm(right, axis=1, keepdims=True) + 1e-9
    left, right = left / left_length, right / right_length
    same = (labels[:, None] == labels[None, :]).astype(np.float32)
    target = options.same_offence * same / same.sum(axis=1, keepdims=True)
    target += (1 - options.same_offence) * np.eye(len(labels), dtype=np.float32)
    logits = left @ right.T / options.temperature
    error = (_softmax(logits) - target + _softmax(logits.T).T - target) / (
        2 * len(labels) * options.temperature
    )
    to_left, to_right = error @ right, error.T @ left
    to_left = (to_left - (to_left * left).sum(axis=1, keepdims=True) * left) / left_length
    to_right = (to_right - (to_right * right).sum(axis=1, keepdims=True) * right) / right_length
    return np.asarray(windows.T @ to_left + passages.T @ to_right)


def _softmax(logits: Vectors) -> Vectors:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def main() -> None:
    """Read the arguments, train, save, say what was made."""
    defaults = Options()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("decisions", type=Path, help="JSON Lines, plain or .gz")
    parser.add_argument("output", type=Path, help="the .safetensors file to write")
    parser.add_argument(
        "--model-id", default="putusan-128-v1", help="stored beside every vector made with it"
    )
    parser.add_argument("--steps", type=int, default=defaults.steps)
    parser.add_argument("--dimension", type=int, default=defaults.dimension)
    parser.add_argument("--minimum-decisions", type=int, default=defaults.minimum_decisions)
    parser.add_argument("--seed", type=int, default=defaults.seed)
    arguments = parser.parse_args()
    options = Options(
        dimension=arguments.dimension,
        minimum_decisions=arguments.minimum_decisions,
        steps=arguments.steps,
        seed=arguments.seed,
    )
    with Progress() as progress:
        reading = progress.add_task("Reading", total=arguments.decisions.stat().st_size)
        corpus = read_corpus(arguments.decisions, lambda size: progress.advance(reading, size))
        progress.update(reading, completed=arguments.decisions.stat().st_size)
        trained = train(corpus, list(range(len(corpus.sections))), options, progress)
    save(trained, arguments.output, arguments.model_id)
    size = arguments.output.stat().st_size / 1e6
    print(
        f"{arguments.output}: {len(trained.vocabulary):,} words, {trained.vectors.shape[1]} columns, {size:.1f} MB"
    )


if __name__ == "__main__":
    main()
