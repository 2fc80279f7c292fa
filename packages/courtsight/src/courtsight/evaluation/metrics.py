"""nDCG@10, R@100 and bootstrap intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")
RESAMPLES = 2000
SEED = 2026


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over queries with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


def ndcg(ranked: Sequence[T], relevant: set[T] | Mapping[T, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain (Järvelin & Kekäläinen 2002).

    A mapping gives grades, of which the gain is 2^grade - 1 (Burges et al. 2005); a set means grade 1.
    """
    grades = relevant if isinstance(relevant, Mapping) else dict.fromkeys(relevant, 1)
    best = sorted(grades.values(), reverse=True)
    ideal = _discounted(best[:depth])
    return _discounted([grades.get(item, 0) for item in ranked[:depth]]) / ideal if ideal else 0.0


def hit_first(ranked: Sequence[T], grades: Mapping[T, int]) -> bool:
    """Whether the first item has the best grade that any has."""
    return bool(ranked and grades) and grades.get(ranked[0], 0) == max(grades.values())


def recall(ranked: Sequence[T], relevant: set[T], depth: int = 100) -> float:
    """Share of the relevant items among the first `depth`."""
    return len(relevant.intersection(ranked[:depth])) / len(relevant) if relevant else 0.0


def estimate(values: Sequence[float]) -> Estimate:
    """Mean and percentile bootstrap interval over queries (Efron 1979); the same values give the same interval."""
    if not values:
        return Estimate(0.0, 0.0, 0.0)
    data = np.asarray(values)
    draws = np.random.default_rng(SEED).integers(0, len(data), (RESAMPLES, len(data)))
    low, high = np.percentile(data[draws].mean(axis=1), [2.5, 97.5])
    return Estimate(float(data.mean()), float(low), float(high))


def _discounted(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))
