"""The page at `/` in `local`: what runs here, and where to go from there.

Elsewhere there is nothing at `/`.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response

from fondasi import __version__
from fondasi.access import public
from fondasi.documentation import ICON
from fondasi.kit.http import Router
from fondasi.settings import Environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fondasi.module import Link, Module
    from fondasi.settings import Settings

NO_EXAMPLES = (
    "<p>Only the platform runs: no module has an example to show. "
    "<code>docs/first-application.md</code> is the way to a module of your own.</p>"
)


def welcome_router(settings: Settings, modules: Sequence[Module], platform: Sequence[str]) -> Router | None:
    """The route of the page, or None outside `local`.

    Args:
        settings: all settings.
        modules: what runs here; their links are asked for when somebody looks.
        platform: names of the platform's own modules.
    """
    if settings.environment is not Environment.LOCAL:
        return None
    router = Router(include_in_schema=False)
    kept: list[HTMLResponse] = []

    @router.get("/", dependencies=[public])
    async def read_welcome() -> Response:
        if not kept:
            kept.append(_page(settings, modules, platform))
        return kept[0]

    return router


def _page(settings: Settings, modules: Sequence[Module], platform: Sequence[str]) -> HTMLResponse:
    folder = files("fondasi")
    style = folder.joinpath("welcome.css").read_text("utf-8")
    links = [link for module in modules if module.links for link in module.links()]
    applications = [module.name for module in modules if module.name not in platform]
    html = Template(folder.joinpath("welcome.html").read_text("utf-8")).substitute(
        title=escape(settings.app_name),
        icon=ICON,
        style=style,
        version=__version__,
        applications=escape(", ".join(applications) or "nothing but the platform"),
        examples=_examples(links, settings.api_prefix) if links else NO_EXAMPLES,
        administrator=escape(settings.admin_username),
        panel=_row("admin", "Admin panel", "the tables, sessions, jobs and the outbox")
        if settings.admin.enabled
        else "",
    )
    hashed = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{hashed}'; img-src data:; base-uri 'none'; form-action 'none'; "
    return HTMLResponse(html, headers={"Content-Security-Policy": policy + "frame-ancestors 'none'"})


def _examples(links: Sequence[Link], prefix: str) -> str:
    rows = [_row(prefix.lstrip("/") + link.path, link.title, link.meaning) for link in links]
    return f"<ul>{''.join(rows)}</ul>"


def _row(address: str, title: str, meaning: str) -> str:
    return f'<li><a href="{escape(address)}">{escape(title)}</a><span>{escape(meaning)}</span></li>'
