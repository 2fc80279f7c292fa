"""Sessions: the unit of work commits or rolls back, reads need no transaction, the driver joins in."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, String, UniqueConstraint, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from fondasi.identity.models import User
from fondasi.kit.db import (
    Base,
    Database,
    DatabaseUnavailableError,
    KeepsWork,
    driver_connection,
    is_unavailable,
)
from fondasi.kit.ids import new_id
from fondasi.settings import DatabaseSettings


async def usernames(database) -> set[str]:
    async with database.read_session() as session:
        return set(await session.scalars(select(User.username)))


COPIED = text("SELECT count(*) FROM ai_collection")


class TestUnitOfWork:
    async def test_commits_when_its_block_succeeds(self, clean_database):
        async with clean_database.unit_of_work() as session:
            session.add(User(username="ani", name="Ani"))
        assert await usernames(clean_database) == {"ani"}

    async def test_rolls_back_when_its_block_raises(self, clean_database):
        with pytest.raises(LookupError):
            async with clean_database.unit_of_work() as session:
                session.add(User(username="ani", name="Ani"))
                await session.flush()
                raise LookupError
        assert await usernames(clean_database) == set()

    async def test_rolls_back_when_it_is_cancelled(self, clean_database):
        flushed = asyncio.Event()

        async def write() -> None:
            async with clean_database.unit_of_work() as session:
                session.add(User(username="ani", name="Ani"))
                await session.flush()
                flushed.set()
                await asyncio.sleep(60)

        task = asyncio.create_task(write())
        await flushed.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await usernames(clean_database) == set()

    async def test_nobody_else_commits(self, clean_database):
        with pytest.raises(RuntimeError, match="Only the unit of work commits"):
            async with clean_database.unit_of_work() as session:
                session.add(User(username="ani", name="Ani"))
                await session.commit()
        assert await usernames(clean_database) == set()

    async def test_refusal_that_keeps_the_work_commits_and_is_raised(self, clean_database):
        class RefusedError(KeepsWork, Exception):
            pass

        with pytest.raises(RefusedError):
            async with clean_database.unit_of_work() as session:
                session.add(User(username="ani", name="Ani"))
                raise RefusedError
        assert await usernames(clean_database) == {"ani"}

    async def test_driver_connection_joins_its_transaction(self, clean_database):
        with pytest.raises(LookupError):
            async with clean_database.unit_of_work() as session:
                connection = await driver_connection(session)
                assert connection.is_in_transaction()
                columns = ["name", "model_id", "dimension"]
                await connection.copy_records_to_table(
                    "ai_collection", records=[("copied", "", 1)], columns=columns
                )
                assert await session.scalar(COPIED) == 1
                raise LookupError
        async with clean_database.read_session() as session:
            assert await session.scalar(COPIED) == 0


class TestReadSession:
    async def test_opens_no_transaction(self, database, database_urls):
        """Each statement is a transaction of its own, and none stays open after it."""
        watcher = await asyncpg.connect(database_urls.app)
        try:
            async with database.read_session() as session:
                process = await session.scalar(text("SELECT pg_backend_pid()"))
                first = await session.scalar(text("SELECT pg_current_xact_id()::text"))
                assert await session.scalar(text("SELECT pg_current_xact_id()::text")) != first
                state = "SELECT state, query FROM pg_stat_activity WHERE pid = $1"
                for _ in range(50):  # the server publishes the state a moment after its answer
                    seen = await watcher.fetchrow(state, process)
                    if seen["state"] == "idle":
                        break
                    await asyncio.sleep(0.02)
                assert seen["state"] == "idle"  # not "idle in transaction"
                assert "BEGIN" not in seen["query"]
        finally:
            await watcher.close()

    async def test_writes_nothing(self, clean_database):
        with pytest.raises(RuntimeError, match="A read session writes nothing"):
            async with clean_database.read_session() as session:
                session.add(User(username="ani", name="Ani"))
                await session.flush()
        async with clean_database.read_session() as session:
            session.add(User(username="ani", name="Ani"))
        assert await usernames(clean_database) == set()


class TestAddresses:
    async def test_driver_in_the_scheme_and_options_of_asyncpg_are_understood(self, database_urls):
        for scheme in ("postgres", "postgresql", "postgresql+asyncpg"):
            rest = database_urls.app.partition("://")[2]
            opened = Database(f"{scheme}://{rest}&sslmode=prefer", DatabaseSettings())
            async with opened.read_session() as session:
                assert await session.scalar(text("SELECT 1")) == 1
            await opened.close()

    @pytest.mark.parametrize(
        "address", ["postgresql://a:hunter2@127.0.0.1:1/x", "postgresql://a@/x?host=/nowhere"]
    )
    async def test_server_that_is_away_is_told_from_a_wrong_statement(self, database, address):
        away = Database(address, DatabaseSettings(connect_timeout=1))
        with pytest.raises(DatabaseUnavailableError) as unreachable:
            async with away.unit_of_work() as session:
                await session.execute(text("SELECT 1"))
        assert is_unavailable(unreachable.value)
        assert "hunter2" not in str(unreachable.value)
        with pytest.raises(Exception, match="division by zero") as wrong:
            async with database.read_session() as session:
                await session.execute(text("SELECT 1 / 0"))
        assert not is_unavailable(wrong.value)

    async def test_missing_file_is_no_matter_of_the_database(self):
        assert not is_unavailable(FileNotFoundError("x"))

    async def test_full_pool_is_unavailable(self, database_urls):
        small = Database(database_urls.app, DatabaseSettings(pool_size=1, pool_overflow=0, pool_timeout=0.05))
        try:
            async with small.unit_of_work() as held:
                await held.execute(text("SELECT 1"))
                with pytest.raises(Exception, match="QueuePool") as full:
                    async with small.read_session() as session:
                        await session.execute(text("SELECT 1"))
            assert is_unavailable(full.value)
        finally:
            await small.close()

    async def test_connections_that_the_server_ended_are_replaced_unnoticed(self, database_urls):
        opened = Database(database_urls.app, DatabaseSettings())
        watcher = await asyncpg.connect(database_urls.app)
        try:
            async with opened.read_session() as session:
                process = await session.scalar(text("SELECT pg_backend_pid()"))
            await watcher.execute("SELECT pg_terminate_backend($1, 2000)", process)
            await asyncio.sleep(0.05)
            async with opened.read_session() as session:
                assert await session.scalar(text("SELECT pg_backend_pid()")) != process
        finally:
            await watcher.close()
            await opened.close()

    async def test_what_ended_a_read_is_told_though_its_transaction_cannot_be_ended(self, database_urls):
        """Above all that it was cancelled: a request that nobody waits for any more must not go on to an answer."""
        opened = Database(database_urls.app, DatabaseSettings())
        try:
            with pytest.raises(asyncio.CancelledError):
                async with opened.read_session(user=uuid4()) as session:
                    driver = await driver_connection(session)
                    busy = asyncio.ensure_future(driver.execute("SELECT pg_sleep(10)"))
                    await asyncio.sleep(0.1)
                    raise asyncio.CancelledError
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
                await busy
            async with opened.read_session(user=uuid4()) as session:
                assert await session.scalar(text("SELECT 1")) == 1
        finally:
            await opened.close()


class TestBase:
    def test_constraints_are_named_after_table_and_columns(self):
        class Own(DeclarativeBase):
            metadata = MetaData(naming_convention=Base.metadata.naming_convention)

        class Parent(Own):
            __tablename__ = "parent"
            id: Mapped[int] = mapped_column(primary_key=True)

        class Child(Own):
            __tablename__ = "child"
            __table_args__ = (
                UniqueConstraint("a", "b"),
                CheckConstraint("a <> b", name="differ"),
                Index(None, "a", "b"),
            )
            id: Mapped[int] = mapped_column(primary_key=True)
            parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
            a: Mapped[str] = mapped_column(String)
            b: Mapped[str] = mapped_column(String)

        table = Own.metadata.tables["child"]
        names = {item.name for item in [*table.constraints, *table.indexes]}
        assert names == {
            "pk_child",
            "fk_child_parent_id_parent",
            "uq_child_a_b",
            "ck_child_differ",
            "ix_child_a_b",
        }

    async def test_entity_has_a_growing_id_and_times_in_utc(self, clean_database):
        async with clean_database.unit_of_work() as session:
            users = [User(username=f"user{number}", name="x") for number in range(3)]
            session.add_all(users)
        async with clean_database.unit_of_work() as session:
            user = await session.get(User, users[0].id)
            assert user.created_at.utcoffset() == timedelta(0)
            assert abs(datetime.now(UTC) - user.created_at) < timedelta(minutes=1)
            before = user.updated_at
            user.name = "other"
            await session.flush()
            assert user.updated_at > before

    def test_ids_are_uuid_version_7_and_sort_by_time(self):
        ids = [new_id() for _ in range(1000)]
        assert {found.version for found in ids} == {7}
        assert len(set(ids)) == 1000
        assert [found.int >> 80 for found in ids] == sorted(found.int >> 80 for found in ids)
