"""Texts of messages: `templates/NAME.LANGUAGE.txt` in a package, the subject on the first line, then a blank one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from fondasi.kit.i18n import DEFAULT_LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_SUBJECT = 200


class UnknownTemplateError(LookupError):
    """The package has no such template in English."""


@dataclass(frozen=True, slots=True)
class Text:
    """A message as it is read."""

    subject: str
    body: str


def render(package: str, name: str, language: str, values: Mapping[str, object]) -> Text:
    """The text in that language, in English when it is not translated.

    Raises:
        UnknownTemplateError: there is no such template.
        KeyError: a value is missing.
    """
    subject, body = _template(package, name, language)
    flat = " ".join(subject.format_map(values).split())  # a subject is one line, whatever the values hold
    return Text(flat[:MAX_SUBJECT], body.format_map(values))


@lru_cache(maxsize=256)
def _template(package: str, name: str, language: str) -> tuple[str, str]:
    folder = files(package).joinpath("templates")
    for candidate in (language, DEFAULT_LANGUAGE):
        file = folder.joinpath(f"{name}.{candidate}.txt")
        if file.is_file():
            subject, _, body = file.read_text("utf-8").partition("\n\n")
            return subject, body.strip() + "\n"
    raise UnknownTemplateError(f"{package} has no templates/{name}.{DEFAULT_LANGUAGE}.txt.")
