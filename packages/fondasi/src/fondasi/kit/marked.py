"""Our sentences as HTML: in them backticks alone mean something."""

from __future__ import annotations

import re
from html import escape

CODE = re.compile(r"`([^`]+)`")


def as_html(text: str) -> str:
    """The text, escaped, with what stands between backticks as code."""
    return CODE.sub(r"<code>\1</code>", escape(text))
