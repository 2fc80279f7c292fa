"""What a person is shown whose browser sends more cookies than the service reads, and their way out.

Any host below the same domain can set cookies that then come with every request to this one (a cookie bomb), and what
refuses them refuses everything, pages that could help included. So the refusal itself is a page with a button, and what
the button asks for is answered where the refusal is made: browsers delete all cookies of the domain at the header
`Clear-Site-Data`. Only a page of this very host can ask for it, and only while there are too many.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fondasi.kit.i18n import direction, negotiate, noted, translate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PATH: Final = b"/clear-cookies"
STYLE: Final = Markup(
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem}"
)
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; frame-ancestors 'none'"
)
PAGE: Final = Markup(
    '<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
    "<title>{title}</title><style>{style}</style></head><body><h1>{title}</h1><p>{why}</p><p>{what}</p>"
    '<form method="post" action="{action}"><button>{button}</button></form><p>{else_}</p></body></html>'
)
TITLE: Final = noted("Too many cookies")
WHY: Final = noted(
    "Your browser sends more cookies to this address than the service reads. Another site below the same domain may "
    "have set them."
)
WHAT: Final = noted(
    "Delete them to go on. You may have to sign in again, here and at other sites below the same domain."
)
BUTTON: Final = noted("Delete the cookies")
ELSE: Final = noted("If that does not help, delete the cookies of this site in the settings of your browser.")


def way_out(
    method: bytes, url: bytes, headers: Sequence[tuple[bytes, bytes]], status: int
) -> Response | None:
    """The answer to a browser whose head is too large; None for programs, which get a problem.

    Args:
        method: of the request.
        url: its target, as it was sent.
        headers: those that were read; browsers send cookies last.
        status: that of the refusal.
    """
    known = dict(headers)
    if b"text/html" not in known.get(b"accept", b""):
        return None
    if (method, url) == (b"POST", PATH) and _is_of_this_host(known):
        return RedirectResponse("/", 303, {"Clear-Site-Data": '"cookies"'})
    language = negotiate(known.get(b"accept-language", b"")[:200].decode("latin-1"))
    said = {
        name: translate(language, words)
        for name, words in (
            ("title", TITLE),
            ("why", WHY),
            ("what", WHAT),
            ("button", BUTTON),
            ("else_", ELSE),
        )
    }
    page = PAGE.format(
        language=language, direction=direction(language), style=STYLE, action=PATH.decode(), **said
    )
    return HTMLResponse(
        page, status, {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"}
    )


def _is_of_this_host(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a page of this very host asks. The headers are the browser's own; some send one behind the cookies."""
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site == b"same-origin"
    return headers.get(b"origin", b"").partition(b"://")[2] == headers.get(b"host")
