"""What is hashed, exactly: so that anybody can check the chain with their own program.

The content hash of a row is made by the database, which believes nobody: SHA-256 over the row as PostgreSQL writes
`jsonb`, in UTF-8. That is one object with a field for each column but `content_hash`, those without a value left out;
keys, here and inside, sorted by their length in bytes and then bytewise, `", "` and `": "` between. Times are UTC, as
`2026-11-20T08:00:00.25+00:00`, with as many decimals as there are.

Rows of before hold SHA-256 over another form, which the function below makes: UTF-8 without whitespace, keys sorted by
code point, whole numbers without decimals (RFC 8785 but for the sorting of keys beyond U+FFFF). Ids are lower-case
text, times are UTC with six decimals (`2026-11-20T08:00:00.000000Z`), absent values are null. `subject_id`, which came
later than the other fields, is absent itself where it has no value.

The hash of a link is SHA-256 over previous hash (32 bytes), content hash (32), id (16) and created_at (microseconds
since 1970, 8 bytes, big-endian). The first link of a chain follows 32 zero bytes.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

GENESIS = bytes(32)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def content_hash(content: Mapping[str, Any]) -> bytes:
    """SHA-256 of a row's fields, hashes excepted, as rows of before hold it."""
    return sha256(orjson.dumps(content, default=_text, option=_OPTIONS)).digest()


def link(previous: bytes, content: bytes, activity_id: UUID, created_at: datetime) -> bytes:
    """The hash of a link of the chain."""
    microseconds = (created_at - _EPOCH) // _MICROSECOND
    return sha256(previous + content + activity_id.bytes + struct.pack(">q", microseconds)).digest()


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no canonical form")
