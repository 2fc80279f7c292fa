"""A built site: every file of it is read when the service starts, so that no request names a path of the disk.

Its list, `manifest.json`, has the `languages` and the `files` by their addresses. Of each: its `path` in the folder
`files`, its media `type`, its `hash` (SHA-256), the `encodings` that are beside it (`br` in PATH.br, `gzip` in PATH.gz)
and whether it is `immutable`; and, of pages, the `policy` and the `module` whose page it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from fondasi.kit.http.compression import accepted_encodings
from fondasi.settings import StartError

if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST = "manifest.json"
ENDINGS = {"br": ".br", "gzip": ".gz"}  # the better one first
IMMUTABLE, ASKED_EACH_TIME = "public, max-age=31536000, immutable", "no-cache"


class BrokenSiteError(StartError):
    """A built site that lacks files, or whose list cannot be read."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a site.

    Attributes:
        body: its bytes.
        encoded: the same, compressed, by the name of the encoding.
        headers: those of every answer with it.
        module: whose page it belongs to; None for those of all.
    """

    body: bytes
    encoded: Mapping[str, bytes]
    headers: Mapping[str, str]
    module: str | None = None

    def in_encoding(self, accepted: str) -> tuple[bytes, str | None]:
        """Its bytes in the best encoding of an `Accept-Encoding`, and which that is."""
        wanted = accepted_encodings(accepted)
        name = next((each for each in self.encoded if each in wanted), None)
        return (self.body, None) if name is None else (self.encoded[name], name)


@dataclass(frozen=True, slots=True)
class Site:
    """Files by the address where they are served.

    Attributes:
        languages: in which the pages are there; the first is for those who ask for none of them.
        files: the files.
    """

    languages: tuple[str, ...]
    files: Mapping[str, File]

    @classmethod
    def read(cls, folder: Path) -> Site | None:
        """The site of a folder; None where none was built.

        Raises:
            BrokenSiteError: its list cannot be read, or names files that are not there.
        """
        try:
            manifest = orjson.loads((folder / MANIFEST).read_bytes())
            files = {address: _file(folder / "files", about) for address, about in manifest["files"].items()}
            return cls(tuple(manifest["languages"]), files)
        except FileNotFoundError as error:
            if error.filename == str(folder / MANIFEST):
                return None
            raise BrokenSiteError(f"The web UI lacks {error.filename}. Build it anew: make ui") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BrokenSiteError(
                f"The web UI in {folder} cannot be read ({error!r}). Build it anew: make ui"
            ) from error


def site_folder() -> Path:
    """Where `make ui` puts the site that packages carry."""
    return Path(__file__).parent / "site"


def _file(folder: Path, about: dict[str, Any]) -> File:
    path = folder / about["path"]
    headers = {
        "Content-Type": about["type"],
        "ETag": f'"{about["hash"][:32]}"',
        "Cache-Control": IMMUTABLE if about["immutable"] else ASKED_EACH_TIME,
    }
    if "policy" in about:
        headers["Content-Security-Policy"] = about["policy"]
    encoded = {
        name: path.with_name(path.name + ending).read_bytes()
        for name, ending in ENDINGS.items()
        if name in about["encodings"]
    }
    return File(path.read_bytes(), encoded, headers, about.get("module"))
