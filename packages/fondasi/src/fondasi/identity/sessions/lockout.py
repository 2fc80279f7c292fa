"""Guessing passwords gets slower with every failure, and never locks anybody out for good.

Tries are counted before the password is checked, so that a burst of parallel ones gains nothing. Counted are the
account from one address, the account from all addresses, and the address for all accounts; the first is strict, the
second mild, so that a stranger who guesses on and on keeps the owner waiting for a minute at most. Unknown names are
counted like accounts, and a right password is not looked at while the wait lasts: the answers tell nothing of either.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert

from fondasi.identity.sessions.errors import TooManyTries
from fondasi.identity.sessions.models import SignInFailure
from fondasi.kit import clock

if TYPE_CHECKING:
    from fondasi.kit.db import Session

FORGOTTEN_AFTER = timedelta(days=1)
LONGEST_DOUBLING = 20
IPV6_NETWORK = 64  # bits: what one customer usually has


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


@dataclass(frozen=True, slots=True)
class Try:
    """A try to sign in, by what is counted; keyed hashes, so that the table tells no names and addresses."""

    pair: bytes
    account: bytes
    address: bytes

    @classmethod
    def of(cls, key: bytes, account: str, address: str) -> Try:
        """A try.

        Args:
            key: of the hashes.
            account: the user's id, or the name that nobody has.
            address: the caller's IP address.
        """
        network = _network(address)

        def digest(*parts: str) -> bytes:
            return hmac.digest(key, "\0".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256)

        return cls(digest("pair", account, network), digest("account", account), digest("address", network))


async def count(session: Session, attempt: Try) -> None:
    """Count a try before its password is checked.

    Args:
        session: a unit of work of its own, which an error rolls back: a refused try is not counted.
        attempt: what to count.

    Raises:
        TooManyTries: it comes too early.
    """
    now = clock.now()
    limits = {attempt.pair: ACCOUNT_FROM_ADDRESS, attempt.account: ACCOUNT, attempt.address: ADDRESS}
    for key in sorted(limits):  # always in the same order: no deadlocks
        new = insert(SignInFailure).values(key=key, failures=0, blocked_until=now, updated_at=now)
        # An update of nothing locks the row, which a sign-in that succeeds meanwhile may delete.
        locked = new.on_conflict_do_update(index_elements=[SignInFailure.key], set_={"key": key})
        row = (await session.scalars(locked.returning(SignInFailure))).one()
        _add(row, limits[key])


async def forget(session: Session, attempt: Try) -> None:
    """The try succeeded: start the account anew, and take the try off the address."""
    for key in sorted([attempt.pair, attempt.account, attempt.address]):
        if key == attempt.address:
            less = func.greatest(SignInFailure.failures - 1, 0)
            await session.execute(update(SignInFailure).where(SignInFailure.key == key).values(failures=less))
        else:
            await session.execute(delete(SignInFailure).where(SignInFailure.key == key))


def _add(row: SignInFailure, limit: Limit) -> None:
    now = clock.now()  # after waiting for the row
    if row.blocked_until > now:
        raise TooManyTries(int((row.blocked_until - now).total_seconds()) + 1)
    forgotten = now - row.updated_at > FORGOTTEN_AFTER
    row.failures = 1 if forgotten else row.failures + 1
    row.blocked_until = now + limit.wait(row.failures)
    row.updated_at = now


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:  # noqa: PLR2004 - the protocol's number
        return str(parsed)
    return str(int(parsed) >> (128 - IPV6_NETWORK))
