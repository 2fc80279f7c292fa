"""Interpreters with known holes."""

from __future__ import annotations

import sys

MENDED = {
    (3, 11): 10,
    (3, 12): 6,
}  # the first release without CVE-2024-7592: reading a cookie takes quadratic time


def interpreter_fault(version: tuple[int, int, int] = sys.version_info[:3]) -> str | None:
    """What is wrong with this Python, and what to do about it; None when nothing is known.

    The service itself reads cookies in another way, so this is a warning: what an application or a library does with
    `http.cookies` is not mended by it. Distributions that mend holes without a new number are warned of too.
    """
    first = MENDED.get(version[:2])
    if first is None or version[2] >= first:
        return None
    found, wanted = ".".join(map(str, version)), f"{version[0]}.{version[1]}.{first}"
    return (
        f"Python {found} has a known hole in its cookie parser (CVE-2024-7592): upgrade to {wanted} or newer."
    )
