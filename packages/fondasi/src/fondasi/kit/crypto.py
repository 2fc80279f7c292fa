"""Keys for one purpose each, drawn from the one secret: sealing what must be read again, digests of what must not."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_LENGTH = 32
NONCE_LENGTH = 12  # NIST SP 800-38D, 5.2.1.1


class SealBrokenError(ValueError):
    """Sealed under another key or for another context, or altered."""


def derive_key(secret: str, purpose: str) -> bytes:
    """A key of 32 bytes for a purpose (HKDF-SHA256, RFC 5869): one found out tells nothing of the others."""
    return HKDF(hashes.SHA256(), KEY_LENGTH, salt=None, info=f"fondasi {purpose}".encode()).derive(
        secret.encode()
    )


class SealedBox:
    """Encrypts text for the database (AES-256-GCM).

    Args:
        secret: the service's secret key.
        purpose: what the box is for; another purpose has another key.
    """

    def __init__(self, secret: str, purpose: str) -> None:
        self._cipher = AESGCM(derive_key(secret, purpose))

    def seal(self, text: str, context: bytes) -> bytes:
        """The text, encrypted and bound to its context, such as the id of its row."""
        nonce = os.urandom(NONCE_LENGTH)
        return nonce + self._cipher.encrypt(nonce, text.encode(), context)

    def open(self, sealed: bytes, context: bytes) -> str:
        """The text.

        Raises:
            SealBrokenError: it was not sealed by this box for this context.
        """
        try:
            return self._cipher.decrypt(sealed[:NONCE_LENGTH], sealed[NONCE_LENGTH:], context).decode()
        except (InvalidTag, ValueError):
            raise SealBrokenError(
                "The sealed text cannot be opened: SECRET_KEY has changed since, or the text was altered."
            ) from None


class KeyedHash:
    """HMAC-SHA256 under a key of its own: for short secrets that a plain hash would not hide.

    Args:
        secret: the service's secret key.
        purpose: what is hashed; another purpose has another key.
    """

    def __init__(self, secret: str, purpose: str) -> None:
        self._key = derive_key(secret, purpose)

    def digest(self, *parts: str) -> bytes:
        """The digest of the parts; no two lists of parts are taken for each other."""
        framed = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)
        return hmac.digest(self._key, framed, hashlib.sha256)

    def fits(self, digest: bytes, *parts: str) -> bool:
        """Whether the digest is that of the parts, in time that does not depend on where they differ."""
        return hmac.compare_digest(digest, self.digest(*parts))
