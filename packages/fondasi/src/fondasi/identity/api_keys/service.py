"""The rules of API keys: nobody puts into one what they lack, and it never holds more than they do at the moment."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fondasi.access import check_grantable
from fondasi.identity.api_keys import repository
from fondasi.identity.api_keys.errors import TooManyApiKeys
from fondasi.identity.api_keys.keys import key_text, new_secret, stored, visible_part
from fondasi.identity.api_keys.models import ApiKey
from fondasi.identity.api_keys.schemas import ApiKeyCreated, ApiKeyRead
from fondasi.identity.sessions import check_open
from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.crypto import KeyedHash
from fondasi.kit.http import InvalidInput, NotFound
from fondasi.kit.i18n import t, tn
from fondasi.kit.ids import new_id
from fondasi.messages import Channel, Message, Messenger

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from fondasi.access import PermissionRegistry, Principal
    from fondasi.identity.api_keys.schemas import ApiKeyCreate, ApiKeyUpdate
    from fondasi.kit.db import Session
    from fondasi.platform import Platform
    from fondasi.settings import ApiSettings

ROOM = "api-keys"


class ApiKeyHash(KeyedHash):
    """HMAC-SHA256 of API keys, under a key of its own."""

    def __init__(self, secret: str) -> None:
        super().__init__(secret, "API keys")


async def create_key(
    session: Session, platform: Platform, caller: Principal, registry: PermissionRegistry, new: ApiKeyCreate
) -> ApiKeyCreated:
    """Make a key and tell its owner by e-mail.

    Raises:
        InvalidInput: a code that no module declares, or an end that is too near or too far.
        LacksWhatTheyGrant: the scope holds more than the caller.
        TooManyApiKeys: they have as many as they may have.
        Unauthenticated: the caller's session has ended meanwhile.
    """
    settings = platform.settings.api
    check_grantable(registry, caller, new.permissions, new.permissions)
    expires_at = _end(new, settings)
    await repository.lock_owner(session, caller.user_id)
    await check_open(session, caller.session_id)
    if await repository.count_alive(session, caller.user_id) >= settings.key_limit:
        raise TooManyApiKeys(settings.key_limit)
    secret, key_id = new_secret(), new_id()
    key = ApiKey(
        id=key_id,
        user_id=caller.user_id,
        name=new.name,
        permissions=sorted(set(new.permissions)),
        secret_hash=stored(platform.get(ApiKeyHash), key_id, secret),
        expires_at=expires_at,
    )
    session.add(key)
    await session.flush()
    await record(session, "api_keys.create", ROOM, f"Made the API key {key.name}.", metadata=_about(key))
    await _tell_owner(session, platform.get(Messenger), caller, key)
    shown = describe(key, registry, caller).model_dump()
    return ApiKeyCreated(**shown, key=key_text(key_id, secret))


async def read_key(
    session: Session, caller: Principal, registry: PermissionRegistry, key_id: UUID
) -> ApiKeyRead:
    """One of the caller's keys.

    Raises:
        NotFound: they have none with that id.
    """
    key = await _own(session, caller, key_id)
    return describe(key, registry, caller)


async def edit_key(
    session: Session, caller: Principal, registry: PermissionRegistry, key_id: UUID, changes: ApiKeyUpdate
) -> ApiKeyRead:
    """Rename a key or set its scope, which counts from its next request.

    Raises:
        NotFound: the caller has none with that id.
        InvalidInput: a code that no module declares.
        LacksWhatTheyGrant: the scope would get what the caller lacks.
    """
    await repository.lock_owner(session, caller.user_id)
    key = await _own(session, caller, key_id)
    before = _about(key)
    if changes.permissions is not None:
        # What modules that are switched off declare, the caller cannot name: it stays.
        unknown = set(key.permissions) - registry.codes
        added = set(changes.permissions) - set(key.permissions)
        check_grantable(registry, caller, changes.permissions, added)
        key.permissions = sorted({*changes.permissions, *unknown})
    if changes.name is not None:
        key.name = changes.name
    await session.flush()
    await record(
        session,
        "api_keys.edit",
        ROOM,
        f"Edited the API key {key.name}.",
        metadata={"from": before, "to": _about(key)},
    )
    return describe(key, registry, caller)


async def revoke_key(session: Session, caller: Principal, key_id: UUID) -> None:
    """Revoke one of the caller's keys: its next request is refused.

    Raises:
        NotFound: they have none with that id.
    """
    await _own(session, caller, key_id)
    await revoke_any(session, key_id)


async def revoke_any(session: Session, key_id: UUID, **how: Any) -> str:
    """Revoke a key, whosever it is; its name.

    Args:
        session: a unit of work.
        key_id: which.
        how: more for the audit trail.

    Raises:
        NotFound: there is none with that id.
    """
    key = await repository.revoke(session, key_id)
    if key is None:
        raise NotFound(t("There is no such API key."))
    about = {**_about(key), "user_id": key.user_id, **how}
    message = f"Revoked the API key {key.name}."
    await record(session, "api_keys.revoke", ROOM, message, subject_id=key.user_id, metadata=about)
    return key.name


async def revoke_keys_of(session: Session, user_id: UUID) -> None:
    """Revoke all keys of a user, as when their account had to be recovered."""
    if revoked := await repository.revoke_all_of(session, user_id):
        await record(
            session,
            "api_keys.revoke_all",
            ROOM,
            "Revoked all API keys of a user.",
            subject_id=user_id,
            metadata={"user_id": user_id, "count": revoked},
        )


def describe(key: ApiKey, registry: PermissionRegistry, owner: Principal) -> ApiKeyRead:
    """A key as its owner sees it."""
    known = sorted(registry.codes.intersection(key.permissions))
    return ApiKeyRead(
        id=key.id,
        name=key.name,
        prefix=visible_part(key.id),
        permissions=known,
        effective=[code for code in known if owner.may(code)],
        created_at=key.created_at,
        expires_at=key.expires_at,
        expired=key.expires_at <= clock.now(),
        last_used_at=key.last_used_at,
        last_used_address=key.last_used_address,
    )


def _end(new: ApiKeyCreate, settings: ApiSettings) -> datetime:
    """When a new key ends.

    Raises:
        InvalidInput: not in the future, or later than `API_KEY_MAX_DAYS` from now.
    """
    now = clock.now()
    if new.expires_at is not None:
        end, field = new.expires_at, "body.expires_at"
    else:
        end, field = now + timedelta(days=new.expires_in_days or settings.key_days), "body.expires_in_days"
    if end <= now:
        raise InvalidInput.of(field, t("must be in the future"), "too_early")
    if end > now + timedelta(days=settings.key_max_days):
        raise InvalidInput.of(
            field,
            tn(
                "must be at most {days} day from now",
                "must be at most {days} days from now",
                settings.key_max_days,
                days=settings.key_max_days,
            ),
            "too_late",
        )
    return end


async def _own(session: Session, caller: Principal, key_id: UUID) -> ApiKey:
    key = await repository.get_key(session, caller.user_id, key_id)
    if key is None:
        raise NotFound(t("There is no such API key."))
    return key


async def _tell_owner(session: Session, messenger: Messenger, owner: Principal, key: ApiKey) -> None:
    email = owner.account.get("email")
    if email is None or not messenger.can_send(Channel.EMAIL):
        return
    values = {
        "username": owner.username,
        "name": key.name,
        "prefix": visible_part(key.id),
        "permissions": sorted(key.permissions),
        "expires": key.expires_at.strftime("%Y-%m-%d %H:%M UTC"),
    }
    language = owner.account["language"]
    await messenger.send(session, Message(Channel.EMAIL, email, "api-key-created", values, language=language))


def _about(key: ApiKey) -> dict[str, Any]:
    return {
        "key_id": key.id,
        "name": key.name,
        "permissions": list(key.permissions),
        "expires_at": key.expires_at,
    }
