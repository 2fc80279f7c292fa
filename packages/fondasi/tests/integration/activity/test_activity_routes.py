"""The routes of the trail: as anonymous, as a user, as an administrator; and its command."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest

from fondasi.kit import clock
from fondasi.kit.audit import record

ACTIVITY = "/api/v1/activity"
TASKS = "/api/v1/tasks"
TASK = {"message": "hello", "steps": 1, "seconds": 0}
ENTRY = {"action": "report.opened", "message": "Opened the report.", "metadata": {"report": 7}}
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)
READS = ["", "/me", "/statistics", "/chain", "/verify", f"/{UUID(int=1)}"]


async def get(client, headers, path="", **params):
    answer = await client.get(ACTIVITY + path, params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def at(monkeypatch):
    """Set the clock: `at(datetime(...))`."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


class TestWhoMay:
    @pytest.mark.parametrize(("method", "path"), [("POST", ""), *(("GET", path) for path in READS)])
    async def test_anonymous_is_refused(self, client, method, path):
        assert (await client.request(method, ACTIVITY + path)).status_code == 401

    @pytest.mark.parametrize(
        ("method", "path"), [("POST", ""), *(("GET", path) for path in READS if path != "/me")]
    )
    async def test_user_without_the_permission_is_refused(self, client, user, method, path):
        assert (await client.request(method, ACTIVITY + path, headers=user)).status_code == 403

    async def test_everybody_sees_his_own(self, client, user, admin):
        await client.post(TASKS, json=TASK, headers=user)
        await client.post(TASKS, json=TASK, headers=admin)
        own = await get(client, user, "/me")
        assert [item["action"] for item in own["data"]] == ["create_task", "login"]
        assert len({item["user_id"] for item in own["data"]}) == 1


class TestList:
    async def test_entry_has_all_fields(self, client, admin):
        await client.post(TASKS, json=TASK, headers={**admin, "User-Agent": SAFARI})
        first, second = (await get(client, admin))["data"]
        assert first["browser"] == "Mobile Safari 18"
        assert first["os"] == "iOS 18"
        assert first["device"] == "Apple iPhone"
        assert (first["endpoint"], first["method"], first["status_code"]) == (TASKS, "POST", 202)
        assert (first["position"], first["previous_hash"]) == (2, second["hash"])
        assert second["previous_hash"] == "00" * 32
        assert await get(client, admin, f"/{first['id']}") == first

    async def test_entry_names_who_did_it_and_to_whom(self, client, admin, user):
        ani = (await client.get("/api/v1/users/me", headers=user)).json()["id"]
        await client.patch("/api/v1/users/ani", json={"bio": "Reads."}, headers=admin)
        (entry,) = (await get(client, admin, subject_id=ani))["data"]
        assert (entry["action"], entry["username"], entry["subject_username"]) == (
            "users.edit",
            "root",
            "ani",
        )
        assert (await get(client, admin, f"/{entry['id']}"))["username"] == "root"
        assert (await get(client, user, "/me"))["data"][0]["username"] == "root"

    async def test_nobody_is_named_where_nobody_did_it(self, client, admin, clean_database):
        async with clean_database.unit_of_work() as session:
            await record(session, "thing.done", "things", "Done.", user_id=UUID(int=7))
        (entry,) = (await get(client, admin, action="thing.done"))["data"]
        assert (entry["username"], entry["subject_username"]) == (None, None)

    @pytest.mark.parametrize(
        ("filters", "actions"),
        [
            ({"level": "warning"}, ["thing.failed"]),
            ({"action": "thing.done"}, ["thing.done"]),
            ({"module": "things"}, ["thing.failed", "thing.done"]),
            ({"module": "things", "level": "audit"}, ["thing.done"]),
            ({"request_id": "request-7"}, ["create_task"]),
            ({"user_id": str(UUID(int=7))}, ["thing.done"]),
            ({"module": "elsewhere"}, []),
            ({"to": "2020-01-01T00:00:00Z"}, []),
            ({"from": "2020-01-01T00:00:00+07:00", "module": "tasks"}, ["create_task"]),
        ],
    )
    async def test_filters(self, client, admin, clean_database, filters, actions):
        async with clean_database.unit_of_work() as session:
            await record(session, "thing.done", "things", "Done.", user_id=UUID(int=7))
        async with clean_database.unit_of_work() as session:
            await record(session, "thing.failed", "things", "Failed.", level="warning")
        await client.post(TASKS, json=TASK, headers={**admin, "X-Request-ID": "request-7"})
        assert [item["action"] for item in (await get(client, admin, **filters))["data"]] == actions

    async def test_walking_by_cursor_meets_every_entry_once(self, client, admin, clean_database):
        async with clean_database.unit_of_work() as session:
            for number in range(24):
                await record(session, "thing.done", "things", f"{number}")
        seen, cursor = [], {}
        while True:
            page = await get(client, admin, limit=10, **cursor)
            seen += [item["id"] for item in page["data"]]
            if not page["has_more"]:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert len(seen) == len(set(seen)) == 25

    @pytest.mark.parametrize(
        "wrong",
        [
            {"level": "loud"},
            {"from": "yesterday"},
            {"to": "0"},
            {"to": "2026-01-01T00:00:00"},
            {"cursor": "x"},
            {"limit": 0},
            {"x": 1},
        ],
    )
    async def test_wrong_filters_are_refused(self, client, admin, wrong):
        assert (await client.get(ACTIVITY, params=wrong, headers=admin)).status_code == 422

    @pytest.mark.parametrize("unknown", [UUID(int=1), UUID(int=2**128 - 1), uuid4()])
    async def test_unknown_entry_is_not_found(self, client, admin, unknown):
        assert (await client.get(f"{ACTIVITY}/{unknown}", headers=admin)).status_code == 404


class TestChain:
    async def test_ends_where_verification_ends(self, client, admin):
        await client.post(TASKS, json=TASK, headers=admin)
        chain = await get(client, admin, "/chain")
        verified = await get(client, admin, "/verify")
        assert (chain["last_position"], chain["last_hash"]) == (
            verified["last_position"],
            verified["last_hash"],
        )
        assert chain["last_entry_at"] == (await get(client, admin))["data"][0]["created_at"]
        assert (chain["first_position"], chain["removed_before"], chain["tenant_id"]) == (1, None, None)

    async def test_one_without_entries_is_empty(self, client, admin):
        chain = await get(client, admin, "/chain", tenant_id=str(UUID(int=9)))
        assert (chain["last_position"], chain["last_hash"], chain["last_entry_at"]) == (0, None, None)


class TestCreate:
    async def test_client_writes_an_entry_of_its_own(self, client, admin):
        answer = await client.post(ACTIVITY, json=ENTRY, headers=admin)
        assert answer.status_code == 201
        entry = await get(client, admin, f"/{answer.json()['id']}")
        assert (entry["module"], entry["level"], entry["metadata"]) == ("client", "info", {"report": 7})
        assert len((await get(client, admin))["data"]) == 2

    async def test_its_secrets_are_removed(self, client, admin):
        secret = {"user": {"newPassword": "hunter2"}, "note": "sent Bearer abcdefgh12345", "status_code": 200}
        answer = await client.post(ACTIVITY, json={**ENTRY, "metadata": secret}, headers=admin)
        entry = await get(client, admin, f"/{answer.json()['id']}")
        assert entry["metadata"] == {
            "user": {"newPassword": "[redacted]"},
            "note": "sent [redacted]",
            "status_code": 200,
        }

    async def test_too_much_metadata_is_cut(self, client, admin):
        answer = await client.post(
            ACTIVITY, json={**ENTRY, "metadata": {f"field{n}": "x" * 900 for n in range(50)}}, headers=admin
        )
        entry = await get(client, admin, f"/{answer.json()['id']}")
        assert entry["metadata"]["truncated"] is True

    @pytest.mark.parametrize(
        "wrong",
        [
            {"level": "audit"},
            {"level": "error"},
            {"module": "identity"},
            {"user_id": str(UUID(int=1))},
            {"action": "LOGIN"},
            {"message": ""},
        ],
    )
    async def test_entries_of_the_service_cannot_be_imitated(self, client, admin, wrong):
        assert (await client.post(ACTIVITY, json={**ENTRY, **wrong}, headers=admin)).status_code == 422


class TestStatistics:
    async def test_every_day_is_there_and_begins_where_the_viewer_is(self, client, admin, by_owner, at):
        evening = (datetime.now(UTC) - timedelta(days=3)).replace(hour=20, minute=0)
        at(evening)
        async with by_owner.unit_of_work() as session:
            await record(session, "thing.done", "things", "Done.")
        day = evening.date()
        for zone, expected in (("UTC", day), ("Asia/Jakarta", day + timedelta(days=1))):
            span = {
                "from": str(day - timedelta(days=1)),
                "to": str(day + timedelta(days=1)),
                "timezone": zone,
            }
            found = await get(client, admin, "/statistics", **span)
            counts = {item["day"]: item["count"] for item in found["days"]}
            assert list(counts) == [str(day + timedelta(days=offset)) for offset in (-1, 0, 1)]
            assert {key for key, count in counts.items() if count} == {str(expected)}
            assert found["by_action"] == {"thing.done": 1}

    async def test_last_30_days_when_not_said(self, client, admin):
        found = await get(client, admin, "/statistics")
        assert len(found["days"]) == 30
        assert date.fromisoformat(found["days"][-1]["day"]) == datetime.now(UTC).date()
        assert (found["total"], found["users"]) == (1, 1)
        assert (found["by_level"], found["by_module"]) == ({"audit": 1}, {"identity": 1})

    @pytest.mark.parametrize(
        "wrong",
        [
            {"timezone": "Mars/Base"},
            {"timezone": "UTC'; DROP TABLE activity"},
            {"from": "2026-02-01", "to": "2026-01-01"},
            {"from": "2020-01-01"},
            {"to": "2026-13-01"},
        ],
    )
    async def test_wrong_ranges_are_refused(self, client, admin, wrong):
        assert (await client.get(f"{ACTIVITY}/statistics", params=wrong, headers=admin)).status_code == 422

    @pytest.mark.parametrize(
        "moment", ["0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59.999999-07:00", "0001-01-01T00:00:00Z"]
    )
    async def test_extreme_moments_are_answered(self, client, admin, moment):
        await get(client, admin, **{"from": moment})
        await get(client, admin, to=moment)

    async def test_extreme_days_are_answered(self, client, admin):
        assert (await get(client, admin, "/statistics", to="0001-01-01"))["total"] == 0
        await get(client, admin, "/statistics", to="9999-12-31")


class TestVerify:
    async def test_whole_trail(self, client, admin):
        found = await get(client, admin, "/verify")
        assert (found["valid"], found["complete"], found["checked"], found["fault"]) == (True, True, 1, None)

    async def test_altered_entry_is_named(self, client, admin, owner):
        entry = (await get(client, admin))["data"][0]
        await owner.execute("ALTER TABLE activity DISABLE TRIGGER append_only")
        await owner.execute("UPDATE activity SET ip_address = '10.0.0.1'")
        await owner.execute("ALTER TABLE activity ENABLE TRIGGER append_only")
        found = await get(client, admin, "/verify")
        assert found["valid"] is False
        assert (found["fault"]["kind"], found["fault"]["activity_id"]) == ("altered", entry["id"])
        assert (found["faults"], found["fault_count"]) == ([found["fault"]], 1)


class TestCommand:
    @pytest.fixture
    def activity(self, command):
        return partial(command, "fondasi.activity.commands")

    async def test_verify_prints_what_to_keep_and_finds_it_again(self, activity, client, admin):
        code, output = await activity("verify")
        assert code == 0, output
        assert "platform: 1 entries are as written." in output
        kept = output.split()[-1]
        await client.post(TASKS, json=TASK, headers=admin)
        assert (await activity("verify", "--expect", kept))[0] == 0
        assert (await activity("verify", "--expect", kept.removeprefix("platform:")))[0] == 0

    async def test_verify_names_every_altered_entry(self, activity, client, admin, owner):
        entry = (await get(client, admin))["data"][0]["id"]
        await owner.execute("ALTER TABLE activity DISABLE TRIGGER append_only")
        await owner.execute("UPDATE activity SET message = 'Nothing happened.'")
        await owner.execute("ALTER TABLE activity ENABLE TRIGGER append_only")
        code, output = await activity("verify")
        assert code == 1
        assert f"altered. Entry {entry} at position 1: its row was altered." in output

    async def test_heads_of_all_chains_fit_into_one_file(self, activity, clean_database, admin, tmp_path):
        tenants = [uuid4(), uuid4()]
        for tenant in tenants:
            async with clean_database.unit_of_work() as session:
                await record(session, "thing.done", "things", "Done.", tenant_id=tenant)
        code, output = await activity("heads")
        assert code == 0, output
        assert [line.split(":")[0] for line in output.splitlines()] == [
            "platform",
            *map(str, sorted(tenants)),
        ]
        file = tmp_path / "heads.txt"
        file.write_text(output)
        code, output = await activity("verify", "--expect", str(file))
        assert code == 0, output
        assert "All 3 expected heads are in their chains." in output

    @pytest.mark.parametrize("wrong", ["nonsense", "7:abc", "missing.txt", f"{UUID(int=7)}:1"])
    async def test_what_is_no_head_is_refused(self, activity, wrong):
        code, output = await activity("verify", "--expect", wrong)
        assert code == 2
        assert "CHAIN:POSITION:HASH" in output
