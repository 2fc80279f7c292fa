"""Keeps the PDFs that decisions were read from, once the decisions are stored: one for each.

An import that is stopped in between leaves decisions without their file; the next run finds them by their content.
Decisions of earlier imports may have none either, and of their pages only those with lines.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtsight.ingestion.store import PAGE_COLUMNS, page_rows
from fondasi.files import drop_object, keep_object, write_objects
from fondasi.kit.db import Session, driver_connection
from fondasi.kit.storage import PIECE, StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from uuid import UUID

    import asyncpg

    from courtsight.ingestion.prepare import PreparedDecision, Source
    from courtsight.ingestion.readers import ReadError
    from fondasi.kit.db import Database
    from fondasi.kit.storage import Storage

_LACKING = """
SELECT content_hash, id FROM decision d
WHERE content_hash = ANY($1) AND NOT EXISTS (SELECT FROM decision_original o WHERE o.decision_id = d.id)
"""
_NONE_LACKS = """
SELECT NOT EXISTS (
    SELECT FROM decision d WHERE NOT EXISTS (SELECT FROM decision_original o WHERE o.decision_id = d.id)
)
"""
# The decision may have been replaced meanwhile, or another import may have kept the file.
_KEEP = """
INSERT INTO decision_original (decision_id, id, digest, size)
SELECT id, $2, $3, $4 FROM decision WHERE id = $1 AND content_hash = $5 FOR KEY SHARE
ON CONFLICT DO NOTHING RETURNING decision_id
"""
_PAGES = "SELECT count(*) FROM decision_page WHERE decision_id = $1"
_FORGET_PAGES = "DELETE FROM decision_page WHERE decision_id = $1"


class _ChangedError(Exception):
    """The file is another one than the one that was read."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A file in the storage, and the stored decision that it belongs to."""

    decision_id: UUID
    item: PreparedDecision
    object_id: UUID
    size: int


async def keep_originals(
    database: Database, storage: Storage, decisions: Sequence[PreparedDecision]
) -> list[ReadError]:
    """Keep the files of those decisions that are stored and have none; what could not be kept, and why."""
    wanted = {item.content_hash: item for item in decisions if item.source.original}
    if not wanted:
        return []
    async with database.connection() as connection:
        lacking = await without_original(connection, list(wanted))
    written, errors = await _write(database, storage, [(key, wanted[item]) for item, key in lacking.items()])
    async with database.unit_of_work() as session:
        unused = [each for each in written if not await _keep(session, each)]
    for each in unused:
        await drop_object(database, storage, each.object_id)
    return errors


async def without_original(connection: asyncpg.Connection, hashes: Sequence[bytes]) -> dict[bytes, UUID]:
    """The stored decisions with those content hashes that have no file."""
    return {row["content_hash"]: row["id"] for row in await connection.fetch(_LACKING, hashes)}


async def all_have_originals(connection: asyncpg.Connection) -> bool:
    """Whether every stored decision has its file."""
    return bool(await connection.fetchval(_NONE_LACKS))


async def _write(
    database: Database, storage: Storage, lacking: Sequence[tuple[UUID, PreparedDecision]]
) -> tuple[list[_Written], list[ReadError]]:
    written: list[_Written] = []
    errors: list[ReadError] = []
    results = await write_objects(database, storage, [_pieces(item.source) for _, item in lacking])
    for (decision_id, item), result in zip(lacking, results, strict=True):
        match result:
            case (object_id, size):
                written.append(_Written(decision_id, item, object_id, size))
            case OSError() | _ChangedError() | StorageError():
                errors.append(item.source.refused(_reason(result)))
            case _:
                raise result
    return written, errors


async def _keep(session: Session, written: _Written) -> bool:
    """Have the stored decision refer to the file, and to all of its pages; False if it is gone."""
    connection = await driver_connection(session)
    item = written.item
    values = (written.decision_id, written.object_id, item.source.original, written.size, item.content_hash)
    if await connection.fetchval(_KEEP, *values) is None:
        return False
    await keep_object(session, written.object_id, written.size)
    if await connection.fetchval(_PAGES, written.decision_id) != len(item.draft.pages):
        await connection.execute(_FORGET_PAGES, written.decision_id)
        rows = page_rows(written.decision_id, item.draft)
        await connection.copy_records_to_table("decision_page", columns=PAGE_COLUMNS, records=rows)
    return True


async def _pieces(source: Source) -> AsyncIterator[bytes]:
    """The content of the file that was read, whose last piece comes only if it is still the same."""
    digest = hashlib.sha256()
    file = await asyncio.to_thread(source.path.open, "rb")
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            digest.update(piece)
            yield piece
    if digest.digest() != source.original:
        raise _ChangedError


def _reason(error: Exception) -> str:
    if isinstance(error, _ChangedError):
        return "the file changed while it was imported: its text is stored, the PDF is not; import it again"
    why = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"its text is stored, but the PDF could not be kept ({why}); import it again to try once more"
