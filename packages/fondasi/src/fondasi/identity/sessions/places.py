"""Where an account has signed in before: on which devices, which a cookie tells, and from which addresses.

OWASP calls the cookie a device cookie. Strangers' failures slow no known place down (see `lockout`), and a request for
a code from one has a cap of its own.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fondasi.identity.sessions.keys import KeyRing
from fondasi.kit.db import driver_connection
from fondasi.kit.http import counted_address

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.identity.sessions.devices import Device
    from fondasi.kit.db import Session
    from fondasi.platform import Platform

MOST = 50  # of each kind for an account; the ones seen last stay
FIND = "SELECT key FROM known_place WHERE key = ANY($1::bytea[])"
REMEMBER = """
WITH noted AS (
    INSERT INTO known_place AS known (key, user_id, kind, seen_at)
    SELECT key, $2, kind, now() FROM unnest($1::bytea[], $3::text[]) AS seen (key, kind) ORDER BY key
    ON CONFLICT (key) DO UPDATE SET seen_at = excluded.seen_at
    WHERE known.seen_at < excluded.seen_at - interval '1 day'
    RETURNING key
)
DELETE FROM known_place WHERE EXISTS (SELECT FROM noted) AND key IN (
    SELECT key FROM (
        SELECT key, row_number() OVER (PARTITION BY kind ORDER BY seen_at DESC) AS nth
        FROM known_place WHERE user_id = $2
    ) AS numbered WHERE nth > $4
)
"""


@dataclass(frozen=True, slots=True)
class Places:
    """From where somebody acts on an account, as keyed hashes, so that the table tells no addresses.

    Attributes:
        device: the device and the account; None when the request tells no device.
        address: the address and the account.
    """

    device: bytes | None
    address: bytes

    @classmethod
    def of(cls, platform: Platform, account: str, device: Device) -> Places:
        """The places of a request.

        Args:
            platform: the keys.
            account: the user's id, or the name that nobody has.
            device: where the request comes from.
        """
        key = platform.get(KeyRing).derive("places")
        return cls(
            _digest(key, account, "device", device.token) if device.token else None,
            _digest(key, account, "address", counted_address(device.ip_address)),
        )

    async def known(self, session: Session) -> bytes | None:
        """The place that the account has signed in from before, the device rather than the address; None if neither."""
        wanted = [self.address] if self.device is None else [self.device, self.address]
        driver = await driver_connection(session)
        found = {row["key"] for row in await driver.fetch(FIND, wanted)}
        return next((key for key in wanted if key in found), None)

    async def remember(self, session: Session, user_id: UUID) -> None:
        """Note that the account has signed in from here."""
        keys, kinds = [self.address], ["address"]
        if self.device is not None:
            keys, kinds = [self.device, self.address], ["device", "address"]
        driver = await driver_connection(session)
        await driver.execute(REMEMBER, keys, user_id, kinds, MOST)


def _digest(key: bytes, *parts: str) -> bytes:
    return hmac.digest(key, "\0".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256)
