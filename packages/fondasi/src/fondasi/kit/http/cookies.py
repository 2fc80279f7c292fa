"""The cookies of a request.

Starlette reads them with `http.cookies._unquote`, which takes time that grows with the square of their length before
Python 3.11.10 and 3.12.6 (CVE-2024-7592). Nothing of ours needs quoting, so nothing is unquoted here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

LONGEST = 8 * 1024  # bytes of all cookies together; browsers send 4 KiB for each
# What may stand around a name or a value (RFC 6265, 5.2). Python's own `strip` takes more, such as U+00A0 and U+0085,
# and browsers let any host set a cookie whose name is one of those and then `__Host-...`.
BLANKS = " \t"


def cookies_of(connection: HTTPConnection) -> dict[str, str]:
    """All cookies by name (RFC 6265, 5.4), each value as it was sent; none when they are over 8 KiB together.

    Read cookies with this, never with `request.cookies`.
    """
    headers = connection.headers.getlist("cookie")
    if sum(map(len, headers)) > LONGEST:
        return {}
    found: dict[str, str] = {}
    for header in headers:
        for pair in header.split(";"):
            name, equals, value = pair.partition("=")
            if equals:
                found[name.strip(BLANKS)] = value.strip(BLANKS)
    return found
