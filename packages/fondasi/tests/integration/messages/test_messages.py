"""Messages leave when their unit of work commits, over real SMTP and Twilio's protocol, and leave no secret behind."""

import asyncio
import base64
import email
import email.policy
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from pydantic import SecretStr
from sqlalchemy import select, update

from fondasi.kit.jobs import JobRecord, Worker
from fondasi.messages import Channel, ChannelNotConfigured, Message, Messenger
from fondasi.messages.models import MessageRecord
from fondasi.runtime import open_platform, platform_modules
from fondasi.settings import Environment, JobSettings, MailSettings, TwilioSettings

CODE = "493817"
VALUES = {"code": CODE, "minutes": 10}


class Mailbox:
    """What an SMTP server got; it refuses what it is told to refuse."""

    def __init__(self) -> None:
        self.mails: list[email.message.EmailMessage] = []
        self.answers: list[str] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def mailbox():
    return Mailbox()


@pytest.fixture
def smtp(mailbox):
    """A real SMTP server that asks for a password."""

    def authenticate(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"fondasi", b"open sesame"))

    def make() -> SMTP:
        return SMTP(
            mailbox, authenticator=authenticate, auth_required=True, auth_require_tls=False, loop=loop
        )

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(make, host="127.0.0.1", port=0))
    thread = Thread(target=loop.run_forever)
    thread.start()
    yield MailSettings(
        host="127.0.0.1",
        port=server.sockets[0].getsockname()[1],
        security="none",
        username="fondasi",
        password=SecretStr("open sesame"),
        sender="Fondasi <no-reply@example.com>",
    )
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


class Twilio:
    """A server that speaks Twilio's protocol; `status` is what it answers."""

    def __init__(self) -> None:
        self.requests: list[dict] = []
        self.statuses: list[int] = []


@pytest.fixture
def twilio():
    state = Twilio()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            user = base64.b64decode(self.headers["authorization"].removeprefix("Basic ")).decode()
            state.requests.append({"path": self.path, "user": user, **{key: form[key][0] for key in form}})
            status = state.statuses.pop(0) if state.statuses else 201
            body = json.dumps(
                {"sid": "SM1"} if status < 400 else {"code": 21211, "message": f"Invalid {form}"}
            )
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    state.settings = TwilioSettings(
        account_sid="AC123",
        auth_token=SecretStr("token"),
        sms_sender="+15005550006",
        whatsapp_sender="+14155238886",
        base_url=f"http://127.0.0.1:{server.server_port}",
    )
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def opened(settings, clean_database):
    """A platform with those senders."""

    @asynccontextmanager
    async def open_it(**changes):
        async with open_platform(
            settings.model_copy(update=changes), platform_modules(), migrated=True
        ) as platform:
            yield platform

    return open_it


async def send(platform, **changes):
    message = {"channel": Channel.EMAIL, "recipient": "ani@example.com", "values": VALUES, **changes}
    async with platform.database.unit_of_work() as session:
        return await platform.get(Messenger).send(session, Message(template="one-time-password", **message))


async def settled(platform) -> JobRecord:
    """The delivery's job, once it ended."""
    worker = Worker(platform, platform.database, platform.jobs, JobSettings(poll_interval=0.05))
    async with worker.running():
        for _ in range(200):
            async with platform.database.read_session() as session:
                job = (
                    await session.scalars(select(JobRecord).where(JobRecord.name == "messages.deliver"))
                ).one()
            if job.status in {"succeeded", "failed"}:
                return job
            await asyncio.sleep(0.05)
    raise AssertionError(f"the job is still {job.status}: {job.error}")


async def record(platform, message_id) -> MessageRecord:
    async with platform.database.read_session() as session:
        return await session.get(MessageRecord, message_id)


class TestOutbox:
    async def test_local_keeps_what_would_have_been_sent(self, opened):
        async with opened() as platform:
            for channel, recipient in [
                ("email", "ani@example.com"),
                ("sms", "+62812"),
                ("whatsapp", "+62812"),
            ]:
                await send(platform, channel=Channel(channel), recipient=recipient, language="id")
            async with platform.database.read_session() as session:
                letters = await platform.get(Messenger).letters(session)
                assert (await session.scalars(select(JobRecord))).all() == []
        assert [(item.channel, item.recipient) for item in letters] == [
            ("email", "ani@example.com"),
            ("sms", "+62812"),
            ("whatsapp", "+62812"),
        ]
        assert letters[0].subject == "Kode Anda untuk Fondasi"
        assert CODE in letters[0].text

    async def test_command_prints_the_outbox_for_people_and_for_programs(self, opened, command):
        """It ended with a traceback as soon as there was a letter: the driver has a UUID of its own."""
        async with opened() as platform:
            await send(platform)
            code, printed = await command("fondasi.messages.commands", "--json")
            assert code == 0
            (letter,) = json.loads(printed)
            assert (letter["recipient"], letter["channel"]) == ("ani@example.com", "email")
            assert CODE in letter["text"]
            assert (
                f"email to ani@example.com: {letter['subject']}"
                in (await command("fondasi.messages.commands"))[1]
            )

    async def test_what_is_rolled_back_was_never_sent(self, opened, smtp):
        async with opened(mail=smtp) as platform:
            with pytest.raises(ZeroDivisionError):
                async with platform.database.unit_of_work() as session:
                    message = Message(Channel.EMAIL, "a@example.com", "one-time-password", VALUES)
                    await platform.get(Messenger).send(session, message)
                    raise ZeroDivisionError
            async with platform.database.read_session() as session:
                assert (await session.scalars(select(MessageRecord))).all() == []
                assert (await session.scalars(select(JobRecord))).all() == []

    async def test_staging_refuses_a_channel_that_is_not_set_up(self, opened):
        async with opened(environment=Environment.STAGING) as platform:
            with pytest.raises(ChannelNotConfigured):
                await send(platform)


class TestSecrets:
    async def test_code_is_in_no_column_and_no_argument(self, opened, smtp, database_urls):
        async with opened(mail=smtp) as platform:
            message_id = await send(platform)
            async with platform.database.read_session() as session:
                job = (await session.scalars(select(JobRecord))).one()
            stored = await record(platform, message_id)
        assert job.arguments == {"message_id": str(message_id)}
        assert CODE.encode() not in stored.sealed
        assert CODE not in repr(vars(stored))

    async def test_sealed_text_opens_in_its_own_row_alone(self, opened):
        async with opened() as platform:
            first, second = await send(platform), await send(platform, recipient="budi@example.com")
            stolen = (await record(platform, first)).sealed
            async with platform.database.unit_of_work() as session:
                await session.execute(
                    update(MessageRecord).where(MessageRecord.id == second).values(sealed=stolen)
                )
            async with platform.database.read_session() as session:
                with pytest.raises(ValueError, match="cannot be opened"):
                    await platform.get(Messenger).letters(session)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
class TestMail:
    async def test_is_delivered_and_its_text_wiped(self, opened, smtp, mailbox):
        async with opened(mail=smtp) as platform:
            message_id = await send(platform)
            assert (await settled(platform)).status == "succeeded"
            stored = await record(platform, message_id)
        (mail,) = mailbox.mails
        assert (mail["to"], mail["from"]) == ("ani@example.com", "Fondasi <no-reply@example.com>")
        assert mail["subject"] == "Your code for Fondasi"
        assert mail["message-id"] == f"<{message_id}@example.com>"
        assert mail.get_content_type() == "multipart/alternative"
        text, html = mail.iter_parts()
        assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
        assert f"{CODE} is your code for Fondasi." in text.get_content()
        assert f'<p class="big"><bdi>{CODE}</bdi></p>' in html.get_content()
        assert (stored.status, stored.sealed) == ("sent", None)

    async def test_is_in_the_language_of_its_reader(self, opened, smtp, mailbox):
        async with opened(mail=smtp) as platform:
            await send(platform, language="ar")
            assert (await settled(platform)).status == "succeeded"
        (mail,) = mailbox.mails
        assert mail["subject"] == "رمزك لـ Fondasi"
        text, html = (part.get_content() for part in mail.iter_parts())
        assert f"{CODE} هو رمزك لـ Fondasi." in text
        assert '<html lang="ar" dir="rtl">' in html

    async def test_values_add_no_header_and_no_line(self, opened, smtp, mailbox):
        name = "Fondasi\r\nBcc: eve@example.com\r\n\r\n<h1>Pay here</h1>"
        async with opened(mail=smtp, app_name=name) as platform:
            await send(platform)
            assert (await settled(platform)).status == "succeeded"
        (mail,) = mailbox.mails
        assert "bcc" not in mail
        assert mail["subject"] == "Your code for Fondasi Bcc: eve@example.com <h1>Pay here</h1>"
        text, html = (part.get_content() for part in mail.iter_parts())
        assert "\nBcc" not in text
        assert "<h1>Pay here</h1>" not in html

    async def test_that_came_too_late_is_not_sent(self, opened, smtp, mailbox):
        async with opened(mail=smtp) as platform:
            message_id = await send(platform, expires_at=datetime.now(UTC) - timedelta(seconds=1))
            assert (await settled(platform)).result == "expired"
            assert (await record(platform, message_id)).sealed is None
        assert mailbox.mails == []

    async def test_to_a_refused_recipient_fails_at_once_and_says_no_secret(self, opened, smtp, mailbox):
        mailbox.answers = ["550 no such user ani@example.com"]
        async with opened(mail=smtp) as platform:
            await send(platform)
            job = await settled(platform)
        assert (job.status, job.attempt) == ("failed", 1)
        assert "ani@example.com" not in job.error
        assert CODE not in job.error

    async def test_is_tried_again_while_the_server_is_busy(self, opened, smtp, mailbox):
        mailbox.answers = ["451 come back later"]
        async with opened(mail=smtp) as platform:
            await send(platform)
            job = await settled(platform)
        assert (job.status, job.attempt) == ("succeeded", 2)
        assert len(mailbox.mails) == 1

    async def test_header_cannot_be_added_through_a_value(self, opened, smtp, mailbox):
        async with opened(mail=smtp, app_name="X\r\nBcc: eve@example.com") as platform:
            await send(platform)
            await settled(platform)
        (mail,) = mailbox.mails
        assert mail["bcc"] is None
        assert mail["subject"] == "Your code for X Bcc: eve@example.com"

    async def test_header_cannot_be_added_through_the_recipient(self, opened, smtp, mailbox):
        async with opened(mail=smtp) as platform:
            await send(platform, recipient="ani@example.com\r\nBcc: eve@example.com")
            assert (await settled(platform)).status == "failed"
        assert mailbox.mails == []


class TestTwilio:
    @pytest.mark.parametrize(("channel", "prefix"), [("sms", ""), ("whatsapp", "whatsapp:")])
    async def test_text_arrives(self, opened, twilio, channel, prefix):
        async with opened(twilio=twilio.settings) as platform:
            await send(platform, channel=Channel(channel), recipient="+6281234567890")
            assert (await settled(platform)).status == "succeeded"
        (request,) = twilio.requests
        sender = "+15005550006" if channel == "sms" else "+14155238886"
        assert request["path"] == "/2010-04-01/Accounts/AC123/Messages.json"
        assert request["user"] == "AC123:token"
        assert (request["From"], request["To"]) == (prefix + sender, prefix + "+6281234567890")
        assert CODE in request["Body"]

    async def test_wrong_number_fails_at_once_and_says_no_secret(self, opened, twilio):
        twilio.statuses = [400]
        async with opened(twilio=twilio.settings) as platform:
            await send(platform, channel=Channel.SMS, recipient="+6281234567890")
            job = await settled(platform)
        assert (job.status, job.attempt) == ("failed", 1)
        assert "21211" in job.error
        assert CODE not in job.error
        assert "+62812" not in job.error

    @pytest.mark.parametrize("status", [429, 503])
    async def test_busy_server_is_asked_again(self, opened, twilio, status):
        twilio.statuses = [status]
        async with opened(twilio=twilio.settings) as platform:
            await send(platform, channel=Channel.SMS, recipient="+6281234567890")
            assert (await settled(platform)).attempt == 2
