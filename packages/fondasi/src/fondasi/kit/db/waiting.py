"""Writes that wait for the end of their unit of work, so that one that does nothing else is a single statement.

A transaction of one statement needs no BEGIN and no COMMIT: of five round trips to the server one is left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import asyncpg
    from sqlalchemy.ext.asyncio import AsyncSession

WAITING = "waiting"  # in a session's `info`: what waits, until its transaction begins
AFTER = "/* after */"  # in a write: where its condition stands, that the one before it is done
_VALUE = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True)
class Write:
    """A write that may wait.

    Attributes:
        name: of the last of its parts, which has a row if the write is done, and else none.
        parts: queries with names, as they stand behind WITH; their values are `$1`, `$2` and so on.
        told: what is selected from that row. It is never NULL.
        values: for the places of its parts.
        refused: raises what it means that the write is not done.
    """

    name: str
    parts: str
    told: str
    values: Sequence[Any]
    refused: Callable[[], None]


def put_off(session: AsyncSession, write: Write) -> bool:
    """Let a write wait until the transaction of a session begins, or until its unit of work ends without one.

    Whatever the session is asked meanwhile finds it done. What refuses it is raised when it is made.

    Returns:
        False where it cannot wait: the caller makes it now.
    """
    waiting: list[Write] | None = session.info.get(WAITING)
    if (
        waiting is None or session.in_nested_transaction()
    ):  # what a savepoint undoes must not be done without it
        return False
    if waiting and (AFTER not in write.parts or any(other.name == write.name for other in waiting)):
        return False
    waiting.append(write)
    return True


async def make(connection: asyncpg.Connection, writes: Sequence[Write]) -> None:
    """Make them in one statement: all of them, or none.

    Raises:
        Exception: what the first one that is not done says.
    """
    text = _joined(tuple((write.name, write.parts, write.told, len(write.values)) for write in writes))
    row: Any = await connection.fetchrow(text, *(value for write in writes for value in write.values))
    for write, told in zip(writes, row, strict=True):
        if told is None:
            write.refused()


@lru_cache(maxsize=64)
def _joined(writes: tuple[tuple[str, str, str, int], ...]) -> str:
    parts, told, before, values = [], [], "", 0
    for name, text, selected, count in writes:
        moved = _VALUE.sub(lambda found, by=values: f"${int(found[1]) + by}", text)  # type: ignore[misc]
        parts.append(moved.replace(AFTER, f"WHERE EXISTS (SELECT FROM {before})" if before else ""))
        told.append(f"(SELECT {selected} FROM {name})")  # noqa: S608 - constants only
        before, values = name, values + count
    return f"WITH {', '.join(parts)} SELECT {', '.join(told)}"
