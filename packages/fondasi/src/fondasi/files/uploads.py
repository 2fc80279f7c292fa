"""Uploads under way. Their bytes lie in the storage before they count, so nobody has many at the same time."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fondasi.files.errors import TooManyUploads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

AT_ONCE = 4


class Uploads:
    """The uploads that this process takes now, by who sends them."""

    def __init__(self) -> None:
        self._under_way: Counter[UUID] = Counter()

    @contextmanager
    def one_of(self, caller_id: UUID) -> Iterator[None]:
        """Count an upload until the block ends.

        Raises:
            TooManyUploads: they send as many already as they may at the same time.
        """
        if self._under_way[caller_id] >= AT_ONCE:
            raise TooManyUploads
        self._under_way[caller_id] += 1
        try:
            yield
        finally:
            self._under_way[caller_id] -= 1
            if not self._under_way[caller_id]:
                del self._under_way[caller_id]
