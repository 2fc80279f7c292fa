"""Requests to addresses that callers name: to public ones alone, bounded in time, size and redirects."""

from fondasi.kit.outgoing.addresses import is_public
from fondasi.kit.outgoing.client import (
    LONGEST_URL,
    Answer,
    Outgoing,
    OutgoingError,
    RefusedAddressError,
    UnreachableError,
)

__all__ = [
    "LONGEST_URL",
    "Answer",
    "Outgoing",
    "OutgoingError",
    "RefusedAddressError",
    "UnreachableError",
    "is_public",
]
