"""What people sign in with: a user name, an e-mail address, or a phone number; each matched exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import phonenumbers

from fondasi.identity.models import User

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

# RFC 5321 without quoted local parts and address literals, which nobody signs up with.
EMAIL_PATTERN = (
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$"
)
PHONE_PATTERN = r"^\+[1-9][0-9 ().-]{5,24}$"
MAX_EMAIL = 254
_EMAIL = re.compile(EMAIL_PATTERN)
_PHONE = re.compile(PHONE_PATTERN, re.ASCII)


class IdentifierKind(StrEnum):
    """What an identifier is."""

    USERNAME = "username"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier in its canonical form: lower case, or E.164."""

    kind: IdentifierKind
    value: str

    @property
    def condition(self) -> ColumnElement[bool]:
        """The accounts that it names: one or none."""
        columns = {
            IdentifierKind.USERNAME: User.username,
            IdentifierKind.EMAIL: User.email,
            IdentifierKind.PHONE: User.phone,
        }
        return columns[self.kind] == self.value


def identify(text: str) -> Identifier:
    """What somebody typed; what is neither an address nor a number is a user name."""
    text = text.strip()
    if (email := as_email(text)) is not None:
        return Identifier(IdentifierKind.EMAIL, email)
    if text.startswith("+") and (phone := as_phone(text)) is not None:
        return Identifier(IdentifierKind.PHONE, phone)
    return Identifier(IdentifierKind.USERNAME, text.lower())


def as_email(text: str) -> str | None:
    """The address in lower case, or None."""
    text = text.strip()
    return text.lower() if len(text) <= MAX_EMAIL and _EMAIL.fullmatch(text) else None


def as_phone(text: str) -> str | None:
    """The number in E.164 form, or None. It needs its country code: `+62 812 3456 7890`."""
    text = text.strip()
    if not _PHONE.fullmatch(text):
        return None
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
