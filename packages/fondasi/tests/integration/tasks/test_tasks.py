"""The routes of background jobs, as anonymous, as a user, as another user, as an administrator."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from fondasi.kit.jobs import JobContext, JobRecord, JobRegistry, Worker
from fondasi.settings import JobSettings
from fondasi.tasks.jobs import count_slowly, purge

TASKS = "/api/v1/tasks"
NOBODYS = UUID(int=1)


@pytest_asyncio.fixture
async def user(sign_in):
    return await sign_in("ani")


@pytest_asyncio.fixture
async def worker(clean_database):
    worker = Worker(None, clean_database, JobRegistry([count_slowly]), JobSettings(grace=0))
    async with worker.running():
        yield worker


async def create(client, headers, **fields) -> str:
    answer = await client.post(
        TASKS, json={"message": "hello", "steps": 2, "seconds": 0, **fields}, headers=headers
    )
    assert answer.status_code == 202, answer.text
    assert answer.json()["status"] == "queued"
    return answer.json()["id"]


async def until(client, headers, task_id, check):
    async with asyncio.timeout(60):
        while not check(task := (await client.get(f"{TASKS}/{task_id}", headers=headers)).json()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return task


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", TASKS), ("GET", TASKS), ("GET", f"{TASKS}/{NOBODYS}"), ("DELETE", f"{TASKS}/{NOBODYS}")],
)
async def test_anonymous_is_refused(client, method, path):
    assert (await client.request(method, path)).status_code == 401


class TestCreate:
    async def test_job_and_entry_of_the_trail_are_one_statement_beside_the_check_of_the_session(
        self, client, user, statements
    ):
        await create(client, user)  # reads the permissions, which are kept
        with statements() as sent:
            await create(client, user)
        assert [("session" in one, "INTO job" in one, "INTO activity" in one) for one in sent] == [
            (True, False, False),
            (True, True, True),  # an entry names the session
        ]

    async def test_task_runs_and_gives_its_message_back(self, client, user, worker):
        task_id = await create(client, user, steps=3)
        task = await until(client, user, task_id, lambda task: task["status"] == "succeeded")
        assert task["result"] == {"message": "hello", "steps": 3}
        assert (task["progress_done"], task["progress_total"]) == (3, 3)
        assert task["name"] == "tasks.count_slowly"

    @pytest.mark.parametrize(
        "wrong", [{"steps": 0}, {"steps": 101}, {"seconds": 61}, {"seconds": "nan"}, {"more": 1}]
    )
    async def test_wrong_input_is_refused(self, client, user, wrong):
        answer = await client.post(TASKS, json={"message": "hello", **wrong}, headers=user)
        assert answer.status_code == 422
        assert answer.json()["error_code"] == "VALIDATION_ERROR"


class TestList:
    async def test_user_sees_his_own_and_administrator_sees_all(self, client, user, sign_in):
        mine = await create(client, user)
        stranger, admin = await sign_in("budi"), await sign_in("root", superuser=True)
        theirs = await create(client, stranger)
        for headers, expected in ((user, {mine}), (stranger, {theirs}), (admin, {mine, theirs})):
            page = (await client.get(TASKS, headers=headers)).json()
            assert {task["id"] for task in page["data"]} == expected
            assert page["total_count"] == len(expected)

    async def test_filters_and_sorting(self, client, user):
        first, second = await create(client, user), await create(client, user)
        await client.delete(f"{TASKS}/{first}", headers=user)

        async def ids(query: str) -> list[str]:
            return [
                task["id"] for task in (await client.get(f"{TASKS}?{query}", headers=user)).json()["data"]
            ]

        assert await ids("status=cancelled") == [first]
        assert await ids("status=queued&name=tasks.count_slowly") == [second]
        assert await ids("name=tasks.purge") == []
        assert await ids("") == [second, first]
        assert await ids("sort=created_at") == [first, second]

    @pytest.mark.parametrize("query", ["status=lost", "colour=red", "sort=arguments", "page=0", "name="])
    async def test_wrong_query_is_refused(self, client, user, query):
        assert (await client.get(f"{TASKS}?{query}", headers=user)).status_code == 422


class TestRead:
    async def test_foreign_task_is_not_found(self, client, user, sign_in):
        task_id = await create(client, user)
        stranger, admin = await sign_in("budi"), await sign_in("root", superuser=True)
        assert (await client.get(f"{TASKS}/{task_id}", headers=stranger)).status_code == 404
        assert (await client.get(f"{TASKS}/{task_id}", headers=admin)).status_code == 200
        assert (await client.get(f"{TASKS}/{uuid4()}", headers=user)).status_code == 404
        assert (await client.get(f"{TASKS}/nonsense", headers=user)).status_code == 422


class TestCancel:
    async def test_running_task_is_stopped(self, client, user, worker):
        task_id = await create(client, user, steps=100, seconds=60)
        await until(client, user, task_id, lambda task: task["progress_done"] is not None)
        assert (await client.delete(f"{TASKS}/{task_id}", headers=user)).status_code == 204
        task = await until(client, user, task_id, lambda task: task["status"] != "running")
        assert task["status"] == "cancelled"

    async def test_finished_task_is_a_conflict(self, client, user):
        task_id = await create(client, user)
        assert (await client.delete(f"{TASKS}/{task_id}", headers=user)).status_code == 204
        answer = await client.delete(f"{TASKS}/{task_id}", headers=user)
        assert answer.status_code == 409
        assert answer.json()["error_code"] == "CONFLICT"

    async def test_foreign_task_is_not_found(self, client, user, sign_in):
        task_id = await create(client, user)
        stranger, admin = await sign_in("budi"), await sign_in("root", superuser=True)
        assert (await client.delete(f"{TASKS}/{task_id}", headers=stranger)).status_code == 404
        assert (await client.delete(f"{TASKS}/{task_id}", headers=admin)).status_code == 204


async def test_purge_deletes_what_finished_long_ago(clean_database):
    long_ago = datetime.now(UTC) - timedelta(days=31)

    def record(status: str, then: datetime | None) -> JobRecord:
        created = then or long_ago
        return JobRecord(
            name="x",
            arguments={},
            max_attempts=1,
            status=status,
            finished_at=then,
            scheduled_for=created,
            created_at=created,
        )

    old = [record(status, long_ago) for status in ("succeeded", "failed", "cancelled")]
    kept = [record("succeeded", datetime.now(UTC)), record("queued", None), record("running", None)]
    async with clean_database.unit_of_work() as session:
        session.add_all([*old, *kept])
    platform = SimpleNamespace(settings=SimpleNamespace(job=JobSettings(keep_days=30)))
    async with clean_database.unit_of_work() as session:
        context = JobContext(
            lambda: session, platform, uuid4(), 1, report=_ignore, is_cancelled=lambda: False
        )
        assert await purge(context) == {"deleted": 3}
    async with clean_database.read_session() as session:
        assert all([await session.get(JobRecord, item.id) for item in kept])
        assert not any([await session.get(JobRecord, item.id) for item in old])


async def _ignore(_progress) -> None: ...
