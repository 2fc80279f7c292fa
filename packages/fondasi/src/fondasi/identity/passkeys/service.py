"""The passkeys of an account: adding, renaming, removing. Its owner is told of what comes and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.identity.notices import tell_owner
from fondasi.identity.passkeys import challenges, repository
from fondasi.identity.passkeys.ceremonies import ALGORITHMS, check_new
from fondasi.identity.passkeys.errors import PasskeyExists, PasskeyRefused, TooManyPasskeys
from fondasi.identity.passkeys.models import Purpose
from fondasi.identity.passkeys.proofs import descriptors
from fondasi.identity.passkeys.schemas import (
    PasskeyCreationOptions,
    PasskeyKeyKind,
    PasskeyOwner,
    PasskeyParty,
    PasskeyRead,
)
from fondasi.identity.passkeys.vaults import vault_of
from fondasi.identity.sessions import check_open, user_for_sign_in
from fondasi.identity.ways import check_way_left
from fondasi.kit.audit import concerns, record
from fondasi.kit.http import NotFound
from fondasi.kit.i18n import t
from fondasi.kit.ids import new_id
from fondasi.messages import Messenger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from fondasi.access import Principal
    from fondasi.identity.models import Passkey, User
    from fondasi.identity.passkeys.relying import RelyingParty
    from fondasi.identity.passkeys.schemas import PasskeyCreate
    from fondasi.kit.db import Session
    from fondasi.platform import Platform


async def start(
    session: Session, platform: Platform, party: RelyingParty, caller: Principal
) -> PasskeyCreationOptions:
    """What a browser needs to make a passkey for the caller's account.

    Raises:
        TooManyPasskeys: it has as many as it may have.
    """
    user, rows = await _owner(session, platform, caller)
    challenge = await challenges.ask(
        session, platform, Purpose.ADD, user_id=user.id, session_id=caller.session_id
    )
    return PasskeyCreationOptions(
        rp=PasskeyParty(id=party.id, name=party.name),
        user=PasskeyOwner(id=challenges.encoded(user.id.bytes), name=user.username, display_name=user.name),
        challenge=challenge,
        pub_key_cred_params=[PasskeyKeyKind(alg=number) for number in ALGORITHMS],
        timeout=challenges.TIMEOUT,
        exclude_credentials=descriptors(row for row in rows if row.rp_id == party.id),
    )


async def add(platform: Platform, party: RelyingParty, caller: Principal, new: PasskeyCreate) -> Passkey:
    """Keep a passkey that the caller's authenticator has made.

    Raises:
        PasskeyExpired: it answers no open challenge of this session.
        PasskeyRefused: it is not what was asked for.
        PasskeyExists: it was added before.
        TooManyPasskeys: the account has as many as it may have.
    """
    answer = new.passkey.response
    challenge = await challenges.take(
        platform, Purpose.ADD, answer.client_data_json, user_id=caller.user_id, session_id=caller.session_id
    )
    made = await check_new(party, new.passkey, challenge)
    async with platform.database.unit_of_work() as session:
        user, _ = await _owner(session, platform, caller)
        added = await repository.add_passkey(
            session,
            id=new_id(),
            user_id=user.id,
            credential_id=made.credential_id,
            public_key=made.public_key,
            rp_id=party.id,
            name=new.name or vault_of(made.aaguid) or t("Passkey"),
            aaguid=made.aaguid,
            transports=list(dict.fromkeys(answer.transports)),
            sign_count=made.sign_count,
            backed_up=made.backed_up,
        )
        if added is None:
            raise PasskeyExists
        await record(
            session, "passkey.add", "identity", "Added a passkey.", metadata={"passkey_id": added.id}
        )
        await tell_owner(session, platform.get(Messenger), user, "passkey-added")
        return added


async def rename(session: Session, caller: Principal, passkey_id: UUID, name: str) -> Passkey:
    """Give a passkey of the caller another name.

    Raises:
        NotFound: they have no such passkey.
    """
    found = await repository.own_passkey(session, caller.user_id, passkey_id)
    if found is None:
        raise NotFound(t("You have no such passkey."))
    found.name = name
    await session.flush()
    await record(
        session, "passkey.rename", "identity", "Renamed a passkey.", metadata={"passkey_id": found.id}
    )
    return found


async def remove(session: Session, platform: Platform, caller: Principal, passkey_id: UUID) -> None:
    """Remove a passkey of the caller's account.

    Raises:
        NotFound: they have no such passkey.
        LastWayToSignIn: nobody could sign in to the account any more.
    """
    user = await user_for_sign_in(session, caller.user_id)  # locked: of two last ways one stays
    found = await repository.own_passkey(session, caller.user_id, passkey_id)
    if user is None or found is None:
        raise NotFound(t("You have no such passkey."))
    await check_way_left(session, platform, user, without=found.id)
    await session.delete(found)
    await record(
        session, "passkey.remove", "identity", "Removed a passkey.", metadata={"passkey_id": found.id}
    )
    await tell_owner(session, platform.get(Messenger), user, "passkey-removed")


async def remove_all(session: Session, platform: Platform, user: User) -> int:
    """Remove all passkeys of an account whose owner has lost control of it; how many there were."""
    removed = await repository.delete_passkeys_of(session, user.id)
    if removed:
        concerns(session, user.id)
        await record(
            session,
            "passkey.remove_all",
            "identity",
            "Removed all passkeys.",
            user_id=user.id,
            metadata={"removed": removed},
        )
        await tell_owner(session, platform.get(Messenger), user, "passkey-removed")
    return removed


def describe(passkey: Passkey, platform: Platform) -> PasskeyRead:
    """A passkey as its owner sees it."""
    return PasskeyRead(
        id=passkey.id,
        name=passkey.name,
        vault=vault_of(passkey.aaguid),
        synced=passkey.backed_up,
        usable=passkey.rp_id == platform.settings.passkey.rp_id,
        created_at=passkey.created_at,
        last_used_at=passkey.last_used_at,
    )


async def _owner(session: Session, platform: Platform, caller: Principal) -> tuple[User, Sequence[Passkey]]:
    """The caller's account, locked, with its passkeys.

    Raises:
        Unauthenticated: the caller's session has ended meanwhile.
        PasskeyRefused: it may not be used any more.
        TooManyPasskeys: it has as many as it may have.
    """
    user = await user_for_sign_in(session, caller.user_id)
    if user is None:
        raise PasskeyRefused
    await check_open(session, caller.session_id)
    rows, total = await repository.passkeys_of(session, user.id)
    if total >= platform.settings.passkey.limit:
        raise TooManyPasskeys(platform.settings.passkey.limit)
    return user, rows
