"""Every kind of message with sample values, in every language: pages of `local`, for who writes or translates them."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from babel import Locale
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from fondasi.access import public
from fondasi.kit.http import NotFound, Router
from fondasi.kit.i18n import LANGUAGES, current_language, direction, t
from fondasi.kit.marked import as_html
from fondasi.messages.templates import OWN, templates_of
from fondasi.settings import Environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fondasi.messages.templates import Kind, Templates
    from fondasi.module import Module
    from fondasi.settings import Settings

STYLE = """\
:root { --paper: #faf9f6; --ink: #21201c; --quiet: #65625a; --line: #dedbd3; --press: #0b5c5c; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #191816; --ink: #e8e5dd; --quiet: #a29e94; --line: #37352f; --press: #7cc7c2; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.5 system-ui, "Noto Sans", sans-serif; }
main { max-width: 48rem; margin: 0 auto; padding: 40px 16px; }
h1 { font-size: 28px; line-height: 1.2; } h2 { margin: 32px 0 0; font-size: 17px; overflow-wrap: anywhere; }
p { margin: 0 0 8px; color: var(--quiet); }
ul { margin: 8px 0 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 4px 24px; }
a { color: var(--press); text-underline-offset: 3px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; }
"""
CLOSED = "default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def preview_router(settings: Settings, modules: Sequence[Module]) -> Router | None:
    """The routes of the pages, or None outside `local`.

    Args:
        settings: all settings.
        modules: whose messages are shown.
    """
    if settings.environment is not Environment.LOCAL:
        return None
    router = Router(include_in_schema=False)
    templates = templates_of(settings, modules)
    packages = ["fondasi", *(module.package for module in modules if module.package)]

    @router.get("/message-previews", dependencies=[public])
    async def read_message_kinds() -> Response:
        return _page(_list(templates, packages), STYLE)

    @router.get("/message-previews/{package}/{name}", dependencies=[public])
    async def read_message_sample(package: str, name: str) -> Response:
        kind = _kind(templates, packages, package, name)
        text = templates.render(package, name, current_language(), kind.sample, html=True)
        return _page(text.html, files(OWN).joinpath("templates", "mail.css").read_text("utf-8"))

    @router.get("/message-previews/{package}/{name}/text", dependencies=[public])
    async def read_message_text(package: str, name: str) -> Response:
        kind = _kind(templates, packages, package, name)
        text = templates.render(package, name, current_language(), kind.sample)
        return PlainTextResponse(f"{text.subject}\n\n{text.body}")

    return router


def _kind(templates: Templates, packages: Sequence[str], package: str, name: str) -> Kind:
    for root in packages:
        if package == root or package.startswith(f"{root}."):
            for kind in templates.kinds(root):
                if (kind.package, kind.name) == (package, name):
                    return kind
    raise NotFound(t("There is nothing at this address."))


def _list(templates: Templates, packages: Sequence[str]) -> str:
    language = current_language()
    kinds = [kind for root in packages for kind in templates.kinds(root)]
    about = as_html(
        t("Every message that goes out, with sample values. This page is shown in `local` alone.")
    )
    rows = "".join(_row(templates, kind, language) for kind in kinds)
    others = "".join(
        f'<a href="?lang={code}" lang="{code}" dir="{direction(code)}">{escape(_own_name(code))}</a>'
        for code in LANGUAGES
    )
    return (
        f'<!doctype html>\n<html lang="{language}" dir="{direction(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="light dark">\n<title>{escape(t("Messages"))}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(t('Messages'))}</h1>\n"
        f"<p>{about}</p>\n"
        f"<nav>{others}</nav>\n{rows}</main>\n</body>\n</html>\n"
    )


def _row(templates: Templates, kind: Kind, language: str) -> str:
    subject = templates.render(kind.package, kind.name, language, kind.sample).subject
    address = f"message-previews/{kind.package}/{kind.name}"
    return (
        f"<h2>{escape(subject)}</h2>\n<p><bdi>{escape(kind.package)}/{escape(kind.name)}</bdi></p>\n"
        f'<ul><li><a href="{address}?lang={language}">{escape(t("as mail"))}</a></li>'
        f'<li><a href="{address}/text?lang={language}">{escape(t("as text"))}</a></li></ul>\n'
    )


def _own_name(language: str) -> str:
    return (Locale(language).get_display_name(language) or language).capitalize()


def _page(html: str, style: str) -> HTMLResponse:
    """A page that runs no script and reads nothing from elsewhere; its one style is known by its hash."""
    hashed = b64encode(sha256(style.encode()).digest()).decode()
    return HTMLResponse(html, headers={"Content-Security-Policy": CLOSED.format(hashed=hashed)})
