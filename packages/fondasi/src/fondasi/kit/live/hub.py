"""The changes of the last while in the memory of a process, and the readers who are told of them.

All processes hear the same changes in the same order, so a reader can go on in another process where it stopped. There
are no queues: a reader has a place in the one log, and whoever is slower than the log is long reads anew.
"""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError

from fondasi.kit.crypto import SealBrokenError, SealedBox
from fondasi.kit.db.listener import TROUBLE, Subscriber
from fondasi.kit.live.changes import CHANNEL, Change, read_payload
from fondasi.kit.live.events import event

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

log = structlog.get_logger(__name__)

KEPT = 10_000  # changes that can be told later
SETTLE_SECONDS = 0.05  # until other processes have dropped what they keep of what changed
AT_ONCE = 100  # events that are written at a time
CHANGES_TOLD = Counter("fondasi_live_changes_total", "Changes that this process heard of.")
RESETS = Counter("fondasi_live_resets_total", "Readers who were told to read anew.")
_CONTEXT, _LENGTH = b"position", 36  # characters of the longest position


class Positions:
    """Seals places in the log, so that nobody learns from them whether something of others changed.

    Args:
        secret: the service's secret key, the same in all processes.
    """

    def __init__(self, secret: str) -> None:
        self._box = SealedBox(secret, "live updates")

    def seal(self, position: str) -> str:
        """A text for `Last-Event-ID`, another one each time, and of one length."""
        sealed = self._box.seal(position.ljust(_LENGTH), _CONTEXT)
        return urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, text: str) -> str | None:
        """The position; None when the text is none of ours."""
        try:
            sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            return self._box.open(sealed, _CONTEXT).rstrip()
        except (SealBrokenError, ValueError):
            return None


class Log:
    """The last changes, numbered in the order in which they came.

    Attributes:
        begin: number of the first one that is kept.
        end: number of the next one.
    """

    def __init__(self, kept: int) -> None:
        self.begin = self.end = 0
        self._kept = kept
        self._base = uuid4().hex  # the position before the first one
        self._changes: dict[int, Change] = {}
        self._numbers: dict[str, int] = {}

    def append(self, change: Change) -> None:
        """Keep one more, and forget the oldest when there are too many."""
        self._changes[self.end] = change
        self._numbers[change.position] = self.end
        self.end += 1
        if len(self._changes) > self._kept:
            self._base = self._changes.pop(self.begin).position
            del self._numbers[self._base]
            self.begin += 1

    def clear(self) -> None:
        """Forget all; no place of before is one any more."""
        self._changes.clear()
        self._numbers.clear()
        self.begin = self.end = self.end + 1
        self._base = uuid4().hex

    def between(self, begin: int, end: int) -> Iterator[Change]:
        """Those from `begin` up to `end`, which is left out."""
        return (self._changes[number] for number in range(begin, end))

    def position(self, number: int) -> str:
        """The position at which that one comes next."""
        return self._base if number <= self.begin else self._changes[number - 1].position

    def after(self, position: str | None) -> int | None:
        """The number that comes next at a position; None when that is not known (any more)."""
        if position == self._base:
            return self.begin
        number = self._numbers.get(position or "")
        return None if number is None else number + 1


class Hub(Subscriber):
    """Hears of changes, and wakes the readers who see them.

    Args:
        secret: the service's secret key.
        settled: waits until readers can read what is committed now.
    """

    channel = CHANNEL

    def __init__(self, secret: str, settled: Callable[[], Awaitable[None]]) -> None:
        self.positions = Positions(secret)
        self.log = Log(KEPT)
        self.settled = 0
        self._wait = settled
        self._readers: set[Reader] = set()
        self._telling: asyncio.Task[None] | None = None
        self._deaf = True

    def heard(self, payload: str) -> None:
        """Keep the changes of a notification, and tell of them in a moment."""
        try:
            changes = read_payload(payload)
        except ValueError:
            log.warning("strange_notification", channel=self.channel)
            return
        for change in changes:
            self.log.append(change)
        CHANGES_TOLD.inc(len(changes))
        if self._telling is None or self._telling.done():
            self._telling = asyncio.get_running_loop().create_task(self._tell(), name="live updates")

    async def began(self) -> None:
        """Whatever was missed meanwhile: let all readers read anew."""
        if not self._deaf:
            return
        self._deaf = False
        self.log.clear()
        self.settled = self.log.end
        for reader in self._readers:
            reader.wake()

    def ended(self) -> None:
        """Remember that changes are missed from now on."""
        self._deaf = True

    def reader(self, sees: Callable[[Change], bool], position: str | None = None) -> Reader:
        """A reader; it is told of nothing before it is opened.

        Args:
            sees: whether it is told of a change.
            position: the `Last-Event-ID` after which it goes on; None: from now on.
        """
        return Reader(self, sees, position)

    def add(self, reader: Reader) -> None:
        """Wake a reader from now on."""
        self._readers.add(reader)

    def remove(self, reader: Reader) -> None:
        """Wake it no more."""
        self._readers.discard(reader)

    def told(self, change: Change) -> bytes:
        """A change as an event, made once for all readers."""
        if change.event is None:
            data = {"resource": change.resource, "id": change.row_id, "tenant_id": change.tenant_id}
            change.event = event("change", data, self.positions.seal(change.position))
        return change.event

    async def _tell(self) -> None:
        while self.settled < self.log.end:
            await asyncio.sleep(SETTLE_SECONDS)
            end = self.log.end
            try:
                await self._wait()
            except (*TROUBLE, SQLAlchemyError) as error:
                log.warning("changes_told_early", error=type(error).__name__)
            self._tell_up_to(end)

    def _tell_up_to(self, end: int) -> None:
        begin = max(self.settled, self.log.begin)
        self.settled = max(self.settled, end)
        new = list(self.log.between(begin, end))
        for reader in self._readers:
            if reader.place < begin or any(reader.sees(change) for change in new):
                reader.wake()
            else:
                reader.place = self.settled


class Reader:
    """Somebody's place in the log, as a feed of events.

    Attributes:
        sees: whether it is told of a change.
        place: number of the change that it looks at next.
        wake: called when there is something for it.
    """

    look_seconds: float | None = None
    finished = False

    def __init__(self, hub: Hub, sees: Callable[[Change], bool], position: str | None) -> None:
        self.sees = sees
        self._hub = hub
        found = hub.settled if position is None else hub.log.after(hub.positions.open(position))
        self.place = -1 if found is None else min(found, hub.settled)
        self.wake: Callable[[], None] = lambda: None

    def open(self, wake: Callable[[], None]) -> None:
        """Begin."""
        self.wake = wake
        self._hub.add(self)

    def close(self) -> None:
        """End."""
        self._hub.remove(self)

    async def opening(self) -> bytes:
        """Says where to go on, should nothing else come."""
        return b"" if self._is_behind() else event("ready", {}, self._position())

    async def take(self) -> bytes:
        """What there is to tell, a piece of it when it is much; nothing when there is nothing."""
        if self._is_behind():
            self.place = self._hub.settled
            RESETS.inc()
            return event("reset", {}, self._position())
        parts: list[bytes] = []
        log, end = self._hub.log, self._hub.settled
        for change in log.between(self.place, end):
            self.place += 1
            if self.sees(change):
                parts.append(self._hub.told(change))
                if len(parts) == AT_ONCE:
                    break
        return b"".join(parts)

    def heartbeat(self) -> bytes:
        """Keeps the connection and its place alive."""
        return b"" if self._is_behind() else event("heartbeat", {}, self._position())

    def skip(self) -> bool:
        """Go on to the end of the log; whether there was something for it."""
        if self._is_behind():
            self.place = self._hub.settled
            return True
        begin, self.place = self.place, self._hub.settled
        return any(self.sees(change) for change in self._hub.log.between(begin, self.place))

    def _is_behind(self) -> bool:
        return self.place < self._hub.log.begin

    def _position(self) -> str:
        return self._hub.positions.seal(self._hub.log.position(self.place))
