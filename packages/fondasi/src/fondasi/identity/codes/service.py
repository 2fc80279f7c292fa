"""Giving out one-time passwords and taking them back.

A code is 6 or more digits from the system's random source, lives 10 minutes at most, works once, and dies with the
fifth wrong try. It is bound to its purpose, to the identifier and to the request; the table holds a keyed hash of all
four.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from fondasi.identity.codes import repository
from fondasi.identity.codes.errors import TooManyCodes
from fondasi.identity.codes.models import OneTimePassword, Purpose
from fondasi.kit import clock
from fondasi.kit.i18n import DEFAULT_LANGUAGE
from fondasi.kit.ids import new_id
from fondasi.messages import Channel, Message

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from fondasi.kit.crypto import KeyedHash
    from fondasi.kit.db import Session
    from fondasi.messages import Messenger
    from fondasi.settings import OneTimePasswordSettings

TICKET_BYTES = 32
INVITATION_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a code goes.

    Attributes:
        channel: how.
        contact: e-mail address or phone number.
        user_id: the account that it is for, if there is one.
        language: of the message.
        pretend: there is nobody to send to: do the same work, send nothing, and let no code fit.
        instead: a template to send in place of a code; then no code fits either.
        username: for that template.
    """

    channel: Channel
    contact: str
    user_id: UUID | None = None
    language: str = DEFAULT_LANGUAGE
    pretend: bool = False
    instead: str | None = None
    username: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """A request for a code, as its maker sees it: the same whether or not there is such an account."""

    request_id: UUID
    expires_at: datetime
    resend_after: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody types in to prove that a contact is his: the request, whom he named, and the code."""

    request_id: UUID
    identifier: str
    code: str


class Codes:
    """One-time passwords; `platform.get(Codes)`.

    Args:
        settings: length, life, tries, waits and caps.
        keyed: hashes the codes.
        messenger: sends them.
    """

    def __init__(self, settings: OneTimePasswordSettings, keyed: KeyedHash, messenger: Messenger) -> None:
        self._settings = settings
        self._keyed = keyed
        self._messenger = messenger

    async def issue(self, session: Session, purpose: Purpose, identifier: str, target: Target) -> Issued:
        """Send a code. The caps of an account or contact are kept in silence: nothing is sent, nothing fits.

        Raises:
            TooManyCodes: one for this identifier and purpose was asked for a moment ago.
            ChannelNotConfigured: there is nothing to send with.
        """
        settings, now = self._settings, clock.now()
        self._messenger.check(target.channel)
        await repository.take_turns(session, identifier, purpose)
        last = await repository.last_asked(session, identifier, purpose)
        if (
            last is not None
            and (wait := last + timedelta(seconds=settings.resend_seconds) - now) > timedelta()
        ):
            raise TooManyCodes(ceil(wait.total_seconds()))
        capped = await self._is_capped(session, target, now)
        code = "".join(secrets.choice("0123456789") for _ in range(settings.digits))
        expires_at = now + timedelta(minutes=settings.minutes)
        request_id = await self._write(
            session, purpose, identifier, target, code=code, expires_at=expires_at, capped=capped
        )
        message = Message(
            target.channel,
            target.contact,
            target.instead or "one-time-password",
            {"code": code, "minutes": settings.minutes, "username": target.username},
            language=target.language,
            expires_at=expires_at,
        )
        if target.pretend or capped:
            await self._messenger.pretend(session, message)
        else:
            await self._messenger.send(session, message)
        return Issued(request_id, expires_at, settings.resend_seconds)

    async def invite(self, session: Session, target: Target) -> Issued:
        """Send an invitation to sign up: a code too long to guess, good for seven days."""
        ticket, expires_at = secrets.token_urlsafe(TICKET_BYTES), clock.now() + INVITATION_LIFE
        request_id = await self._write(
            session,
            Purpose.INVITATION,
            target.contact,
            target,
            code=ticket,
            expires_at=expires_at,
            capped=False,
        )
        values = {"code": ticket, "request_id": request_id, "days": INVITATION_LIFE.days}
        await self._messenger.send(
            session,
            Message(
                target.channel,
                target.contact,
                "invitation",
                values,
                language=target.language,
                expires_at=expires_at,
            ),
        )
        return Issued(request_id, expires_at, 0)

    async def redeem(
        self, session: Session, proof: Proof, purposes: Sequence[Purpose]
    ) -> OneTimePassword | None:
        """The request behind a code, which is used up with this; None if it does not fit.

        The try counts once the session commits, so a caller that refuses a wrong code has to commit first.
        """
        row = await repository.take_try(
            session, proof.request_id, proof.identifier, purposes, self._settings.tries
        )
        if row is None or not self._keyed.fits(row.code_hash, *_bound(row, proof.code)):
            return None
        row.used_at = clock.now()
        return row

    async def exchange(
        self, session: Session, proof: Proof, purposes: Sequence[Purpose]
    ) -> tuple[str, datetime] | None:
        """A ticket in place of a code: the code is used up, the ticket serves the same request once.

        Returns:
            The ticket and when it expires; None if the code does not fit.
        """
        row = await self.redeem(session, proof, purposes)
        if row is None:
            return None
        ticket = secrets.token_urlsafe(TICKET_BYTES)
        row.used_at, row.tries = None, 0
        row.expires_at = clock.now() + timedelta(minutes=self._settings.minutes)
        row.code_hash = self._keyed.digest(*_bound(row, ticket))
        return ticket, row.expires_at

    async def accept_invitation(self, session: Session, email: str) -> bool:
        """Use up the invitation of somebody who has proved his address in another way; whether there was one."""
        return await repository.use_invitation(session, email)

    async def void_all_of(self, session: Session, user_id: UUID) -> None:
        """Void every open code of an account, as when its password or contact changes."""
        await repository.void_codes_of(session, user_id)

    async def _is_capped(self, session: Session, target: Target, now: datetime) -> bool:
        settings = self._settings
        since = (now - timedelta(hours=1), now - timedelta(days=1))
        hour, day = await repository.count_since(session, target.user_id, target.contact, since)
        return hour >= settings.per_hour or day >= settings.per_day

    async def _write(
        self,
        session: Session,
        purpose: Purpose,
        identifier: str,
        target: Target,
        *,
        code: str,
        expires_at: datetime,
        capped: bool,
    ) -> UUID:
        row = OneTimePassword(
            id=new_id(),
            purpose=purpose,
            identifier=identifier,
            target=target.contact,
            channel=target.channel,
            user_id=target.user_id,
            code_hash=b"",
            expires_at=expires_at,
        )
        fits_nothing = target.pretend or capped or target.instead is not None
        row.code_hash = self._keyed.digest(
            *_bound(row, secrets.token_urlsafe(TICKET_BYTES) if fits_nothing else code)
        )
        session.add(row)
        await session.flush()
        return row.id


def _bound(row: OneTimePassword, code: str) -> tuple[str, ...]:
    """All that a code is bound to, and the code."""
    return (row.purpose, row.identifier, str(row.id), code)
