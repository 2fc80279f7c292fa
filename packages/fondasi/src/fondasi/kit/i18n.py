"""Messages in the reader's language: gettext catalogues, one `.po` file per package and language.

`t("There is no such post.")` gives the text in the language of the current request, English where there is none. The
English message is the key. Catalogues lie in `PACKAGE/locale/LANGUAGE.po`; one is read when its language is first asked
for, and stays in memory. The language of a request is that of `?lang=`, or else the one that its user has chosen, or
else the best of `Accept-Language`, or else the setting `DEFAULT_LANGUAGE`.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from functools import lru_cache
from gettext import c2py
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, get_args

from fondasi.settings.languages import Language

if TYPE_CHECKING:
    from collections.abc import Callable

LANGUAGES: tuple[str, ...] = get_args(Language)
DEFAULT_LANGUAGE = "en"  # of the messages in the code
RIGHT_TO_LEFT = frozenset({"ar"})
PARAMETER = "lang"  # of every address
MAX_HEADER = 200
_IN_QUERY = re.compile(rb"(?:^|&)lang=([A-Za-z]{2,3})(?:[-_][A-Za-z0-9_-]{0,30})?(?=&|$)")

_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)
_packages: list[str] = ["fondasi"]


class Catalogue:
    """The texts of a language.

    Attributes:
        texts: by message; of a message with a number, by its singular, all forms.
        form: which form stands with a number.
    """

    def __init__(self) -> None:
        self.texts: dict[str, str | tuple[str, ...]] = {}
        self.form: Callable[[int], int] = c2py("n != 1")

    def one(self, message: str) -> str:
        """The text, or the message itself."""
        text = self.texts.get(message)
        return text if isinstance(text, str) else message

    def of_number(self, one: str, many: str, number: int) -> str:
        """The text that stands with a number, or the message that does."""
        forms = self.texts.get(one)
        if isinstance(forms, tuple):
            return forms[min(self.form(number), len(forms) - 1)]
        return one if number == 1 else many


def t(message: str, /, **values: object) -> str:
    """The message in the current language, with `{name}` places filled.

    A place that a translation lacks or misspells gives the English message, and one that the message lacks the
    message as it is, rather than an error.
    """
    return translate(_language.get(), message, **values)


def tn(one: str, many: str, number: int, /, **values: object) -> str:
    """A message with a number, in the form that the language has for it: `tn("{n} day", "{n} days", n, n=n)`."""
    return translate_number(_language.get(), one, many, number, **values)


def noted(message: str) -> str:
    """The message as it is. It tells `make messages` of one that is kept here and translated where it is shown."""
    return message


def translate(language: str, message: str, /, **values: object) -> str:
    """`t` for somebody else than who makes the request: who gets a message has a language of their own."""
    return _filled(catalogue(language).one(message) if message else message, message, values)


def translate_number(language: str, one: str, many: str, number: int, /, **values: object) -> str:
    """`tn` likewise."""
    return _filled(catalogue(language).of_number(one, many, number), one if number == 1 else many, values)


def current_language() -> str:
    """The language of the current request."""
    return _language.get()


def direction(language: str) -> str:
    """How it is written, for the attribute `dir` of HTML."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def known_language(tag: str) -> str | None:
    """The language of ours that a tag means (`pt-BR` is `pt`), if any."""
    language = tag.replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else None


def add_catalogue(package: str) -> None:
    """Add the `locale` folder of a package, once. Its texts go before those of the packages added earlier."""
    if package not in _packages:
        _packages.append(package)
        catalogue.cache_clear()


def set_language(
    accept_language: str, query: bytes = b"", default: str = DEFAULT_LANGUAGE
) -> tuple[str, bool]:
    """Choose the language for the current request, as far as its head tells.

    Args:
        accept_language: the header (RFC 9110, 12.5.4).
        query: the query of the address, which may have `lang`.
        default: where neither says one that we have.

    Returns:
        The language, and whether the address names it: then the user's own setting does not count.
    """
    named = asked_in(query) if b"lang=" in query else None
    language = named or negotiate(accept_language[:MAX_HEADER], default)
    _language.set(language)
    return language, named is not None


def prefer(language: str | None) -> None:
    """Go on in the language that a user has chosen."""
    if language in LANGUAGES:
        _language.set(language)


def asked_in(query: bytes) -> str | None:
    """The language that `lang` in a query names, if it is one of ours."""
    found = _IN_QUERY.search(query)
    return known_language(found[1].decode()) if found else None


@lru_cache(maxsize=256)
def negotiate(accept_language: str, default: str = DEFAULT_LANGUAGE) -> str:
    """The best language that we have for a header; the default when none fits."""
    wanted: list[tuple[float, str]] = []
    for item in accept_language.split(","):
        tag, _, quality = item.partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=")) if quality else 1.0
        except ValueError:
            continue
        wanted.append((weight, tag.strip()))
    for weight, tag in sorted(wanted, key=lambda pair: -pair[0]):
        if weight > 0 and (language := known_language(tag)):
            return language
    return default


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> Catalogue:
    """The texts of all packages in a language, read once."""
    merged = Catalogue()
    for package in _packages:
        source = files(package).joinpath("locale", f"{language}.po")
        if source.is_file():
            _read_into(merged, source.read_bytes(), language)
    return merged


def _read_into(merged: Catalogue, source: bytes, language: str) -> None:
    from babel.messages.pofile import read_po  # noqa: PLC0415 - costs 50 ms, which English never needs

    read = read_po(BytesIO(source), locale=language)
    merged.form = c2py(read.plural_expr)
    for item in read:
        if not item.id or item.fuzzy or not item.string:
            continue
        key = item.id if isinstance(item.id, str) else item.id[0]
        merged.texts[key] = item.string if isinstance(item.string, str) else tuple(item.string)


def _filled(text: str, message: str, values: dict[str, object]) -> str:
    if not values:
        return text
    for candidate in (text, message):
        try:
            return candidate.format(**values)
        except (AttributeError, KeyError, IndexError, ValueError):
            continue
    return message
