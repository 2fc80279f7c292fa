"""The ways in to an account: what is left when one of them is taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from fondasi.identity.models import LinkedIdentity, Passkey
from fondasi.kit.http import Conflict
from fondasi.messages import Channel, Messenger

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.identity.models import User
    from fondasi.kit.db import Session
    from fondasi.platform import Platform


class LastWayToSignIn(Conflict):
    """Without what is to be removed nobody could sign in to the account."""

    code, title = "LAST_WAY_TO_SIGN_IN", "Last way to sign in"

    def __init__(self) -> None:
        super().__init__(
            "You could not sign in any more. Set a password, add a passkey or link another provider first."
        )


async def check_way_left(session: Session, platform: Platform, user: User, *, without: UUID) -> None:
    """Refuse to take away the last way to sign in.

    Args:
        session: a unit of work that has locked the account, so that of two last ways one stays.
        platform: says what one can sign in with now: senders of codes, providers, the domain of passkeys.
        user: the account.
        without: the link or the passkey that goes.

    Raises:
        LastWayToSignIn: nobody could sign in to the account any more.
    """
    messenger, settings = platform.get(Messenger), platform.settings
    by_email = user.email is not None and messenger.can_send(Channel.EMAIL)
    phones = (Channel.SMS, Channel.WHATSAPP)
    by_phone = user.phone is not None and any(messenger.can_send(channel) for channel in phones)
    if user.password_hash is not None or by_email or by_phone:
        return
    issuers = [provider.issuer for provider in settings.oauth.providers.values()]
    links = exists().where(
        LinkedIdentity.user_id == user.id, LinkedIdentity.id != without, LinkedIdentity.issuer.in_(issuers)
    )
    passkeys = exists().where(
        Passkey.user_id == user.id, Passkey.id != without, Passkey.rp_id == settings.passkey.rp_id
    )
    if not await session.scalar(select(links | passkeys)):
        raise LastWayToSignIn
