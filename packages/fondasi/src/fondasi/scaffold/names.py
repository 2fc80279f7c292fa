"""Names: which may be taken, and how one is spelled in code, in addresses and in sentences."""

from __future__ import annotations

import keyword
import re
import sys
from dataclasses import dataclass
from importlib.util import find_spec

from fondasi.scaffold.changes import ScaffoldError

LONGEST = 30
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# PostgreSQL's reserved words (appendix C of its manual) that are lower-case names.
RESERVED = """\
all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate
collation column concurrently constraint create cross current_catalog current_date current_role current_schema
current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for
foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral
leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps
placing primary references returning right select session_user similar some symmetric system_user table
tablesample then to trailing true union unique user using variadic verbose when where window with
"""
SQL = frozenset(RESERVED.split())


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its spellings.

    Attributes:
        snake: `court_case`, in code and in the database.
    """

    snake: str

    @property
    def pascal(self) -> str:
        """`CourtCase`, of classes."""
        return "".join(part.capitalize() for part in self.snake.split("_"))

    @property
    def kebab(self) -> str:
        """`court-case`, in addresses."""
        return self.snake.replace("_", "-")

    @property
    def words(self) -> str:
        """`court case`, in sentences."""
        return self.snake.replace("_", " ")


def name_of(text: str, what: str) -> Name:
    """The name, if one may be called so.

    Args:
        text: as somebody typed it.
        what: that it names, for the message: `an application`.

    Raises:
        ScaffoldError: it is not in snake case, too long, a word of Python's or SQL's; proposes another.
    """
    if not SNAKE.fullmatch(text):
        proposal = re.sub(
            r"\W+|_+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower(), flags=re.ASCII
        ).strip("_0123456789")
        hint = f" Try {proposal[:LONGEST]}." if SNAKE.fullmatch(proposal[:LONGEST]) else ""
        raise ScaffoldError(
            f"{text!r} cannot name {what}: use lower-case letters, digits and single underscores, "
            f"beginning with a letter.{hint}"
        )
    if len(text) > LONGEST:
        raise ScaffoldError(f"{text!r} is too long to name {what}: at most {LONGEST} characters.")
    if keyword.iskeyword(text) or keyword.issoftkeyword(text) or text in SQL:
        language = "SQL" if text in SQL else "Python"
        raise ScaffoldError(f"{text!r} is a word of {language}: try {text}_item, or a name that says more.")
    return Name(text)


def package_name(text: str) -> Name:
    """The name of a new application, which is a Python package too.

    Raises:
        ScaffoldError: it cannot be one, or a package of that name is installed.
    """
    name = name_of(text, "an application")
    if text in sys.stdlib_module_names or text in {"test", "tests", "src"} or _is_installed(text):
        raise ScaffoldError(
            f"A Python package named {text} exists already, and one would hide the other: try {text}_app."
        )
    return name


def _is_installed(name: str) -> bool:
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return True
    return spec is not None and spec.origin is not None  # a folder of that name here is no package
