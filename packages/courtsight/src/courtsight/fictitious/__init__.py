"""Fictitious court decisions for the demo, the tests and whoever wants to try CourtSight without real data."""

from courtsight.fictitious.corpus import generate

__all__ = ["generate"]
