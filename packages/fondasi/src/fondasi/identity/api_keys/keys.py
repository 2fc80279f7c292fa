"""What an API key looks like, and what is stored of it.

`fnd_` + 22 characters (the id) + `_` + 43 characters (256 random bits) + 6 characters (CRC-32 of all before), in base
62: one word for a double click, one pattern for scanners that look for leaked secrets, and a mistyped or made-up key
is refused without asking the database.
"""

from __future__ import annotations

import re
import secrets
import string
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID
from zlib import crc32

if TYPE_CHECKING:
    from fondasi.kit.crypto import KeyedHash

PREFIX = "fnd_"
SECRET_BITS = 256
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
ID_LENGTH, SECRET_LENGTH, CHECK_LENGTH = 22, 43, 6
PATTERN = re.compile(
    rf"({PREFIX}[0-9A-Za-z]{{{ID_LENGTH}}}_[0-9A-Za-z]{{{SECRET_LENGTH}}})([0-9A-Za-z]{{{CHECK_LENGTH}}})"
)
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}


class Presented(NamedTuple):
    """A key as a caller sent it."""

    key_id: UUID
    secret: str


def new_secret() -> str:
    """256 bits of the system's random source."""
    return _base62(secrets.randbits(SECRET_BITS), SECRET_LENGTH)


def key_text(key_id: UUID, secret: str) -> str:
    """The key, which is shown once."""
    text = f"{visible_part(key_id)}_{secret}"
    return text + _check(text)


def visible_part(key_id: UUID) -> str:
    """The beginning of a key: it names it, and opens nothing."""
    return PREFIX + _base62(key_id.int, ID_LENGTH)


def read_key(text: str) -> Presented | None:
    """The parts of a key, or None when it is none of ours, which its checksum tells."""
    found = PATTERN.fullmatch(text)
    if found is None or _check(found[1]) != found[2]:
        return None
    number = 0
    for letter in found[1][len(PREFIX) : len(PREFIX) + ID_LENGTH]:
        number = number * len(ALPHABET) + _VALUES[letter]
    if number >= 1 << 128:
        return None
    return Presented(UUID(int=number), found[1][-SECRET_LENGTH:])


def stored(hashes: KeyedHash, key_id: UUID, secret: str) -> bytes:
    """What the table keeps of a key: its HMAC-SHA256, bound to its id."""
    return hashes.digest(key_id.hex, secret)


def _check(text: str) -> str:
    return _base62(crc32(text.encode()), CHECK_LENGTH)


def _base62(number: int, length: int) -> str:
    letters = []
    for _ in range(length):
        number, value = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[value])
    return "".join(reversed(letters))
