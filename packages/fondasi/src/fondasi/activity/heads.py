"""The last links of the chains, as they are kept elsewhere, and what becomes of them here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from fondasi.activity import repository
from fondasi.kit.audit import PLATFORM_CHAIN, ActivitySeal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fondasi.kit.db import Session

PLATFORM = "platform"
_HEAD = re.compile(r"(?:(platform|[0-9a-f-]{36}):)?([0-9]{1,18}):([0-9a-f]{64})(?::([0-9]{8}t[0-9]{6}z))?")
_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Head:
    """A link of a chain, as text `CHAIN:POSITION:HASH:TIME`.

    Attributes:
        chain: a tenant, or `PLATFORM_CHAIN`.
        position: from 1.
        hash: SHA-256, hexadecimal.
        time: of its entry, to the second; None where that is not known.
    """

    chain: UUID
    position: int
    hash: str
    time: datetime | None = None

    def __str__(self) -> str:
        time = f":{self.time.astimezone(UTC):{_TIME}}" if self.time else ""
        return f"{name_of(self.chain)}:{self.position}:{self.hash}{time}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """The head that a text names; without a chain, the platform's.

        Raises:
            ValueError: it names none.
        """
        found = _HEAD.fullmatch(text.strip().lower())
        if found is None:
            raise ValueError(f"{text.strip()[:80]!r} is no head: write CHAIN:POSITION:HASH.")
        name, position, digest, time = found.groups()
        chain = PLATFORM_CHAIN if name in {None, PLATFORM} else UUID(name)
        moment = datetime.strptime(time.upper(), _TIME).replace(tzinfo=UTC) if time else None
        return cls(chain, int(position), digest, moment)


def name_of(chain: UUID) -> str:
    """How a chain is called: `platform`, or the tenant's id."""
    return PLATFORM if chain == PLATFORM_CHAIN else str(chain)


def read_heads(lines: Iterable[str]) -> list[Head]:
    """The heads of a file that `fondasi activity heads` wrote. Empty lines and those that begin with # do not count.

    Raises:
        ValueError: a line is no head.
    """
    return [Head.parse(line) for line in lines if line.strip() and not line.startswith("#")]


async def current_heads(session: Session) -> list[Head]:
    """The last link of every chain, the platform's first."""
    found = []
    for chain in await repository.chains(session):
        last = await repository.last_link(session, chain)
        if last is not None:
            time = last.created_at if isinstance(last, ActivitySeal) else None
            found.append(Head(chain, last.position, last.hash.hex(), time))
    return found


async def lost(session: Session, head: Head) -> str | None:
    """What became of a head that was kept elsewhere: None when its link is in the chain, else a sentence."""
    seal = await repository.get_seal(session, head.chain, head.position)
    checkpoint = await repository.checkpoint_at(session, head.chain, head.position)
    if seal is None and checkpoint is not None and head.time and head.time >= checkpoint.removed_before:
        return f"{head} is not in the chain, and is younger than what was removed after its time."
    known = seal or checkpoint
    if known is not None and known.hash.hex() == head.hash:
        return None
    shortened = await repository.latest_checkpoint(session, head.chain)
    if known is None and shortened is not None and head.position < shortened.position:
        return (
            f"{head} cannot be compared: entries before {shortened.removed_before:%Y-%m-%d} were removed after "
            "their time. Keep newer heads."
        )
    return f"{head} is not in the chain; its end was cut off or written anew."
