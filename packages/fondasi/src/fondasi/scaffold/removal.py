"""Takes a resource back: its room, its tests, its place in the module, and its table."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from fondasi.scaffold.applications import constant, parsed, without_room
from fondasi.scaffold.changes import Changes, ScaffoldError
from fondasi.scaffold.imports import tidy
from fondasi.scaffold.more import table_of
from fondasi.scaffold.record import note_removal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from fondasi.scaffold.applications import Application, Table

FILE = '''\
"""Without the table of {words}."""

{imports}
from alembic import op

revision = "{package}_{number:04d}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("{table}")


def downgrade() -> None:
{back}
'''


def remove_resource(
    application: Application, resource: str, *, drop: bool, reached: Callable[[], Collection[str]]
) -> tuple[Changes, list[str]]:
    """The changes that remove a resource, and what there is to know, a sentence each.

    Args:
        application: whose.
        resource: its name, or its room's.
        drop: write a revision that drops the table, for databases that have it, even where the revisions that made it
            could be removed.
        reached: gives the newest revisions that the database here has; asked before revisions are removed.

    Raises:
        ScaffoldError: there is none, something else refers to it, or the database has the table and `drop` is not said.
    """
    table = table_of(application, resource)
    folder = application.root / application.folder / table.room
    if (uses := sorted(_uses(application, table, folder))) != []:
        raise ScaffoldError(
            f"Nothing was removed, for these refer to {table.room}:\n"
            + "\n".join(f"  {path}" for path in uses)
            + "\nRemove them first, or what they say of it."
        )
    changes = Changes(application.root)
    changes.edited[application.module] = without_room(application, table.room)
    gone = [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    test = application.root / "tests" / f"test_{table.room}.py"
    changes.removed = [
        str(path.relative_to(application.root)) for path in [*gone, *([test] if test.exists() else [])]
    ]
    notes = _with_revisions(application, table, changes, drop=drop, reached=reached)
    note_removal(changes, table.name)
    changes.settle()
    return changes, notes


def _with_revisions(
    application: Application,
    table: Table,
    changes: Changes,
    *,
    drop: bool,
    reached: Callable[[], Collection[str]],
) -> list[str]:
    """Remove the revisions of the table, where they are the newest; else write one that drops it."""
    versions = application.root / application.folder / "migrations" / "versions"
    paths = sorted(versions.glob("[0-9][0-9][0-9][0-9]_*.py"))
    own = [path for path in paths if f'"{table.name}"' in path.read_text(encoding="utf-8")]
    if not own:
        return [f"No revision names the table {table.name}: nothing was done about it."]
    newest = paths[-len(own) :] == own
    if newest and not drop and not any(_others(path, table.name) for path in own):
        names = [_revision(path) for path in own]
        if applied := sorted(set(names) & set(reached())):
            raise ScaffoldError(
                f"Nothing was removed: the database here has {applied[0]}, and with it the table {table.name}. "
                "With --drop that revision stays, and a new one drops the table with its rows."
            )
        changes.removed += [str(path.relative_to(application.root)) for path in own]
        files = "the file" if len(own) == 1 else "the files"
        known = f"The database here has no table {table.name}. If another one has {', '.join(names)}, "
        return [f"{known}bring {files} back and remove with --drop: a revision that it has must not be gone."]
    number, before = application.revisions()
    back = "".join(_upgrade(path) for path in own)
    imports = "".join(f"{line}\n" for path in own for line in _imports(path))
    text = FILE.format(
        words=table.room.replace("_", " "), imports=imports, package=application.package, number=number + 1,
        before=before, table=table.name, back=back.rstrip("\n"),
    )  # fmt: skip
    name = f"{application.folder}/migrations/versions/{number + 1:04d}_without_{table.room}.py"
    changes.new[name] = tidy(text, application.package)
    return ["The new revision drops the table with its rows; its way down makes an empty one."]


def _uses(application: Application, table: Table, folder: Path) -> Iterator[str]:
    """Files outside of the room that name it or its table."""
    words = re.compile(
        rf"\b{application.package}\.{table.room}\b|\btest_{table.room}\b|[\"']{table.name}\.\w+[\"']"
    )
    for place in (application.folder, "tests"):
        for path in (application.root / place).rglob("*.py"):
            inside = (
                folder in path.parents
                or path.parent.name == "versions"
                or path.name == f"test_{table.room}.py"
            )
            if not inside and words.search(path.read_text(encoding="utf-8")):
                yield str(path.relative_to(application.root))


def _others(path: Path, table: str) -> bool:
    """Whether a revision is about other tables too."""
    made = re.findall(
        r'op\.(?:create_table|add_column|drop_table|drop_column)\(\s*"(\w+)"',
        path.read_text(encoding="utf-8"),
    )
    return any(name != table for name in made)


def _revision(path: Path) -> str:
    """The name of a revision; that of its file where it says none."""
    return constant(parsed(path), "revision") or path.stem


def _upgrade(path: Path) -> str:
    """The lines of a revision's way up."""
    text = path.read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == "upgrade":
            return "".join(text.splitlines(keepends=True)[node.body[0].lineno - 1 : node.end_lineno])
    return ""


def _imports(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield ast.get_source_segment(text, node) or ""
