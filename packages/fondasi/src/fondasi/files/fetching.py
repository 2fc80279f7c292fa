"""Files by address: fetched as they come, from public addresses alone, with the checks of an upload."""

from __future__ import annotations

from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from fondasi.files.errors import AddressUnusable
from fondasi.files.service import store
from fondasi.files.uploads import Uploads
from fondasi.kit.i18n import t
from fondasi.kit.outgoing import Outgoing, OutgoingError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fondasi.files.schemas import FileRead
    from fondasi.files.service import Shelf
    from fondasi.kit.outgoing import Answer
    from fondasi.platform import Platform

REDIRECTS = 3
HEADERS = {"accept": "*/*", "accept-encoding": "identity", "user-agent": "Fondasi-Files"}


async def fetch(platform: Platform, shelf: Shelf, url: str, name: str | None) -> FileRead:
    """Keep what an address answers with as a file.

    Args:
        platform: the running platform.
        shelf: whose file it becomes.
        url: the address.
        name: what it is called; None: as its address ends.

    Raises:
        AddressUnusable: it is not public, does not answer in `FILE_FETCH_SECONDS`, or not with a file.
        FileTypeRefused: its content is of a type that is not taken.
        FileTooLarge: it is larger than `FILE_LIMIT`.
        QuotaUsedUp: the caller's files would be too large together.
        StorageUnavailable: it cannot be stored.
        TooManyUploads: the caller fetches or sends several already.
    """
    with platform.get(Uploads).one_of(shelf.caller_id):
        async with _answer(platform, url) as answer:
            if answer.status != HTTPStatus.OK:
                raise AddressUnusable(t("answers with the status {status}", status=answer.status))
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise AddressUnusable(t("answers in a coding that was not asked for"))
            return await store(platform, shelf, name or _name(answer.url), answer.pieces)


@asynccontextmanager
async def _answer(platform: Platform, url: str) -> AsyncIterator[Answer]:
    try:
        async with platform.get(Outgoing).request(
            "GET",
            url,
            seconds=platform.settings.file.fetch_seconds,
            headers=HEADERS,
            redirects=REDIRECTS,
        ) as answer:
            yield answer
    except OutgoingError as error:
        raise AddressUnusable(error.reason) from None


def _name(url: str) -> str:
    return unquote(urlsplit(url).path).rpartition("/")[2] or "file"
