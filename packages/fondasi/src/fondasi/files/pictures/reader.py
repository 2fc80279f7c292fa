"""Reading bytes that come in pieces, of which little is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LONGEST_SIDE = 65_500  # pixels
MOST_PARTS = 100_000  # chunks, segments or frames


class InvalidPictureError(Exception):
    """The picture is damaged, or no picture."""


class PictureTooLargeError(Exception):
    """The picture has more pixels than may be."""


class Reader:
    """Bytes in the order in which they come. However small the parts are that somebody cut them into, none costs much.

    Args:
        content: in pieces.
        most_pixels: width times height.
    """

    def __init__(self, content: AsyncIterator[bytes], most_pixels: int) -> None:
        self._content = content
        self._most_pixels = most_pixels
        self._held = b""
        self._at = 0  # of what is held, where the next byte is
        self._parts = 0

    def part(self) -> None:
        """A part of the picture begins.

        Raises:
            InvalidPictureError: there were more than any picture has.
        """
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise InvalidPictureError

    async def take(self, size: int) -> bytes:
        """So many bytes.

        Raises:
            InvalidPictureError: there are fewer.
        """
        if len(self._held) - self._at < size:
            await self._hold(size)
        start = self._at
        self._at += size
        return self._held[start : self._at]

    async def some(self) -> bytes:
        """Whatever is there, or comes next; nothing at the end."""
        taken, self._held, self._at = self._held[self._at :], b"", 0
        while not taken:
            piece = await anext(self._content, None)
            if piece is None:
                return b""
            taken = piece
        return taken

    def put_back(self, rest: bytes) -> None:
        """Have what was taken last read again, or something else in its place."""
        self._held, self._at = rest + self._held[self._at :], 0

    async def copy(self, size: int) -> AsyncIterator[bytes]:
        """So many bytes, in pieces.

        Raises:
            InvalidPictureError: there are fewer.
        """
        while size:
            if self._at == len(self._held):
                await self._hold(1)
            piece = self._held[self._at : self._at + size]
            self._at += len(piece)
            size -= len(piece)
            yield piece

    async def skip(self, size: int) -> None:
        """Leave so many bytes out."""
        if len(self._held) - self._at >= size:
            self._at += size
            return
        async for _ in self.copy(size):
            pass

    async def chain(self) -> AsyncIterator[bytes]:
        """Pieces behind a byte each that says how long it is, up to an empty one; as many at once as are there.

        Raises:
            InvalidPictureError: there is no empty one.
        """
        while True:
            if self._at == len(self._held):
                await self._hold(1)
            held, end = self._held, self._at
            while end < len(held) and (size := held[end]) and end + size < len(held):
                end += size + 1
            ended = end < len(held) and not held[end]
            start, self._at = self._at, end + ended
            if self._at > start:
                yield held[start : self._at]
            if ended:
                return
            if end < len(held):
                await self._hold(held[end] + 1)

    async def _hold(self, size: int) -> None:
        pieces = [self._held[self._at :]]
        held = len(pieces[0])
        while held < size:
            piece = await anext(self._content, None)
            if piece is None:
                raise InvalidPictureError
            pieces.append(piece)
            held += len(piece)
        self._held, self._at = b"".join(pieces), 0

    async def drain(self) -> None:
        """Leave out what is left."""
        while await self.some():
            pass

    def check(self, width: int, height: int) -> None:
        """Refuse what nobody should decode.

        Raises:
            InvalidPictureError: it has no pixels.
            PictureTooLargeError: it has too many.
        """
        if not width or not height:
            raise InvalidPictureError
        if width * height > self._most_pixels or max(width, height) > LONGEST_SIDE:
            raise PictureTooLargeError
