"""Fictitious court decisions for the demo, the tests and first steps without real data."""

from courtsight.fictitious.corpus import generate

__all__ = ["generate"]
