"""The life of a job as a stream, over a real connection; jobs by the clock; jobs tried again."""

import asyncio
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from fixtures.streams import following
from sqlalchemy import text

from fondasi.app import create_app
from fondasi.kit.jobs import JobContext, JobFailed, JobRegistry, Worker, job
from fondasi.module import Module
from fondasi.runtime import platform_modules
from fondasi.settings import JobSettings, LiveSettings
from fondasi.tasks.jobs import count_slowly

API = "/api/v1"
TASKS = f"{API}/tasks"
FAILS = asyncio.Event()


@job(name="test.breaks", retries=0)
async def breaks(context: JobContext, message: str) -> str:
    """Fails, until it is told not to."""
    if not FAILS.is_set():
        raise JobFailed("broken")
    return message


@pytest.fixture(scope="module")
def url(settings, served):
    live = LiveSettings(check_seconds=0.2, heartbeat_seconds=0.2)
    modules = [*platform_modules(), Module(name="test", jobs=[breaks])]
    with served(create_app(settings.model_copy(update={"live": live}), modules)) as address:
        yield address


@pytest_asyncio.fixture
async def worker(clean_database):
    worker = Worker(None, clean_database, JobRegistry([count_slowly, breaks]), JobSettings(grace=0))
    async with worker.running():
        yield worker


@pytest.fixture
async def ani(sign_in):
    return await sign_in("ani")


async def start(client, headers, **fields) -> str:
    body = {"message": "hello", "steps": 3, "seconds": 0, **fields}
    return (await client.post(TASKS, json=body, headers=headers)).json()["id"]


class TestStream:
    async def test_tells_each_state_until_the_end(self, url, client, ani, worker):
        task_id = await start(client, ani, steps=5, seconds=2)
        async with following(url, ani, f"/tasks/{task_id}/events") as stream:
            finished = await stream.next("finished")
            assert await stream.end() is finished
        assert finished.data["result"] == {"message": "hello", "steps": 5}
        counted = [event.data["progress_done"] for event in stream.events if event.kind == "progress"]
        assert counted
        assert counted == sorted(counted)
        async with following(url, ani, f"/tasks/{task_id}/events", after=stream.last_id) as again:
            assert again.status == 204
        async with following(url, ani, f"/tasks/{task_id}/events", after="other") as anew:
            await anew.end()
        assert [event.kind for event in anew.events] == ["finished"]

    async def test_goes_on_with_the_state_of_now(self, url, client, ani):
        task_id = await start(client, ani)
        async with following(url, ani, f"/tasks/{task_id}/events") as stream:
            assert (await stream.next("status")).data["status"] == "queued"
        async with following(url, ani, f"/tasks/{task_id}/events", after=stream.last_id) as same:
            await same.next("heartbeat")
            assert [event.kind for event in same.events] == ["heartbeat"]
            await client.delete(f"{TASKS}/{task_id}", headers=ani)
            assert (await same.next("finished")).data["status"] == "cancelled"

    async def test_is_for_who_may_see_the_job(self, url, client, ani, sign_in):
        task_id = await start(client, ani)
        budi, root = await sign_in("budi"), await sign_in("root", superuser=True)
        path = f"/tasks/{task_id}/events"
        async with following(url, budi, path) as stranger, following(url, root, path) as admin:
            assert (stranger.status, admin.status) == (404, 200)
        async with following(url, {}, path) as nobody:
            assert nobody.status == 401
        async with following(url, ani, path) as stream:
            await client.post(f"{API}/logout", headers=ani)
            assert (await stream.end()).data == {"reason": "UNAUTHENTICATED"}

    async def test_the_platform_s_own_jobs_are_followed_by_looking(self, url, ani, sign_in, clean_database):
        root = await sign_in("root", superuser=True)
        async with clean_database.unit_of_work() as session:
            task_id = await count_slowly.enqueue(session, message="", steps=1, seconds=0)
        async with following(url, root, f"/tasks/{task_id}/events") as stream:
            await stream.next("status")
            async with clean_database.unit_of_work() as session:
                await session.execute(
                    text("UPDATE job SET status = 'cancelled', updated_at = now() WHERE id = :id"),
                    {"id": task_id},
                )
            await stream.next("finished")

    async def test_changes_of_jobs_are_told_to_their_owners(self, url, client, ani, sign_in, worker):
        budi, root = await sign_in("budi"), await sign_in("root", superuser=True)
        async with following(url, ani) as anis, following(url, budi) as budis, following(url, root) as admin:
            task_id = await start(client, ani)
            for stream in (anis, admin):
                told = (await stream.next("change")).data
                assert told == {"resource": "tasks", "id": task_id, "tenant_id": None}
            await budis.next("heartbeat")
        assert budis.told == []


class TestScheduled:
    async def test_jobs_by_the_clock_are_listed_with_their_next_run(self, client, sign_in, ani):
        root = await sign_in("root", superuser=True)
        page = (await client.get(f"{TASKS}/scheduled?items_per_page=100", headers=root)).json()
        found = {item["name"]: item for item in page["data"]}
        assert page["total_count"] == len(found) >= 5
        assert found["tasks.purge"]["cron"] == "23 2 * * *"
        assert found["tasks.purge"]["description"].startswith("Delete the jobs that finished")
        due = datetime.fromisoformat(found["tasks.purge"]["next_run_at"])
        assert (due.hour, due.minute) == (2, 23)
        assert due > datetime.now(UTC)
        assert (await client.get(f"{TASKS}/scheduled", headers=ani)).status_code == 403
        page = (await client.get(f"{TASKS}/scheduled?items_per_page=100&lang=de", headers=root)).json()
        said = {item["name"]: item["description"] for item in page["data"]}
        assert said["tasks.purge"].startswith("Aufträge löschen, die vor mehr als `JOB_KEEP_DAYS`")


class TestRetry:
    @pytest.fixture(autouse=True)
    def _fails(self):
        FAILS.clear()

    @pytest.fixture
    async def failed(self, clean_database, worker, client, ani, app):
        me = (await client.get(f"{API}/users/me", headers=ani)).json()["id"]
        async with clean_database.unit_of_work() as session:
            task_id = await breaks.enqueue(session, message="again", enqueued_by=me)
        await until(client, ani, task_id, "failed")
        return str(task_id)

    async def test_failed_job_begins_anew(self, url, client, ani, failed, sign_in, trail):  # noqa: PLR0917 - fixtures
        root = await sign_in("root", superuser=True)
        FAILS.set()
        async with following(url, ani, f"/tasks/{failed}/events", after="none") as stream:
            await stream.end()
        assert stream.events[-1].data["error"] == "JobFailed: broken"
        assert (await served_post(url, f"{TASKS}/{failed}/retry", root)) == 204
        task = await until(client, ani, failed, "succeeded")
        assert (task["result"], task["attempt"], task["error"]) == ("again", 1, None)
        assert await served_post(url, f"{TASKS}/{failed}/retry", root) == 409
        (entry,) = [row for row in await trail("retry_task") if row.status_code == 204]
        assert entry.level == "audit"

    async def test_who_lacks_the_permission_or_sees_none_is_refused(self, url, ani, failed, sign_in, client):
        root = await sign_in("root", superuser=True)
        assert await served_post(url, f"{TASKS}/{failed}/retry", ani) == 403
        assert await served_post(url, f"{TASKS}/{failed}/retry", {}) == 401
        missing = failed[:-4] + ("0000" if failed[-4:] != "0000" else "1111")
        assert await served_post(url, f"{TASKS}/{missing}/retry", root) == 404
        # An application without the module knows no such job.
        assert (await client.post(f"{TASKS}/{failed}/retry", headers=root)).status_code == 409

    async def test_a_copy_that_waits_is_a_conflict(self, client, clean_database, sign_in):
        root = await sign_in("root", superuser=True)
        ids = []
        for _ in range(2):
            async with clean_database.unit_of_work() as session:
                task_id = await count_slowly.enqueue(
                    session, dedupe_key="one", message="", steps=1, seconds=0
                )
            ids.append(task_id)
            if len(ids) == 1:
                assert (await client.delete(f"{TASKS}/{task_id}", headers=root)).status_code == 204
        answer = await client.post(f"{TASKS}/{ids[0]}/retry", headers=root)
        assert (answer.status_code, answer.json()["error_code"]) == (409, "CONFLICT")
        assert (await client.get(f"{TASKS}/{ids[0]}", headers=root)).json()["status"] == "cancelled"


async def served_post(url, path, headers) -> int:
    import httpx

    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        return (await client.post(path, headers=headers)).status_code


async def until(client, headers, task_id, status: str) -> dict:
    async with asyncio.timeout(60):
        while (task := (await client.get(f"{TASKS}/{task_id}", headers=headers)).json())["status"] != status:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return task
