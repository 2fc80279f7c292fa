"""Telling the owners of accounts what happened to their credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.messages import Channel, Message

if TYPE_CHECKING:
    from fondasi.identity.models import User
    from fondasi.kit.db import Session
    from fondasi.messages import Messenger


async def tell_owner(
    session: Session, messenger: Messenger, user: User, template: str, **values: object
) -> None:
    """Send the owner of an account a message, by e-mail or else by SMS, if there is a way.

    Args:
        session: a unit of work; the message leaves when it commits.
        messenger: sends it.
        user: the account.
        template: what it says.
        values: for the template, beside the user name.
    """
    for channel, contact in ((Channel.EMAIL, user.email), (Channel.SMS, user.phone)):
        if contact is not None and messenger.can_send(channel):
            named = {"username": user.username, **values}
            await messenger.send(session, Message(channel, contact, template, named, language=user.language))
            return
