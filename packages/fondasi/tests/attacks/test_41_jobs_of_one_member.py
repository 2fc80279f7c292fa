"""One member's jobs, many and long, in front of everybody else's."""

import asyncio
from contextlib import asynccontextmanager

import httpx
import pytest
from aiosmtpd.smtp import SMTP

from fondasi.app import create_app
from fondasi.settings import ExportSettings, JobSettings, MailSettings
from fondasi.testing import running

API = "/api/v1"
TASKS, EXPORT = f"{API}/tasks", f"{API}/settings/export"
LONG = {"message": "mine", "steps": 1, "seconds": 60}
SECONDS = 50  # less than a long job takes


class Mailbox:
    """A mail server that counts what it gets."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.arrived.set()
        return "250 OK"


@pytest.fixture
async def mailbox():
    box, loop = Mailbox(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop), host="127.0.0.1", port=0)
    yield box, server.sockets[0].getsockname()[1]
    server.close()


@pytest.fixture
def served_with(settings, modules):
    """A client of the service with these settings, its worker in the same process."""

    @asynccontextmanager
    async def serve(**changes):
        app = create_app(settings.model_copy(update=changes), modules)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            running(app),
            httpx.AsyncClient(transport=transport, base_url="http://testserver") as client,
        ):
            yield client

    return serve


async def until(client, path, headers, check):
    async with asyncio.timeout(SECONDS):
        while not check(found := (await client.get(path, headers=headers)).json()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return found


@pytest.mark.long
async def test_mail_with_a_code_and_the_export_of_another_do_not_wait(account, mailbox, served_with):
    eve, ani = await account("eve"), await account("ani", email="ani@example.com")
    box, port = mailbox
    mail = MailSettings(host="127.0.0.1", port=port, security="none")
    async with served_with(mail=mail, job=JobSettings(in_process=True, grace=0)) as client:
        for _ in range(24):
            assert (await client.post(TASKS, json=LONG, headers=eve)).status_code == 202
        await until(
            client, f"{TASKS}?status=running", eve, lambda page: page["total_count"] >= 3
        )  # all that she may hold
        asked = {"identifier": "ani", "purpose": "login"}
        assert (await client.post(f"{API}/auth/otp", json=asked)).status_code == 202
        async with asyncio.timeout(SECONDS):
            await box.arrived.wait()
        export = (await client.post(EXPORT, headers=ani)).json()["id"]
        await until(client, f"{EXPORT}/{export}", ani, lambda found: found["status"] == "ready")


async def test_jobs_of_a_member_are_capped_until_some_are_finished(account, served_with):
    eve, ani = await account("eve"), await account("ani")
    async with served_with(job=JobSettings(per_caller=5)) as client:
        answers = await asyncio.gather(*(client.post(TASKS, json=LONG, headers=eve) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [202] * 5 + [429] * 15
        refusal = next(answer for answer in answers if answer.status_code == 429)
        assert refusal.json()["error_code"] == "TOO_MANY_JOBS"
        assert "5 jobs" in refusal.json()["detail"]
        assert refusal.headers["retry-after"]
        assert (await client.post(EXPORT, headers=eve)).status_code == 429
        assert (await client.post(TASKS, json=LONG, headers=ani)).status_code == 202
        first = next(answer for answer in answers if answer.status_code == 202).json()["id"]
        assert (await client.delete(f"{TASKS}/{first}", headers=eve)).status_code == 204
        assert (await client.post(TASKS, json=LONG, headers=eve)).status_code == 202


async def test_archives_are_counted_though_each_is_cancelled(account, served_with):
    eve = await account("eve")
    async with served_with(export=ExportSettings(per_day=2)) as client:
        for _ in range(2):
            assert (await client.post(EXPORT, headers=eve)).status_code == 202
            (task,) = (await client.get(f"{TASKS}?status=queued", headers=eve)).json()["data"]
            assert (await client.delete(f"{TASKS}/{task['id']}", headers=eve)).status_code == 204
        refusal = await client.post(EXPORT, headers=eve)
        assert (refusal.status_code, refusal.json()["error_code"]) == (429, "TOO_MANY_EXPORTS")
