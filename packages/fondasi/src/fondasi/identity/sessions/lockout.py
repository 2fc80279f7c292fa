"""Guessing passwords gets slower with every failure of whoever guesses, and keeps no owner out.

Tries are counted before the password is checked, so that a burst of parallel ones gains nothing; one that is refused
is not counted. Unknown names are counted like accounts, and a right password is not looked at while the wait lasts:
the answers tell nothing of either.

Who tries from a place that the account has signed in from before (see `places`), or from a session of it, has a count
of their own. Everybody else is a stranger. Strangers are counted by their address on that account, and by their address
on all accounts. What they do together makes the account *attacked*, which leaves each address few tries, and beyond
that closes it to strangers for the rest of a day: no stranger's failures cost another stranger's first tries before
that. `docs/sessions.md` says what can be guessed, `docs/adr/20261128-counting-by-who-asks.md` why it is so.

Codes of a second factor have a count of their own, which a right password does not clear: only a right code does. Who
comes that far knows the password, so the wait may be long without giving strangers a way to keep an owner out.

All moments are the database's: clocks of machines differ, and jump.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import ceil
from typing import TYPE_CHECKING, Any

from fondasi.identity.sessions.errors import TooManyTries
from fondasi.identity.sessions.keys import KeyRing
from fondasi.identity.sessions.places import Places
from fondasi.kit.db import driver_connection
from fondasi.kit.http import counted_address, counted_site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from fondasi.identity.sessions.devices import Device
    from fondasi.kit.db import Session
    from fondasi.platform import Platform

DAY = timedelta(days=1)
NOTHING = timedelta(0)
LONGEST_DOUBLING = 20

# The driver's own SQL, for every sign-in asks for it. All take the rows in the order of their keys: no deadlocks. An
# update of nothing locks a row, which a sign-in that succeeds meanwhile may delete.
# The moment is read once they are locked. The first place that is known, or that is a session (no place), counts alone.
LOCK = """
WITH known AS (
    SELECT own FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS tried (place, own, nth)
    WHERE place IS NULL OR EXISTS (SELECT FROM known_place WHERE key = place) ORDER BY nth LIMIT 1
),
wanted AS (
    SELECT own AS key FROM known
    UNION ALL SELECT key FROM unnest($3::bytea[]) AS strangers (key) WHERE NOT EXISTS (SELECT FROM known)
)
INSERT INTO sign_in_failure (key, failures, began_at, updated_at)
SELECT key, 0, clock_timestamp(), clock_timestamp() FROM wanted ORDER BY key
ON CONFLICT (key) DO UPDATE SET key = excluded.key
RETURNING key, failures, began_at, updated_at, clock_timestamp() AS now
"""
WRITE = """
UPDATE sign_in_failure AS known SET failures = tried.failures, began_at = tried.began_at, updated_at = $4
FROM unnest($1::bytea[], $2::integer[], $3::timestamptz[]) AS tried (key, failures, began_at)
WHERE known.key = tried.key
"""
FORGET = """
WITH locked AS (
    SELECT key FROM sign_in_failure WHERE key = ANY($1::bytea[] || $2::bytea[]) ORDER BY key FOR UPDATE
),
less AS (
    UPDATE sign_in_failure SET failures = greatest(failures - 1, 0)
    WHERE key = ANY($2) AND key IN (SELECT key FROM locked)
)
DELETE FROM sign_in_failure WHERE key = ANY($1) AND key IN (SELECT key FROM locked)
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures cost nothing; from then on the wait doubles from the first to the longest."""

    free: int
    longest: timedelta
    first: timedelta = timedelta(seconds=2)

    def wait(self, failures: int) -> timedelta:
        """How long to wait after that many failures."""
        if failures < self.free:
            return NOTHING
        return min(self.first * (1 << min(failures - self.free, LONGEST_DOUBLING)), self.longest)


KNOWN = Limit(free=10, longest=timedelta(minutes=15))
STRANGER = Limit(free=10, longest=timedelta(minutes=15))
ATTACKED = Limit(free=3, longest=timedelta(hours=12), first=timedelta(minutes=15))
ADDRESS = Limit(free=100, longest=timedelta(minutes=15))
SECOND_FACTOR = Limit(free=5, longest=timedelta(hours=1))
# Failures of all strangers on an account within a day: from when on it is attacked, and closed to them.
ATTACKED_FROM = 100
CLOSED_FROM = 10_000


class Kind(StrEnum):
    """What is tried."""

    PASSWORD = "password"  # noqa: S105 - a name
    SECOND_FACTOR = "second factor"


@dataclass(frozen=True, slots=True)
class Try:
    """A try to prove who one is.

    Attributes:
        kind: of what.
        account: the user's id, or the name that nobody has.
        places: from where.
        session_id: the session of that account that it is made in, if it is.
        address: the caller's address.
        key: of the hashes, so that the table tells no names and addresses.
    """

    kind: Kind
    account: str
    places: Places
    session_id: UUID | None
    address: str
    key: bytes

    @classmethod
    def of(
        cls, platform: Platform, kind: Kind, account: str, device: Device, session_id: UUID | None = None
    ) -> Try:
        """A try from a device."""
        key = platform.get(KeyRing).derive("lockout")
        places = Places.of(platform, account, device)
        return cls(kind, account, places, session_id, device.ip_address, key)

    @property
    def own(self) -> list[tuple[bytes | None, bytes]]:
        """Places that may be known, the device first, and what is counted where one is; a session is known anyway."""
        places = [place for place in (self.places.device, self.places.address) if place is not None]
        found: list[tuple[bytes | None, bytes]] = [
            (place, self._digest(self.kind, "own", place.hex())) for place in places
        ]
        if self.session_id is not None:
            found.append((None, self._digest(self.kind, "own", self.session_id.hex)))
        return found

    @property
    def pair(self) -> bytes:
        """The stranger's address, on this account."""
        return self._digest(self.kind, "pair", self.account, counted_address(self.address))

    @property
    def site(self) -> bytes:
        """The largest network of IPv6 that the stranger may have, on this account; of IPv4 the pair."""
        return self._digest(self.kind, "pair", self.account, counted_site(self.address))

    @property
    def together(self) -> bytes:
        """All strangers, on this account."""
        return self._digest(self.kind, "account", self.account)

    @property
    def everywhere(self) -> bytes:
        """The stranger's address, on all accounts."""
        return self._digest("address", counted_address(self.address))

    def _digest(self, *parts: str) -> bytes:
        return hmac.digest(self.key, "\0".join(parts).encode("utf-8", "surrogatepass"), hashlib.sha256)


@dataclass(frozen=True, slots=True)
class Counted:
    """A try that was counted.

    Attributes:
        forgotten: what a success starts anew.
        lessened: what it takes one off.
        last_free: it is the try after which the waits begin.
    """

    forgotten: Sequence[bytes]
    lessened: Sequence[bytes]
    last_free: bool


async def count(session: Session, attempt: Try) -> Counted:
    """Count a try before its password or code is checked.

    Args:
        session: a unit of work of its own, which an error rolls back: a refused try is not counted.
        attempt: what to count.

    Raises:
        TooManyTries: it comes too early.
    """
    if attempt.kind is Kind.PASSWORD:
        return await _count_password(session, attempt)
    return await _count_code(session, attempt)


async def forget(session: Session, counted: Counted) -> None:
    """The try succeeded: start who made it anew, and take it off what it shares with others."""
    driver = await driver_connection(session)
    await driver.execute(FORGET, list(counted.forgotten), list(counted.lessened))


async def _count_password(session: Session, attempt: Try) -> Counted:
    pair, site, together, everywhere = attempt.pair, attempt.site, attempt.together, attempt.everywhere
    found = await _Counts.locked(session, attempt, [pair, site, together, everywhere], daily=together)
    if found.own is not None:
        return await _count_own(session, found, found.own, KNOWN)
    failures = found.failures[together]
    found.refuse_before(
        found.wait(pair, STRANGER),
        found.wait(everywhere, ADDRESS),
        found.wait(site, ATTACKED) if failures >= ATTACKED_FROM else NOTHING,
        found.rest_of_day(together) if failures >= CLOSED_FROM else NOTHING,
    )
    await found.write(session)
    return Counted([pair, site], [together, everywhere], last_free=False)


async def _count_code(session: Session, attempt: Try) -> Counted:
    """A code of a second factor. Who comes that far knows the password, so strangers share one count."""
    together, everywhere = attempt.together, attempt.everywhere
    found = await _Counts.locked(session, attempt, [together, everywhere])
    if found.own is not None:
        return await _count_own(session, found, found.own, SECOND_FACTOR)
    found.refuse_before(found.wait(together, SECOND_FACTOR), found.wait(everywhere, ADDRESS))
    await found.write(session)
    return Counted([together], [everywhere], found.is_last_free(together, SECOND_FACTOR))


async def _count_own(session: Session, found: _Counts, own: bytes, limit: Limit) -> Counted:
    """A try from a known place or in a session, which has a count of its own."""
    found.refuse_before(found.wait(own, limit))
    await found.write(session)
    return Counted([own], [], found.is_last_free(own, limit))


class _Counts:
    """Counts that are locked until the unit of work ends, by their keys; failures that time has forgotten are none.

    A moment that lies ahead is one of a clock that was wrong: nobody waits for it.
    """

    def __init__(self, rows: Mapping[bytes, Any], own: Sequence[bytes], daily: bytes | None) -> None:
        self.own = next((key for key in own if key in rows), None)
        self.now: datetime = max(row["now"] for row in rows.values())
        self.failures: dict[bytes, int] = {}
        self._rows = rows
        self._began: dict[bytes, datetime] = {}
        for key, row in rows.items():
            age = self.now - row["began_at" if key == daily else "updated_at"]
            lasts = age < DAY if key != daily else NOTHING <= age < DAY
            self.failures[key] = row["failures"] if lasts else 0
            self._began[key] = row["began_at"] if lasts else self.now

    @classmethod
    async def locked(
        cls, session: Session, attempt: Try, strangers: Sequence[bytes], *, daily: bytes | None = None
    ) -> _Counts:
        """The count of a known place or a session alone, or else those of strangers.

        Args:
            session: the unit of work that keeps them locked.
            attempt: from where.
            strangers: what is counted of strangers.
            daily: the one of these that starts anew a day after it began, not a day after the last failure.
        """
        driver = await driver_connection(session)
        own = attempt.own
        places, keys = [place for place, _ in own], [key for _, key in own]
        rows = await driver.fetch(LOCK, places, keys, list(dict.fromkeys(strangers)))
        return cls({row["key"]: row for row in rows}, keys, daily)

    def wait(self, key: bytes, limit: Limit) -> timedelta:
        """How long a count still has to wait."""
        since = self.now - self._rows[key]["updated_at"]
        return limit.wait(self.failures[key]) - since if since >= NOTHING else NOTHING

    def rest_of_day(self, key: bytes) -> timedelta:
        """How long a daily count still lasts."""
        return self._began[key] + DAY - self.now

    def is_last_free(self, key: bytes, limit: Limit) -> bool:
        """Whether this try is the last before the waits begin."""
        return self.failures[key] + 1 == limit.free

    def refuse_before(self, *waits: timedelta) -> None:
        """Refuse the try if one of the waits is not over.

        Raises:
            TooManyTries: with the longest of them.
        """
        if (longest := max(waits)) > NOTHING:
            raise TooManyTries(ceil(longest.total_seconds()))

    async def write(self, session: Session) -> None:
        """One more failure each, until the try succeeds."""
        keys = list(self._rows)
        failures = [self.failures[key] + 1 for key in keys]
        driver = await driver_connection(session)
        await driver.execute(WRITE, keys, failures, [self._began[key] for key in keys], self.now)
