"""The trail cannot be changed by the app, and whoever else changes it is found."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import asyncpg
import pytest

from fondasi.activity import repository
from fondasi.activity.jobs import remove_old
from fondasi.activity.verification import verify
from fondasi.kit import clock
from fondasi.kit.audit import PLATFORM_CHAIN, record
from fondasi.kit.jobs import JobContext
from fondasi.runtime import migrate_modules
from fondasi.settings import ActivitySettings

TASKS = "/api/v1/tasks"
TASK = {"message": "hello", "steps": 1, "seconds": 0}
FORGED = (
    "INSERT INTO activity (created_at, id, level, action, module, message, metadata, content_hash) "
    "VALUES (now(), gen_random_uuid(), 'audit', 'x', 'x', 'x', '{}', sha256('x'))"
)


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
    @pytest.mark.parametrize(
        "table", ["activity", "activity_seal", "activity_checkpoint", "activity_retention"]
    )
    @pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}"])
    async def test_role_of_the_app_cannot_change_the_trail(self, as_app, table, statement):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            column = "months" if table == "activity_retention" else "created_at"
            await as_app.execute(statement.format(table, column))

    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO activity_seal SELECT * FROM activity_seal",
            "INSERT INTO activity_checkpoint SELECT * FROM activity_checkpoint",
            "INSERT INTO activity_retention VALUES (1, 3)",
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

    async def test_200_concurrent_changes_give_a_valid_chain(self, client, sign_in, clean_database, trail):
        people = [await sign_in(f"person{number}") for number in range(10)]
        changes = [client.post(TASKS, json=TASK, headers=person) for _ in range(20) for person in people]
        answers = await asyncio.gather(*changes)
        assert {answer.status_code for answer in answers} == {202}
        assert len(await trail("create_task")) == 200
        report = await check(clean_database)
        assert (report.valid, report.checked) == (True, 210)  # and ten sign-ins

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
    async def test_altered_rows_are_named(self, clean_database, owner, trail, change):
        await write(clean_database, 5, metadata={"a": 1})
        rows = await trail()
        await owner.execute("ALTER TABLE activity DISABLE TRIGGER append_only")
        await owner.execute(f"UPDATE activity SET {change} WHERE id = ANY($1)", [rows[2].id, rows[4].id])
        await owner.execute("ALTER TABLE activity ENABLE TRIGGER append_only")
        report = await check(clean_database)
        assert [(fault.activity_id, fault.position) for fault in report.faults] == [
            (rows[2].id, 3),
            (rows[4].id, 5),
        ]
        assert report.fault.kind == ("missing" if change.startswith("created_at") else "altered")
        assert (report.checked, report.fault_count, report.complete) == (5, 2, True)

    async def test_every_fault_is_named_whatever_its_kind(self, clean_database, owner, trail):
        await write(clean_database, 9)
        rows = await trail()
        for table in ("activity", "activity_seal"):
            await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        await owner.execute("ALTER TABLE activity DISABLE TRIGGER seal")
        await owner.execute("DELETE FROM activity WHERE id = $1", rows[0].id)
        await owner.execute("UPDATE activity_seal SET content_hash = sha256('x') WHERE position = 2")
        await owner.execute("DELETE FROM activity_seal WHERE position IN (4, 5)")
        await owner.execute("UPDATE activity SET message = 'x' WHERE id = $1", rows[7].id)
        await owner.execute(FORGED)
        for table in ("activity", "activity_seal"):
            await owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
        await owner.execute("ALTER TABLE activity ENABLE TRIGGER seal")
        report = await check(clean_database)
        assert [(fault.kind, fault.position) for fault in report.faults] == [
            ("missing", 1),
            ("broken", 2),
            ("altered", 2),
            ("broken", 6),
            ("altered", 8),
            ("unsealed", None),
            ("unsealed", None),
            ("unsealed", None),
        ]
        assert report.fault_count == 8

    async def test_of_very_many_faults_the_first_are_named_and_all_counted(self, clean_database, owner):
        async with clean_database.unit_of_work() as session:
            for number in range(130):
                await record(session, "thing.done", "things", f"Number {number}.")
        await owner.execute("ALTER TABLE activity DISABLE TRIGGER append_only")
        await owner.execute("UPDATE activity SET message = 'x'")
        await owner.execute("ALTER TABLE activity ENABLE TRIGGER append_only")
        report = await check(clean_database)
        assert (len(report.faults), report.fault_count, report.checked) == (100, 130, 130)

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
        await owner.execute(FORGED)
        await owner.execute("ALTER TABLE activity ENABLE TRIGGER seal")
        assert (await check(clean_database)).fault.kind == "unsealed"

    async def test_hash_that_the_app_sends_by_sql_is_not_believed(self, clean_database, as_app):
        await write(clean_database, 2)
        await as_app.execute(FORGED)
        assert (await check(clean_database)).valid
        assert await as_app.fetchval("SELECT count(*) FROM activity WHERE content_hash = sha256('x')") == 0

    async def test_long_chain_is_checked_in_parts(self, clean_database):
        await write(clean_database, 5)
        part = await check(clean_database, limit=3)
        assert (part.checked, part.complete, part.last_position) == (3, False, 3)
        rest = await check(clean_database, after=3, limit=3)
        assert (rest.checked, rest.complete, rest.last_position) == (2, True, 5)


class TestPartitions:
    async def test_rows_go_to_their_months(self, clean_database, by_owner, at, as_app):
        now = datetime.now(UTC)
        following = (now.replace(day=1) + timedelta(days=40)).replace(day=3)
        for moment in (now, following):
            at(moment)
            await write(by_owner)
        found = await as_app.fetch(
            "SELECT tableoid::regclass::text AS part FROM activity ORDER BY created_at"
        )
        assert [row["part"] for row in found] == [
            f"activity_partitions.activity_{moment:%Y_%m}" for moment in (now, following)
        ]
        assert (await check(clean_database)).checked == 2

    async def test_month_without_a_partition_fails_no_change(self, by_owner, at, as_app):
        at(datetime.now(UTC) + timedelta(days=400))
        await write(by_owner)
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
            assert await repository.make_partitions(session, 3) == 1
            assert await repository.make_partitions(session, 3) == 0
        assert await owner.fetchval(f"SELECT count(*) FROM activity_partitions.{month}") == 3
        await write(database, 2)
        report = await check(database)
        assert (report.valid, report.checked) == (True, 5)
        await owner.close()
        await database.close()


class TestRetention:
    @pytest.fixture(autouse=True)
    async def kept(self, by_owner):
        """Three months are kept."""
        async with by_owner.unit_of_work() as session:
            await repository.state_retention(session, 3)

    async def remove(self, database, months=3):
        platform = SimpleNamespace(settings=SimpleNamespace(activity=ActivitySettings(keep_months=months)))
        async with database.unit_of_work() as session:
            context = JobContext(lambda: session, platform, uuid4(), 1, report=None, is_cancelled=None)
            return await remove_old(context)

    async def test_chain_stays_verifiable_when_old_months_are_removed(
        self, clean_database, by_owner, at, trail
    ):
        now = datetime.now(UTC)
        old = now - timedelta(days=200)
        # The links of rows of about the same time come in any order, months included.
        for moment in (old, old, now, old, now):
            at(moment)
            await write(by_owner)
        at(now)
        assert await self.remove(clean_database) == {"removed": 3}
        report = await check(clean_database)
        assert (report.valid, report.complete, report.checked, report.last_position) == (True, True, 4, 6)
        assert [row.action for row in await trail()] == ["thing.done", "thing.done", "activity.removed"]
        assert await self.remove(clean_database) == {"removed": 0}

    async def test_chain_that_begins_with_a_row_that_stays_is_verifiable(self, clean_database, by_owner, at):
        now = datetime.now(UTC)
        for moment in (now, now - timedelta(days=200), now):  # two clocks around the end of a month
            at(moment)
            await write(by_owner)
        at(now)
        assert await self.remove(clean_database) == {"removed": 1}
        report = await check(clean_database)
        assert (report.faults, report.checked) == ([], 4)

    async def test_chain_goes_on_when_all_of_it_was_removed(self, clean_database, by_owner, at):
        now = datetime.now(UTC)
        at(now - timedelta(days=200))
        await write(by_owner, 3, tenant_id=(tenant := uuid4()))
        at(now)
        await self.remove(clean_database)
        await write(clean_database, 2, tenant_id=tenant)
        report = await check(clean_database, tenant)
        assert (report.valid, report.checked, report.last_position) == (True, 2, 5)

    async def test_alteration_after_removal_is_still_found(self, clean_database, by_owner, at, owner):
        now = datetime.now(UTC)
        for moment in (now - timedelta(days=200), now, now):
            at(moment)
            await write(by_owner)
        at(now)
        await self.remove(clean_database)
        await owner.execute("ALTER TABLE activity DISABLE TRIGGER append_only")
        await owner.execute("DELETE FROM activity WHERE action = 'thing.done'")
        await owner.execute("ALTER TABLE activity ENABLE TRIGGER append_only")
        assert (await check(clean_database)).fault.kind == "missing"

    async def test_what_is_younger_than_the_retention_cannot_be_removed_by_the_role_of_the_app(
        self, clean_database, by_owner, at, as_app
    ):
        async with by_owner.unit_of_work() as session:
            await repository.state_retention(session, 12)
        now = datetime.now(UTC)
        for days in (500, 300, 100, 0):
            at(now - timedelta(days=days))
            await write(by_owner)
        assert await as_app.fetchval("SELECT activity_remove_before(now() + interval '10 years')") == 1
        report = await check(clean_database)
        assert (report.valid, report.checked) == (True, 3)

    async def test_migrating_states_the_retention_of_the_settings(self, scratch_database, modules, settings):
        activity = ActivitySettings(keep_months=36)
        stated = settings.model_copy(update={"activity": activity})
        await migrate_modules(scratch_database, modules, stated)
        connection = await asyncpg.connect(scratch_database.app)
        assert await connection.fetchval("SELECT months FROM activity_retention") == 36
        await connection.close()
