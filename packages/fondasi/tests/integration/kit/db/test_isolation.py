"""Row-level security: a transaction sees the rows of the tenant that it names, and the check finds what lacks it."""

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from fondasi.identity import create_user
from fondasi.kit.audit import record
from fondasi.kit.db import Database
from fondasi.kit.db.isolation import across_tenants, isolation_faults
from fondasi.settings import DatabaseSettings
from fondasi.tenancy import ISOLATION_EXCEPTIONS
from fondasi.tenancy.models import Membership, Tenant

SETTING = text("SELECT current_setting('fondasi.tenant_id', true)")
MEMBERS = select(Membership.tenant_id)


@pytest.fixture
async def two(clean_database):
    """Two tenants with an owner each, and one who is in both: their ids."""
    async with clean_database.unit_of_work() as session:
        people = [
            await create_user(session, username=name, password=None) for name in ("ani", "budi", "both")
        ]
        tenants = [Tenant(name=name) for name in ("A", "B")]
        session.add_all(tenants)
    for tenant, owner in zip(tenants, people[:2], strict=True):
        async with clean_database.unit_of_work(tenant=tenant.id) as session:
            session.add(Membership(tenant_id=tenant.id, user_id=owner.id, role="owner"))
            session.add(Membership(tenant_id=tenant.id, user_id=people[2].id))
    return [tenant.id for tenant in tenants], [person.id for person in people]


@pytest.fixture
async def single(database_urls):
    """A database with one connection, so that each transaction gets what the one before left."""
    opened = Database(database_urls.app, DatabaseSettings(pool_size=1, pool_overflow=0))
    yield opened
    await opened.close()


async def test_transaction_sees_the_rows_of_its_tenant_and_none_when_it_names_none(single, two):
    (a, b), (ani, _, both) = two
    for _ in range(2):  # the second time the setting was set in this connection before
        async with single.read_session() as session:
            assert (await session.scalars(MEMBERS)).all() == []
        async with single.unit_of_work() as session:
            assert (await session.scalars(MEMBERS)).all() == []
        for tenant in (a, b):
            async with single.read_session(tenant=tenant) as session:
                assert set(await session.scalars(MEMBERS)) == {tenant} == {session.tenant_id}
            async with single.unit_of_work(tenant=tenant) as session:
                assert set(await session.scalars(MEMBERS)) == {tenant} == {session.tenant_id}
        async with single.read_session(user=both) as session:
            assert sorted(await session.scalars(MEMBERS)) == sorted([a, b])
            assert sorted(await session.scalars(select(Tenant.id))) == sorted([a, b])
        async with single.read_session(user=ani) as session:
            assert list(await session.scalars(select(Tenant.id))) == [a]
    async with single.read_session() as session:
        assert await session.scalar(SETTING) == ""


@pytest.mark.parametrize("how", ["problem", "failed statement", "cancelled"])
async def test_connection_comes_back_without_a_tenant_however_its_reader_ends(single, two, how):
    (a, _), _ = two
    inside = asyncio.Event()

    async def read() -> None:
        async with single.read_session(tenant=a) as session:
            assert await session.scalar(SETTING) == str(a)
            inside.set()
            if how == "problem":
                raise LookupError
            await session.scalar(text("SELECT 1 / 0" if how == "failed statement" else "SELECT pg_sleep(60)"))

    task = asyncio.create_task(read())
    await inside.wait()
    if how == "cancelled":
        await asyncio.sleep(0.05)
        task.cancel()
    with pytest.raises((LookupError, DBAPIError, asyncio.CancelledError)):
        await task
    async with single.read_session() as session:
        assert not await session.scalar(SETTING)
        assert (await session.scalars(MEMBERS)).all() == []


async def test_read_session_of_a_tenant_cannot_write(two, clean_database):
    (a, _), (*_, both) = two
    with pytest.raises(DBAPIError, match="read-only"):
        async with clean_database.read_session(tenant=a) as session:
            await session.execute(delete(Membership).where(Membership.user_id == both))


async def test_tenant_writes_no_row_of_another(two, clean_database):
    (a, b), (ani, _, both) = two
    new = insert(Membership).values(tenant_id=b, user_id=ani, role="owner")
    moved = update(Membership).where(Membership.user_id == both).values(tenant_id=b)
    for statement in (new, moved):
        with pytest.raises(DBAPIError, match="row-level security"):
            async with clean_database.unit_of_work(tenant=a) as session:
                await session.execute(statement)
    for statement in (
        update(Membership).where(Membership.tenant_id == b).values(role="admin"),
        delete(Membership).where(Membership.tenant_id == b),
        update(Tenant).where(Tenant.id == b).values(name="mine"),
        delete(Tenant).where(Tenant.id == b),
    ):
        async with clean_database.unit_of_work(tenant=a) as session:
            assert (await session.execute(statement)).rowcount == 0
    for statement in (delete(Membership), new):
        async with clean_database.unit_of_work(user=both) as session:
            if statement is new:
                with pytest.raises(DBAPIError, match="row-level security"):
                    await session.execute(statement)
                await session.rollback()
            else:
                assert (await session.execute(statement)).rowcount == 0


async def test_trail_of_a_tenant_is_its_own(two, clean_database):
    (a, b), _ = two
    for tenant in (a, b, None):
        async with clean_database.unit_of_work(tenant=tenant) as session:
            await record(session, "test.written", "tests", "Written.")
    seen = text("SELECT tenant_id FROM activity WHERE action = 'test.written'")
    async with clean_database.read_session(tenant=a) as session:
        assert (await session.scalars(seen)).all() == [a]
    async with clean_database.read_session() as session:
        assert set(await session.scalars(seen)) == {a, b, None}
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with clean_database.unit_of_work(tenant=a) as session:
            await record(session, "test.forged", "tests", "Forged.", tenant_id=b)


async def test_no_table_lacks_isolation(database):
    async with database.read_session() as session:
        assert await isolation_faults(session, ISOLATION_EXCEPTIONS) == []
        found = {(fault.table, fault.kind) for fault in await isolation_faults(session, {})}
    assert found == ISOLATION_EXCEPTIONS.keys(), "an exception that nothing needs any more"


async def test_check_finds_every_kind_of_fault(scratch_database):
    owner = await asyncpg.connect(scratch_database.owner)
    await owner.execute("""
        CREATE TABLE bare (id uuid PRIMARY KEY, tenant_id uuid, name text UNIQUE);
        CREATE TABLE half (tenant_id uuid, id uuid, PRIMARY KEY (tenant_id, id),
            bare_id uuid REFERENCES bare, member uuid REFERENCES "user");
        ALTER TABLE half ENABLE ROW LEVEL SECURITY;
        CREATE POLICY tenant_isolation ON half USING (tenant_id = current_tenant());
        CREATE POLICY open ON half FOR SELECT USING (true);
        GRANT TRUNCATE ON half TO fondasi_app;
        CREATE MATERIALIZED VIEW copied AS SELECT * FROM bare;
    """)
    await owner.close()
    opened = Database(scratch_database.app, DatabaseSettings())
    async with opened.read_session() as session:
        found = {(fault.table, fault.kind) for fault in await isolation_faults(session, ISOLATION_EXCEPTIONS)}
    await opened.close()
    assert found >= {
        *(("bare", kind) for kind in ("security", "policy", "nullable", "primary key", "unique key")),
        *(("half", kind) for kind in ("security", "policy", "policy open", "reference", "truncate")),
        ("copied", "security"),
    }
    assert ("half", "nullable") not in found
    opened = Database(scratch_database.owner, DatabaseSettings())
    async with opened.read_session() as session:
        kinds = {fault.kind for fault in await isolation_faults(session, {})}
    await opened.close()
    assert "owner" in kinds


async def test_migration_sees_all_tenants_when_it_says_so(scratch_database):
    class Op:
        def __init__(self, connection):
            self.connection, self.waiting = connection, []

        def execute(self, sqltext):
            self.waiting.append(sqltext)

    opened = Database(scratch_database.app, DatabaseSettings())
    async with opened.unit_of_work() as session:
        user = await create_user(session, username="ani", password=None)
        session.add(tenant := Tenant(name="A"))
    async with opened.unit_of_work(tenant=tenant.id) as session:
        session.add(Membership(tenant_id=tenant.id, user_id=user.id, role="owner"))
    await opened.close()
    owner = await asyncpg.connect(scratch_database.owner)
    op, count = Op(owner), "SELECT count(*) FROM membership"
    assert await owner.fetchval(count) == 0
    with across_tenants(op, "membership"):
        await owner.execute(op.waiting.pop())
        assert await owner.fetchval(count) == 1
    await owner.execute(op.waiting.pop())
    assert await owner.fetchval(count) == 0
    await owner.close()


def test_tenant_is_an_id_and_nothing_else():
    from fondasi.kit.db.tenants import settings_of

    tenant = uuid4()
    assert list(settings_of(tenant, None)) == [("fondasi.tenant_id", str(tenant))]
    with pytest.raises(AttributeError):
        list(settings_of("'; RESET ROLE", None))
    assert UUID(dict(settings_of(None, tenant))["fondasi.user_id"]) == tenant
