"""Signed links: who has one may fetch one file until it ends, signed in or not."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from fondasi.kit import clock
from fondasi.kit.crypto import derive_key

if TYPE_CHECKING:
    from fondasi.settings import Settings

NOBODY = UUID(int=0)
FOREVER = 2**48 - 1
_FILE, _TENANT, _MOMENT, _SIDE = slice(0, 16), slice(16, 32), slice(32, 38), slice(38, 40)
_SIGNED = 40
LENGTH = 96  # characters


@dataclass(frozen=True, slots=True)
class Link:
    """What a link opens.

    Attributes:
        tenant_id: whose file it is; None for a user's.
        side: longest side in pixels of a smaller picture; 0 for the file itself.
    """

    file_id: UUID
    tenant_id: UUID | None
    side: int = 0


class Links:
    """Makes and reads links.

    Args:
        settings: the secret, how long links last, and the prefix of their paths.
    """

    def __init__(self, settings: Settings) -> None:
        assert settings.secret_key is not None
        self._key = derive_key(settings.secret_key.get_secret_value(), "links to files")
        self._life = timedelta(minutes=settings.file.link_minutes)
        self._prefix = f"{settings.api_prefix}/files/download/"

    def path(
        self, file_id: UUID, tenant_id: UUID | None = None, side: int = 0, *, lasting: bool = False
    ) -> str:
        """The path of a link that begins now.

        Args:
            file_id: what it opens.
            tenant_id: whose file that is; None for a user's.
            side: longest side in pixels of a smaller picture; 0 for the file itself.
            lasting: until the file is deleted.
        """
        until = FOREVER if lasting else int((clock.now() + self._life).timestamp())
        named = file_id.bytes + (tenant_id or NOBODY).bytes + until.to_bytes(6) + side.to_bytes(2)
        return self._prefix + urlsafe_b64encode(named + self._signature(named)).decode()

    def read(self, text: str) -> Link | None:
        """What a link opens; None for one that was not made here, or has ended."""
        try:
            raw = urlsafe_b64decode(text.encode())
        except ValueError:
            return None
        named = raw[:_SIGNED]
        if len(text) != LENGTH or not hmac.compare_digest(raw[_SIGNED:], self._signature(named)):
            return None
        if int.from_bytes(named[_MOMENT]) <= clock.now().timestamp():
            return None
        tenant_id = UUID(bytes=named[_TENANT])
        owner, side = tenant_id if tenant_id != NOBODY else None, int.from_bytes(named[_SIDE])
        return Link(UUID(bytes=named[_FILE]), owner, side)

    def _signature(self, named: bytes) -> bytes:
        return hmac.digest(self._key, named, sha256)
