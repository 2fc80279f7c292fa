"""Identifiers: UUID version 7 (RFC 9562), so that primary keys grow with time and indexes stay compact."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new UUIDv7. Ids made later sort after ids made earlier, to the millisecond."""
    return uuid7()
