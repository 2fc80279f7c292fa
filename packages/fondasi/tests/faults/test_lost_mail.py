"""A mail server that refuses, hangs up, falls silent or speaks no TLS, at each step of the dialogue.

What comes of it is a mail that is there once, or a failure that is said; and nobody waits for it.
"""

import asyncio
import email
import email.policy
import random
import ssl
import sys
from contextlib import asynccontextmanager, suppress
from time import monotonic

import pytest
from faults.conftest import API
from pydantic import SecretStr
from sqlalchemy import select

from fondasi.kit.jobs import JobContext, JobFailed, JobRecord, Worker
from fondasi.messages import Channel, Message, Messenger, jobs
from fondasi.messages.models import MessageRecord
from fondasi.messages.senders import MailSender, Sender
from fondasi.runtime import open_platform, platform_modules
from fondasi.settings import JobSettings, MailSettings

STEPS = ["greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "content", "accepted"]
USUAL = {"greeting": "220 here", "AUTH": "235 welcome", "DATA": "354 go on", "QUIT": "221 bye"}
CLOSE, SILENCE, NOISE = "(closes)", "(says nothing)", "\x00\xff nonsense"
PATIENCE = 0.5  # seconds that the client has


class MailServer:
    """Speaks SMTP, but for what it is told to do otherwise: an answer, `CLOSE`, `SILENCE` or seconds, by step.

    Attributes:
        faults: what happens at a step, once each; the last stays.
        mails: the messages that it took, by Message-ID, each as often as it came.
        dialogues: how many there were.
        secrets: what came without TLS behind AUTH.
    """

    def __init__(self) -> None:
        self.faults: dict[str, list] = {}
        self.mails: list[str] = []
        self.dialogues = 0
        self.secrets = 0
        self.extensions = ["AUTH PLAIN"]
        self.tls: ssl.SSLContext | None = None

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.dialogues += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError, EOFError, ssl.SSLError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._answer(writer, "greeting")
        while line := (await reader.readuntil(b"\r\n")).decode():
            verb = line.split()[0].upper()
            self.secrets += verb == "AUTH"
            if verb == "STARTTLS" and self.tls is not None:
                writer.write(b"220 go on\r\n")
                await writer.start_tls(self.tls)
            elif verb in {"EHLO", "HELO"}:
                await self._answer(writer, verb, "\r\n".join(["250-here", *(f"250-{each}" for each in self.extensions),
                                                              "250 HELP"]))  # fmt: skip
            elif await self._answer(writer, verb) and verb == "DATA":
                await self._take(reader, writer)
            if verb == "QUIT":
                return

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._next("content") == CLOSE:
            await reader.read(10)
            raise EOFError
        content = await reader.readuntil(b"\r\n.\r\n")
        fault = self._next("accepted")
        if not (isinstance(fault, str) and fault[0] in "45"):
            self.mails.append(email.message_from_bytes(content, policy=email.policy.default)["message-id"])
        await self._do(writer, fault, "250 taken")

    async def _answer(self, writer: asyncio.StreamWriter, step: str, usual: str = "250 well") -> bool:
        return await self._do(writer, self._next(step), USUAL.get(step, usual))

    async def _do(self, writer: asyncio.StreamWriter, fault: object, usual: str) -> bool:
        """Do what the step does; whether that is the usual."""
        if fault == CLOSE:
            raise EOFError
        if fault == SILENCE:
            await asyncio.sleep(60)
        if isinstance(fault, float):
            await asyncio.sleep(fault)
        answer = fault if isinstance(fault, str) else usual
        writer.write(answer.encode("latin-1") + b"\r\n")
        await writer.drain()
        return answer == usual

    def _next(self, step: str) -> object:
        faults = self.faults.get(step, [])
        return faults.pop(0) if faults else None


@pytest.fixture
async def server():
    mail_server, tasks = MailServer(), set()

    async def serve(reader, writer) -> None:
        tasks.add(asyncio.current_task())
        await mail_server(reader, writer)

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    mail_server.settings = MailSettings(
        host="127.0.0.1",
        port=listening.sockets[0].getsockname()[1],
        security="none",
        username="fondasi",
        password=SecretStr("open sesame"),
        sender="Fondasi <no-reply@example.com>",
        timeout=PATIENCE,
    )
    yield mail_server
    listening.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def opened(settings, clean_database, monkeypatch):
    """A platform with that server, whose senders ask again at once."""
    monkeypatch.setattr(sys.modules[Sender.__module__], "SECONDS_OF_REST", 0.0)
    monkeypatch.setattr(sys.modules[Sender.__module__], "SECONDS_TO_ACCEPT", 8 * PATIENCE)

    @asynccontextmanager
    async def open_it(mail: MailSettings, **changes):
        changed = settings.model_copy(update={"mail": mail, **changes})
        async with open_platform(changed, platform_modules(), migrated=True) as platform:
            yield platform

    return open_it


async def write(platform, channel: Channel = Channel.EMAIL) -> MessageRecord:
    values = {"code": "493817", "minutes": 10}
    recipient = "ani@example.com" if channel is Channel.EMAIL else "+6281234567890"
    async with platform.database.unit_of_work() as session:
        return await platform.get(Messenger).send(
            session, Message(channel, recipient, "one-time-password", values)
        )


async def attempt(platform, message_id, number: int = 1) -> str:
    """Run the job once, as a worker does: how it ended."""
    async with platform.database.unit_of_work() as session:
        context = JobContext(
            lambda: session, platform, message_id, number, report=None, is_cancelled=lambda: False
        )
        return await jobs.deliver.function(context, message_id)


async def status(platform, message_id) -> str:
    async with platform.database.read_session() as session:
        return (await session.get(MessageRecord, message_id)).status


PASSING = [
    *((step, CLOSE) for step in STEPS),
    *((step, SILENCE) for step in STEPS if step not in {"content", "accepted"}),
    *((step, "451 come back later") for step in STEPS if step != "content"),
    *((step, NOISE) for step in ("greeting", "MAIL", "DATA")),
    ("greeting", "554 not now"),
    ("AUTH", "535 who are you"),
    ("MAIL", "530 authenticate first"),
    ("RCPT", "530 authenticate first"),
]


@pytest.mark.parametrize(("step", "fault"), PASSING, ids=[f"{step} {fault}" for step, fault in PASSING])
async def test_fault_that_passes_is_a_mail_later_and_the_same_mail(opened, server, step, fault):
    server.faults[step] = [fault]
    async with opened(server.settings) as platform:
        message_id = await write(platform)
        with pytest.raises(Exception) as refused:  # noqa: PT011 - whatever it is, it is tried again
            await attempt(platform, message_id)
        assert not isinstance(refused.value, JobFailed)
        assert "493817" not in str(refused.value)
        assert await status(platform, message_id) == "queued"
        assert await attempt(platform, message_id, 2) == "sent"
        assert await attempt(platform, message_id, 3) == "nothing to do"
    assert set(server.mails) == {f"<{message_id}@example.com>"}
    assert len(server.mails) == (
        2 if (step, fault) == ("accepted", CLOSE) else 1
    )  # nobody knows that it was taken


@pytest.mark.parametrize(
    ("step", "fault"), [("RCPT", "550 nobody"), ("DATA", "554 no"), ("accepted", "554 spam")]
)
async def test_refused_for_good_is_said_to_have_failed(opened, server, step, fault):
    server.faults[step] = [fault]
    async with opened(server.settings) as platform:
        message_id = await write(platform)
        with pytest.raises(JobFailed):
            await attempt(platform, message_id)
        assert await status(platform, message_id) == "failed"
        assert server.mails == []
        assert await attempt(platform, message_id) == "sent"  # somebody ran the job again, by hand
        assert await status(platform, message_id) == "sent"


async def test_what_was_tried_in_vain_for_an_hour_is_said_to_have_failed(opened, server):
    async with opened(server.settings) as platform:
        message_id = await write(platform)
        for number in range(1, jobs.deliver.max_attempts + 1):
            server.faults["RCPT"] = ["451 later"]
            assert await status(platform, message_id) == "queued"
            with pytest.raises(Exception, match="later"):
                await attempt(platform, message_id, number)
        assert await status(platform, message_id) == "failed"


@pytest.mark.parametrize("fault", [CLOSE, SILENCE, "421 bye", "500 what", NOISE])
async def test_what_happens_behind_the_end_of_a_mail_sends_it_no_second_time(opened, server, fault):
    server.faults["QUIT"] = [fault]
    async with opened(server.settings) as platform:
        message_id = await write(platform)
        began = monotonic()
        assert await attempt(platform, message_id) == "sent"
        assert monotonic() - began < 20
    assert len(server.mails) == 1


async def test_server_that_takes_long_to_look_at_a_mail_gets_it_once(opened, server):
    server.faults["accepted"] = [3 * PATIENCE]
    async with opened(server.settings) as platform:
        assert await attempt(platform, await write(platform)) == "sent"
    assert len(server.mails) == 1


class TestTLS:
    """Nothing goes out in the clear where TLS was asked for, neither the password nor the mail."""

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    @pytest.mark.parametrize("fault", ["none is offered", "refused", "no valid certificate", "broken off"])
    async def test_that_fails_sends_nothing(self, opened, server, certified, security, fault):
        if fault != "none is offered":
            server.extensions.append("STARTTLS")
        if fault == "no valid certificate":
            server.tls, _ = certified("mail.test")
        server.faults["STARTTLS"] = [{"refused": "454 not now", "broken off": CLOSE}.get(fault)]
        mail = server.settings.model_copy(update={"security": security})
        async with opened(mail) as platform:
            message_id = await write(platform)
            with pytest.raises(Exception) as refused:  # noqa: PT011
                await attempt(platform, message_id)
            assert not isinstance(refused.value, JobFailed)
            assert await status(platform, message_id) == "queued"
        assert (server.mails, server.secrets) == ([], 0)


@pytest.mark.usefixtures("clean_database")
async def test_nobody_waits_for_the_mail_server(settings, server, monkeypatch):
    """Nor do other channels: where nobody answers, one slot of a worker tries, and not for each message."""
    handed = []

    class Phone(Sender):
        async def _hand_over(self, message_id, recipient, text) -> None:
            handed.append(recipient)

    server.faults["greeting"] = [SILENCE] * 1000
    patient = server.settings.model_copy(update={"timeout": 3})
    changed = settings.model_copy(update={"mail": patient})
    async with open_platform(changed, platform_modules(), migrated=True) as platform:
        monkeypatch.setitem(platform.get(Messenger)._senders, Channel.SMS, Phone())
        worker = Worker(platform, platform.database, platform.jobs, JobSettings(urgent_concurrency=2))
        async with worker.running():
            for _ in range(20):
                await write(platform)
            while not server.dialogues:  # noqa: ASYNC110 - the worker asks
                await asyncio.sleep(0.02)
            began = monotonic()
            await write(platform, Channel.SMS)
            async with asyncio.timeout(15):  # 20 mails hold both slots for 30 s otherwise
                while not handed:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            print(f"a text message behind 20 mails took {monotonic() - began:.1f} s")  # noqa: T201
            assert server.dialogues <= 3
            async with platform.database.read_session() as session:
                found = await session.scalars(
                    select(JobRecord.status).where(JobRecord.name == "messages.deliver")
                )
                assert "failed" not in set(found)


async def test_codes_are_asked_for_at_once_whatever_the_mail_server_does(client, server, app, monkeypatch):
    """Over HTTP: the request writes the message down, and the worker has the trouble."""
    monkeypatch.setitem(
        app.state.platform.get(Messenger)._senders, Channel.EMAIL, MailSender(server.settings)
    )
    server.faults["greeting"] = [SILENCE] * 100
    body = {"identifier": f"ani{random.random()}@example.com", "purpose": "signup", "channel": "email"}
    began = monotonic()
    answer = await client.post(f"{API}/auth/otp", json=body)
    assert answer.status_code == 202, answer.text
    assert monotonic() - began < 20
    assert server.dialogues == 0
