"""Files over HTTP: uploaded, listed, fetched by a link, deleted, and counted against their owner's quota."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from fondasi.files.models import ObjectState, StoredObject
from fondasi.kit import clock
from fondasi.kit.db import Database
from fondasi.kit.ids import new_id
from fondasi.settings import DatabaseSettings

API = "/api/v1"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 100


@pytest.fixture
async def ani(sign_in):
    return await sign_in("ani")


@pytest.fixture
async def file(upload, ani, stored):
    answer = await upload(ani, "report.pdf", PDF)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def objects(database) -> list[tuple]:
    async with database.read_session() as session:
        return list((await session.execute(text("SELECT state, size FROM stored_object"))).all())


async def test_uploaded_file_is_listed_and_fetched_by_its_link(client, ani, file):
    assert file | {"name": "report.pdf", "media_type": "application/pdf", "size": len(PDF)} == file
    listed = (await client.get(f"{API}/files", headers=ani)).json()
    assert [row["id"] for row in listed["data"]] == [file["id"]]
    answer = await client.get(file["url"])  # without a token
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith('attachment; filename="report.pdf"')
    assert answer.headers["x-content-type-options"] == "nosniff"


TWO_LINES = "name,city\nRené,Orléans\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lines.csv", TWO_LINES.encode("latin-1")),
        ("lines.csv", TWO_LINES.encode("utf-16")),
        ("lines.csv", TWO_LINES.encode("utf-16-le")),
        ("lines", TWO_LINES.encode("utf-16")),
    ],
)
async def test_text_of_another_encoding_is_called_that(upload, ani, name, content):
    answer = await upload(ani, name, content)
    assert (answer.status_code, answer.json()["error_code"]) == (415, "FILE_TYPE_REFUSED")
    assert answer.json()["detail"].endswith("Save it as UTF-8 (in Excel: CSV UTF-8) and send it again.")


@pytest.mark.parametrize("content", [b"MZ\x90\x00" + b"\0" * 100, b"a\x01\xff", b"<html>\xe9"])
async def test_of_other_types_those_that_are_taken_are_named(upload, ani, content):
    answer = await upload(ani, "lines.csv", content)
    assert answer.status_code == 415
    assert answer.json()["detail"].startswith(
        "Files of this type are not taken. Send one of these: .pdf, .png, .jpg,"
    )


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, None),
        ("bytes=-7", -7, None),
        ("bytes=5-999999999", 5, None),
    ],
)
async def test_ranges(client, file, asked, start, end):
    answer = await client.get(file["url"], headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, PDF[start:end])
    first = start % len(PDF)
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(answer.content) - 1}/{len(PDF)}"


async def test_range_behind_the_end_is_refused_and_other_ranges_are_the_whole(client, file):
    answer = await client.get(file["url"], headers={"Range": f"bytes={len(PDF)}-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(PDF)}")
    for asked in ("bytes=0-1,5-6", "lines=1-2", "bytes=9-3"):
        assert (await client.get(file["url"], headers={"Range": asked})).status_code == 200
    other = {"Range": "bytes=0-1", "If-Range": '"another"'}
    assert (await client.get(file["url"], headers=other)).status_code == 200


async def test_link_ends(client, file, monkeypatch):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=16))
    answer = await client.get(file["url"])
    assert (answer.status_code, answer.json()["error_code"]) == (404, "LINK_ENDED")


async def test_deleted_file_is_gone_at_once(client, ani, file):
    assert (await client.delete(f"{API}/files/{file['id']}", headers=ani)).status_code == 204
    assert (await client.get(file["url"])).status_code == 404
    assert (await client.get(f"{API}/files/{file['id']}", headers=ani)).status_code == 404


@pytest.fixture
async def notes(database_urls, clean_database):
    """A table of somebody's that refers to files."""
    owner = Database(database_urls.owner, DatabaseSettings())
    async with owner.unit_of_work(audited=False) as session:
        await session.execute(text("CREATE TABLE file_note (file_id uuid PRIMARY KEY REFERENCES file (id))"))
        await session.execute(text("GRANT ALL ON file_note TO PUBLIC"))
    yield
    async with owner.unit_of_work(audited=False) as session:
        await session.execute(text("DROP TABLE file_note"))
    await owner.close()


@pytest.mark.usefixtures("notes")
async def test_file_that_is_referred_to_stays(client, ani, file, clean_database):
    async with clean_database.unit_of_work() as session:
        await session.execute(text("INSERT INTO file_note SELECT id FROM file"))
    path = f"{API}/files/{file['id']}"
    answer = await client.delete(path, headers=ani)
    assert (answer.status_code, answer.json()["error_code"]) == (409, "FILE_IN_USE")
    assert (await client.get(file["url"])).content == PDF
    async with clean_database.unit_of_work() as session:
        await session.execute(text("DELETE FROM file_note"))
    assert (await client.delete(path, headers=ani)).status_code == 204


async def test_bytes_of_a_deleted_file_go_with_the_job(clean_database, file, stored, swept):
    assert len(stored()) == 1
    async with clean_database.unit_of_work() as session:
        await session.execute(text("DELETE FROM file"))  # by whatever
    assert await objects(clean_database) == [("gone", len(PDF))]
    await swept()
    assert (stored(), await objects(clean_database)) == (set(), [])


async def test_bytes_that_the_storage_keeps_hold_up_no_others(client, ani, upload, stored, swept):
    ids, paths = [], []
    for name in ("stubborn.pdf", "other.pdf"):
        ids.append((await upload(ani, name)).json()["id"])
        paths += stored() - set(paths)
    paths[0].unlink()
    paths[0].mkdir()  # which nobody can remove as a file
    for file_id in ids:
        assert (await client.delete(f"{API}/files/{file_id}", headers=ani)).status_code == 204
    await swept()
    assert not paths[1].exists()
    paths[0].rmdir()
    await swept()
    assert not stored()


async def test_files_of_others_do_not_exist_but_for_who_may_see_all(client, sign_in, file):
    budi, root = await sign_in("budi"), await sign_in("root", superuser=True)
    path = f"{API}/files/{file['id']}"
    for method in ("GET", "DELETE"):
        answer = await client.request(method, path, headers=budi)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "FILE_NOT_FOUND")
    assert (await client.get(f"{API}/files", headers=budi)).json()["data"] == []
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=root)).status_code == 200


async def test_seeds_paths_work(client, upload, ani):
    answer = await upload(ani, path="/upload/media")
    assert answer.status_code == 201
    path = f"{API}/upload/media/{answer.json()['id']}"
    assert (await client.get(path, headers=ani)).status_code == 200
    assert (await client.delete(path, headers=ani)).status_code == 204


async def test_tenants_files(client, sign_in, upload, ani):
    tenant = (await client.post(f"{API}/tenants", json={"name": "One"}, headers=ani)).json()["id"]
    answer = await upload(ani, path=f"/tenants/{tenant}/files")
    assert answer.status_code == 201, answer.text
    file, path = answer.json(), f"{API}/tenants/{tenant}/files"
    assert (await client.get(file["url"])).status_code == 200
    assert (await client.get(f"{API}/files", headers=ani)).json()["data"] == []
    assert len((await client.get(path, headers=ani)).json()["data"]) == 1
    stranger = await sign_in("budi")
    assert (await client.get(f"{path}/{file['id']}", headers=stranger)).status_code == 404
    assert (await client.delete(f"{path}/{file['id']}", headers=ani)).status_code == 204
    assert (await client.get(file["url"])).status_code == 404


async def test_quota_of_the_tier_holds_for_all_files_together(client, sign_in, upload, ani, stored):
    root = await sign_in("root", superuser=True)
    tier = {"name": "small", "storage_limit": 60_000}
    answer = await client.post(f"{API}/tiers", json=tier, headers=root)
    assert answer.json()["storage_limit"] == 60_000
    await client.patch(f"{API}/users/ani/tier", json={"tier": "small"}, headers=root)
    assert [(await upload(ani, content=PDF)).status_code for _ in range(2)] == [201, 201]
    answer = await upload(ani, content=PDF)
    assert (answer.status_code, answer.json()["error_code"]) == (413, "STORAGE_QUOTA_USED_UP")
    assert len(stored()) == 2
    first = (await client.get(f"{API}/files", headers=ani)).json()["data"][0]["id"]
    await client.delete(f"{API}/files/{first}", headers=ani)
    assert (await upload(ani, content=PDF)).status_code == 201


async def test_upload_that_never_ended_is_removed_a_day_later(clean_database, swept):
    old, new = (
        StoredObject(id=new_id(), state=ObjectState.WRITING, updated_at=clock.now() - timedelta(hours=age))
        for age in (25, 1)
    )
    async with clean_database.unit_of_work() as session:
        session.add_all([old, new])
    await swept()
    async with clean_database.read_session() as session:
        left = (await session.execute(text("SELECT id FROM stored_object"))).scalars().all()
    assert left == [new.id]


async def test_what_differs_after_a_restore_is_found(command, settings, upload, ani):
    folder = settings.data_dir / "files"
    await command("fondasi.files.commands", "check", "--remove")  # what other tests left
    kept, lost = [(await upload(ani)).json()["id"] for _ in range(2)]
    assert (await command("fondasi.files.commands", "check"))[0] == 0
    (folder / lost[-2:] / lost.replace("-", "")).unlink()
    for name in (f"aa/{new_id().hex}", f"aa/{new_id().hex}-256", f"aa/{new_id().hex}.part", "aa/whatever"):
        (folder / "aa").mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
    status, printed = await command("fondasi.files.commands", "check")
    assert status == 1
    assert "4 of them unknown" in printed
    assert "2 files in the database; the storage lacks 1 of them" in printed
    assert lost in printed
    assert kept not in printed
    await command("fondasi.files.commands", "check", "--remove")
    assert not {path.name for path in (folder / "aa").iterdir()} - {kept.replace("-", "")}
    status, printed = await command("fondasi.files.commands", "check")
    assert (status, " 0 of them unknown" in printed, lost in printed) == (1, True, True)
