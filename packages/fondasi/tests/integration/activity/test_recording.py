"""What enters the trail by itself: changes, sign-ins, refusals; and what does not."""

import asyncio

import pytest
from fastapi import HTTPException

from fondasi.access import authenticated, public
from fondasi.dependencies import CurrentPlatform, UnitOfWork
from fondasi.kit.audit import record
from fondasi.kit.http import Problem, Router
from fondasi.module import Module

TASKS = "/api/v1/tasks"
TASK = {"message": "hello", "steps": 1, "seconds": 0}
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"

room = Router(prefix="/things", tags=["things"])


class Failing(Problem):
    status, code, title = 409, "FAILING", "Failing"


@room.post("/forgetful", operation_id="forgetful", dependencies=[authenticated], status_code=201)
async def forgetful(session: UnitOfWork) -> None:
    """Change something; and say nothing of it. A second sentence."""


@room.post("/careful", operation_id="careful", dependencies=[public])
async def careful(session: UnitOfWork) -> None:
    await record(session, "things.published", "things", "Published.", metadata={"thing": 7})


@room.post("/failing", operation_id="failing", dependencies=[public])
async def failing(session: UnitOfWork) -> None:
    await record(session, "things.published", "things", "Published.")
    raise Failing("no")


@room.post("/late", operation_id="late", dependencies=[public])
async def late(session: UnitOfWork) -> dict[str, object]:
    await record(session, "things.published", "things", "Published.")
    raise HTTPException(500)


@room.post("/own", operation_id="own", dependencies=[authenticated])
async def own(platform: CurrentPlatform) -> None:
    async with platform.database.unit_of_work():
        pass


@room.post("/housekeeping", operation_id="housekeeping", dependencies=[public])
async def housekeeping(platform: CurrentPlatform) -> None:
    async with platform.database.unit_of_work(audited=False):
        pass


@room.get("/reading", operation_id="reading", dependencies=[public])
async def reading(session: UnitOfWork) -> None:
    """A read that uses a transaction."""


@pytest.fixture
async def things(running, settings, clean_database):
    async with running(settings, Module(name="things", routers=[room])) as client:
        yield client


class TestChanges:
    async def test_change_is_recorded_though_its_room_forgets(self, things, user, trail):
        headers = {**user, "User-Agent": CHROME, "X-Request-ID": "request-1"}
        assert (await things.post("/api/v1/things/forgetful", headers=headers)).status_code == 201
        (row,) = await trail("forgetful")
        assert (row.module, row.level, row.status_code, row.method) == ("things", "audit", 201, "POST")
        assert row.endpoint == "/api/v1/things/forgetful"
        assert row.message == "Change something."
        assert row.request_id == "request-1"
        assert row.user_agent == CHROME
        assert row.ip_address == "127.0.0.1"
        assert row.duration_ms > 0
        (login,) = await trail("login")
        assert (row.user_id, row.session_id) == (login.user_id, login.session_id)

    async def test_richer_entry_of_the_service_takes_its_place(self, things, trail):
        await things.post("/api/v1/things/careful")
        (row,) = await trail()
        assert (row.action, row.details) == ("things.published", {"thing": 7})

    async def test_change_in_a_unit_of_work_of_the_service_is_recorded(self, things, user, trail):
        await things.post("/api/v1/things/own", headers=user)
        assert [row.action for row in await trail()] == ["login", "own"]

    async def test_housekeeping_is_not(self, things, trail):
        await things.post("/api/v1/things/housekeeping")
        assert await trail() == []

    @pytest.mark.parametrize("path", ["failing", "late"])
    async def test_rollback_leaves_no_row(self, things, trail, path):
        assert (await things.post(f"/api/v1/things/{path}")).status_code >= 400
        assert await trail() == []

    @pytest.mark.parametrize("path", ["/api/v1/things/reading", "/health", "/health/ready", "/metrics"])
    async def test_reads_health_and_metrics_leave_no_row(self, things, trail, path):
        await things.get(path)
        assert await trail() == []

    async def test_jobs_record_without_a_request(self, clean_database, trail):
        async with clean_database.unit_of_work() as session:
            await record(session, "corpus.imported", "legal-search", "Imported.")
        (row,) = await trail()
        assert (row.user_id, row.request_id, row.endpoint) == (None, None, None)

    async def test_endpoint_is_the_template(self, client, user, trail):
        task = (await client.post(TASKS, json={**TASK, "steps": 9}, headers=user)).json()["id"]
        await client.delete(f"{TASKS}/{task}", headers=user)
        (row,) = await trail("cancel_task")
        assert (row.endpoint, row.status_code) == ("/api/v1/tasks/{task_id}", 204)

    async def test_concurrent_requests_keep_their_own_callers(self, client, sign_in, trail):
        callers = {name: await sign_in(name) for name in ("ani", "budi", "citra")}
        ids = {
            name: (await client.get("/api/v1/users/me", headers=headers)).json()["id"]
            for name, headers in callers.items()
        }
        await asyncio.gather(
            *(
                client.post(TASKS, json=TASK, headers={**headers, "X-Request-ID": f"{name}-{turn}"})
                for turn in range(10)
                for name, headers in callers.items()
            )
        )
        rows = await trail("create_task")
        assert len(rows) == 30
        assert all(str(row.user_id) == ids[row.request_id.partition("-")[0]] for row in rows)


class TestSignIn:
    async def test_sign_in_and_sign_out_are_recorded(self, client, user, trail):
        await client.post("/api/v1/logout", headers=user)
        assert [row.action for row in await trail()] == ["login", "logout"]
        login, logout = await trail()
        assert login.user_id == logout.user_id is not None
        assert login.session_id == logout.session_id is not None

    @pytest.mark.parametrize(("name", "known"), [("ani", True), ("nobody", False)])
    async def test_failed_sign_in_is_recorded_though_nothing_else_is(self, client, user, trail, name, known):
        answer = await client.post("/api/v1/login", json={"username": name, "password": "guess guess"})
        assert answer.status_code == 401
        (row,) = await trail("login.failed")
        assert (row.user_id is not None, row.level, row.status_code) == (known, "warning", 401)
        assert "guess" not in f"{row.message}{row.details}{row.error_details}"

    async def test_answer_to_a_failed_sign_in_does_not_tell_who_exists(self, client, user):
        bodies = []
        for name in ("ani", "nobody"):
            answer = await client.post("/api/v1/login", json={"username": name, "password": "guess guess"})
            bodies.append({**answer.json(), "request_id": "", "timestamp": ""})
        assert bodies[0] == bodies[1]


class TestRefusals:
    async def test_refusal_of_a_signed_in_user_is_recorded(self, client, user, trail):
        assert (await client.get("/api/v1/activity", headers=user)).status_code == 403
        (row,) = await trail("access.denied")
        assert (row.status_code, row.endpoint, row.level) == (403, "/api/v1/activity", "warning")
        assert row.user_id == (await trail("login"))[0].user_id
        assert row.error_details == {"error_code": "FORBIDDEN", "status": 403}

    async def test_strangers_leave_no_row(self, client, trail):
        assert (await client.get("/api/v1/activity")).status_code == 401
        assert (await client.post(TASKS, json=TASK, headers={"Authorization": "Bearer x"})).status_code == 401
        assert await trail() == []

    async def test_refusal_stands_though_it_cannot_be_recorded(self, client, user, owner):
        await owner.execute("ALTER TABLE activity RENAME TO elsewhere")
        try:
            assert (await client.get("/api/v1/activity", headers=user)).status_code == 403
        finally:
            await owner.execute("ALTER TABLE elsewhere RENAME TO activity")
