"""Answers made smaller on their way: a list or a decision reaches a phone in a fifth of its bytes.

The length of something compressed tells what is in it, where somebody else can add words to it and see it go by
(BREACH, 2013). For that they need a browser that sends its rights along by itself. Ours are in a header that no
foreign page can send, and the answers to what goes by cookie are far below `SHORTEST`.
"""

from __future__ import annotations

import asyncio
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SHORTEST = 4096  # bytes that are worth it
LONG = 65536  # bytes that would hold others up: a thread compresses them
LEVEL = 1  # half the time of the default, and 15 % more bytes
GZIP = 31  # what zlib calls the format of RFC 1952
TYPES = (b"application/json", b"text/csv")


def accepted_encodings(header: str) -> set[str]:
    """The encodings that an `Accept-Encoding` allows."""
    return {
        name.strip().lower()
        for name, _, weight in (each.partition(";") for each in header.split(","))
        if weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    }


class Compression:
    """`Content-Encoding: gzip` on whole answers of JSON and CSV, where the caller accepts it (RFC 9110, 8.4).

    One with a strong `ETag` stays as it is: the tag names its bytes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start: Message | None = None

        async def compressed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                if _may_shrink(message["headers"]):
                    start = message
                    return
            elif start is not None:
                begun, start = start, None
                begun["headers"].append((b"vary", b"accept-encoding"))
                if not message.get("more_body") and _accepts(scope):
                    message = await _shrink(begun, message)
                await send(begun)
            await send(message)

        await self.app(scope, receive, compressed)


def _may_shrink(headers: list[tuple[bytes, bytes]]) -> bool:
    fits = False
    for name, value in headers:
        if name == b"content-length":
            if int(value) < SHORTEST:
                return False
        elif name == b"content-type":
            fits = value.startswith(TYPES)
        elif name == b"content-encoding" or (name == b"etag" and not value.startswith(b"W/")):
            return False
    return fits


def _accepts(scope: Scope) -> bool:
    header = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
    return "gzip" in accepted_encodings(header.decode("latin-1"))


async def _shrink(start: Message, message: Message) -> Message:
    whole: bytes = message.get("body", b"")
    if len(whole) < SHORTEST:
        return message
    body = await asyncio.to_thread(_gzip, whole) if len(whole) > LONG else _gzip(whole)
    start["headers"] = [pair for pair in start["headers"] if pair[0] != b"content-length"]
    start["headers"] += [(b"content-encoding", b"gzip"), (b"content-length", b"%d" % len(body))]
    return {**message, "body": body}


def _gzip(whole: bytes) -> bytes:
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    return compressor.compress(whole) + compressor.flush()
