"""Messages in the caller's language: gettext catalogues, one `.po` file per package and language.

`t("There is no such post.")` gives the text in the language of the current request (`Accept-Language`), English
otherwise. Catalogues live in `PACKAGE/locale/LANGUAGE.po`; the message itself is the key.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

if TYPE_CHECKING:
    from gettext import NullTranslations

DEFAULT_LANGUAGE = "en"
LANGUAGES = ("en", "id")
MAX_HEADER = 200

_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)
_packages: list[str] = ["fondasi"]


def t(message: str, /, **values: object) -> str:
    """The message in the current language, with `{name}` places filled.

    A place that a translation lacks or misspells gives the English message, and one that the message lacks the
    message as it is, rather than an error.
    """
    text = _catalogue(_language.get()).gettext(message) if message else message
    if not values:
        return text
    for candidate in (text, message):
        try:
            return candidate.format(**values)
        except (AttributeError, KeyError, IndexError, ValueError):
            continue
    return message


def current_language() -> str:
    """The language of the current request."""
    return _language.get()


def add_catalogue(package: str) -> None:
    """Add the `locale` folder of a package, once."""
    if package not in _packages:
        _packages.append(package)
        _catalogue.cache_clear()


def set_language(accept_language: str) -> str:
    """Choose the language for the current request from an `Accept-Language` header (RFC 9110, 12.5.4)."""
    language = negotiate(accept_language[:MAX_HEADER])
    _language.set(language)
    return language


@lru_cache(maxsize=256)
def negotiate(accept_language: str) -> str:
    """The best language that we have for a header; English when none fits."""
    wanted: list[tuple[float, str]] = []
    for item in accept_language.split(","):
        tag, _, quality = item.partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=")) if quality else 1.0
        except ValueError:
            continue
        wanted.append((weight, tag.strip().split("-")[0].lower()))
    for weight, tag in sorted(wanted, key=lambda pair: -pair[0]):
        if tag in LANGUAGES and weight > 0:
            return tag
    return DEFAULT_LANGUAGE


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> NullTranslations:
    merged = Translations()
    for package in _packages:
        source = files(package).joinpath("locale", f"{language}.po")
        if source.is_file():
            compiled = BytesIO()
            write_mo(compiled, read_po(BytesIO(source.read_bytes()), locale=language))
            compiled.seek(0)
            merged.merge(Translations(compiled))
    return merged
