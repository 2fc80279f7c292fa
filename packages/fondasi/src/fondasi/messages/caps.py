"""How often something may be asked for: exact among parallel requests, and given back when the request fails."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from sqlalchemy import delete, text

from fondasi.kit import clock
from fondasi.messages.models import MessageCap

if TYPE_CHECKING:
    from datetime import timedelta

    from fondasi.kit.db import Session

# Other requests for the same key wait for the row, so the moment is read once it is locked.
TAKE = text("""
INSERT INTO message_cap AS cap (key, number, began_at) VALUES (:key, 1, clock_timestamp())
ON CONFLICT (key) DO UPDATE SET
    number = CASE WHEN clock_timestamp() - cap.began_at BETWEEN interval '0' AND :period THEN cap.number + 1 ELSE 1 END,
    began_at = CASE WHEN clock_timestamp() - cap.began_at BETWEEN interval '0' AND :period
        THEN cap.began_at ELSE clock_timestamp() END
RETURNING number, extract(epoch FROM began_at + :period - clock_timestamp())
""")


async def take(session: Session, key: str, limit: int, period: timedelta) -> int:
    """Take one of so many in a period, which begins with the first; whoever gets none refuses the whole request.

    Args:
        session: the unit of work of the request; what it took is given back when it rolls back.
        key: what is counted, and whose.
        limit: how many there are in a period.
        period: how long it lasts.

    Returns:
        Seconds until there are more, if there was none; else 0.
    """
    number, left = (await session.execute(TAKE, {"key": key, "period": period})).one()
    return max(1, ceil(left)) if number > limit else 0


async def delete_old(session: Session, *, older_than: timedelta) -> int:
    """Delete the counts that began longer ago; how many there were."""
    old = delete(MessageCap).where(MessageCap.began_at < clock.now() - older_than)
    return len((await session.scalars(old.returning(MessageCap.key))).all())
