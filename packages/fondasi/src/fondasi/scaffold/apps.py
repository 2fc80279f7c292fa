"""A new application: a package that installs beside Fondasi, with tests that pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi import __version__
from fondasi.runtime import platform_modules
from fondasi.scaffold.changes import Changes, ScaffoldError
from fondasi.scaffold.names import Name, package_name
from fondasi.scaffold.record import note_app
from fondasi.scaffold.rendering import render

if TYPE_CHECKING:
    from pathlib import Path


def new_app(text: str, folder: Path) -> Changes:
    """The files of a new application.

    Args:
        text: its name.
        folder: where its folder will be, named after it.

    Raises:
        ScaffoldError: the name cannot be taken, or files are in the way.
    """
    name = package_name(text)
    if text in {module.name for module in platform_modules()}:
        raise ScaffoldError(f"The platform has a module named {text}: try {text}_app.")
    root = folder / name.snake
    if root.exists() and not root.is_dir():
        raise ScaffoldError(f"{root} exists, and is no folder. Move it away, or choose another name.")
    changes = Changes(root, new=app_files(name, folder, __version__))
    note_app(changes, name.snake, changes.new)
    changes.settle()
    return changes


def app_files(name: Name, folder: Path, version: str) -> dict[str, str]:
    """What the templates make of an application today, by path below its folder.

    Args:
        name: its own.
        folder: that its folder is in, whose templates go first.
        version: of Fondasi, the least that it asks for.
    """
    return render("app", folder, name=name, version=version)
