"""What a password must be (NIST SP 800-63B, 5.1.1.2): long enough and not a common one; no rules of composition."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from fondasi.kit.http import InvalidInput

MINIMUM_LENGTH = 8
MAXIMUM_LENGTH = 1024


def check_new_password(password: str, *own: str | None, field: str = "body.password") -> None:
    """Refuse a password that is easily guessed.

    Args:
        password: what was chosen.
        own: what belongs to the account: user name, e-mail address, phone number.
        field: where it stands in the request.

    Raises:
        InvalidInput: saying what to do.
    """
    if len(password) < MINIMUM_LENGTH:
        raise InvalidInput.of(field, "take 8 characters or more", "password_too_short")
    if len(password) > MAXIMUM_LENGTH:
        raise InvalidInput.of(field, "take 1024 characters or fewer", "password_too_long")
    folded = password.casefold()
    names = {part for name in own if name for part in (name.casefold(), name.casefold().partition("@")[0])}
    if folded in names:
        raise InvalidInput.of(field, "must not be your name or address", "password_guessable")
    if len(set(password)) <= 2 or folded in _common():  # noqa: PLR2004 - one or two characters repeated
        raise InvalidInput.of(field, "is too common: attackers try it first; take another", "password_common")


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    text = files("fondasi.identity").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))
