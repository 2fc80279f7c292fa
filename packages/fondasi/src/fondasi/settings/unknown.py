"""Names that look like settings and are none: a typing error in one would else be passed over in silence."""

from __future__ import annotations

import os
from difflib import get_close_matches
from typing import TYPE_CHECKING

from dotenv import dotenv_values
from pydantic import AliasChoices, BaseModel

from fondasi.settings.oauth import OAuthProvider
from fondasi.settings.replaced import REPLACED
from fondasi.settings.settings import DOTENV, Settings
from fondasi.settings.telemetry import READ_BY_SDK

if TYPE_CHECKING:
    from collections.abc import Iterator

LIKENESS = 0.85  # of names, from 0 to 1 (difflib): HTTP_WORKER is HTTP_WORKERS with .96
BEGINNING = (
    2  # letters of a typing error that are right, so that not each variable is compared with each setting
)


def setting_names(settings: Settings) -> set[str]:
    """The environment variables of all settings, those of the named sign-in providers included."""
    return set(_names(settings))


def unknown_names(settings: Settings) -> list[str]:
    """A sentence for each variable that is no setting.

    All in `.env`; in the environment those that nearly are one, and those of the replaced systems.

    The environment is full of other programs' variables, `.env` is ours (MAIL, which login shells set, never counts).
    """
    known = setting_names(settings)
    in_file = {name.upper() for name in dotenv_values(DOTENV)} if DOTENV.is_file() else set()
    found = []
    for name in sorted((in_file | {name.upper() for name in os.environ}) - known):
        alike = [other for other in known if other[:BEGINNING] == name[:BEGINNING]]
        near = get_close_matches(name, alike, n=1, cutoff=LIKENESS)
        place = "in .env" if name in in_file else "in the environment"
        if name in READ_BY_SDK:
            if name in in_file:
                found.append(f"{name} {place} is read by OpenTelemetry, from the environment alone.")
        elif name in REPLACED:
            found.append(f"{name} {place} is no setting here: {REPLACED[name]}")
        elif near:
            found.append(f"{name} {place} is no setting; did you mean {near[0]}?")
        elif name in in_file:
            found.append(f"{name} {place} is no setting; `fondasi settings` lists them.")
    return found


def _names(settings: Settings) -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(field.validation_alias, AliasChoices):
            yield from (str(choice).upper() for choice in field.validation_alias.choices)
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from (f"{name}_{part}".upper() for part in kind.model_fields)
        else:
            yield name.upper()
    for provider in settings.oauth.providers:
        yield from (f"OAUTH_{provider}_{part}".upper() for part in OAuthProvider.model_fields)
