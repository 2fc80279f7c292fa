"""Chance that falls the same way on every machine and Python version."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


class Dice:
    """Reproducible draws for one key.

    Only `random.Random.random` is used, the one method whose sequence Python guarantees to keep for a
    given seed; the seed is a digest of the key, so it depends on no hash randomisation.
    """

    def __init__(self, key: str) -> None:
        seed = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
        self._random = random.Random(seed)  # noqa: S311 - made-up stories, not secrets

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit - 1`."""
        return int(self._random.random() * limit)

    def between(self, low: int, high: int, step: int = 1) -> int:
        """One of `low, low + step, ...` up to and including `high`."""
        return low + step * self.below((high - low) // step + 1)

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self._random.random() < probability

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.below(len(items))]

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """`count` different items (all of them if there are fewer), in the order drawn."""
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in range(min(count, len(rest)))]

    def weighted(self, options: Sequence[tuple[T, int]]) -> T:
        """One of the options, in proportion to its whole-number weight."""
        ticket = self.below(sum(weight for _, weight in options))
        for item, weight in options:
            ticket -= weight
            if ticket < 0:
                return item
        raise ValueError("no options")
