"""How messages leave: SMTP for e-mail, Twilio's HTTP API for SMS and WhatsApp."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from typing import TYPE_CHECKING, Literal

import aiosmtplib
import httpx

from fondasi.kit import clock, tracing
from fondasi.messages.errors import SilentError, UndeliverableError
from fondasi.messages.models import Channel

if TYPE_CHECKING:
    from uuid import UUID

    from aiosmtplib.typing import Default

    from fondasi.messages.templates import Text
    from fondasi.settings import MailSettings, TwilioSettings

PERMANENT = range(500, 600)  # RFC 5321, 4.2.1
SECONDS_TO_ACCEPT = 120.0  # for a whole message, which a server may scan before it answers
SECONDS_OF_REST = 30.0
TOO_MANY_REQUESTS, CLIENT_ERRORS = 429, range(400, 500)
OUR_FAULT = {401, 403, 404}  # wrong account or token: mended by whoever runs the service, then sent
NOT_LET_IN = {530, 535, 538}  # RFC 4954: likewise
SILENT = (TimeoutError, httpx.TimeoutException)


class Sender(ABC):
    """Hands a message over to the world outside.

    Where nobody answers in time, one message at a time tries again, so that the others hold no slot of a worker
    meanwhile: the other channels need it.
    """

    def __init__(self) -> None:
        self._is_silent = False
        self._again_at = 0.0

    async def send(self, message_id: UUID, recipient: str, text: Text) -> None:
        """Hand it over.

        Raises:
            UndeliverableError: refused for good.
            SilentError: nobody answered a moment ago.
            Exception: anything else, worth another try.
        """
        if self._is_silent:
            now = time.monotonic()
            if now < self._again_at:
                raise SilentError
            self._again_at = now + SECONDS_OF_REST
        try:
            await self._hand_over(message_id, recipient, text)
        except SILENT:
            self._is_silent, self._again_at = True, time.monotonic() + SECONDS_OF_REST
            raise
        except Exception:
            self._is_silent = False
            raise
        self._is_silent = False

    @abstractmethod
    async def _hand_over(self, message_id: UUID, recipient: str, text: Text) -> None:
        """Hand it over, as `send` says."""


class MailSender(Sender):
    """Sends e-mail through an SMTP server."""

    def __init__(self, settings: MailSettings) -> None:
        super().__init__()
        self._settings = settings

    async def _hand_over(self, message_id: UUID, recipient: str, text: Text) -> None:
        """See `Sender.send`. The Message-ID is that of the message: a second try is seen as the same mail."""
        settings = self._settings
        mail = self._compose(message_id, recipient, text)
        place: dict[str, str | int] = {"server.address": settings.host, "server.port": settings.port}
        client = _Client(
            hostname=settings.host,
            port=settings.port,
            username=settings.username or None,
            password=settings.password.get_secret_value() if settings.password else None,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            timeout=settings.timeout,
        )
        try:
            with tracing.span("send mail", "CLIENT", {"network.protocol.name": "smtp", **place}):
                await client.connect()
                await client.send_message(mail)
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(_is_permanent(refused.code) for refused in error.recipients):
                raise UndeliverableError("the mail server refused the recipient") from None
            raise
        except aiosmtplib.SMTPDataError as error:
            if _is_permanent(error.code):
                raise UndeliverableError("the mail server refused the message") from None
            raise
        finally:
            client.leave()

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


class _Client(aiosmtplib.SMTP):
    """A client that sends nothing twice for want of patience."""

    async def data(
        self,
        message: str | bytes,
        /,
        *,
        timeout: float | Literal[Default.token] | None = None,  # noqa: ARG002, ASYNC109
    ) -> aiosmtplib.SMTPResponse:
        """Wait longer for the answer to a whole message: who gives up sends it again (RFC 1047, RFC 5321 4.5.3.2.6)."""
        return await super().data(message, timeout=max(SECONDS_TO_ACCEPT, self.timeout or 0))

    async def rset(
        self,
        *,
        timeout: float | Literal[Default.token] | None = None,  # noqa: ARG002, ASYNC109
    ) -> aiosmtplib.SMTPResponse:
        """Nothing: no mail follows, and whoever refused one may not answer any more."""
        return aiosmtplib.SMTPResponse(250, "")

    def leave(self) -> None:
        """Say goodbye and wait for no answer: what was accepted stays so, and nothing may fail behind it."""
        if self.protocol is not None and self.is_connected:
            self.protocol.write(b"QUIT\r\n")
        self.close()


class TwilioSender(Sender):
    """Sends SMS and WhatsApp messages through Twilio's API (`POST .../Messages.json`).

    Args:
        settings: account and numbers.
        channel: SMS or WhatsApp.
    """

    def __init__(self, settings: TwilioSettings, channel: Channel) -> None:
        super().__init__()
        self._settings = settings
        self._prefix = "whatsapp:" if channel is Channel.WHATSAPP else ""
        self._sender = settings.whatsapp_sender if channel is Channel.WHATSAPP else settings.sms_sender

    async def _hand_over(
        self,
        message_id: UUID,  # noqa: ARG002 - an e-mail's need
        recipient: str,
        text: Text,
    ) -> None:
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


def _is_permanent(code: int) -> bool:
    return code in PERMANENT and code not in NOT_LET_IN


def _code(answer: httpx.Response) -> str:
    """Twilio's own error number; its message would repeat the recipient."""
    try:
        return f", error {int(answer.json()['code'])}"
    except (ValueError, KeyError, TypeError):
        return ""
