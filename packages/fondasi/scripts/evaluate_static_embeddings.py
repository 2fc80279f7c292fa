"""Measure static embeddings on decisions that they were not trained on.

    python packages/fondasi/scripts/evaluate_static_embeddings.py DECISIONS.jsonl.gz

Two-fold cross-validation: near-duplicates stay on one side; vectors are trained on one half with the shipped model's
options; queries come from, and search among, the other half. Two tasks, nDCG@10, the decision of the query left out:

- known item: words 30-60 of riwayat_tuntutan must find their own decision by its other sections;
- offence: the wording of a verdict must find the other decisions of the same offence by indictment and facts.

Compared: BM25 (k1 1.2, b .75, no stemming) over whole decisions, the cosine of one vector per decision, the best
cosine of its chunks, and BM25 plus weighted cosine, both standardised per query.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from decision_corpus import Corpus, Ids, joined, read_corpus, word_ids
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from train_static_embeddings import Options, fold_of, train

from fondasi.ai.embeddings.static import StaticModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fondasi.ai.embeddings.base import Vectors

KNOWN_ITEM = ("identitas", "riwayat_perkara", "riwayat_dakwaan", "fakta", "fakta_hukum", "pertimbangan_hukum")
OFFENCE = ("riwayat_dakwaan", "fakta", "fakta_hukum")
WEIGHTS = (0.25, 0.5, 1.0, 2.0)
CHUNK_WORDS = 60
FEWEST_RELEVANT = 3


@dataclass(slots=True)
class Query:
    """A query's words, the decision that it was taken from (to leave out, or None), and what it should find."""

    words: Ids
    leave_out: int | None
    relevant: set[int]


def known_item_queries(corpus: Corpus, pool: list[int]) -> list[Query]:
    """Words 30-60 of the prosecution's demand."""
    demands = ((index, corpus.sections[index]["riwayat_tuntutan"]) for index in pool)
    return [Query(demand[30:60], None, {index}) for index, demand in demands if len(demand) >= 60]  # noqa: PLR2004


def offence_queries(corpus: Corpus, pool: list[int], numbers: dict[bytes, int]) -> list[Query]:
    """The distinct wordings of verdicts of two words and more."""
    queries, seen = [], set()
    for index in pool:
        wording = str(corpus.records[index].get("qualification") or "")
        same = {other for other in pool if corpus.offences[other] == corpus.offences[index]}
        relevant = same - {index} if corpus.offences[index] else set()
        if len(wording.split()) < 2 or wording in seen or len(relevant) < FEWEST_RELEVANT:  # noqa: PLR2004
            continue
        seen.add(wording)
        queries.append(Query(word_ids(wording, numbers), index, relevant))
    return queries


def bm25(
    queries: list[Query], documents: list[Ids], words: int, *, k1: float = 1.2, b: float = 0.75
) -> Vectors:
    """BM25 scores (Robertson & Zaragoza 2009), `(queries, documents)`."""
    counts = _counts(documents, words)
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    frequency = np.bincount(counts.indices, minlength=words)
    idf = np.log(1 + (len(documents) - frequency + 0.5) / (frequency + 0.5))
    owner = np.repeat(np.arange(len(documents)), np.diff(counts.indptr))
    saturation = k1 * (1 - b + b * lengths[owner] / lengths.mean())
    counts.data = idf[counts.indices] * counts.data * (k1 + 1) / (counts.data + saturation)
    asked = _counts([np.unique(query.words) for query in queries], words)
    return np.asarray((asked @ counts.T).todense())


def ndcg_at_10(scores: Vectors, queries: list[Query], pool: list[int]) -> float:
    """Mean nDCG@10 over the queries; documents are columns in the order of `pool`."""
    gains = 1 / np.log2(np.arange(2, 12))
    place = {index: column for column, index in enumerate(pool)}
    found = []
    for row, query in zip(scores, queries, strict=True):
        ranked = row.copy()
        if query.leave_out is not None:
            ranked[place[query.leave_out]] = -np.inf
        top = np.argsort(-ranked, kind="stable")[:10]
        hits = np.array([pool[column] in query.relevant for column in top])
        found.append(gains[: len(hits)][hits].sum() / gains[: len(query.relevant)].sum())
    return float(np.mean(found))


def measure(
    corpus: Corpus, queries: list[Query], sections: tuple[str, ...], pool: list[int], model: StaticModel
) -> dict[str, float]:
    """nDCG@10 of every ranking for one task."""
    documents = [joined(corpus.sections[index], sections) for index in pool]
    asked = model.embed([_text(corpus, query.words) for query in queries])
    cosine = asked @ model.embed([_text(corpus, document) for document in documents]).T
    lexical = bm25(queries, documents, len(corpus.words))
    rankings = {
        "BM25": lexical,
        "decision vector": cosine,
        "best chunk": _best_chunk(corpus, documents, asked, model),
    }
    for weight in WEIGHTS:
        rankings[f"BM25 + {weight:g} x decision vector"] = _standard(lexical) + weight * _standard(cosine)
    return {name: ndcg_at_10(scores, queries, pool) for name, scores in rankings.items()}


def _best_chunk(corpus: Corpus, documents: list[Ids], asked: Vectors, model: StaticModel) -> Vectors:
    best = np.full((len(asked), len(documents)), -1, dtype=np.float32)
    for column, document in enumerate(documents):
        chunks = [document[start : start + CHUNK_WORDS] for start in range(0, len(document), CHUNK_WORDS)]
        best[:, column] = (asked @ model.embed([_text(corpus, chunk) for chunk in chunks]).T).max(axis=1)
    return best


def _counts(rows: list[Ids], columns: int) -> sp.csr_matrix:
    edges = np.cumsum([0, *map(len, rows)])
    matrix = sp.csr_matrix((np.ones(edges[-1]), np.concatenate(rows), edges), shape=(len(rows), columns))
    matrix.sum_duplicates()
    return matrix


def _standard(scores: Vectors) -> Vectors:
    return (scores - scores.mean(axis=1, keepdims=True)) / (scores.std(axis=1, keepdims=True) + 1e-9)


def _text(corpus: Corpus, ids: NDArray[np.integer]) -> str:
    return b" ".join([corpus.words[index] for index in ids]).decode()


def main() -> None:
    """Run both folds and print the mean of each figure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("decisions", type=Path)
    arguments = parser.parse_args()
    options = replace(Options(), minimum_decisions=Options().minimum_decisions // 2)
    results: dict[str, list[dict[str, float]]] = {"known item": [], "offence": []}
    with Progress() as progress:
        corpus = read_corpus(arguments.decisions)
        numbers = {word: index for index, word in enumerate(corpus.words)}
        fold = np.array([fold_of(cluster, 2) for cluster in corpus.clusters])
        for side in (0, 1):
            pool = [int(index) for index in np.flatnonzero(fold == side)]
            asked = known_item_queries(corpus, pool), offence_queries(corpus, pool, numbers)
            corpus.words = list(numbers)
            trained = train(corpus, [int(index) for index in np.flatnonzero(fold != side)], options, progress)
            model = StaticModel(
                model_id="fold",
                vocabulary=trained.vocabulary,
                vectors=trained.vectors,
                pieces=trained.pieces,
                unseen_length=trained.unseen_length,
            )
            results["known item"].append(measure(corpus, asked[0], KNOWN_ITEM, pool, model))
            results["offence"].append(measure(corpus, asked[1], OFFENCE, pool, model))
    table = Table("nDCG@10, mean of two held-out halves", *results)
    for name in results["offence"][0]:
        table.add_row(name, *(f"{np.mean([side[name] for side in sides]):.3f}" for sides in results.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
