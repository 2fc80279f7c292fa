"""Writes `docs/settings.md` from `fondasi.settings`: `make docs`. A test compares the two."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fondasi.settings import setting_groups

if TYPE_CHECKING:
    from fondasi.settings import SettingGroup

PAGE = Path(__file__).with_name("settings.md")
HEAD = """\
# Settings

Generated from `fondasi.settings` by `make docs`. Do not edit by hand. `fondasi settings` says the same on any machine,
and what is set there: `fondasi settings MAIL` of what has MAIL in its name, `--set` of what is not at its default.

Values come from the environment and from a file `.env` in the current folder; the environment wins. An empty value
counts as not set. Lists are separated by commas. In code, `DATABASE_URL` is `settings.database.url`.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *map(_table, setting_groups())])


def _table(group: SettingGroup) -> str:
    lines = [f"## {group.title}", ""]
    if group.about:
        lines += [group.about, ""]
    lines += ["| variable | values | default | meaning |", "|---|---|---|---|"]
    for row in group.settings:
        default = f"`{row.default}`" if row.default else ""
        description = row.description.replace("|", "\\|")
        lines.append(f"| `{row.name}` | {row.kind} | {default} | {description} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
