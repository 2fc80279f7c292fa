"""How messages leave: SMTP for e-mail, Twilio's HTTP API for SMS and WhatsApp."""

from __future__ import annotations

from abc import ABC, abstractmethod
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from typing import TYPE_CHECKING

import aiosmtplib
import httpx

from fondasi.kit import clock, tracing
from fondasi.messages.errors import UndeliverableError
from fondasi.messages.models import Channel

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.messages.templates import Text
    from fondasi.settings import MailSettings, TwilioSettings

PERMANENT = range(500, 600)  # RFC 5321, 4.2.1
TOO_MANY_REQUESTS, CLIENT_ERRORS = 429, range(400, 500)
OUR_FAULT = {401, 403, 404}  # wrong account or token: mended by whoever runs the service, then sent


class Sender(ABC):
    """Hands a message over to the world outside."""

    @abstractmethod
    async def send(self, message_id: UUID, recipient: str, text: Text) -> None:
        """Hand it over.

        Raises:
            UndeliverableError: refused for good.
            Exception: anything else, worth another try.
        """


class MailSender(Sender):
    """Sends e-mail through an SMTP server."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    async def send(self, message_id: UUID, recipient: str, text: Text) -> None:
        """See `Sender.send`. The Message-ID is that of the message: a second try is seen as the same mail."""
        settings = self._settings
        try:
            mail = self._compose(message_id, recipient, text)
            place: dict[str, str | int] = {"server.address": settings.host, "server.port": settings.port}
            with tracing.span("send mail", "CLIENT", {"network.protocol.name": "smtp", **place}):
                await aiosmtplib.send(
                    mail,
                    hostname=settings.host,
                    port=settings.port,
                    username=settings.username or None,
                    password=settings.password.get_secret_value() if settings.password else None,
                    use_tls=settings.security == "tls",
                    start_tls=settings.security == "starttls",
                    timeout=settings.timeout,
                )
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(refused.code in PERMANENT for refused in error.recipients):
                raise UndeliverableError("the mail server refused the recipient") from None
            raise
        except aiosmtplib.SMTPDataError as error:
            if error.code in PERMANENT:
                raise UndeliverableError("the mail server refused the message") from None
            raise

    def _compose(self, message_id: UUID, recipient: str, text: Text) -> EmailMessage:
        name, address = parseaddr(self._settings.sender)
        mail = EmailMessage()
        try:
            mail["From"] = formataddr((name, address))
            mail["To"] = recipient
        except ValueError:
            raise UndeliverableError("the address cannot be written in a mail") from None
        mail["Subject"] = text.subject
        mail["Date"] = format_datetime(clock.now())
        mail["Message-ID"] = f"<{message_id}@{address.rpartition('@')[2] or 'localhost'}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers, please
        mail.set_content(text.body)
        if text.html:
            mail.add_alternative(text.html, subtype="html")
        return mail


class TwilioSender(Sender):
    """Sends SMS and WhatsApp messages through Twilio's API (`POST .../Messages.json`).

    Args:
        settings: account and numbers.
        channel: SMS or WhatsApp.
    """

    def __init__(self, settings: TwilioSettings, channel: Channel) -> None:
        self._settings = settings
        self._prefix = "whatsapp:" if channel is Channel.WHATSAPP else ""
        self._sender = settings.whatsapp_sender if channel is Channel.WHATSAPP else settings.sms_sender

    async def send(self, message_id: UUID, recipient: str, text: Text) -> None:  # noqa: ARG002 - an e-mail's need
        """See `Sender.send`."""
        settings = self._settings
        token = settings.auth_token.get_secret_value() if settings.auth_token else ""
        url = f"{settings.base_url.rstrip('/')}/2010-04-01/Accounts/{settings.account_sid}/Messages.json"
        form = {
            "From": self._prefix + self._sender,
            "To": self._prefix + recipient,
            "Body": text.body.strip(),
        }
        async with httpx.AsyncClient(
            auth=(settings.account_sid, token), timeout=settings.timeout, follow_redirects=False
        ) as client:
            with tracing.call("POST", url):
                answer = await client.post(url, data=form)
                tracing.called(answer.status_code)
        if answer.is_success:
            return
        reason = f"Twilio answered {answer.status_code}{_code(answer)}"
        if (
            answer.status_code in CLIENT_ERRORS
            and answer.status_code != TOO_MANY_REQUESTS
            and answer.status_code not in OUR_FAULT
        ):
            raise UndeliverableError(reason)
        raise RuntimeError(reason)


def senders(mail: MailSettings, twilio: TwilioSettings) -> dict[Channel, Sender]:
    """A sender for each channel that is set up."""
    found: dict[Channel, Sender] = {}
    if mail.host:
        found[Channel.EMAIL] = MailSender(mail)
    if twilio.account_sid and twilio.sms_sender:
        found[Channel.SMS] = TwilioSender(twilio, Channel.SMS)
    if twilio.account_sid and twilio.whatsapp_sender:
        found[Channel.WHATSAPP] = TwilioSender(twilio, Channel.WHATSAPP)
    return found


def _code(answer: httpx.Response) -> str:
    """Twilio's own error number; its message would repeat the recipient."""
    try:
        return f", error {int(answer.json()['code'])}"
    except (ValueError, KeyError, TypeError):
        return ""
