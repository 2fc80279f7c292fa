"""How the content of a file is answered with: whole or in a range, to be saved and never shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi.responses import RedirectResponse

from fondasi.files.errors import FileNotThere, RangeNotThere
from fondasi.files.links import Links
from fondasi.files.models import key_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from fondasi.files.repository import AnyFile
    from fondasi.platform import Platform

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def range_of(headers: Mapping[str, str], etag: str, size: int) -> tuple[int, int] | None:
    """What `Range` asks for, its end left out (RFC 9110, 14.2); None for the whole, also where several are asked for.

    Raises:
        RangeNotThere: the file is shorter.
    """
    found = _RANGE.fullmatch(headers.get("range", ""))
    if found is None or headers.get("if-range", etag) != etag or not (found[1] or found[2]):
        return None
    if not found[1]:  # the last so many
        start, end = max(0, size - int(found[2])), size
    else:
        start = int(found[1])
        end = min(size, int(found[2]) + 1) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None
    if start >= size or start >= end:
        raise RangeNotThere(size)
    return start, end


def headers_of(name: str, etag: str, size: int, part: tuple[int, int] | None) -> dict[str, str]:
    """The headers of an answer with content; the middleware forbids browsers to guess its type."""
    plain = "".join(each if each.isascii() and each not in '"\\%' else "_" for each in name)
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Length": str(size if part is None else part[1] - part[0]),
    }
    if part is not None:
        headers["Content-Range"] = f"bytes {part[0]}-{part[1] - 1}/{size}"
    return headers


@dataclass(frozen=True, slots=True)
class Content:
    """What is answered with: where it lies, and what is said of it."""

    key: str
    name: str
    media_type: str
    size: int
    etag: str

    @classmethod
    def of(cls, file: AnyFile) -> Content:
        """That of a file, whole."""
        return cls(key_of(file.id), file.name, file.media_type, file.size, etag_of(file.id))


def lead_to(platform: Platform, file_id: UUID | None, *, tenant_id: UUID | None = None) -> RedirectResponse:
    """The answer that leads to the content of a file, by a link that ends.

    Args:
        platform: the running platform.
        file_id: which file; that the caller may see it was checked.
        tenant_id: whose it is; None for a user's.

    Raises:
        FileNotThere: there is none.
    """
    if file_id is None:
        raise FileNotThere
    return RedirectResponse(platform.get(Links).path(file_id, tenant_id))


def etag_of(file_id: UUID, side: int = 0) -> str:
    """A strong validator: what is stored under an id, or as a smaller picture of it, never changes."""
    return f'"{file_id.hex}-{side}"' if side else f'"{file_id.hex}"'
