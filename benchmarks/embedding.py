"""Chunking and static embedding: MB/s and chunks/s on one core. `python -m benchmarks embedding`.

The text is made up on the spot from ordinary words (one in twenty unseen), stripped of marks as court text often is,
and properly punctuated; nothing is read from disk but the shipped model.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

from fondasi.ai.chunking import chunk_section
from fondasi.ai.embeddings.static import load_static_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from fondasi.ai.embeddings.static import StaticModel

WORDS = re.findall(
    r"\w+",
    """menimbang bahwa terdakwa pada hari senin tanggal telah mengambil barang milik saksi korban tanpa izin dengan
    maksud untuk dimiliki secara melawan hukum berdasarkan pasal ayat undang nomor tahun majelis hakim
    mempertimbangkan unsur barangsiapa sehingga perbuatan tersebut terbukti sah dan meyakinkan di persidangan""",
)
CHARACTERS = 8_000_000


def stripped_text(rng: random.Random, characters: int) -> str:
    """Words without marks, a line break now and then."""
    words = [_word(rng) + ("\n" if rng.random() < 0.03 else " ") for _ in range(characters // 8)]
    return "".join(words)


def punctuated_text(rng: random.Random, characters: int) -> str:
    """Sentences with capitals, commas, abbreviations and amounts."""
    sentences = []
    for _ in range(characters // 110):
        words = [_word(rng) for _ in range(rng.randint(6, 20))]
        words.insert(3, rng.choice(["No. 12", "Tn. A", "S.H.,", "Rp1.000.000,-", "pasal 363 ayat (1)"]))
        sentences.append(" ".join(words).capitalize() + ". ")
    return "".join(sentences)


def _word(rng: random.Random) -> str:
    return rng.choice(WORDS) if rng.random() < 0.95 else "".join(rng.choices("abdegiklmnoprstu", k=7))


def median_seconds(rounds: int, work: Callable[[], object]) -> float:
    """Median CPU time of a call."""
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds)


def embed_each(model: StaticModel, queries: list[str]) -> None:
    """One query after the other, as a search does."""
    for query in queries:
        model.embed([query])


def main() -> None:
    """Measure both kinds of text and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    rng = random.Random(0)
    model = load_static_model()
    print(f"{'text':<12} {'chunking MB/s':>14} {'chunks':>8} {'chunks/s, one core':>20} {'query µs':>9}")
    for name, text in (
        ("stripped", stripped_text(rng, CHARACTERS)),
        ("punctuated", punctuated_text(rng, CHARACTERS)),
    ):
        children = [child.text for parent in chunk_section("fakta", text) for child in parent.children]
        queries = [child[:60] for child in children[:500]]
        chunking = median_seconds(rounds, partial(chunk_section, "fakta", text))
        embedding = median_seconds(rounds, partial(model.embed, children))
        query = median_seconds(rounds, partial(embed_each, model, queries))
        print(
            f"{name:<12} {len(text) / chunking / 1e6:>14.1f} {len(children):>8,} "
            f"{len(children) / embedding:>20,.0f} {query / len(queries) * 1e6:>9.0f}"
        )


if __name__ == "__main__":
    main()
