"""The archive of everything that is kept about a user, and that no table is forgotten in it, nor at their end."""

import json
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import func, select, text, update

from fondasi.files import jobs
from fondasi.files.archives import archive as archives
from fondasi.files.archives import build, purge
from fondasi.files.archives.models import DataExport
from fondasi.files.checking import check
from fondasi.files.models import File, StoredObject
from fondasi.identity.accounts.service import erase_personal_data
from fondasi.identity.models import User
from fondasi.kit.jobs import JobContext
from fondasi.module import PersonalData

API = "/api/v1"
EXPORT = f"{API}/settings/export"
REFERRING = """
SELECT DISTINCT c.table_name FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
LEFT JOIN pg_constraint f ON f.contype = 'f' AND f.confrelid = 'public."user"'::regclass
    AND f.conrelid = format('%I.%I', c.table_schema, c.table_name)::regclass
    AND c.ordinal_position = ANY (f.conkey)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND (f.oid IS NOT NULL OR (
    c.data_type = 'uuid' AND c.column_name ~ '^(user|owner|author|member|person|account)_id$|_by$|_by_id$'))
  AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = format('%I.%I', c.table_schema, c.table_name)::regclass)
"""
# Tables that refer to users and tell nothing of them, each with the reason.
EXCEPTIONS: dict[str, str] = {}
SECRET_ENDINGS = ("_hash", "_secret", "salt", "sealed", "password")


@pytest.fixture
def run(app, clean_database):
    """Run a job here and now, in a unit of work of its own."""

    async def call(job, **arguments):
        async with clean_database.unit_of_work() as session:
            context = JobContext(
                lambda: session, app.state.platform, uuid4(), 1, report=_ignore, is_cancelled=lambda: False
            )
            return await job(context, **arguments)

    return call


@pytest.fixture
async def ani(account):
    return await account("ani", email="ani@example.com", bio="Likes 'quotes', \"these\" and é.")


async def archive(client, headers, run) -> tuple[str, dict]:
    asked = await client.post(EXPORT, headers=headers)
    assert (asked.status_code, asked.json()["status"]) == (202, "queued"), asked.text
    export_id = asked.json()["id"]
    assert await run(build, export_id=UUID(export_id)) == "ready"
    return export_id, (await client.get(f"{EXPORT}/{export_id}/file", headers=headers)).json()


class TestArchive:
    async def test_holds_what_each_room_keeps_and_no_secret(self, client, ani, run, letters):
        key = {"name": "CI", "permissions": ["tasks.create"]}
        made = (await client.post(f"{API}/api-keys", json=key, headers=ani)).json()
        await client.post(f"{API}/tasks", json={"message": "mine"}, headers=ani)
        await client.post(f"{API}/auth/otp", json={"identifier": "ani", "purpose": "login"})
        tenant = await client.post(f"{API}/tenants", json={"name": "Registry"}, headers=ani)
        assert tenant.status_code == 201, tenant.text
        export_id, found = await archive(client, ani, run)
        data = found["data"]
        assert data["user"][0]["bio"] == "Likes 'quotes', \"these\" and é."
        assert data["session"][0]["ip_address"] == "127.0.0.1"
        assert [(row["tenant"], row["role"]) for row in data["membership"]] == [("Registry", "owner")]
        assert data["user_group"] == [{"name": "user"}]
        assert data["api_key"][0]["permissions"] == ["tasks.create"]
        assert {row["name"] for row in data["job"]} == {"tasks.count_slowly", "exports.build"}
        assert {row["template"] for row in data["message"]} == {"api-key-created", "one-time-password"}
        assert data["one_time_password"][0]["target"] == "ani@example.com"
        assert {"api_keys.create", "exports.request"} <= {row["action"] for row in data["activity"]}
        assert made["key"] not in json.dumps(found)
        assert "argon2" not in json.dumps(found)
        status = (await client.get(f"{EXPORT}/{export_id}", headers=ani)).json()
        assert (status["status"], status["rows"]) == ("ready", sum(map(len, data.values())))
        assert "export-ready" in {letter.template for letter in await letters("ani@example.com")}

    async def test_tells_nothing_of_others(self, client, ani, account, run):
        budi = await account("budi", email="budi@example.com", bio="a secret of Budi")
        await client.post(f"{API}/tasks", json={"message": "a secret of Budi"}, headers=budi)
        _, found = await archive(client, ani, run)
        assert "budi" not in json.dumps(found).lower()

    async def test_is_a_file_with_a_link_that_takes_ranges(self, client, ani, run):
        export_id, found = await archive(client, ani, run)
        status = (await client.get(f"{EXPORT}/{export_id}", headers=ani)).json()
        for url, headers in ((f"{EXPORT}/{export_id}/file", ani), (status["url"], {})):
            whole = await client.get(url, headers=headers)
            assert whole.json() == found
            assert len(whole.content) == status["size"]
            assert whole.headers["content-disposition"].startswith('attachment; filename="my-data.json"')
            part = await client.get(url, headers={**headers, "Range": "bytes=10-19"})
            assert (part.status_code, part.content) == (206, whole.content[10:20])

    async def test_is_in_no_list_of_files_and_counts_against_no_quota(self, client, ani, account, run):
        export_id, _ = await archive(client, ani, run)
        root = await account("root", superuser=True)
        file_id = (await client.get(f"{EXPORT}/{export_id}", headers=ani)).json()["url"]
        assert file_id
        for headers in (ani, root):
            assert (await client.get(f"{API}/files", headers=headers)).json()["data"] == []

    async def test_is_for_its_owner_alone(self, client, ani, account, run):
        export_id, _ = await archive(client, ani, run)
        root = await account("root", superuser=True)
        for path in (f"{EXPORT}/{export_id}", f"{EXPORT}/{export_id}/file"):
            assert (await client.get(path, headers=root)).status_code == 404
            assert (await client.get(path)).status_code == 401

    async def test_asked_again_gives_the_same_until_it_is_old(self, client, ani, run, clean_database, stored):
        first = (await client.post(EXPORT, headers=ani)).json()["id"]
        early = await client.get(f"{EXPORT}/{first}/file", headers=ani)
        assert (early.status_code, early.json()["error_code"]) == (409, "EXPORT_NOT_READY")
        assert (await client.post(EXPORT, headers=ani)).json()["id"] == first
        await run(build, export_id=UUID(first))
        assert (await client.post(EXPORT, headers=ani)).json()["id"] == first
        async with clean_database.unit_of_work() as session:
            await session.execute(
                update(DataExport).values(created_at=func.now() - text("'1 hour'::interval"))
            )
        second = (await client.post(EXPORT, headers=ani)).json()["id"]
        assert second != first
        assert (await client.get(f"{EXPORT}/{first}", headers=ani)).status_code == 404
        await run(jobs.purge)
        assert len(stored()) == 0

    async def test_larger_than_allowed_fails_and_leaves_nothing(  # noqa: PLR0917 - fixtures
        self, client, app, ani, run, stored, monkeypatch
    ):
        monkeypatch.setattr(app.state.platform.settings.export, "limit", 100)
        export_id = (await client.post(EXPORT, headers=ani)).json()["id"]
        assert await run(build, export_id=UUID(export_id)) == "larger than EXPORT_LIMIT"
        assert (await client.get(f"{EXPORT}/{export_id}", headers=ani)).json()["status"] == "failed"
        assert len(stored()) == 0

    async def test_job_that_was_cancelled_shows_as_failed(self, client, ani, clean_database):
        export_id = (await client.post(EXPORT, headers=ani)).json()["id"]
        async with clean_database.read_session() as session:
            job_id = await session.scalar(select(DataExport.job_id))
        assert (await client.delete(f"{API}/tasks/{job_id}", headers=ani)).status_code == 204
        assert (await client.get(f"{EXPORT}/{export_id}", headers=ani)).json()["status"] == "failed"
        assert (await client.post(EXPORT, headers=ani)).json()["id"] != export_id

    async def test_expires_and_is_removed(self, client, ani, run, clean_database, stored):
        export_id, _ = await archive(client, ani, run)
        url = (await client.get(f"{EXPORT}/{export_id}", headers=ani)).json()["url"]
        assert len(stored()) == 1
        async with clean_database.unit_of_work() as session:
            await session.execute(update(DataExport).values(expires_at=func.now()))
            await session.execute(update(StoredObject).values(expires_at=func.now()))
        assert (await client.get(f"{EXPORT}/{export_id}/file", headers=ani)).status_code == 404
        assert (await client.get(url)).json()["error_code"] == "LINK_ENDED"
        assert await run(purge) == {"deleted": 1}
        assert await run(jobs.purge) == {"removed": 1, "left": 0}
        assert len(stored()) == 0
        async with clean_database.read_session() as session:
            assert await session.scalar(select(func.count()).select_from(File)) == 0

    async def test_is_written_as_the_rows_come(self, client, ani, run, monkeypatch):
        monkeypatch.setattr(archives, "ROWS", 10)
        for number in range(30):
            await client.post(f"{API}/tasks", json={"message": f"task {number}"}, headers=ani)
        _, found = await archive(client, ani, run)
        assert len(found["data"]["job"]) == 31

    async def test_is_known_to_the_check_of_the_storage(self, client, app, ani, run):
        before = await check(app.state.platform, remove=False)
        await archive(client, ani, run)
        found = await check(app.state.platform, remove=False)
        assert (found.unknown, found.files, found.lacking) == (before.unknown, before.files + 1, [])

    async def test_job_that_fails_leaves_nothing(self, client, app, ani, run, stored, monkeypatch):  # noqa: PLR0917
        export_id = (await client.post(EXPORT, headers=ani)).json()["id"]
        monkeypatch.setattr(archives.Archive, "pieces", _broken)
        with pytest.raises(RuntimeError, match="in the middle"):
            await run(build, export_id=UUID(export_id))
        assert len(stored()) == 0
        assert (await client.get(f"{EXPORT}/{export_id}", headers=ani)).json()["url"] is None


class TestNothingIsForgotten:
    async def test_every_table_that_refers_to_users_says_what_becomes_of_it(self, app, database_urls):
        connection = await asyncpg.connect(database_urls.owner)
        try:
            referring = {row[0] for row in await connection.fetch(REFERRING)}
        finally:
            await connection.close()
        assert {"session", "activity", "job", "post"} <= referring  # the query finds something
        declared = [item.table for item in app.state.platform.personal_data]
        assert sorted(declared) == sorted(set(declared))
        forgotten = referring - set(declared) - set(EXCEPTIONS)
        assert not forgotten, f"Give their modules a PersonalData for {', '.join(sorted(forgotten))}."
        assert not set(EXCEPTIONS) & set(declared)

    async def test_every_declaration_works_and_shows_no_secret(self, app, clean_database):
        nobody = uuid4()
        for item in app.state.platform.personal_data:
            async with clean_database.unit_of_work() as session:
                if item.export is not None:
                    columns = (await session.execute(item.export(nobody))).keys()
                    assert not [name for name in columns if name.endswith(SECRET_ENDINGS)], item.table
                await erase_personal_data(session, [item], nobody)

    def test_half_a_declaration_is_refused(self):
        with pytest.raises(ValueError, match="give `export` or say"):
            PersonalData(table="x", kept="Because.")

    async def test_nothing_is_left_of_who_is_deleted_for_good(  # noqa: PLR0917 - fixtures
        self, client, ani, account, run, database_urls, stored
    ):
        root = await account("root", superuser=True)
        await client.post(f"{API}/api-keys", json={"name": "x", "permissions": ["tasks.create"]}, headers=ani)
        await archive(client, ani, run)
        answer = await client.delete(f"{API}/users/ani?permanent=true", headers=root)
        assert answer.status_code == 204, answer.text
        await run(jobs.purge)
        assert len(stored()) == 0
        connection = await asyncpg.connect(database_urls.owner)
        try:
            tables = await connection.fetch(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
                "AND relname !~ '^activity'"
            )
            for (table,) in tables:
                rows = str(await connection.fetch(f'SELECT t::text FROM "{table}" t'))
                assert "ani@example.com" not in rows, table
        finally:
            await connection.close()

    async def test_anonymised_account_keeps_no_key_and_no_archive(  # noqa: PLR0917 - fixtures
        self, client, app, ani, run, clean_database, stored
    ):
        await client.post(f"{API}/api-keys", json={"name": "x", "permissions": ["tasks.create"]}, headers=ani)
        await archive(client, ani, run)
        await client.delete(f"{API}/users/ani", headers=ani)
        async with clean_database.unit_of_work() as session:
            await session.execute(update(User).values(deleted_at=func.now() - text("'31 days'::interval")))
        anonymise = app.state.platform.jobs["identity.anonymise"]
        assert await run(anonymise) == {"anonymised": 1}
        await run(jobs.purge)
        assert len(stored()) == 0
        async with clean_database.read_session() as session:
            user = (await session.scalars(select(User))).one()
            for item in app.state.platform.personal_data:
                if item.erase is not None and item.export is not None:
                    left = (await session.execute(item.export(user.id))).all()
                    # The job that waits for its worker is removed with its like, once it is over.
                    assert not left or item.table == "job", item.table


async def _ignore(*_) -> None:
    """Progress goes nowhere."""


async def _broken(*_):
    yield b"{"
    raise RuntimeError("in the middle")
