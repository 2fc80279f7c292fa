"""What a `User-Agent` header says about device and browser, for people who look through their sessions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

UNKNOWN = "unknown"
# The first that fits: browsers name those that they imitate as well.
BROWSERS = (
    ("Edge", re.compile(r"\bEdg(?:e|A|iOS)?/(\d+)")),
    ("Opera", re.compile(r"\b(?:OPR|Opera)/(\d+)")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/(\d+)")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/(\d+)")),
    ("Chrome", re.compile(r"\b(?:Chrome|CriOS|Chromium)/(\d+)")),
    ("Safari", re.compile(r"\bVersion/(\d+)[\d.]* .*Safari/")),
)
SYSTEMS = (
    ("iPhone", re.compile(r"\biPhone\b")),
    ("iPad", re.compile(r"\biPad\b")),
    ("Android", re.compile(r"\bAndroid\b")),
    ("Windows", re.compile(r"\bWindows\b")),
    ("Mac", re.compile(r"\bMac OS X\b|\bMacintosh\b")),
    ("ChromeOS", re.compile(r"\bCrOS\b")),
    ("Linux", re.compile(r"\bLinux\b")),
)
PROGRAM = re.compile(r"([A-Za-z][\w.-]{1,40})/(\d[\w.]{0,20})")


@dataclass(frozen=True, slots=True)
class Device:
    """Where a request comes from.

    Attributes:
        user_agent: what the browser says of itself.
        ip_address: the client's address.
        token: what the cookie of the device holds, or is to hold; empty where no cookies are kept.
    """

    user_agent: str
    ip_address: str
    token: str = ""


class Client(NamedTuple):
    """The device and the browser, in words."""

    device: str
    browser: str


@lru_cache(maxsize=1024)
def describe(user_agent: str) -> Client:
    """For example `Client("Windows", "Firefox 140")`; a program that is no browser gives its own name."""
    device = next((name for name, pattern in SYSTEMS if pattern.search(user_agent)), UNKNOWN)
    for name, pattern in BROWSERS:
        if match := pattern.search(user_agent):
            return Client(device, f"{name} {match[1]}")
    program = PROGRAM.match(user_agent)
    named = program is not None and program[1] != "Mozilla"
    return Client(device, f"{program[1]} {program[2]}" if named and program else UNKNOWN)
