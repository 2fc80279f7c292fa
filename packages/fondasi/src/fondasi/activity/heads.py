"""The last links of the chains, as they are kept elsewhere, and what becomes of them here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from fondasi.activity import repository
from fondasi.kit.audit import PLATFORM_CHAIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fondasi.kit.db import Session

PLATFORM = "platform"
_HEAD = re.compile(r"(?:(platform|[0-9a-f-]{36}):)?([0-9]{1,18}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Head:
    """A link of a chain, as text `CHAIN:POSITION:HASH`.

    Attributes:
        chain: a tenant, or `PLATFORM_CHAIN`.
        position: from 1.
        hash: SHA-256, hexadecimal.
    """

    chain: UUID
    position: int
    hash: str

    def __str__(self) -> str:
        return f"{name_of(self.chain)}:{self.position}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """The head that a text names; without a chain, the platform's.

        Raises:
            ValueError: it names none.
        """
        found = _HEAD.fullmatch(text.strip().lower())
        if found is None:
            raise ValueError(f"{text.strip()[:80]!r} is no head: write CHAIN:POSITION:HASH.")
        chain, position, digest = found.groups()
        return cls(PLATFORM_CHAIN if chain in {None, PLATFORM} else UUID(chain), int(position), digest)


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
            found.append(Head(chain, last.position, last.hash.hex()))
    return found


async def lost(session: Session, head: Head) -> str | None:
    """What became of a head that was kept elsewhere: None when its link is in the chain, else a sentence."""
    seal = await repository.get_seal(session, head.chain, head.position)
    known = seal or await repository.checkpoint_at(session, head.chain, head.position)
    if known is not None and known.hash.hex() == head.hash:
        return None
    shortened = await repository.latest_checkpoint(session, head.chain)
    if known is None and shortened is not None and head.position < shortened.position:
        return (
            f"{head} cannot be compared: entries before {shortened.removed_before:%Y-%m-%d} were removed after "
            "their time. Keep newer heads."
        )
    return f"{head} is not in the chain; its end was cut off or written anew."
