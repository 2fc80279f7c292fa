"""The page at `/` in `local`: what runs here, and where to go from there.

Elsewhere there is nothing at `/`.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
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
from fondasi.kit.i18n import current_language, direction, t
from fondasi.kit.marked import as_html
from fondasi.settings import Environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fondasi.module import Link, Module
    from fondasi.settings import Settings


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

    @cache
    def page(language: str) -> HTMLResponse:
        return _page(settings, modules, platform, language)

    @router.get("/", dependencies=[public])
    async def read_welcome() -> Response:
        return page(current_language())

    return router


def _page(
    settings: Settings, modules: Sequence[Module], platform: Sequence[str], language: str
) -> HTMLResponse:
    folder = files("fondasi")
    style = folder.joinpath("welcome.css").read_text("utf-8")
    links = [link for module in modules if module.links for link in module.links()]
    applications = ", ".join(module.name for module in modules if module.name not in platform)
    html = Template(folder.joinpath("welcome.html").read_text("utf-8")).substitute(
        language=language,
        direction=direction(language),
        title=escape(settings.app_name),
        icon=ICON,
        style=style,
        version=__version__,
        running=as_html(
            t("Running here: {applications}.", applications=applications or t("nothing but the platform"))
        ),
        examples="" if applications and not links else _examples(links, settings.api_prefix),
        look_around=as_html(t("Look around")),
        places=_places(admin=settings.admin.enabled),
        sign_in=as_html(t("Sign in")),
        administrator=as_html(
            t(
                "The administrator is {administrator}. `fondasi demo` prints the password when it starts.",
                administrator=settings.admin_username,
            )
        ),
        only_here=as_html(t("This page is shown in `local` alone.")),
    )
    hashed = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{hashed}'; img-src data:; base-uri 'none'; form-action 'none'; "
    return HTMLResponse(html, headers={"Content-Security-Policy": policy + "frame-ancestors 'none'"})


def _places(*, admin: bool) -> str:
    rows = [
        ("docs", t("API"), t("every operation, to be called from the page")),
        ("redoc", t("API reference"), t("the same, to read")),
        ("admin", t("Admin panel"), t("the tables, sessions, jobs and the outbox")),
        ("message-previews", t("Messages"), t("every message that goes out, in every language")),
        ("health/ready", t("Health"), t("whether database and disk are well")),
    ]
    return "\n".join(_row(*row) for row in rows if admin or row[0] != "admin")


def _examples(links: Sequence[Link], prefix: str) -> str:
    heading = f"<h2>{as_html(t('Try'))}</h2>"
    if not links:
        words = t(
            "Only the platform runs: no module has an example to show. `fondasi new app` is the way to a module of "
            "your own."
        )
        return f"{heading}<p>{as_html(words)}</p>"
    rows = [_row(prefix.lstrip("/") + link.path, t(link.title), t(link.meaning)) for link in links]
    return f"{heading}<ul>{''.join(rows)}</ul>"


def _row(address: str, title: str, meaning: str) -> str:
    return f'<li><a href="{escape(address)}">{escape(title)}</a><span>{escape(meaning)}</span></li>'
