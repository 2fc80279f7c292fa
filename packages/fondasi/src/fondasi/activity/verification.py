"""Proves that a chain is what was written: every link, and every row against its link. Names all that is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from fondasi.activity import repository
from fondasi.kit import clock
from fondasi.kit.audit import GENESIS, PLATFORM_CHAIN, clean, content_hash, link

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from fondasi.kit.audit import ActivityCheckpoint, ActivityRecord, ActivitySeal
    from fondasi.kit.db import Session

BATCH = 1000
SHORTEST_RETENTION = timedelta(days=85)  # three months, as the database knows them, and some days
MOST_FAULTS = 100  # that a report names; it counts them all
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a chain that is not as it was written.

    Attributes:
        kind: `altered` (the row), `missing` (the row), `broken` (the link), `unsealed` (a row without a link).
    """

    kind: str
    position: int | None
    activity_id: UUID
    created_at: datetime
    message: str


@dataclass(slots=True)
class Verification:
    """What was checked of a chain, and what is wrong with it.

    Attributes:
        checked: links that were looked at.
        faults: the first `MOST_FAULTS`, in the order of the chain, unsealed rows last.
        fault_count: how many there are.
    """

    chain: UUID
    checked: int = 0
    last_position: int = 0
    last_link: bytes = GENESIS
    complete: bool = False
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0

    @property
    def tenant_id(self) -> UUID | None:
        """Whose chain it is; None for the platform's own."""
        return None if self.chain == PLATFORM_CHAIN else self.chain

    @property
    def valid(self) -> bool:
        """Whether nothing wrong was found."""
        return not self.fault_count

    @property
    def fault(self) -> Fault | None:
        """The first one."""
        return self.faults[0] if self.faults else None

    @property
    def last_hash(self) -> str:
        """Of the last link that was checked, hexadecimal."""
        return self.last_link.hex()

    def add(self, faults: Sequence[Fault], count: int | None = None) -> None:
        """Note faults; `count` where there are more of them."""
        self.fault_count += len(faults) if count is None else count
        self.faults += faults[: MOST_FAULTS - len(self.faults)]


async def verify(session: Session, chain: UUID, *, after: int = 0, limit: int | None = None) -> Verification:
    """Check a chain from a position on. Behind a fault it goes on with the link that it found there.

    Args:
        session: for reading.
        chain: a tenant, or `PLATFORM_CHAIN`.
        after: position that was checked before, whose hash is trusted; 0 for the beginning.
        limit: most links to check; all when None.
    """
    report = Verification(chain)
    checkpoint = await repository.latest_checkpoint(session, chain)
    removed_before = LONG_AGO
    if checkpoint is not None:
        report.add([*await _faults_of_checkpoint(session, checkpoint)])
        report.last_position, report.last_link = checkpoint.position, checkpoint.hash
        removed_before = checkpoint.removed_before
    if (
        after > report.last_position
        and (known := await repository.get_seal(session, chain, after)) is not None
    ):
        report.last_position, report.last_link = known.position, known.hash
    while limit is None or report.checked < limit:
        size = BATCH if limit is None else min(BATCH, limit - report.checked)
        rows = await repository.links(session, chain, after=report.last_position, limit=size)
        for seal, row, digest in rows:
            report.add([*_faults_of_link(report, seal), *_faults_of_row(seal, row, digest, removed_before)])
            report.checked += 1
            report.last_position, report.last_link = seal.position, seal.hash
        session.expunge_all()
        if len(rows) < size:
            report.complete = True
            report.add(*await _unsealed(session, chain))
            break
    return report


def content_of(row: ActivityRecord) -> dict[str, Any]:
    """The fields of a row as those of before were hashed."""
    return {
        "id": str(row.id),
        "created_at": row.created_at,
        "tenant_id": _text(row.tenant_id),
        "user_id": _text(row.user_id),
        "session_id": _text(row.session_id),
        "level": row.level,
        "action": row.action,
        "module": row.module,
        "message": row.message,
        "endpoint": row.endpoint,
        "method": row.method,
        "status_code": row.status_code,
        "duration_ms": clean(row.duration_ms),
        "ip_address": row.ip_address,
        "user_agent": row.user_agent,
        "request_id": row.request_id,
        "metadata": row.details,
        "error_details": row.error_details,
        **({"subject_id": str(row.subject_id)} if row.subject_id else {}),
    }


async def _faults_of_checkpoint(session: Session, checkpoint: ActivityCheckpoint) -> list[Fault]:
    """A checkpoint that hides what nobody removes: entries before it that are still there, or that are young."""
    wrong = ""
    if await repository.has_links(session, checkpoint.chain, up_to=checkpoint.position):
        wrong = "links before it are still there"
    elif checkpoint.removed_before > clock.now() - SHORTEST_RETENTION:
        wrong = "entries younger than any retention are said to be removed"
    message = f"The checkpoint at position {checkpoint.position} is forged: {wrong}."
    found = Fault("broken", checkpoint.position, checkpoint.chain, checkpoint.created_at, message)
    return [found] if wrong else []


def _faults_of_link(report: Verification, seal: ActivitySeal) -> Iterator[Fault]:
    expected = report.last_position + 1
    if seal.position != expected:
        yield _fault("broken", seal, f"the links {expected} to {seal.position - 1} are missing before it")
    elif seal.previous_hash != report.last_link:
        yield _fault("broken", seal, "it does not follow the link before it")
    if seal.hash != link(seal.previous_hash, seal.content_hash, seal.activity_id, seal.created_at):
        yield _fault("broken", seal, "its hash is not the one of its content")


def _faults_of_row(
    seal: ActivitySeal, row: ActivityRecord | None, digest: bytes | None, removed_before: datetime
) -> Iterator[Fault]:
    if row is None:
        if seal.created_at >= removed_before:
            yield _fault("missing", seal, "its row was deleted")
    elif (row.tenant_id or PLATFORM_CHAIN) != seal.chain or (
        digest != seal.content_hash and content_hash(content_of(row)) != seal.content_hash
    ):
        yield _fault("altered", seal, "its row was altered")


def _fault(kind: str, seal: ActivitySeal, sentence: str) -> Fault:
    message = f"Entry {seal.activity_id} at position {seal.position}: {sentence}."
    return Fault(kind, seal.position, seal.activity_id, seal.created_at, message)


async def _unsealed(session: Session, chain: UUID) -> tuple[list[Fault], int]:
    rows, count = await repository.unsealed(session, chain, limit=MOST_FAULTS)
    sentence = "Entry {}: no link seals it; it was added past the service."
    return [Fault("unsealed", None, row.id, row.created_at, sentence.format(row.id)) for row in rows], count


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
