"""Links between accounts and identities at providers: made with consent, listed, removed; the owner is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.identity.federation import repository
from fondasi.identity.federation.errors import IdentityTaken, InvalidState
from fondasi.identity.federation.providers import Providers
from fondasi.identity.models import LinkedIdentity
from fondasi.identity.sessions import user_for_sign_in
from fondasi.identity.ways import check_way_left
from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.http import NotFound
from fondasi.kit.i18n import t
from fondasi.messages import Channel, Message, Messenger

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.access import Principal
    from fondasi.identity.federation.provider import ExternalIdentity, Provider
    from fondasi.identity.models import User
    from fondasi.kit.db import Session
    from fondasi.platform import Platform


def new_link(user_id: UUID, provider: Provider, identity: ExternalIdentity) -> LinkedIdentity:
    """The row of a link, made now."""
    now = clock.now()
    return LinkedIdentity(
        user_id=user_id,
        provider=provider.name,
        issuer=identity.issuer,
        subject=identity.subject,
        email_at_link=identity.email,
        linked_at=now,
        last_used_at=now,
    )


async def link(
    session: Session,
    platform: Platform,
    provider: Provider,
    identity: ExternalIdentity,
    *,
    user_id: UUID,
    session_id: UUID,
) -> LinkedIdentity:
    """Link an identity to the account that asked for it; one that is linked to it already stays so.

    Raises:
        InvalidState: the account may not be used any more, or the session that asked has ended.
        IdentityTaken: it is linked to another account.
    """
    user = await user_for_sign_in(session, user_id)
    if user is None or not await repository.is_alive(session, session_id, user_id):
        raise InvalidState
    found = await repository.link_of(session, identity.issuer, identity.subject)
    if found is not None:
        if found.user_id != user_id:
            raise IdentityTaken(provider.label)
        return found
    made = new_link(user_id, provider, identity)
    session.add(made)
    await session.flush()
    await record(
        session,
        "identity.linked",
        "identity",
        f"Linked an identity at {provider.label}.",
        user_id=user_id,
        session_id=session_id,
        metadata={"provider": provider.name, "identity_id": made.id},
    )
    await _tell(session, platform, user, "identity-linked", provider.label)
    return made


async def unlink(session: Session, platform: Platform, caller: Principal, link_id: UUID) -> None:
    """Remove a link of the caller's account.

    Raises:
        NotFound: they have no such link.
        LastWayToSignIn: nobody could sign in to the account any more.
    """
    user = await user_for_sign_in(session, caller.user_id)  # locked: of two last links one stays
    links, _ = await repository.links_of(session, caller.user_id)
    found = next((item for item in links if item.id == link_id), None)
    if user is None or found is None:
        raise NotFound(t("You have no such link."))
    await check_way_left(session, platform, user, without=found.id)
    await session.delete(found)
    provider = platform.get(Providers).by_issuer(found.issuer)
    label = provider.label if provider else found.provider
    await record(
        session,
        "identity.unlinked",
        "identity",
        f"Removed the link to an identity at {label}.",
        metadata={"provider": found.provider, "identity_id": found.id},
    )
    await _tell(session, platform, user, "identity-unlinked", label)


async def _tell(session: Session, platform: Platform, user: User, template: str, label: str) -> None:
    messenger = platform.get(Messenger)
    if user.email is not None and messenger.can_send(Channel.EMAIL):
        values = {"username": user.username, "provider": label}
        await messenger.send(
            session, Message(Channel.EMAIL, user.email, template, values, language=user.language)
        )
