"""The size of a body, counted while it streams in, so that a chunked one cannot pass without a Content-Length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.kit.http.problems import TooLarge
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope

BODY_LIMIT = 64 * 1024
LONGEST_NUMBER = 18  # digits: longer ones are over any limit


def bounded(scope: Scope, receive: Receive, limit: int) -> Receive:
    """The body up to a limit in bytes; reading beyond it raises `TooLarge`.

    Raises:
        TooLarge: the request says that it is larger.
    """
    for name, value in scope["headers"]:
        if name == b"content-length" and _exceeds(value, limit):
            raise _too_large(limit)
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _too_large(limit)
        return message

    return counted


def _too_large(limit: int) -> TooLarge:
    text = t("The request body is larger than {limit} bytes. Send less, or in parts.", limit=f"{limit:,}")
    return TooLarge(text)


def _exceeds(content_length: bytes, limit: int) -> bool:
    digits = content_length.lstrip(b"0")
    return digits.isdigit() and (len(digits) > LONGEST_NUMBER or int(digits) > limit)
