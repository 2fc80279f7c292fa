"""Proving who one is with a passkey: at sign-in, as second factor, and again later (step-up).

A passkey is something that one has and that one has unlocked, so it is both factors at once. Nobody guesses signatures:
tries are counted for each address, as those of all sign-ins, and not for each account.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fondasi.identity.notices import tell_owner
from fondasi.identity.passkeys import challenges, repository
from fondasi.identity.passkeys.ceremonies import check_use
from fondasi.identity.passkeys.errors import (
    NoPasskey,
    PasskeyCopied,
    PasskeyRefused,
    PasskeySignInRefused,
)
from fondasi.identity.passkeys.models import Purpose
from fondasi.identity.passkeys.schemas import PasskeyDescriptor, PasskeyRequestOptions
from fondasi.identity.sessions import Method, open_session, user_for_sign_in
from fondasi.kit import clock
from fondasi.kit.audit import Level, record
from fondasi.messages import Messenger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from uuid import UUID

    from fondasi.identity.models import Passkey, User
    from fondasi.identity.passkeys.ceremonies import Used
    from fondasi.identity.passkeys.relying import RelyingParty
    from fondasi.identity.passkeys.schemas import PasskeyAssertion
    from fondasi.identity.sessions import Device, Issued
    from fondasi.kit.db import Session
    from fondasi.platform import Platform


async def ask_anybody(session: Session, platform: Platform, party: RelyingParty) -> PasskeyRequestOptions:
    """What a browser needs to sign somebody in; it says nothing of any account."""
    challenge = await challenges.ask(session, platform, Purpose.SIGN_IN)
    return _options(party, challenge, [])


async def ask_owner(
    session: Session,
    platform: Platform,
    party: RelyingParty,
    purpose: Purpose,
    *,
    user_id: UUID,
    session_id: UUID | None = None,
) -> PasskeyRequestOptions:
    """What a browser needs to ask for a passkey of one account.

    Raises:
        NoPasskey: it has none.
    """
    rows, _ = await repository.passkeys_of(session, user_id)
    usable = [row for row in rows if row.rp_id == party.id]
    if not usable:
        raise NoPasskey
    challenge = await challenges.ask(session, platform, purpose, user_id=user_id, session_id=session_id)
    return _options(party, challenge, descriptors(usable))


async def sign_in(
    platform: Platform, party: RelyingParty, assertion: PasskeyAssertion, device: Device
) -> Issued:
    """Open a session for a passkey.

    Raises:
        PasskeyExpired: it answers no open challenge.
        PasskeySignInRefused: it is not accepted, or its account may not sign in.
    """
    if assertion.response.user_handle is None:  # WebAuthn 3, 7.2, step 6
        raise PasskeySignInRefused
    try:
        async with used(platform, party, assertion, Purpose.SIGN_IN) as (session, user):
            return await open_session(session, platform, user, device, Method.PASSKEY)
    except PasskeyRefused as refused:
        raise PasskeySignInRefused(refused.user_id) from None


@asynccontextmanager
async def used(
    platform: Platform,
    party: RelyingParty,
    assertion: PasskeyAssertion,
    purpose: Purpose,
    *,
    user_id: UUID | None = None,
    session_id: UUID | None = None,
) -> AsyncIterator[tuple[Session, User]]:
    """A unit of work in which a passkey was used, and the account that it belongs to, locked.

    Args:
        platform: keys and database.
        party: the service, where the request came in.
        assertion: what the authenticator signed.
        purpose: what for.
        user_id: whose passkey it has to be; None: anybody's.
        session_id: in which session it was asked for.

    Raises:
        PasskeyExpired: it answers no open challenge of theirs.
        PasskeyRefused: it is not accepted.
    """
    challenge = await challenges.take(
        platform, purpose, assertion.response.client_data_json, user_id=user_id, session_id=session_id
    )
    credential_id = challenges.decoded(assertion.raw_id)
    async with platform.database.read_session(fresh=True) as session:
        known = await repository.passkey_by_credential(session, credential_id, party.id)
    if known is None or user_id not in {None, known.user_id}:
        raise PasskeyRefused(user_id)
    checked = await check_use(party, assertion, challenge, known.public_key, known.user_id)
    async with platform.database.unit_of_work() as session:
        user = await user_for_sign_in(session, known.user_id)
        passkey = await repository.passkey_by_credential(session, credential_id, party.id, locked=True)
        if user is None or passkey is None:
            raise PasskeyRefused(known.user_id)
        if _counts_backwards(passkey, checked):
            await _warn(session, platform, user, passkey, checked)
            raise PasskeyCopied(user.id)
        passkey.sign_count, passkey.backed_up = checked.sign_count, checked.backed_up
        passkey.last_used_at = clock.now()
        yield session, user


def descriptors(passkeys: Iterable[Passkey]) -> list[PasskeyDescriptor]:
    """What browsers find passkeys by."""
    return [
        PasskeyDescriptor(id=challenges.encoded(row.credential_id), transports=row.transports)
        for row in passkeys
    ]


def _options(party: RelyingParty, challenge: str, allowed: list[PasskeyDescriptor]) -> PasskeyRequestOptions:
    return PasskeyRequestOptions(
        challenge=challenge, timeout=challenges.TIMEOUT, rp_id=party.id, allow_credentials=allowed
    )


def _counts_backwards(passkey: Passkey, checked: Used) -> bool:
    """Whether the authenticator, if it counts, did not count on (WebAuthn 3, 6.1.1)."""
    counts = passkey.sign_count > 0 or checked.sign_count > 0
    return counts and checked.sign_count <= passkey.sign_count


async def _warn(session: Session, platform: Platform, user: User, passkey: Passkey, checked: Used) -> None:
    """There may be a copy of the authenticator: the trail and its owner have to know."""
    await record(
        session,
        "passkey.copied",
        "identity",
        "Refused a passkey whose authenticator counts backwards: there may be a copy of it.",
        level=Level.WARNING,
        user_id=user.id,
        metadata={"passkey_id": passkey.id, "counted": checked.sign_count, "before": passkey.sign_count},
    )
    await tell_owner(session, platform.get(Messenger), user, "passkey-copied", passkey=passkey.name)
