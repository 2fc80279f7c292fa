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
        network = network_of(address)
        return cls(
            _digest(key, "pair", account, network),
            _digest(key, "account", account),
            _digest(key, "address", network),
        )

    @classmethod
    def of_code(cls, key: bytes, account: str, address: str) -> Try:
        """A try with a code of the account's second factor."""
        return cls(None, _digest(key, "second factor", account), _digest(key, "address", network_of(address)))

    @property
    def limits(self) -> dict[bytes, Limit]:
        """What is counted, in an order that all tries share: no deadlocks."""
        if self.pair is None:
            limits = {self.account: SECOND_FACTOR, self.address: ADDRESS}
        else:
            limits = {self.pair: ACCOUNT_FROM_ADDRESS, self.account: ACCOUNT, self.address: ADDRESS}
        return dict(sorted(limits.items()))


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
    now = clock.now()
    last_free = False
    for key, limit in attempt.limits.items():
        new = insert(SignInFailure).values(key=key, failures=0, blocked_until=now, updated_at=now)
        # An update of nothing locks the row, which a sign-in that succeeds meanwhile may delete.
        locked = new.on_conflict_do_update(index_elements=[SignInFailure.key], set_={"key": key})
        row = (await session.scalars(locked.returning(SignInFailure))).one()
        _add(row, limit)
        last_free |= key == attempt.account and row.failures == limit.free
    return last_free


async def forget(session: Session, attempt: Try) -> None:
    """The try succeeded: start the account anew, and take the try off the address."""
    for key in attempt.limits:
        if key == attempt.address:
            less = func.greatest(SignInFailure.failures - 1, 0)
            await session.execute(update(SignInFailure).where(SignInFailure.key == key).values(failures=less))
        else:
            await session.execute(delete(SignInFailure).where(SignInFailure.key == key))


def _digest(key: bytes, *parts: str) -> bytes:
    return hmac.digest(key, "\0".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256)


def _add(row: SignInFailure, limit: Limit) -> None:
    now = clock.now()  # after waiting for the row
    if row.blocked_until > now:
        raise TooManyTries(int((row.blocked_until - now).total_seconds()) + 1)
    forgotten = now - row.updated_at > FORGOTTEN_AFTER
    row.failures = 1 if forgotten else row.failures + 1
    row.blocked_until = now + limit.wait(row.failures)
    row.updated_at = now


def network_of(address: str) -> str:
    """What is counted as one address: of IPv6 the part that its holder cannot choose."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:  # noqa: PLR2004 - the protocol's number
        return str(parsed)
    return str(int(parsed) >> (128 - IPV6_NETWORK))
