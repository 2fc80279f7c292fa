"""Workers that are killed in the middle of their jobs: nothing is lost, and nothing takes effect twice.

A mail or a webhook whose worker dies after the other side took it is sent again with the same id, by which the other
side knows it.
"""

import asyncio
import email
import email.policy
import os
import pickle
import random
import signal
import subprocess
import sys
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
from aiosmtpd.smtp import SMTP

from fondasi.app import create_app
from fondasi.identity.accounts.events import USER_CREATED
from fondasi.kit.db import Database
from fondasi.messages import Channel, Message, Messenger
from fondasi.settings import JobSettings, MailSettings, OutgoingSettings
from fondasi.testing import running

SCRIPT = Path(__file__).with_name("work.py")
sys.path.insert(0, str(SCRIPT.parent))
from work import MODULE, only_result, write  # noqa: E402

sys.path.pop(0)

KILLS, KILLS_OF_A_ROUND = 5, 20
WORKERS = 2
OF_A_KIND = 4  # for each death
LONGEST_LIFE = 0.8  # seconds of a worker that has begun its jobs
BEGUN = "SELECT count(*) FROM job WHERE status = 'running'"
UNFINISHED = "SELECT count(*) FROM job WHERE finished_at IS NULL"
# What has died often waits long before the next try: not here.
AT_ONCE = "UPDATE job SET scheduled_for = now() WHERE status = 'queued' AND scheduled_for > now()"
STATUSES = "SELECT status, count(*) FROM job GROUP BY status"
EFFECTS = "SELECT job_id, count(*), sum(number) FROM killed_effect GROUP BY job_id"


class Mailbox:
    """A mail server that takes its time.

    Attributes:
        ids: the Message-ID of each mail that it took.
    """

    def __init__(self) -> None:
        self.ids: list[str] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.ids.append(email.message_from_bytes(envelope.content, policy=email.policy.default)["Message-ID"])
        await asyncio.sleep(random.uniform(0, 0.1))
        return "250 OK"


@pytest.fixture
async def mailbox():
    box, loop = Mailbox(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop), host="127.0.0.1", port=0)
    box.port = server.sockets[0].getsockname()[1]
    yield box
    server.close()


@pytest.fixture
async def slow_receiver(receiver):
    """A receiver of webhooks that takes its time."""

    async def answer(writer) -> None:
        await asyncio.sleep(random.uniform(0, 0.1))
        writer.write(b"HTTP/1.1 204 X\r\ncontent-length: 0\r\n\r\n")

    receiver.answers = [answer]
    return receiver


@pytest.fixture
async def platform(  # noqa: PLR0917 - all that it works with
    settings, modules, clean_database, database_urls, sign_in, mailbox, slow_receiver
):
    """A platform with that mail server, and a webhook to that receiver."""
    owner = await asyncpg.connect(database_urls.owner)
    await owner.execute(
        "CREATE TABLE IF NOT EXISTS killed_effect (job_id uuid, number int); GRANT ALL ON killed_effect TO fondasi_app"
    )
    await owner.close()
    root = await sign_in("root", superuser=True)
    changed = {
        "job": JobSettings(stale_after=1, poll_interval=0.5),
        "mail": MailSettings(host="127.0.0.1", port=mailbox.port, security="none"),
        "outgoing": OutgoingSettings(ports=[slow_receiver.port], networks=[ip_network("127.0.0.1/32")]),
    }
    app = create_app(settings.model_copy(update=changed), [*modules, MODULE])
    async with running(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            hook = {"url": slow_receiver.url(path="/hooks"), "events": ["user.created"]}
            answer = await client.post("/api/v1/webhooks", json=hook, headers=root)
            assert answer.status_code == 201, answer.text
        yield app.state.platform


@pytest.fixture
async def workers(platform, tmp_path):
    """Start a worker, whose process id is the answer: `await workers()`."""
    path = tmp_path / "settings"
    path.write_bytes(pickle.dumps(platform.settings))
    with (tmp_path / "said").open("wb") as said:
        parent = await asyncio.create_subprocess_exec(
            sys.executable, str(SCRIPT), str(path), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said
        )
    started: list[int] = []

    async def start() -> int:
        parent.stdin.write(b"\n")
        started.append(int(await parent.stdout.readline()))
        return started[-1]

    yield start
    for process in started:
        kill(process)
    parent.stdin.close()
    await parent.wait()


def kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


async def ask_for_work(platform) -> None:
    """Jobs of each kind, some of them longer than their worker lives."""
    async with platform.database.unit_of_work() as session:
        for number in range(OF_A_KIND):
            seconds = random.uniform(0, 0.4)
            await write.enqueue(session, seconds=seconds)
            await only_result.enqueue(session, seconds=seconds)
            await USER_CREATED.emit(session, user_id=uuid4())
            code = {"code": str(100000 + number), "minutes": 10}
            message = Message(Channel.EMAIL, "ani@example.com", "one-time-password", code)
            await platform.get(Messenger).send(session, message)


async def until(database: Database, query: str, wanted, *, first: str | None = None) -> None:
    async with asyncio.timeout(120), database.connection() as connection:
        while not wanted(await connection.fetchval(query)):
            if first is not None:
                await connection.execute(first)
            await asyncio.sleep(0.02)


@pytest.mark.long
async def test_nothing_is_lost_or_takes_effect_twice(  # noqa: PLR0917 - all that it looks at
    request, capsys, platform, workers, mailbox, slow_receiver
):
    long_form = request.config.getoption("--rounds", default=1) > 1
    kills = KILLS_OF_A_ROUND if long_form else KILLS
    database = platform.database
    processes = [await workers() for _ in range(WORKERS)]
    for _ in range(kills):
        await ask_for_work(platform)
        await until(database, BEGUN, lambda running: running > 0)
        await asyncio.sleep(random.uniform(0, LONGEST_LIFE))
        kill(processes.pop(random.randrange(WORKERS)))
        processes.append(await workers())
    await until(database, UNFINISHED, lambda left: left == 0, first=AT_ONCE)
    each = kills * OF_A_KIND
    async with database.connection() as connection:
        statuses = {row["status"]: row["count"] for row in await connection.fetch(STATUSES)}
        effects = await connection.fetch(EFFECTS)
        cut = await connection.fetchval("SELECT sum(abandoned) FROM job")
        sent = await connection.fetchval("SELECT count(*) FROM message WHERE status = 'sent'")
        delivered = await connection.fetchval(
            "SELECT count(*) FROM webhook_delivery WHERE status = 'delivered'"
        )
    hooks = [taken.headers["webhook-id"] for taken in slow_receiver.requests]
    if long_form:
        with capsys.disabled():
            print(  # noqa: T201 - what it did
                f"\n{kills} kills cut {cut} tries of {4 * each} jobs; "
                f"{len(mailbox.ids) - each} mails and {len(hooks) - each} webhooks were sent again"
            )
    assert statuses == {"succeeded": 4 * each}
    assert len(effects) == each
    assert {(row["count"], row["sum"]) for row in effects} == {(2, 3)}
    assert (sent, delivered) == (each, each)
    assert len(set(mailbox.ids)) == len(set(hooks)) == each
