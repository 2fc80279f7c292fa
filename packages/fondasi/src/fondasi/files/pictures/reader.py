"""Reading bytes that come in pieces, of which little is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LONGEST_SIDE = 65_500  # pixels


class InvalidPictureError(Exception):
    """The picture is damaged, or no picture."""


class PictureTooLargeError(Exception):
    """The picture has more pixels than may be."""


class Reader:
    """Bytes in the order in which they come.

    Args:
        content: in pieces.
        most_pixels: width times height.
    """

    def __init__(self, content: AsyncIterator[bytes], most_pixels: int) -> None:
        self._content = content
        self._most_pixels = most_pixels
        self._held = b""

    async def take(self, size: int) -> bytes:
        """So many bytes.

        Raises:
            InvalidPictureError: there are fewer.
        """
        while len(self._held) < size:
            piece = await anext(self._content, None)
            if piece is None:
                raise InvalidPictureError
            self._held += piece
        taken, self._held = self._held[:size], self._held[size:]
        return taken

    async def some(self) -> bytes:
        """Whatever is there, or comes next; nothing at the end."""
        while not self._held:
            piece = await anext(self._content, None)
            if piece is None:
                return b""
            self._held = piece
        taken, self._held = self._held, b""
        return taken

    def put_back(self, rest: bytes) -> None:
        """Have them read again."""
        self._held = rest + self._held

    async def copy(self, size: int) -> AsyncIterator[bytes]:
        """So many bytes, in pieces.

        Raises:
            InvalidPictureError: there are fewer.
        """
        while size:
            piece = await self.some()
            if not piece:
                raise InvalidPictureError
            self.put_back(piece[size:])
            piece = piece[:size]
            size -= len(piece)
            yield piece

    async def skip(self, size: int) -> None:
        """Leave so many bytes out."""
        async for _ in self.copy(size):
            pass

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
