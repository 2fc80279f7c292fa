"""Errors of the retrieval index."""

from __future__ import annotations


class RetrievalError(Exception):
    """Base of the errors of this package."""


class CollectionModelError(RetrievalError):
    """A collection was embedded with another model than the configured one."""

    def __init__(self, collection: str, *, stored: str, configured: str) -> None:
        super().__init__(
            f"Collection {collection!r} holds vectors of {stored}, but {configured} is configured: "
            "configure the stored model, or index the collection again."
        )


class InvalidQueryError(RetrievalError, ValueError):
    """A query that cannot be answered: the message says which field is out of range."""
