"""Checks of an application: an application of another folder that forgets what is easily forgotten."""

import re
import sys
from dataclasses import fields, replace
from importlib import import_module
from io import StringIO
from uuid import UUID

import asyncpg
import pytest
from rich.console import Console

from fondasi.app import create_app
from fondasi.checks import UnsoundApplicationError, drift, module_faults, start_faults
from fondasi.doctor import diagnose
from fondasi.drafts import draft
from fondasi.kit.db import Database
from fondasi.kit.events import DEFINED_EVENTS, Event, EventDefinitionError, UnlistedEventError
from fondasi.kit.jobs import DEFINED, job
from fondasi.module import Module, PersonalData, Room
from fondasi.runtime import Addresses, migrate_modules
from fondasi.settings import DatabaseSettings
from fondasi.tenancy.events import MEMBER_LEFT
from fondasi.testing import running
from fondasi.testing.checks import test_application_is_sound  # noqa: F401 - ours passes it too
from posts.posts.events import POST_PUBLISHED, PostTold

MODELS = """
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fondasi.kit.db import Entity, TenantScoped, tenant_unique


class Bookmark(Entity):
    __tablename__ = "bookmark"

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    url: Mapped[str]


class Shelf(TenantScoped):
    __tablename__ = "shelf"
    __table_args__ = (tenant_unique("name"),)

    name: Mapped[str]
"""
COMPLETE = """
CREATE TABLE bookmark (id uuid CONSTRAINT pk_bookmark PRIMARY KEY,
    owner_id uuid NOT NULL CONSTRAINT fk_bookmark_owner_id_user REFERENCES "user" (id) ON DELETE CASCADE,
    url text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ix_bookmark_owner_id ON bookmark (owner_id);
CREATE TABLE shelf (tenant_id uuid NOT NULL CONSTRAINT fk_shelf_tenant_id_tenant REFERENCES tenant (id)
    ON DELETE CASCADE, id uuid NOT NULL, name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(), CONSTRAINT pk_shelf PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_shelf_tenant_id_name UNIQUE (tenant_id, name));
ALTER TABLE shelf ENABLE ROW LEVEL SECURITY;
ALTER TABLE shelf FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON shelf USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
"""
JOBS = """
from fondasi.kit.jobs import JobContext, job


@job(name="reading.listed")
async def listed(context: JobContext) -> None: ...


@job(name="reading.forgotten")
async def forgotten(context: JobContext) -> None: ...
"""
DECLARED = [PersonalData(table="bookmark", withheld="A test.", kept="A test.")]


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The name of an installed package with two models."""
    folder = tmp_path_factory.mktemp("application")
    (folder / "unsound_bookmarks").mkdir()
    (folder / "unsound_bookmarks" / "__init__.py").touch()
    (folder / "unsound_bookmarks" / "models.py").write_text(MODELS)
    sys.path.insert(0, str(folder))
    import_module("unsound_bookmarks.models")
    yield "unsound_bookmarks"
    sys.path.remove(str(folder))


@pytest.fixture
def bookmarks(package):
    """A module that forgot nothing but its migrations."""
    return Module(name="bookmarks", package=package, personal_data=DECLARED)


@pytest.fixture
async def with_tables(scratch_database):
    """A function that runs SQL as the owner and opens the database as the app's role."""
    opened = []

    async def prepare(statements: str) -> Database:
        connection = await asyncpg.connect(scratch_database.owner)
        await connection.execute(statements)
        await connection.close()
        opened.append(Database(scratch_database.app, DatabaseSettings()))
        return opened[-1]

    yield prepare
    for database in opened:
        await database.close()


class TestPersonalData:
    def test_of_a_table_that_refers_to_users_is_asked_for(self, modules, bookmarks):
        forgotten = replace(bookmarks, personal_data=[])
        (fault,) = module_faults([*modules, forgotten])
        assert fault.startswith(
            "bookmark.owner_id refers to users, and no module says what becomes of the rows"
        )
        assert module_faults([*modules, bookmarks]) == []

    def test_is_declared_by_one_module(self, modules, bookmarks):
        assert module_faults([*modules, bookmarks, replace(bookmarks, name="others")]) == [
            "2 modules keep personal data of the table bookmark: one is enough"
        ]

    def test_keeps_the_application_from_starting(self, settings, modules, bookmarks):
        with pytest.raises(UnsoundApplicationError, match=r"Refusing to start:\n  - bookmark\.owner_id"):
            create_app(settings, [*modules, replace(bookmarks, personal_data=[])])


def test_module_that_is_made_from_another_has_what_its_rooms_add_once(modules):
    posts = next(item for item in modules if item.name == "posts")
    assert posts.routers
    assert posts.jobs
    again = replace(posts, name="others")
    assert {each.name: getattr(again, each.name) for each in fields(Room)} == {
        each.name: getattr(posts, each.name) for each in fields(Room)
    }


class TestEvents:
    def test_that_no_module_lists_keep_the_application_from_starting(self, modules):
        forgetful = [replace(item, events=[], rooms=[]) if item.name == "posts" else item for item in modules]
        (fault,) = module_faults(forgetful)
        assert fault.startswith(
            f"the event {POST_PUBLISHED.name} (posts.posts.events.PostTold) is listed by no module"
        )
        assert module_faults(modules) == []

    def test_of_one_name_are_told(self, modules):
        double = Event("user.created", "Again.", PostTold)
        try:
            (fault,) = module_faults([*modules, Module(name="double", events=[double])])
        finally:
            DEFINED_EVENTS.remove(double)
        assert fault.startswith("two events are named user.created")

    def test_are_named_like_others(self):
        with pytest.raises(EventDefinitionError, match="name it like"):
            Event("Published", "A post was published.", PostTold)

    async def test_that_is_not_listed_cannot_be_emitted(self, app):
        unlisted = Event("post.burnt", "A post was burnt.", PostTold)
        try:
            async with app.state.platform.database.unit_of_work() as session:
                with pytest.raises(UnlistedEventError, match="is listed by no module"):
                    await unlisted.emit(session, post_id=UUID(int=1), owner_id=UUID(int=2))
        finally:
            DEFINED_EVENTS.remove(unlisted)

    async def test_of_a_tenant_needs_one(self, app):
        async with app.state.platform.database.unit_of_work() as session:
            with pytest.raises(RuntimeError, match="acts for one"):
                await MEMBER_LEFT.emit(session, user_id=UUID(int=1))


class TestJobs:
    @pytest.fixture
    def reading(self, tmp_path, monkeypatch):
        """A package with a route and two jobs, of which its module lists one."""
        folder = tmp_path / "unsound_jobs"
        folder.mkdir()
        (folder / "__init__.py").touch()
        (folder / "jobs.py").write_text(JOBS)
        monkeypatch.syspath_prepend(str(tmp_path))
        yield import_module("unsound_jobs.jobs")
        for name in ("unsound_jobs", "unsound_jobs.jobs"):
            del sys.modules[name]
        DEFINED[:] = [job for job in DEFINED if job.function.__module__ != "unsound_jobs.jobs"]

    def test_that_no_module_lists_keep_the_application_from_starting(self, settings, modules, reading):
        listed = Module(name="reading", jobs=[reading.listed, reading.forgotten])
        assert module_faults([*modules, listed]) == []
        with pytest.raises(
            UnsoundApplicationError,
            match=r"Refusing to start:\n  - the job reading\.forgotten is defined in unsound_jobs\.jobs, and no module",
        ):
            create_app(settings, [*modules, replace(listed, jobs=[reading.listed])])

    def test_of_one_name_are_refused_with_their_places(self, settings, modules, reading):
        twin = job(name="reading.listed")(reading.forgotten.function)
        listed = Module(name="reading", jobs=[reading.listed, reading.forgotten, twin])
        with pytest.raises(UnsoundApplicationError, match=r"\n  - two jobs are named reading\.listed, in "):
            create_app(settings, [*modules, listed])


class TestMigrations:
    async def test_that_were_forgotten_keep_the_application_from_starting(self, settings, modules, bookmarks):
        with pytest.raises(UnsoundApplicationError) as refused:
            async with running(create_app(settings, [*modules, bookmarks])):
                pass
        assert "the database has no table bookmark, which a model asks for: write" in str(refused.value)
        assert "`fondasi migrations draft bookmarks`" in str(refused.value)

    async def test_that_did_their_work_leave_no_fault(self, with_tables, modules, bookmarks):
        database = await with_tables(COMPLETE)
        assert await start_faults(database, [*modules, bookmarks]) == []
        assert await drift(database, [*modules, bookmarks]) == []

    async def test_that_forgot_a_column_are_named(self, with_tables, modules, bookmarks):
        database = await with_tables(COMPLETE + "ALTER TABLE bookmark DROP COLUMN url")
        (fault,) = await start_faults(database, [*modules, bookmarks])
        assert fault.startswith("the database has no column bookmark.url, which its model asks for")

    async def test_that_left_a_column_are_named_when_rows_cannot_be_written(
        self, with_tables, modules, bookmarks
    ):
        database = await with_tables(COMPLETE + "ALTER TABLE bookmark ADD old text NOT NULL, ADD unused text")
        (fault,) = await start_faults(database, [*modules, bookmarks])
        assert fault.startswith("the database wants bookmark.old in every row")
        assert await drift(database, [*modules, bookmarks]) == [
            "the models do not know the column bookmark.old",
            "the models do not know the column bookmark.unused",
        ]

    async def test_that_differ_in_keys_types_and_indexes_are_named(self, with_tables, modules, bookmarks):
        database = await with_tables(
            COMPLETE
            + "DROP INDEX ix_bookmark_owner_id; ALTER TABLE bookmark ALTER url TYPE integer USING 0, "
            "ALTER url DROP NOT NULL; ALTER TABLE shelf DROP CONSTRAINT uq_shelf_tenant_id_name"
        )
        found = await drift(database, [*modules, bookmarks])
        assert "the database lacks the index bookmark.ix_bookmark_owner_id" in found
        assert "the database lacks the unique key shelf.uq_shelf_tenant_id_name" in found
        assert "bookmark.url: the database has INTEGER(), the model Text()" in found
        assert "bookmark.url: the database has True, the model False" in found

    async def test_that_forgot_to_isolate_a_table_of_tenants_are_named(self, with_tables, modules, bookmarks):
        database = await with_tables(COMPLETE + "ALTER TABLE shelf DISABLE ROW LEVEL SECURITY")
        assert await start_faults(database, [*modules, bookmarks]) == [
            "shelf: row-level security is not enabled and forced"
        ]


@pytest.mark.long
class TestDraft:
    async def test_writes_a_revision_that_satisfies_the_checks(
        self, scratch_database, modules, bookmarks, package
    ):
        written = await draft(bookmarks, [*modules, bookmarks], "Bookmarks and shelves")
        assert written is not None
        assert written.path.name == "0001_bookmarks_and_shelves.py"
        assert 'isolate(op, "shelf")' in written.path.read_text()
        assert written.hint == f'List it: Module(..., migrations="{package}.migrations").'
        complete = [*modules, replace(bookmarks, migrations=f"{package}.migrations")]
        addresses = Addresses(scratch_database.app, scratch_database.owner)
        await migrate_modules(addresses, complete)
        database = Database(addresses.app, DatabaseSettings())
        assert await start_faults(database, complete) == []
        assert await drift(database, complete) == []
        await database.close()
        assert await draft(complete[-1], complete, "Again") is None


async def test_doctor_does_not_call_well_what_it_did_not_look_at(settings):
    """Revisions and models of a module that is missing are not compared with the database."""
    console = Console(file=StringIO(), width=200)
    assert await diagnose(settings.model_copy(update={"modules": ["posts", "nothing"]}), console) == 1
    told = console.file.getvalue()
    for check in ("modules and routes", "migrations", "models"):
        assert re.search(rf"^ *{check} +not looked at: modules come first *$", told, re.MULTILINE), told
    assert re.search(r"^ *tenant isolation +ok *$", told, re.MULTILINE), told


@pytest.mark.parametrize("origins", [[], ["https://example.com"]])
async def test_doctor_says_when_there_are_no_passkeys(settings, origins):
    passkey = settings.passkey.model_copy(update={"origins": origins, "rp_id": ""}).completed("", local=False)
    console = Console(file=StringIO(), width=200)
    await diagnose(settings.model_copy(update={"passkey": passkey}), console)
    assert ("Set PASSKEY_ORIGINS" in console.file.getvalue()) == (not origins)
