"""Sending messages: written down in the caller's unit of work, delivered by a job, kept in an outbox in `local`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from fondasi.kit import clock
from fondasi.kit.http import NotFound
from fondasi.kit.i18n import DEFAULT_LANGUAGE, t
from fondasi.kit.ids import new_id
from fondasi.kit.jobs import URGENT, JobFailed
from fondasi.messages import repository
from fondasi.messages.errors import ChannelNotConfigured, UndeliverableError
from fondasi.messages.models import Channel, MessageRecord, MessageStatus
from fondasi.messages.templates import OWN, Text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime
    from uuid import UUID

    from fondasi.kit.crypto import SealedBox
    from fondasi.kit.db import Session
    from fondasi.messages.senders import Sender
    from fondasi.messages.templates import Templates

    Enqueue = Callable[[Session, UUID, int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Message:
    """What to tell whom.

    Attributes:
        channel: how it travels.
        recipient: an e-mail address, or a phone number in E.164 form.
        template: name of a file in `templates/` of the package.
        values: what its places are filled with: texts, numbers, and lists of texts.
        language: of the recipient.
        package: where the template is.
        expires_at: when it is no use any more, as a code that has expired; None: always of use.
    """

    channel: Channel
    recipient: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    language: str = DEFAULT_LANGUAGE
    package: str = OWN
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of the outbox, opened."""

    id: UUID
    created_at: datetime
    channel: str
    recipient: str
    template: str
    language: str
    subject: str
    text: str
    html: str = field(repr=False)


async def read_message(session: Session, message_id: UUID) -> MessageRecord:
    """A message, which is not opened.

    Raises:
        NotFound: there is none with that id.
    """
    found = await repository.message_by_id(session, message_id)
    if found is None:
        raise NotFound(t("There is no such message."))
    return found


class Messenger:
    """Sends messages; `platform.get(Messenger)`.

    Args:
        senders: for each channel that is set up.
        box: seals the texts.
        enqueue: asks for the delivery of a message.
        templates: make the texts.
        outbox: keep what has no sender, as in `local`, instead of refusing it.
    """

    def __init__(
        self,
        senders: Mapping[Channel, Sender],
        box: SealedBox,
        enqueue: Enqueue,
        *,
        templates: Templates,
        outbox: bool,
    ) -> None:
        self._senders = senders
        self._box = box
        self._enqueue = enqueue
        self._templates = templates
        self._outbox = outbox

    def can_send(self, channel: Channel) -> bool:
        """Whether a message on that channel would go anywhere."""
        return self._outbox or channel in self._senders

    def check(self, channel: Channel) -> None:
        """Refuse a channel that is not set up.

        Raises:
            ChannelNotConfigured: with what to do instead.
        """
        if not self.can_send(channel):
            raise ChannelNotConfigured(
                t("This service does not send by {channel}. Choose another channel.", channel=channel.value)
            )

    async def send(self, session: Session, message: Message) -> UUID:
        """Have a message delivered once the caller's unit of work commits; nothing leaves if it rolls back.

        Returns:
            The id of the message, which is all that the job's arguments tell.

        Raises:
            ChannelNotConfigured: there is nothing to send with on that channel.
            UnknownTemplateError: there is no such template.
        """
        self.check(message.channel)
        kept = message.channel not in self._senders
        status = MessageStatus.OUTBOX if kept else MessageStatus.QUEUED
        message_id = await self._write(session, message, message.recipient, status)
        if not kept:
            await self._enqueue(session, message_id, _priority(message))
        return message_id

    async def pretend(self, session: Session, message: Message) -> None:
        """Do the work of `send` and send nothing, so that time does not tell who has an account."""
        self.check(message.channel)
        message_id = await self._write(session, message, "", MessageStatus.EXPIRED)
        if message.channel in self._senders:
            await self._enqueue(session, message_id, _priority(message))

    async def _write(self, session: Session, message: Message, recipient: str, status: MessageStatus) -> UUID:
        await self._templates.load()
        text = self._templates.render(
            message.package,
            message.template,
            message.language,
            message.values,
            html=message.channel is Channel.EMAIL,
        )
        message_id = new_id()
        sealed = self._box.seal(orjson.dumps([text.subject, text.body, text.html]).decode(), message_id.bytes)
        session.add(
            MessageRecord(
                id=message_id,
                channel=message.channel,
                recipient=recipient,
                template=message.template,
                language=message.language,
                status=status,
                sealed=None if status is MessageStatus.EXPIRED else sealed,
                expires_at=message.expires_at,
            )
        )
        await session.flush()
        return message_id

    async def sent_since(self, session: Session, recipient: str, template: str, moment: datetime) -> int:
        """How many messages of a kind somebody was sent since a moment, for caps: a message can annoy, too."""
        return await repository.count_since(session, recipient, template, moment)

    async def deliver(self, session: Session, message_id: UUID) -> str:
        """Hand a message over and wipe its text; how it ended.

        Raises:
            JobFailed: refused for good.
        """
        record = await repository.message_by_id(session, message_id)
        if record is None or record.status not in repository.UNSENT or record.sealed is None:
            return "nothing to do"
        if record.expires_at is not None and record.expires_at <= clock.now():
            record.status, record.sealed = MessageStatus.EXPIRED, None
            return "expired"
        sender = self._senders.get(Channel(record.channel))
        if sender is None:
            raise JobFailed(f"Nothing is set up to send by {record.channel}.")
        try:
            await sender.send(record.id, record.recipient, self._open(record))
        except UndeliverableError as error:
            raise JobFailed(str(error)) from None
        record.status, record.sent_at, record.sealed = MessageStatus.SENT, clock.now(), None
        return "sent"

    async def letters(self, session: Session, *, limit: int = 100) -> list[Letter]:
        """The newest messages of the outbox, opened, oldest of them first."""
        return [self._letter(record) for record in await repository.outbox(session, limit=limit)]

    def _letter(self, record: MessageRecord) -> Letter:
        text = self._open(record)
        return Letter(
            record.id,
            record.created_at,
            record.channel,
            record.recipient,
            record.template,
            record.language,
            text.subject,
            text.body,
            text.html,
        )

    def _open(self, record: MessageRecord) -> Text:
        return Text(*orjson.loads(self._box.open(record.sealed or b"", record.id.bytes)))


def _priority(message: Message) -> int:
    """Codes go ahead of other messages: somebody waits for them, and they expire."""
    return URGENT if message.expires_at is None else URGENT + 1
