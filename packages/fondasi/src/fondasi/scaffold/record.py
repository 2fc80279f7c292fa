"""What was generated, noted in `.fondasi/generated.json`: so that it can be told later what is written otherwise today.

A file is noted as a digest of the text that the templates made, whatever its owner made of it since.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from fondasi import __version__
from fondasi.scaffold.changes import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fondasi.scaffold.changes import Changes
    from fondasi.scaffold.wishes import Wish

RECORD = ".fondasi/generated.json"
LENGTH = 16  # of a digest's hexadecimal digits


def digest(text: str) -> str:
    """What stands for a text."""
    return sha256(text.encode()).hexdigest()[:LENGTH]


def digests(files: Mapping[str, str]) -> dict[str, str]:
    """The same of files. Revisions are left out: one that ran is history."""
    return {path: digest(text) for path, text in files.items() if "/migrations/versions/" not in path}


def read_record(root: Path) -> dict[str, Any]:
    """What was generated in a project; empty parts where nothing is noted.

    Raises:
        ScaffoldError: the file is no such record.
    """
    path = root / RECORD
    if not path.is_file():
        return {"app": {}, "resources": {}}
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found["app"], found["resources"]
    except (ValueError, KeyError, TypeError) as error:
        raise ScaffoldError(f"{path} cannot be read: bring it back, or delete it.") from error
    return found


def note_app(changes: Changes, name: str, files: Mapping[str, str]) -> None:
    """Note a new application among the changes that make it."""
    app = {"name": name, "fondasi": __version__, "files": digests(files)}
    changes.new[RECORD] = _written({"app": app, "resources": {}})


def note_resource(changes: Changes, wish: Wish, files: Mapping[str, str]) -> None:
    """Note a new resource among the changes that make it."""
    record = read_record(changes.root)
    record["resources"][wish.name] = _entry(wish, digests(files))
    _keep(changes, record)


def note_field(
    changes: Changes, wish: Wish, before: Mapping[str, str], more: Wish, files: Mapping[str, str]
) -> None:
    """Note a resource that has one more field.

    Args:
        changes: those that add it.
        wish: the resource without it.
        before: what the templates make of that today. A file that they once made otherwise stays noted as it was.
        more: the resource with it.
        files: what they make of that.
    """
    record = read_record(changes.root)
    known = record["resources"][wish.name]["files"]
    old, new = digests(before), digests(files)
    same = {path: new[path] if known.get(path) == old.get(path) else known.get(path) for path in new}
    record["resources"][wish.name] = _entry(more, {path: text for path, text in same.items() if text})
    _keep(changes, record)


def note_removal(changes: Changes, name: str) -> None:
    """Forget a resource."""
    record = read_record(changes.root)
    if record["resources"].pop(name, None) is not None:
        _keep(changes, record)


def note_seen(root: Path, part: str, files: Mapping[str, str]) -> None:
    """Note that somebody has looked at what the templates make today of the application (`app`) or of a resource."""
    record = read_record(root)
    entry = record["app"] if part == "app" else record["resources"][part]
    entry["files"] = digests(files)
    (root / RECORD).write_text(_written(record), encoding="utf-8", newline="\n")


def _entry(wish: Wish, files: Mapping[str, str]) -> dict[str, Any]:
    asked = {name: value for name, value in asdict(wish).items() if name != "name" and value is not False}
    return {**asked, "specs": list(wish.specs), "fondasi": __version__, "files": dict(files)}


def _keep(changes: Changes, record: Mapping[str, Any]) -> None:
    kind = changes.edited if (changes.root / RECORD).is_file() else changes.new
    kind[RECORD] = _written(record)


def _written(record: Mapping[str, Any]) -> str:
    return json.dumps(record, indent=2, sort_keys=True) + "\n"
