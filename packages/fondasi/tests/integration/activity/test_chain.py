"""The trail cannot be changed by the app, and whoever else changes it is found."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import asyncpg
import pytest

from fondasi.activity.jobs import remove_old
from fondasi.activity.verification import verify
from fondasi.kit import clock
from fondasi.kit.audit import PLATFORM_CHAIN, record
from fondasi.kit.jobs import JobContext
from fondasi.settings import ActivitySettings

TASKS = "/api/v1/tasks"
TASK = {"message": "hello", "steps": 1, "seconds": 0}
DISARM = "SET session_replication_role = replica"


async def write(database, count=1, *, tenant_id=None, **fields):
    for number in range(count):
        async with database.unit_of_work() as session:
            await record(session, "thing.done", "things", f"Number {number}.", tenant_id=tenant_id, **fields)


async def check(database, chain=PLATFORM_CHAIN, **options):
    async with database.read_session() as session:
        return await verify(session, chain, **options)


@pytest.fixture
def at(monkeypatch):
    """Set the clock: `at(datetime(...))`."""

    def set_clock(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_clock


class TestAppendOnly:
    @pytest.mark.parametrize("table", ["activity", "activity_seal", "activity_checkpoint"])
    @pytest.mark.parametrize(
        "statement", ["UPDATE {} SET created_at = now()", "DELETE FROM {}", "TRUNCATE {}"]
    )
    async def test_role_of_the_app_cannot_change_the_trail(self, as_app, table, statement):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await as_app.execute(statement.format(table))

    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO activity_seal SELECT * FROM activity_seal",
            "INSERT INTO activity_checkpoint SELECT * FROM activity_checkpoint",
            "DELETE FROM activity_partitions.activity_rest",
            "ALTER TABLE activity DISABLE TRIGGER ALL",
            "SET session_replication_role = replica",
            "DROP FUNCTION activity_seal_row() CASCADE",
        ],
    )
    async def test_role_of_the_app_cannot_forge_links_or_go_around(self, as_app, statement):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await as_app.execute(statement)

    @pytest.mark.parametrize(
        "statement",
        ["UPDATE activity SET message = 'x'", "DELETE FROM activity", "DELETE FROM activity_seal"],
    )
    async def test_owner_is_stopped_too_unless_he_means_it(self, owner, clean_database, statement):
        await write(clean_database)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await owner.execute(statement)

    async def test_rights_hold_after_migrating_again(self, scratch_database, modules):
        from fondasi.runtime import migrate_modules

        await migrate_modules(scratch_database, modules)
        connection = await asyncpg.connect(scratch_database.app)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM activity")
        await connection.close()


class TestVerify:
    async def test_untouched_chain_is_valid(self, clean_database):
        await write(
            clean_database,
            5,
            metadata={
                "number": 1.0,
                "big": 1e22,
                "tiny": 1e-7,
                "text": "é\ud800😀",
                "when": datetime.now(UTC),
            },
        )
        report = await check(clean_database)
        assert (report.valid, report.complete, report.checked, report.last_position) == (True, True, 5, 5)

    async def test_200_concurrent_changes_give_a_valid_chain(self, client, user, clean_database, trail):
        answers = await asyncio.gather(*(client.post(TASKS, json=TASK, headers=user) for _ in range(200)))
        assert {answer.status_code for answer in answers} == {202}
        assert len(await trail("create_task")) == 200
        report = await check(clean_database)
        assert (report.valid, report.checked) == (True, 201)

    async def test_transactions_of_two_tenants_each_do_not_wait_for_each_other_forever(self, clean_database):
        first, second = uuid4(), uuid4()

        async def both(tenants):
            async with clean_database.unit_of_work() as session:
                for tenant in tenants:
                    await record(session, "thing.done", "things", "Done.", tenant_id=tenant)
                    await asyncio.sleep(0)

        await asyncio.gather(*(both((first, second) if turn % 2 else (second, first)) for turn in range(30)))
        for tenant in (first, second):
            report = await check(clean_database, tenant)
            assert (report.valid, report.checked) == (True, 30)

    async def test_each_tenant_has_a_chain_of_its_own(self, clean_database):
        tenant = uuid4()
        await write(clean_database, 2)
        await write(clean_database, 3, tenant_id=tenant)
        assert [(await check(clean_database, chain)).checked for chain in (PLATFORM_CHAIN, tenant)] == [2, 3]

    @pytest.mark.parametrize(
        "change",
        [
            "message = 'forged'",
            "user_id = gen_random_uuid()",
            "metadata = '{}'",
            "level = 'info'",
            "created_at = created_at + interval '1 microsecond'",
            "tenant_id = gen_random_uuid()",
            "content_hash = sha256('x'), message = 'forged'",
        ],
    )
    async def test_first_altered_row_is_named(self, clean_database, owner, trail, change):
        await write(clean_database, 5, metadata={"a": 1})
        rows = await trail()
        await owner.execute("ALTER TABLE activity DISABLE TRIGGER append_only")
        await owner.execute(f"UPDATE activity SET {change} WHERE id = ANY($1)", [rows[2].id, rows[4].id])
        await owner.execute("ALTER TABLE activity ENABLE TRIGGER append_only")
        report = await check(clean_database)
        if change.startswith("content_hash"):
            assert report.fault.activity_id == rows[2].id
            return
        assert report.fault.activity_id == rows[2].id
        assert report.fault.kind == ("missing" if change.startswith("created_at") else "altered")
        assert (report.fault.position, report.checked) == (3, 2)

    async def test_deleted_row_is_named(self, clean_database, owner, trail):
        await write(clean_database, 3)
        rows = await trail()
        await owner.execute("ALTER TABLE activity DISABLE TRIGGER append_only")
        await owner.execute("DELETE FROM activity WHERE id = $1", rows[1].id)
        await owner.execute("ALTER TABLE activity ENABLE TRIGGER append_only")
        report = await check(clean_database)
        assert (report.fault.kind, report.fault.activity_id) == ("missing", rows[1].id)

    async def test_link_taken_out_is_found(self, clean_database, owner):
        await write(clean_database, 3)
        await owner.execute("ALTER TABLE activity_seal DISABLE TRIGGER append_only")
        await owner.execute("DELETE FROM activity_seal WHERE position = 2")
        await owner.execute("ALTER TABLE activity_seal ENABLE TRIGGER append_only")
        report = await check(clean_database)
        assert (report.fault.kind, report.fault.position) == ("broken", 3)

    async def test_row_added_past_the_service_is_found(self, clean_database, owner):
        await write(clean_database, 2)
        await owner.execute("ALTER TABLE activity DISABLE TRIGGER seal")
        await owner.execute(
            "INSERT INTO activity (created_at, id, level, action, module, message, metadata, content_hash) "
            "VALUES (now(), gen_random_uuid(), 'audit', 'x', 'x', 'x', '{}', sha256('x'))"
        )
        await owner.execute("ALTER TABLE activity ENABLE TRIGGER seal")
        assert (await check(clean_database)).fault.kind == "unsealed"

    async def test_row_that_the_app_forges_by_sql_is_found(self, clean_database, as_app):
        await write(clean_database, 2)
        await as_app.execute(
            "INSERT INTO activity (created_at, id, level, action, module, message, metadata, content_hash) "
            "VALUES (now(), gen_random_uuid(), 'audit', 'x', 'x', 'x', '{}', sha256('x'))"
        )
        assert (await check(clean_database)).fault.kind == "altered"

    async def test_long_chain_is_checked_in_parts(self, clean_database):
        await write(clean_database, 5)
        part = await check(clean_database, limit=3)
        assert (part.checked, part.complete, part.last_position) == (3, False, 3)
        rest = await check(clean_database, after=3, limit=3)
        assert (rest.checked, rest.complete, rest.last_position) == (2, True, 5)


class TestPartitions:
    async def test_rows_go_to_their_months(self, clean_database, at, as_app):
        now = datetime.now(UTC)
        following = (now.replace(day=1) + timedelta(days=40)).replace(day=3)
        for moment in (now, following):
            at(moment)
            await write(clean_database)
        found = await as_app.fetch(
            "SELECT tableoid::regclass::text AS part FROM activity ORDER BY created_at"
        )
        assert [row["part"] for row in found] == [
            f"activity_partitions.activity_{moment:%Y_%m}" for moment in (now, following)
        ]
        assert (await check(clean_database)).checked == 2

    async def test_month_without_a_partition_fails_no_change(self, clean_database, at, as_app):
        at(datetime.now(UTC) + timedelta(days=400))
        await write(clean_database)
        part = await as_app.fetchval("SELECT tableoid::regclass::text FROM activity")
        assert part == "activity_partitions.activity_rest"

    async def test_partition_made_late_takes_over_the_rows_that_waited(self, scratch_database, settings):
        from fondasi.kit.db import Database

        database = Database(scratch_database.app, settings.database)
        owner = await asyncpg.connect(scratch_database.owner)
        month = f"activity_{datetime.now(UTC):%Y_%m}"
        await owner.execute(f"DROP TABLE activity_partitions.{month}")
        await write(database, 3)
        assert await owner.fetchval("SELECT count(*) FROM activity_partitions.activity_rest") == 3
        async with database.unit_of_work() as session:
            from fondasi.activity import repository

            assert await repository.make_partitions(session, 3) == 1
            assert await repository.make_partitions(session, 3) == 0
        assert await owner.fetchval(f"SELECT count(*) FROM activity_partitions.{month}") == 3
        await write(database, 2)
        report = await check(database)
        assert (report.valid, report.checked) == (True, 5)
        await owner.close()
        await database.close()


class TestRetention:
    async def remove(self, database, months=3):
        platform = SimpleNamespace(settings=SimpleNamespace(activity=ActivitySettings(keep_months=months)))
        async with database.unit_of_work() as session:
            context = JobContext(session, platform, uuid4(), 1, report=None, is_cancelled=None)
            return await remove_old(context)

    async def test_chain_stays_verifiable_when_old_months_are_removed(self, clean_database, at, trail):
        now = datetime.now(UTC)
        old = now - timedelta(days=200)
        # The links of rows of about the same time come in any order, months included.
        for moment in (old, old, now, old, now):
            at(moment)
            await write(clean_database)
        at(now)
        assert await self.remove(clean_database) == {"removed": 3}
        report = await check(clean_database)
        assert (report.valid, report.complete, report.checked, report.last_position) == (True, True, 4, 6)
        assert [row.action for row in await trail()] == ["thing.done", "thing.done", "activity.removed"]
        assert await self.remove(clean_database) == {"removed": 0}

    async def test_chain_goes_on_when_all_of_it_was_removed(self, clean_database, at):
        now = datetime.now(UTC)
        at(now - timedelta(days=200))
        await write(clean_database, 3, tenant_id=(tenant := uuid4()))
        at(now)
        await self.remove(clean_database)
        await write(clean_database, 2, tenant_id=tenant)
        report = await check(clean_database, tenant)
        assert (report.valid, report.checked, report.last_position) == (True, 2, 5)

    async def test_alteration_after_removal_is_still_found(self, clean_database, at, owner):
        now = datetime.now(UTC)
        for moment in (now - timedelta(days=200), now, now):
            at(moment)
            await write(clean_database)
        at(now)
        await self.remove(clean_database)
        await owner.execute("ALTER TABLE activity DISABLE TRIGGER append_only")
        await owner.execute("DELETE FROM activity WHERE action = 'thing.done'")
        await owner.execute("ALTER TABLE activity ENABLE TRIGGER append_only")
        assert (await check(clean_database)).fault.kind == "missing"

    async def test_last_three_months_cannot_be_removed_even_with_the_roles_rights(
        self, clean_database, as_app
    ):
        await write(clean_database, 2)
        assert await as_app.fetchval("SELECT activity_remove_before(now() + interval '10 years')") == 0
        assert (await check(clean_database)).checked == 2
