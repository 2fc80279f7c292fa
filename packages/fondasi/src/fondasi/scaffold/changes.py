"""What a command would do to files: shown, refused where a file is in the way, and done all at once."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fondasi.settings import StartError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class ScaffoldError(StartError):
    """Nothing was written; the message says why and what to do."""


@dataclass(slots=True)
class Changes:
    """Files to write, edit and remove.

    Attributes:
        root: the application's folder.
        new: texts of files that must not be there, by their path below `root`.
        edited: new texts of files that are there.
        removed: files to delete, and folders that are empty then.
    """

    root: Path
    new: dict[str, str] = field(default_factory=dict)
    edited: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)

    def settle(self) -> None:
        """Leave out what is so already.

        Raises:
            ScaffoldError: files that are to be written exist with another text; it lists them.
        """
        for texts in (self.new, self.edited):
            for name in [name for name, text in texts.items() if self._present(name) == text]:
                del texts[name]
        in_the_way = [name for name in self.new if (self.root / name).exists()]
        if in_the_way:
            raise ScaffoldError(
                "Nothing was written, for these files exist and would be overwritten:\n"
                + "\n".join(f"  {self.root / name}" for name in in_the_way)
                + "\nMove them away, or choose another name."
            )

    @property
    def nothing(self) -> bool:
        """Whether all is as it should be."""
        return not (self.new or self.edited or self.removed)

    def diff(self) -> str:
        """What would change, as a patch."""
        after = {**self.new, **self.edited, **dict.fromkeys(self.removed, "")}
        return "".join(line for name, text in after.items() for line in self._diff(name, text))

    def apply(self) -> None:
        """Do it. A file that cannot be written takes back those before it.

        Raises:
            ScaffoldError: the folder cannot be written.
        """
        written: list[Path] = []
        try:
            for name, text in self.new.items():
                path = self.root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("x", encoding="utf-8", newline="\n") as file:
                    written.append(path)
                    file.write(text)
        except OSError as error:
            for path in written:
                path.unlink()
            raise ScaffoldError(f"{error.filename} cannot be written: {error.strerror}.") from error
        for name, text in self.edited.items():
            (self.root / name).write_text(text, encoding="utf-8", newline="\n")
        for name in self.removed:
            self._remove(self.root / name)

    def _remove(self, path: Path) -> None:
        path.unlink()
        for folder in path.parents:
            left = [item for item in folder.iterdir() if item.name != "__pycache__"]
            if left or folder == self.root:
                return
            for cached in folder.rglob("*.pyc"):
                cached.unlink()
            for cache in folder.glob("__pycache__"):
                cache.rmdir()
            folder.rmdir()

    def _present(self, name: str) -> str | None:
        path = self.root / name
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def _diff(self, name: str, text: str) -> Iterator[str]:
        before = self._present(name)
        return difflib.unified_diff(
            (before or "").splitlines(keepends=True),
            text.splitlines(keepends=True),
            "/dev/null" if before is None else f"a/{name}",
            "/dev/null" if name in self.removed else f"b/{name}",
        )
