"""Whether the hits of a ranked search hardly fit the query.

How much of the query the first hit has by the weight of its words, and how near it is in meaning, tell questions with
an answer from those without: `coverage + 0.4 x similarity`. The threshold was chosen on the seen half of
`benchmarks/questions`, where it calls most questions without an answer weak and few of the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fondasi.ai.retrieval import Results

SIMILARITY_WEIGHT = 0.4
THRESHOLD = 0.44


def is_weak(results: Results) -> bool:
    """Whether even the first hit hardly fits. Where only vectors ranked there is no telling."""
    if results.coverage is None:
        return False
    return results.coverage + SIMILARITY_WEIGHT * (results.similarity or 0.0) < THRESHOLD
