"""`fondasi upgrade-check`: what this version of Fondasi changes for an application that was written for an earlier one.

It only tells. Files that were generated are their owner's.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fondasi.kit.db.migrations import pending_titles
from fondasi.runtime import NoDatabaseError, database_addresses, importable_modules, migration_packages
from fondasi.scaffold.apps import app_files
from fondasi.scaffold.calls import call_faults
from fondasi.scaffold.changes import ScaffoldError
from fondasi.scaffold.more import wish_of
from fondasi.scaffold.names import Name
from fondasi.scaffold.record import digest, digests, note_seen, read_record
from fondasi.scaffold.resources import resource_files
from fondasi.settings import StartError, unknown_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fondasi.scaffold.applications import Application
    from fondasi.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at.

    Attributes:
        about: `code`, `setting`, `migration` or `template`.
        place: where.
        text: a sentence.
        patch: from the file to what the templates make today; empty for others.
    """

    about: str
    place: str
    text: str
    patch: str = ""


def static_findings(application: Application, settings: Settings) -> Iterator[Finding]:
    """What code, settings and files tell."""
    for place, sentence in call_faults(application):
        yield Finding("code", place, sentence)
    for sentence in unknown_names(settings):
        yield Finding("setting", "", sentence)
    for part, known in _parts(application):
        try:
            files = _made(application, part)
        except ScaffoldError as error:
            yield Finding("template", part, str(error))
            continue
        for path, text in sorted(files.items()):
            if path in digests(files) and digest(text) != known.get(path):
                yield from _template_finding(application, path, text, known.get(path))


async def migration_findings(settings: Settings) -> list[Finding]:
    """Revisions that the database has not got."""
    modules, _ = importable_modules(settings)
    try:
        async with database_addresses(settings) as addresses:
            pending = await pending_titles(addresses.owner, migration_packages(modules))
    except NoDatabaseError:
        return []
    except StartError as error:
        return [Finding("migration", "", str(error))]
    return [Finding("migration", revision, title) for revision, title in pending]


def see(application: Application) -> None:
    """Note that somebody has seen what the templates make today."""
    for part, _ in _parts(application):
        note_seen(application.root, part, _made(application, part))


def _parts(application: Application) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The application (`app`) and its resources, as far as they are noted, with the digests of their files."""
    record = read_record(application.root)
    if record["app"]:
        yield "app", record["app"]["files"]
    for name, entry in sorted(record["resources"].items()):
        yield name, entry["files"]


def _made(application: Application, part: str) -> dict[str, str]:
    if part == "app":
        noted = read_record(application.root)["app"]
        return app_files(Name(noted["name"]), application.root.parent, noted["fondasi"])
    wish = wish_of(application, part)
    assert wish is not None
    return resource_files(application, wish)


def _template_finding(application: Application, path: str, text: str, known: str | None) -> Iterator[Finding]:
    file = application.root / path
    present = file.read_text(encoding="utf-8") if file.is_file() else None
    if present == text or (present is None and known is not None):
        return  # it is so by now, or its owner removed it
    if present is None:
        sentence = "would be written today."
    elif digest(present) == known:
        sentence = "would be written otherwise today, and is as it was written."
    else:
        sentence = "would be written otherwise today, and was edited: look at the patch for what is new."
    lines = difflib.unified_diff(
        (present or "").splitlines(keepends=True), text.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    yield Finding("template", path, sentence, "".join(lines))
