"""What the trail must not keep: secrets, and more than it has room for."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

REDACTED = "[redacted]"
MAX_TEXT = 1000
MAX_ITEMS = 100
MAX_DEPTH = 6
SAFE_INTEGER = 2**53 - 1  # beyond it JSON readers disagree (RFC 7493, 2.2)

_SECRET_PARTS = (
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "authorization",
    "cookie",
    "credential",
)
_SECRET_WORDS = frozenset({"pwd", "otp", "totp", "pin", "cvv", "csrf", "jwt", "apikey", "code", "codes"})
_SECRET_KEYS = frozenset({"api", "private", "signing", "encryption", "access", "secret"})
# Codes that tell something and open nothing.
_HARMLESS_CODES = frozenset(
    {"status", "error", "country", "postal", "zip", "language", "currency", "permission", "area", "exit"}
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# Each alternative begins where a word begins, so that a hostile text takes no longer than its length.
_SECRET_TEXT = re.compile(
    r"""
      (?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*                              # JSON Web Token
    | (?i:\b(?:bearer|basic)\s+[\w.~+/=-]{8,})                     # Authorization header
    | \bfnd_\w{8,}                                                 # our API keys
    | \$(?:argon2\w*|2[aby]|scrypt|pbkdf2[\w-]*)\$\S+              # password hash
    | -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----[\s\S]*?(?:-----END[ ][A-Z ]*-----|\Z)
    | (?<=://)[^/\s:@]+:[^/\s@]+(?=@)                              # user:password in an address
    | (?i:(?<=[?&])(?:\w*token|code|password|secret|key)=[^&\s]+)  # in a query string
    | (?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{40,}       # secrets.token_urlsafe(32), API keys
    """,
    re.VERBOSE | re.ASCII,
)


def clean_text(text: str, limit: int = MAX_TEXT) -> str:
    """The text without secrets, without what PostgreSQL cannot store, and not too long."""
    if len(text) > limit * 4:
        text = text[: limit * 4]
    if "\0" in text or not text.isascii():
        text = text.replace("\0", "").encode("utf-8", "replace").decode()
    if len(text) > 7:  # noqa: PLR2004 - no pattern is shorter
        text = _SECRET_TEXT.sub(REDACTED, text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clean(value: Any, depth: int = 0) -> Any:
    """A value as the trail keeps it: JSON that reads back the same, its secrets replaced."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if abs(value) <= SAFE_INTEGER else str(value)
    if isinstance(value, float):
        return _clean_number(value)
    if isinstance(value, dict | list | tuple | set | frozenset):
        return _clean_many(value, depth)
    return clean_text(str(value))


def _clean_number(value: float) -> int | float | None:
    if not math.isfinite(value):
        return None
    # 1.0 and 1 are the same number (RFC 8785, 3.2.2.3), and a database may give back either.
    return int(value) if value.is_integer() and abs(value) <= SAFE_INTEGER else value


def _clean_many(value: Any, depth: int) -> Any:
    if depth >= MAX_DEPTH:
        return "…"
    if isinstance(value, dict):
        return _clean_mapping(value, depth)
    return [clean(item, depth + 1) for item in list(value)[:MAX_ITEMS]]


def _clean_mapping(value: dict[Any, Any], depth: int) -> dict[str, Any]:
    cleaned: dict[str, Any] = {}
    for key, item in list(value.items())[:MAX_ITEMS]:
        name = clean_text(str(key), 100)
        cleaned[name] = REDACTED if item is not None and is_secret(name) else clean(item, depth + 1)
    return cleaned


@lru_cache(maxsize=1024)
def is_secret(key: str) -> bool:
    """Whether the name of a field says that its value is a secret."""
    squashed = key.lower().replace("_", "").replace("-", "")
    if any(part in squashed for part in _SECRET_PARTS):
        return True
    words = [word.lower() for word in _WORD.findall(key)]
    for before, word in zip(["", *words], words, strict=False):
        if word in _SECRET_WORDS and not (word in {"code", "codes"} and before in _HARMLESS_CODES):
            return True
        if word == "key" and before in _SECRET_KEYS:
            return True
    return False
