"""Between the first proof and the second factor: a question that the same device answers within five minutes, once.

It is a random token, stored as a keyed hash together with the device that may answer: its address and user agent.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, select

from fondasi.identity.models import Passkey
from fondasi.identity.sessions.errors import SecondFactorRequired
from fondasi.identity.sessions.keys import KeyRing
from fondasi.identity.sessions.models import Method, SignInChallenge
from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.http import counted_address

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.identity.models import User
    from fondasi.identity.sessions.devices import Device
    from fondasi.kit.db import Session
    from fondasi.platform import Platform

LIFE = timedelta(minutes=5)
TOKEN_BYTES = 32


async def ask(
    session: Session, platform: Platform, user: User, device: Device, method: Method
) -> SecondFactorRequired:
    """The question for a second factor, which the caller raises; the unit of work keeps it although it is raised.

    Args:
        session: a unit of work.
        platform: the keys.
        user: who has given their first proof.
        device: the only one that may answer.
        method: that first proof.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        SignInChallenge(
            user_id=user.id,
            challenge_hash=_hash(platform, token, device),
            method=method,
            expires_at=clock.now() + LIFE,
        )
    )
    await session.flush()
    await record(
        session,
        "login.second_factor_asked",
        "identity",
        "Gave the first proof; was asked for the second factor.",
        user_id=user.id,
        metadata={"method": method.value},
    )
    methods = [Method.TOTP, Method.RECOVERY_CODE]
    domain = platform.settings.passkey.rp_id
    owned = exists().where(Passkey.user_id == user.id, Passkey.rp_id == domain)
    if domain and await session.scalar(select(owned)):
        methods.append(Method.PASSKEY)
    return SecondFactorRequired(token, methods, expires_in=int(LIFE.total_seconds()))


async def find(session: Session, platform: Platform, token: str, device: Device) -> SignInChallenge | None:
    """The question behind a token, if it is open and this device was asked."""
    query = select(SignInChallenge).where(
        SignInChallenge.challenge_hash == _hash(platform, token, device),
        SignInChallenge.expires_at > clock.now(),
    )
    return (await session.scalars(query)).first()


async def use(session: Session, challenge_id: UUID) -> bool:
    """Use a question up; of several callers at once, one."""
    used = delete(SignInChallenge).where(
        SignInChallenge.id == challenge_id, SignInChallenge.expires_at > clock.now()
    )
    return await session.scalar(used.returning(SignInChallenge.id)) is not None


def _hash(platform: Platform, token: str, device: Device) -> bytes:
    key = platform.get(KeyRing).derive("challenge")
    bound = "\0".join((token, counted_address(device.ip_address), device.user_agent))
    return hmac.digest(key, bound.encode("utf-8", "surrogatepass"), hashlib.sha256)
