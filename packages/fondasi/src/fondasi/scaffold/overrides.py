"""Whether a project's own templates make something of every resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.scaffold.applications import find_application
from fondasi.scaffold.changes import ScaffoldError
from fondasi.scaffold.fields import KINDS
from fondasi.scaffold.rendering import OVERRIDES
from fondasi.scaffold.resources import SCOPES, resource_files
from fondasi.scaffold.wishes import Wish

if TYPE_CHECKING:
    from pathlib import Path

SPECS = (
    "title:str!",
    "text:text?",
    "state:enum(a,b)",
    "picture:file?",
    *(f"a_{kind}:{kind}" for kind in KINDS),
)


def template_faults(root: Path) -> list[str]:
    """What is wrong with the templates of a project: resources of every scope are made with them, and not written.

    Args:
        root: the project; without `.fondasi/templates` nothing is wrong.
    """
    if not (root / OVERRIDES).is_dir():
        return []
    try:
        application = find_application(root)
        for scope in SCOPES:
            bare = Wish(name="sample", plural="samples", specs=SPECS[:1], scope=scope)
            full = Wish(
                name="sample", plural="samples", specs=SPECS, scope=scope, soft_delete=True, job=True,
                admin=scope != "tenant",
            )  # fmt: skip
            for wish in (bare, full):
                resource_files(application, wish)
    except ScaffoldError as error:
        return [str(error)]
    return []
