"""Guessing passwords gets slower with every failure, and never locks anybody out for good.

Tries are counted before the password is checked, so that a burst of parallel ones gains nothing. Counted are the
account from one address, the account from all addresses, and the address for all accounts; the first is strict, the
second mild, so that a stranger who guesses on and on keeps the owner waiting for a minute at most. Unknown names are
counted like accounts, and a right password is not looked at while the wait lasts: the answers tell nothing of either.

Codes of a second factor have a count of their own, which a right password does not clear: only a right code does. Who
comes that far knows the password, so the wait may be long without giving strangers a way to keep an owner out.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fondasi.identity.sessions.errors import TooManyTries
from fondasi.kit import clock
from fondasi.kit.db import driver_connection
from fondasi.kit.http import counted_address

if TYPE_CHECKING:
    from fondasi.kit.db import Session

FORGOTTEN_AFTER = timedelta(days=1)
LONGEST_DOUBLING = 20

# The driver's own SQL, for every sign-in asks for it. All take the rows in the order of their keys: no deadlocks. An
# update of nothing locks a row, which a sign-in that succeeds meanwhile may delete.
LOCK = """
INSERT INTO sign_in_failure (key, failures, blocked_until, updated_at)
SELECT key, 0, $2, $2 FROM unnest($1::bytea[]) AS wanted (key) ORDER BY key
ON CONFLICT (key) DO UPDATE SET key = excluded.key
RETURNING key, failures, blocked_until, updated_at
"""
WRITE = """
UPDATE sign_in_failure AS known SET failures = tried.failures, blocked_until = tried.blocked_until, updated_at = $4
FROM unnest($1::bytea[], $2::integer[], $3::timestamptz[]) AS tried (key, failures, blocked_until)
WHERE known.key = tried.key
"""
FORGET = """
WITH locked AS (SELECT key FROM sign_in_failure WHERE key = ANY($1::bytea[]) ORDER BY key FOR UPDATE),
less AS (
    UPDATE sign_in_failure SET failures = greatest(failures - 1, 0)
    WHERE key = $2 AND key IN (SELECT key FROM locked)
)
DELETE FROM sign_in_failure WHERE key <> $2 AND key IN (SELECT key FROM locked)
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures cost nothing; from then on the wait doubles from 2 seconds to the longest."""

    free: int
    longest: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long to wait after that many failures."""
        if failures < self.free:
            return timedelta(0)
        return min(timedelta(seconds=2 ** min(1 + failures - self.free, LONGEST_DOUBLING)), self.longest)


ACCOUNT_FROM_ADDRESS = Limit(free=10, longest=timedelta(minutes=15))
ACCOUNT = Limit(free=20, longest=timedelta(minutes=1))
ADDRESS = Limit(free=100, longest=timedelta(minutes=15))
SECOND_FACTOR = Limit(free=5, longest=timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Try:
    """A try to sign in, by what is counted; keyed hashes, so that the table tells no names and addresses.

    `pair` is the account from one address; None for a code of a second factor, which is counted whatever its address.
    """

    pair: bytes | None
    account: bytes
    address: bytes

    @classmethod
    def of(cls, key: bytes, account: str, address: str) -> Try:
        """A try with a password.

        Args:
            key: of the hashes.
            account: the user's id, or the name that nobody has.
            address: the caller's IP address.
        """
        network = counted_address(address)
        return cls(
            _digest(key, "pair", account, network),
            _digest(key, "account", account),
            _digest(key, "address", network),
        )

    @classmethod
    def of_code(cls, key: bytes, account: str, address: str) -> Try:
        """A try with a code of the account's second factor."""
        return cls(
            None, _digest(key, "second factor", account), _digest(key, "address", counted_address(address))
        )

    @property
    def limits(self) -> dict[bytes, Limit]:
        """What is counted."""
        if self.pair is None:
            return {self.account: SECOND_FACTOR, self.address: ADDRESS}
        return {self.pair: ACCOUNT_FROM_ADDRESS, self.account: ACCOUNT, self.address: ADDRESS}


async def count(session: Session, attempt: Try) -> bool:
    """Count a try before its password or code is checked.

    Args:
        session: a unit of work of its own, which an error rolls back: a refused try is not counted.
        attempt: what to count.

    Returns:
        Whether it is the try of its account after which the waits begin.

    Raises:
        TooManyTries: it comes too early.
    """
    limits = attempt.limits
    driver = await driver_connection(session)
    rows = await driver.fetch(LOCK, list(limits), clock.now())
    now = clock.now()  # after waiting for the rows
    failures, blocked = [], []
    for row in rows:
        if row["blocked_until"] > now:
            raise TooManyTries(int((row["blocked_until"] - now).total_seconds()) + 1)
        forgotten = now - row["updated_at"] > FORGOTTEN_AFTER
        failures.append(1 if forgotten else row["failures"] + 1)
        blocked.append(now + limits[row["key"]].wait(failures[-1]))
    keys = [row["key"] for row in rows]
    await driver.execute(WRITE, keys, failures, blocked, now)
    return any(
        key == attempt.account and many == limits[key].free for key, many in zip(keys, failures, strict=True)
    )


async def forget(session: Session, attempt: Try) -> None:
    """The try succeeded: start the account anew, and take the try off the address."""
    driver = await driver_connection(session)
    await driver.execute(FORGET, list(attempt.limits), attempt.address)


def _digest(key: bytes, *parts: str) -> bytes:
    return hmac.digest(key, "\0".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256)
