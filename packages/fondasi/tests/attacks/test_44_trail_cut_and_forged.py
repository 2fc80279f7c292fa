"""Threat 44, by SQL: the trail is cut, back-dated, poisoned or forged, as the app's role and as the owner."""

from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from fondasi.activity.verification import verify
from fondasi.kit import clock
from fondasi.kit.audit import PLATFORM_CHAIN, content_hash, record
from fondasi.kit.db.embedded import EmbeddedServer

ENTRY = (
    "INSERT INTO activity (created_at, id, level, action, module, message, metadata, content_hash) "
    "VALUES ({}, gen_random_uuid(), 'audit', 'x', 'x', 'x', '{{}}', sha256('x'))"
)
UNREADABLE = {
    "deep": '{"a": ' + "[" * 2000 + "]" * 2000 + "}",
    "large number": '{"a": 1e400}',
    "small number": '{"a": [-1e100000]}',
    "long": '{"a": "' + "x" * 10**6 + '"}',
}
LINK = "SELECT '{}'::uuid, 1000, gen_random_uuid(), now(), sha256('x'), sha256('x'), sha256('x')"


async def write(database, tenant: UUID | None = None, count: int = 4) -> None:
    for number in range(count):
        async with database.unit_of_work() as session:
            await record(session, "thing.done", "things", f"Number {number}.", tenant_id=tenant)


async def faults(database, chain: UUID = PLATFORM_CHAIN) -> list[tuple[str, int | None]]:
    async with database.read_session() as session:
        return [(fault.kind, fault.position) for fault in (await verify(session, chain)).faults]


@pytest_asyncio.fixture
async def as_app(database_urls, clean_database):
    """A connection as the app's role: what an injection of SQL would have."""
    connection = await asyncpg.connect(database_urls.app)
    yield connection
    await connection.close()


@pytest_asyncio.fixture
async def restored(database_server: EmbeddedServer, scratch_database):
    """A connection as the app's role in a database that was restored with too many rights for it."""
    owner = await asyncpg.connect(scratch_database.owner)
    await owner.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO fondasi_app")
    await owner.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO PUBLIC")
    await owner.execute(ENTRY.format("now()"))
    await owner.close()
    connection = await asyncpg.connect(scratch_database.app)
    yield connection
    await connection.close()


class TestAsTheRoleOfTheApp:
    @pytest.mark.parametrize("age", ["4 months", "3 hours", "-3 hours", "-10 years"])
    async def test_no_entry_of_another_time(self, as_app, clean_database, age):
        await write(clean_database)
        with pytest.raises(asyncpg.PostgresError, match="clocks"):
            await as_app.execute(ENTRY.format(f"now() - interval '{age}'"))
        assert await faults(clean_database) == []

    async def test_nothing_is_removed_before_its_time(self, as_app, clean_database):
        """What spoiled `verify` for good: an old date, then the function that removes what is old."""
        await write(clean_database)
        with pytest.raises(asyncpg.PostgresError):
            await as_app.execute(ENTRY.format("now() - interval '3 years'"))
        assert await as_app.fetchval("SELECT activity_remove_before(now() + interval '90 years')") == 0
        assert await faults(clean_database) == []

    @pytest.mark.parametrize(
        "session",
        [
            "SELECT 1",
            "SET timezone = 'Asia/Jakarta'",
            "SET extra_float_digits = -15",
            "SET datestyle = 'SQL, DMY'",
            "CREATE FUNCTION pg_temp.activity_digest(jsonb) RETURNS bytea LANGUAGE sql AS 'SELECT ''x''::bytea'",
        ],
    )
    async def test_entry_with_a_wrong_hash_spoils_nothing(self, as_app, clean_database, session):
        """`verify` named it for good, and behind a hundred of them nothing that was altered later."""
        await write(clean_database)
        await as_app.execute(session)
        await as_app.execute(ENTRY.format("now()"))
        other = ENTRY.replace("'{{}}', sha256('x')", "$1::text::jsonb, ''").replace(
            "'x', 'x', 'x'", "'x', $2, 'x'"
        )
        metadata = '{"b": [1.50, 1e7, 0.1234567890123456789, "\\u00e9"], "a": {"": null}}'
        await as_app.execute(other.format("now()"), metadata, 'é"\\/\t')
        await write(clean_database)
        assert await faults(clean_database) == []

    @pytest.mark.parametrize("column", ["metadata", "error_details"])
    @pytest.mark.parametrize("name", UNREADABLE)
    async def test_no_entry_that_nobody_can_read(self, as_app, clean_database, name, column):
        await write(clean_database)
        entry = ENTRY.replace("'{{}}', sha256('x')", "'{{}}', ''")
        if column == "metadata":
            entry = entry.replace("'{{}}'", "$1::text::jsonb")
        else:
            entry = entry.replace("content_hash", "error_details").replace("''", "$1::text::jsonb")
        with pytest.raises(asyncpg.DataError, match="cannot hold that"):
            await as_app.execute(entry.format("now()"), UNREADABLE[name])
        assert await faults(clean_database) == []

    async def test_sealing_function_serves_no_table_of_ones_own(self, as_app, clean_database):
        await write(clean_database)
        await as_app.execute(
            "CREATE TEMP TABLE mine (tenant_id uuid, id uuid, created_at timestamptz, content_hash bytea)"
        )
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await as_app.execute(
                "CREATE TRIGGER seal AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION activity_seal_row()"
            )

    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO activity_checkpoint SELECT '{}'::uuid, now(), 1000, sha256('x'), 1, now()",
            f"INSERT INTO activity_seal {LINK}",
            "UPDATE activity_seal SET hash = sha256('x')",
            "DELETE FROM activity_seal",
            "TRUNCATE activity_seal",
            "UPDATE activity SET message = 'x'",
            "DELETE FROM activity",
            "TRUNCATE activity",
            "UPDATE activity_retention SET months = 3",
            "DELETE FROM activity_retention",
            "TRUNCATE activity_checkpoint",
        ],
    )
    async def test_rights_that_a_restore_gave_open_nothing(self, restored, statement):
        await restored.execute("SET fondasi.activity_maintenance = 'on'")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await restored.execute(statement.format(PLATFORM_CHAIN))

    async def test_a_table_that_pretends_to_be_the_catalogue_opens_nothing(self, restored):
        await restored.execute("SET fondasi.activity_maintenance = 'on'")
        await restored.execute("CREATE TEMP TABLE pg_class AS SELECT oid, relname FROM pg_catalog.pg_class")
        await restored.execute(
            "ALTER TABLE pg_temp.pg_class ADD relowner oid; "
            "UPDATE pg_temp.pg_class SET relowner = 'fondasi_app'::regrole"
        )
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await restored.execute("DELETE FROM activity_seal")

    async def test_sealing_function_that_everybody_may_use_still_serves_the_trail_alone(self, restored):
        await restored.execute(
            "CREATE TEMP TABLE mine (tenant_id uuid, id uuid, created_at timestamptz, content_hash bytea); "
            "CREATE TRIGGER seal AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION activity_seal_row()"
        )
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="Only entries"):
            await restored.execute("INSERT INTO mine VALUES (NULL, gen_random_uuid(), now(), sha256('x'))")


class TestAsTheOwner:
    @pytest.fixture
    def activity(self, command):
        async def run(*arguments: str) -> tuple[int, str]:
            return await command("fondasi.activity.commands", *arguments)

        return run

    @pytest.fixture
    async def cut(self, database_urls):
        """Cut the last links and entries off a chain: `await cut(chain, behind=1)`."""

        async def run(chain: UUID, *, behind: int) -> None:
            connection = await asyncpg.connect(database_urls.owner)
            await connection.execute("SET fondasi.activity_maintenance = 'on'")
            await connection.execute(
                "WITH gone AS (DELETE FROM activity_seal WHERE chain = $1 AND position > $2 RETURNING activity_id) "
                "DELETE FROM activity WHERE id IN (SELECT activity_id FROM gone)",
                chain,
                behind,
            )
            await connection.close()

        return run

    @pytest.mark.parametrize("again", [0, 3])
    async def test_cut_end_of_any_chain_is_found(self, activity, clean_database, cut, tmp_path, again):
        tenants = [uuid4() for _ in range(3)]
        for chain in (None, *tenants):
            await write(clean_database, chain)
        kept = tmp_path / "heads.txt"
        kept.write_text((await activity("heads"))[1])
        assert (await activity("verify", "--expect", str(kept)))[0] == 0
        await cut(tenants[1], behind=1)
        await write(clean_database, tenants[1], again)  # as many new ones in their place
        assert (await activity("verify"))[0] == 0  # what is left contradicts nothing but what was kept
        code, output = await activity("verify", "--expect", str(kept))
        assert code == 1
        (told,) = (line for line in output.splitlines() if "cut off" in line)
        assert told.startswith(f"{tenants[1]}:4:")

    @pytest.mark.parametrize(
        "said", ["now() + interval '1 day'", "now() - interval '4 months'", "'1970-01-02'"]
    )
    @pytest.mark.parametrize("behind", [0, 1])
    async def test_checkpoint_that_is_said_to_have_removed_the_end_hides_nothing(
        self, activity, clean_database, cut, database_urls, *, said, behind
    ):
        """The hash that was kept elsewhere stood in a checkpoint of the owner's own making, and counted as there."""
        tenant = uuid4()
        await write(clean_database, tenant)
        kept = (await activity("heads"))[1].split()[-1]
        owner = await asyncpg.connect(database_urls.owner)
        await owner.execute(
            "INSERT INTO activity_checkpoint (chain, removed_before, position, hash, rows_removed) "
            f"SELECT chain, {said}, position, hash, 4 FROM activity_seal WHERE chain = $1 AND position = 4",
            tenant,
        )
        await owner.close()
        await cut(tenant, behind=behind)
        assert (await activity("verify", "--expect", kept))[0] == 1
        assert (await activity("verify"))[0] == (
            1 if behind or "1 day" in said else 0
        )  # what is left is in order

    async def test_chain_that_is_gone_altogether_is_found(self, activity, clean_database, cut):
        tenant = uuid4()
        await write(clean_database, tenant)
        kept = (await activity("heads"))[1].split()[-1]
        await cut(tenant, behind=0)
        code, output = await activity("verify", "--expect", kept)
        assert (code, f"{kept} is not in the chain" in output) == (1, True)

    async def test_entries_of_before_hold_as_they_were_hashed(self, clean_database, database_urls):
        owner = await asyncpg.connect(database_urls.owner)
        moment, entry_id = clock.now(), uuid4()
        absent = "tenant_id user_id session_id endpoint method status_code duration_ms ip_address user_agent request_id"
        content = {
            **dict.fromkeys([*absent.split(), "error_details"]),
            **dict.fromkeys(["level", "action", "module"], "audit"),
            "id": str(entry_id),
            "created_at": moment,
            "message": "é",
            "metadata": {"b": 1, "a": [1.5]},
        }
        await owner.execute(
            "INSERT INTO activity (created_at, id, level, action, module, message, metadata, content_hash) "
            """VALUES ($1, $2, 'audit', 'audit', 'audit', 'é', '{"b": 1, "a": [1.5]}', $3)""",
            moment,
            entry_id,
            content_hash(content),
        )
        await write(clean_database)
        assert await faults(clean_database) == []
        await owner.execute("SET fondasi.activity_maintenance = 'on'")
        await owner.execute("UPDATE activity SET message = 'e' WHERE id = $1", entry_id)
        await owner.close()
        assert await faults(clean_database) == [("altered", 1)]

    async def test_entry_altered_behind_a_fault_is_named(self, clean_database, database_urls):
        """A trail that was spoiled before does not hide what happens later."""
        await write(clean_database, count=6)
        owner = await asyncpg.connect(database_urls.owner)
        await owner.execute("SET fondasi.activity_maintenance = 'on'")
        await owner.execute("DELETE FROM activity WHERE message = 'Number 1.'")
        await owner.execute("UPDATE activity SET message = 'x' WHERE message = 'Number 4.'")
        await owner.close()
        assert await faults(clean_database) == [("missing", 2), ("altered", 5)]
