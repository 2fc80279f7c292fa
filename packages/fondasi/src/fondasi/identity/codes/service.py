"""Giving out one-time passwords and taking them back.

A code is 6 or more digits from the system's random source, lives 10 minutes at most, works once, and dies with the
fifth wrong try. It is bound to its purpose, to the identifier and to the request; the table holds a keyed hash of all
four.

An account is sent so many codes an hour at the request of strangers, and so many more at the request of places that it
has signed in from. A request beyond that cap takes a code that is *shared*: the first such request has it sent, those
of the next hour take the same one, and nothing more is sent. So strangers can neither bombard an account nor shut its
codes. A shared code has 12 digits, for each of those requests has tries of its own; it works once for all of them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from fondasi.identity.codes import repository
from fondasi.identity.codes.errors import TooManyCodes, WrongCode
from fondasi.identity.codes.limits import Limits
from fondasi.identity.codes.models import OneTimePassword, Purpose
from fondasi.kit import clock
from fondasi.kit.audit import concerns
from fondasi.kit.http import counted_address
from fondasi.kit.i18n import DEFAULT_LANGUAGE, t
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
SHARED_DIGITS = 12
SHARED_LIFE = timedelta(hours=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
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
class Asker:
    """Who asks for a code.

    Attributes:
        address: theirs.
        place: what the account knows them by, if it does: a device, an address, a session.
        capped: whether the caps of the address hold for them; it may be that of many.
    """

    address: str
    place: bytes | None = None
    capped: bool = True


@dataclass(frozen=True, slots=True)
class Issued:
    """A request for a code, as its maker sees it: the same whether or not there is such an account."""

    request_id: UUID
    expires_at: datetime
    resend_after: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody types in to prove that a contact is theirs: the request, whom they named, and the code."""

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
        self._limits = Limits(settings, keyed)
        self._resend = timedelta(seconds=settings.resend_seconds)

    async def issue(
        self, session: Session, purpose: Purpose, identifier: str, target: Target, asker: Asker
    ) -> Issued:
        """Send a code, or beyond the cap of the account or contact have the one that was sent last fit.

        Raises:
            TooManyCodes: they asked for one for this a moment ago, or too many were asked for from their address.
            InvalidInput: no messages go to the country of a new number.
            ChannelNotConfigured: there is nothing to send with.
        """
        settings, now = self._settings, clock.now()
        self._messenger.check(target.channel)
        asked_by = asker.place or self._keyed.digest("asker", counted_address(asker.address))
        await repository.take_turns(session, target.user_id, target.contact)
        last = await repository.last_asked(session, identifier, purpose, asked_by)
        if last is not None and (wait := last + self._resend - now) > timedelta():
            raise TooManyCodes(ceil(wait.total_seconds()))
        await self._limits.check(session, purpose, target, asker)
        row = OneTimePassword(
            id=new_id(),
            purpose=purpose,
            identifier=identifier,
            target=target.contact,
            channel=target.channel,
            user_id=target.user_id,
            expires_at=now + timedelta(minutes=settings.minutes),
            asked_by=asked_by,
            from_known_place=asker.place is not None,
        )
        capped = await self._is_capped(session, row)
        code = await self._shared_code(session, row) if capped else self._new_code(row)
        self._bind(row, None if target.pretend or target.instead else code)
        session.add(row)
        await session.flush()
        minutes = int(SHARED_LIFE.total_seconds()) // 60 if capped else settings.minutes
        message = Message(
            target.channel,
            target.contact,
            target.instead or ("shared-one-time-password" if capped else "one-time-password"),
            {"code": code or "", "minutes": minutes, "username": target.username},
            language=target.language,
            expires_at=now + timedelta(minutes=minutes),
        )
        if target.pretend or not row.was_sent:
            await self._messenger.pretend(session, message)
        else:
            await self._messenger.send(session, message)
        return Issued(row.id, row.expires_at, settings.resend_seconds)

    async def invite(self, session: Session, target: Target) -> Issued:
        """Send an invitation to sign up: a code too long to guess, good for seven days.

        Raises:
            TooManyCodes: they were invited a moment ago, or as often as they may be in a day.
        """
        await repository.take_turns(session, None, target.contact)
        await self._check_invited(session, target.contact)
        ticket, expires_at = secrets.token_urlsafe(TICKET_BYTES), clock.now() + INVITATION_LIFE
        row = OneTimePassword(
            id=new_id(),
            purpose=Purpose.INVITATION,
            identifier=target.contact,
            target=target.contact,
            channel=target.channel,
            user_id=target.user_id,
            expires_at=expires_at,
            asked_by=b"",
            from_known_place=True,
        )
        self._bind(row, ticket)
        session.add(row)
        await session.flush()
        values = {"code": ticket, "request_id": row.id, "days": INVITATION_LIFE.days}
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
        return Issued(row.id, expires_at, 0)

    async def redeem(self, session: Session, proof: Proof, purposes: Sequence[Purpose]) -> OneTimePassword:
        """The request behind a code, which is used up with this. The entry of the trail is about its account.

        Raises:
            WrongCode: it does not fit. The try counts, for the unit of work commits all the same.
        """
        await repository.take_turn_of(session, proof.request_id)
        row = await repository.take_try(
            session, proof.request_id, proof.identifier, purposes, self._settings.tries
        )
        if row is None or not self._keyed.fits(row.code_hash, *_bound(row, proof.code)):
            raise WrongCode(row.user_id if row is not None else None)
        if row.shared_id is not None and not await repository.use_shared_code(
            session, row.shared_id, clock.now() - SHARED_LIFE
        ):
            raise WrongCode(row.user_id)
        concerns(session, row.user_id)
        row.used_at, row.shared_id = clock.now(), None
        return row

    async def exchange(
        self, session: Session, proof: Proof, purposes: Sequence[Purpose]
    ) -> tuple[str, datetime]:
        """A ticket in place of a code, and when it expires: the code is used up, the ticket serves the request once.

        Raises:
            WrongCode: the code does not fit.
        """
        row = await self.redeem(session, proof, purposes)
        ticket = secrets.token_urlsafe(TICKET_BYTES)
        row.used_at, row.tries = None, 0
        row.expires_at = clock.now() + timedelta(minutes=self._settings.minutes)
        row.code_hash = self._keyed.digest(*_bound(row, ticket))
        return ticket, row.expires_at

    async def accept_invitation(self, session: Session, email: str) -> bool:
        """Use up the invitation of somebody who has proved their address in another way; whether there was one."""
        return await repository.use_invitation(session, email)

    async def void_all_of(self, session: Session, user_id: UUID) -> None:
        """Void every open code of an account, as when its password or contact changes."""
        await repository.void_codes_of(session, user_id)

    async def _check_invited(self, session: Session, email: str) -> None:
        now = clock.now()
        times = await repository.invited_since(session, email, now - DAY)
        if times and (wait := times[0] + self._resend - now) > timedelta():
            raise TooManyCodes(ceil(wait.total_seconds()))
        if len(times) >= self._settings.per_day:
            wait = times[self._settings.per_day - 1] + DAY - now
            message = t("They were invited as often as an address may be in a day. Invite them tomorrow.")
            raise TooManyCodes(ceil(wait.total_seconds()), message)

    async def _is_capped(self, session: Session, row: OneTimePassword) -> bool:
        now, settings = clock.now(), self._settings
        hour, day = await repository.count_sent(
            session, row.user_id, row.target, known=row.from_known_place, since=(now - HOUR, now - DAY)
        )
        return hour >= settings.per_hour or day >= settings.per_day

    def _new_code(self, row: OneTimePassword) -> str:
        row.was_sent = True
        return "".join(secrets.choice("0123456789") for _ in range(self._settings.digits))

    async def _shared_code(self, session: Session, row: OneTimePassword) -> str | None:
        """The code that a request beyond the cap takes, and whether it is to be sent; None if it takes none."""
        now, minutes = clock.now(), timedelta(minutes=self._settings.minutes)
        row.shared_id = await repository.shared_code(
            session, row.purpose, row.target, now - SHARED_LIFE + minutes
        )
        if row.shared_id is None:
            if await repository.was_just_sent(
                session, row.user_id, row.target, asked_by=row.asked_by, since=now - self._resend
            ):
                return None
            row.shared_id, row.was_sent = row.id, True
        number = int.from_bytes(self._keyed.digest("shared code", str(row.shared_id)))
        return f"{number % 10**SHARED_DIGITS:0{SHARED_DIGITS}d}"

    def _bind(self, row: OneTimePassword, code: str | None) -> None:
        """Let a code fit a request; None lets nothing fit."""
        row.code_hash = self._keyed.digest(*_bound(row, code or secrets.token_urlsafe(TICKET_BYTES)))


def _bound(row: OneTimePassword, code: str) -> tuple[str, ...]:
    """All that a code is bound to, and the code."""
    return (row.purpose, row.identifier, str(row.id), code)
