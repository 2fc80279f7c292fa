"""How many streams a process holds: few for each caller, and a bounded number in all."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prometheus_client import Counter as Metric
from prometheus_client import Gauge

from fondasi.kit.http import Problem, Unavailable
from fondasi.kit.http.connections import most_connections
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from fondasi.settings import Settings

OPEN = Gauge("fondasi_live_streams", "Streams of events that are open.", multiprocess_mode="livesum")
REFUSED = Metric("fondasi_live_streams_refused_total", "Streams that were refused.", ["reason"])


class TooManyStreams(Problem):
    """The caller has as many streams open as one may have."""

    status, code, title = 429, "TOO_MANY_STREAMS", "Too many streams"

    def __init__(self, most: int = 0) -> None:
        super().__init__(
            t("You follow {most} streams already, the most there may be. Close one first.", most=most),
            headers={"Retry-After": "10"},
        )


class Places:
    """The places for streams in a process.

    Args:
        settings: how many. Without `LIVE_STREAMS` half of the connections that the process takes.
    """

    def __init__(self, settings: Settings) -> None:
        live = settings.live
        self._in_all = live.streams or most_connections(settings.http) // 2
        self._of_each = live.per_caller
        self._taken: Counter[UUID] = Counter()

    @contextmanager
    def taken(self, caller: UUID) -> Iterator[None]:
        """Hold a place inside the block.

        Raises:
            TooManyStreams: the caller has enough.
            Unavailable: all are taken.
        """
        if self._taken[caller] >= self._of_each:
            REFUSED.labels("caller").inc()
            raise TooManyStreams(self._of_each)
        if self._taken.total() >= self._in_all:
            REFUSED.labels("all").inc()
            raise Unavailable(t("Too many streams are open. Try again in a minute."), retry_after=60)
        self._taken[caller] += 1
        OPEN.inc()
        try:
            yield
        finally:
            OPEN.dec()
            self._taken[caller] -= 1
            if not self._taken[caller]:
                del self._taken[caller]
