"""Fictitious court decisions for the demo, the tests and first steps without real data."""

from courtsight.fictitious.corpus import DEFAULT_SEED, DEMO_DECISIONS, generate

__all__ = ["DEFAULT_SEED", "DEMO_DECISIONS", "generate"]
