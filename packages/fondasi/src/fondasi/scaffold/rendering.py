"""Templates: the project's own in `.fondasi/templates`, or else the platform's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from fondasi.scaffold.changes import ScaffoldError

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATES = Path(__file__).parent / "templates"
OVERRIDES = Path(".fondasi") / "templates"
SUFFIX = ".jinja"


def render(kind: str, root: Path, **values: object) -> dict[str, str]:
    """The files of a kind, by their path.

    Args:
        kind: a folder of templates: `app` or `resource`. Names of files may hold values: `tests/test_{{ name }}.py`.
        root: the project, whose own templates go first. A template that renders to nothing but blanks gives no file,
            unless its name says that it is empty (`py.typed`, `__init__.py`).
        values: for the templates.

    Raises:
        ScaffoldError: a template is broken; names it.
    """
    folders = [root / OVERRIDES / kind, TEMPLATES / kind]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Python and TOML, not HTML
    )
    found: dict[str, str] = {}
    for template in environment.list_templates(extensions=[SUFFIX[1:]]):
        try:
            path = environment.from_string(template.removesuffix(SUFFIX)).render(values)
            text = environment.get_template(template).render(values)
        except jinja2.TemplateError as error:
            raise ScaffoldError(f"The template {kind}/{template} is broken: {error}.") from error
        if text.strip() or Path(path).name in {"py.typed", "__init__.py"}:
            found[path] = text if text.strip() else ""
    return found


def templates_of(kind: str) -> Iterator[tuple[str, str]]:
    """The platform's templates of a kind: path below the folder, and text."""
    for path in sorted((TEMPLATES / kind).rglob(f"*{SUFFIX}")):
        yield str(path.relative_to(TEMPLATES)), path.read_text(encoding="utf-8")
