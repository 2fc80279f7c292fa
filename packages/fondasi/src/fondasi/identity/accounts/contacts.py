"""E-mail addresses and phone numbers of accounts: proven, then claimed, the old one told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from fondasi.identity.accounts.errors import UsernameTaken
from fondasi.identity.identifiers import Identifier, IdentifierKind
from fondasi.kit import clock
from fondasi.kit.i18n import t
from fondasi.messages import Channel, Message

if TYPE_CHECKING:
    from fondasi.identity.models import User
    from fondasi.kit.db import Session
    from fondasi.messages import Messenger

CHANNELS = {IdentifierKind.EMAIL: Channel.EMAIL, IdentifierKind.PHONE: Channel.SMS}


async def claim(session: Session, user: User, contact: Identifier) -> None:
    """Make a proven contact that of an account.

    Raises:
        UsernameTaken: somebody else has proven it meanwhile.
    """
    now = clock.now()
    if contact.kind is IdentifierKind.EMAIL:
        user.email, user.is_email_verified, user.email_verified_at = contact.value, True, now
    else:
        user.phone, user.is_phone_verified, user.phone_verified_at = contact.value, True, now
    try:
        await session.flush()
    except IntegrityError:
        raise UsernameTaken(
            t("This contact belongs to another account by now."), field="identifier"
        ) from None


async def change(session: Session, messenger: Messenger, user: User, contact: Identifier) -> None:
    """Replace a contact by a proven one, and tell the old one."""
    old = user.email if contact.kind is IdentifierKind.EMAIL else user.phone
    await claim(session, user, contact)
    channel = CHANNELS[contact.kind]
    if old is not None and old != contact.value and messenger.can_send(channel):
        values = {"username": user.username, "kind": contact.kind.value, "new": masked(contact)}
        await messenger.send(
            session, Message(channel, old, "contact-changed", values, language=user.language)
        )


def masked(contact: Identifier) -> str:
    """Enough of a contact for its owner to know it again."""
    if contact.kind is IdentifierKind.EMAIL:
        local, _, domain = contact.value.partition("@")
        return f"{local[:1]}***@{domain}"
    return f"{contact.value[:3]}***{contact.value[-2:]}"
