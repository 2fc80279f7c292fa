"""58: files as a way in and out: cells that run, lines without end, other encodings, files and exports of others."""

import csv
import io
import json
from uuid import UUID

import pytest
from sqlalchemy import func, select

from fondasi.files.exchange import export_rows, import_rows
from fondasi.files.exchange.reading import LONGEST
from fondasi.kit.jobs import JobRecord
from posts.posts.models import Post

API = "/api/v1"
HEAD = b"title,text,reference\n"
LINES = (b"One,%s,%d\n" % (b"x" * 10_000, number) for number in range(100))
MANY = HEAD + b"".join(LINES)  # more than an upload looks at
DANGEROUS = ("=", "+", "-", "@", "\t=", "\r=", " =", '"=', "'=", "x;=", "x\n+", "\uff1d")


@pytest.fixture
def bring(client, run_jobs, clean_database):
    async def send(headers, content, name="posts.csv"):
        file = await client.post(f"{API}/files", headers=headers, files={"file": (name, io.BytesIO(content))})
        if file.status_code != 201:
            return file.json()["error_code"], ""
        body = {"dataset": "posts", "file_id": file.json()["id"]}
        asked = await client.post(f"{API}/imports", headers=headers, json=body)
        assert asked.status_code == 202, asked.text
        await run_jobs(import_rows)
        run = (await client.get(f"{API}/imports/{asked.json()['id']}", headers=headers)).json()
        assert run["status"] == "succeeded", run
        async with clean_database.read_session() as session:
            written = await session.scalar(select(func.count()).select_from(Post))
        assert written == (0 if run["bad"] else run["created"])
        return run, (await client.get(run["report_url"])).text if run["report_url"] else ""

    return send


@pytest.fixture
def taken(client, run_jobs):
    async def take(headers, dataset):
        asked = await client.post(f"{API}/exports", headers=headers, json={"dataset": dataset})
        await run_jobs(export_rows)
        run = (await client.get(f"{API}/exports/{asked.json()['id']}", headers=headers)).json()
        return run, (await client.get(run["url"])).content.decode("utf-8-sig")

    return take


async def test_no_cell_of_an_export_runs(client, account, taken):
    ani = await account("ani")
    for number, start in enumerate(DANGEROUS):
        title = f"{start}HYPERLINK(0){number}"
        answer = await client.post(f"{API}/posts", json={"title": title, "text": title}, headers=ani)
        assert answer.status_code == 201, answer.text
    _, text = await taken(ani, "posts")
    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert len(rows) == len(DANGEROUS)
    for cell in (cell for row in rows for part in row for cell in part.replace("\n", ";").split(";")):
        bare = cell.lstrip("\"' \t\r")
        assert bare[:1] not in {*"=+-@", "\uff1d"} or "'" + bare in cell


@pytest.mark.parametrize(
    "content",
    [
        HEAD + b"x" * (LONGEST + 1),
        HEAD + b'One,"' + b"x\n" * LONGEST,
        HEAD + b"One," + b"x" * (LONGEST * 4) + b",a\n",
        MANY + b"\xff\xfe\n",
        MANY + b"One,\x00,b\n",
        HEAD + b"One,text," + b"a" * 1000 + b"\n",
        b"\n" * 100_000,
        HEAD + b'"' * 50_001,
    ],
    ids=["line", "quote", "cell", "encoding", "nul", "bounds", "nothing", "quotes"],
)
async def test_lines_that_hurt_are_named_and_nothing_is_written(account, bring, content):
    run, report = await bring(await account("ani"), content)
    assert run["bad"] or (run["rows"] == 0 and not content.strip())
    assert len(report) < 200_000


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1"])
async def test_other_encodings_are_refused(account, bring, encoding):
    code, _ = await bring(await account("ani"), "title,text,reference\nCafé,text,a\n".encode(encoding))
    assert code == "FILE_TYPE_REFUSED"


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b'{"title": ' * 9_000,
        b'{"title": "One", "text": "a\\u0000b", "reference": "a"}',
        b'{"title": "One", "text": "text", "reference": "a", "author_id": "0190b7a5-7c1e-7a3f-8b2d-5f6e7a8b9c0d"}',
        b'{"title": "One", "text": "text", "reference": {"a": 1}}',
        b'{"title": "One", "text": "\\ud800", "reference": "a"}',
        b"[1, 2]",
        b"null",
    ],
)
async def test_objects_that_hurt_are_named_and_nothing_is_written(account, bring, line):
    run, _ = await bring(await account("ani"), line + b"\n", "posts.jsonl")
    assert run["bad"] == 1


async def test_files_and_runs_of_others_do_not_exist(client, account, bring, taken):
    ani, eve = await account("ani"), await account("eve")
    root = await account("root", superuser=True)
    file = await client.post(f"{API}/files", headers=ani, files={"file": ("posts.csv", HEAD)})
    body = {"dataset": "posts", "file_id": file.json()["id"]}
    run, _ = await taken(ani, "posts")
    asked = await client.post(f"{API}/imports", headers=ani, json=body)
    for headers in (eve, root):
        answer = await client.post(f"{API}/imports", headers=headers, json=body)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "FILE_NOT_FOUND")
        for path in (f"/exports/{run['id']}", f"/imports/{asked.json()['id']}"):
            assert (await client.get(API + path, headers=headers)).status_code == 404
    listed = await client.get(f"{API}/files", headers=root)
    assert [row["name"] for row in listed.json()["data"]] == ["posts.csv"]


async def test_an_export_is_no_file_to_import_read_or_delete(client, account, taken):
    ani = await account("ani")
    run, _ = await taken(ani, "posts")
    task = (await client.get(f"{API}/tasks/{run['id']}", headers=ani)).json()
    file_id = task["result"]["file_id"]
    body = {"dataset": "posts", "file_id": file_id}
    assert (await client.post(f"{API}/imports", headers=ani, json=body)).status_code == 404
    for method in ("GET", "DELETE"):
        assert (await client.request(method, f"{API}/files/{file_id}", headers=ani)).status_code == 404
    assert (await client.get(run["url"])).status_code == 200


async def test_a_right_that_was_taken_away_opens_no_export(client, account, taken):
    boss, root = await account("boss", superuser=True), await account("root", superuser=True)
    run, _ = await taken(boss, "users")
    answer = await client.patch(f"{API}/users/boss", headers=root, json={"status": "suspended"})
    assert answer.status_code == 200, answer.text
    assert (await client.get(f"{API}/exports/{run['id']}", headers=boss)).status_code == 401


@pytest.mark.parametrize("lost", ["account", "right"])
async def test_a_right_that_ends_before_the_work_begins_takes_nothing_out(
    client, account, run_jobs, clean_database, lost
):
    boss, root = await account("boss"), await account("root", superuser=True)
    rights = f"{API}/users/boss/permissions"
    await client.put(rights, headers=root, json={"permissions": ["users.view"]})
    asked = await client.post(f"{API}/exports", headers=boss, json={"dataset": "users"})
    assert asked.status_code == 202, asked.text
    if lost == "account":
        answer = await client.patch(f"{API}/users/boss", headers=root, json={"status": "suspended"})
    else:
        answer = await client.put(rights, headers=root, json={"permissions": []})
    assert answer.status_code == 200, answer.text
    await run_jobs(export_rows)
    async with clean_database.read_session() as session:
        ended = await session.get_one(JobRecord, UUID(asked.json()["id"]))
    assert (ended.status, ended.result) == ("failed", None)
    assert "users.view" in ended.error


async def test_a_key_without_the_permission_takes_nothing_out(client, account):
    root = await account("root", superuser=True)
    for scope, status in (
        (["files.upload"], 403),
        (["users.view"], 403),
        (["files.upload", "users.view"], 403),
    ):
        key = await client.post(f"{API}/api-keys", headers=root, json={"name": "x", "permissions": scope})
        headers = {"X-API-Key": key.json()["key"]}
        answer = await client.post(f"{API}/exports", headers=headers, json={"dataset": "users"})
        assert answer.status_code == status, (scope, answer.text)


async def test_no_import_writes_in_the_name_of_another(client, account, bring, clean_database):
    ani = await account("ani")
    me = (await client.get(f"{API}/users/me", headers=ani)).json()["id"]
    line = {"title": "One", "text": "text", "reference": "a"}
    await bring(ani, json.dumps(line).encode(), "posts.jsonl")
    async with clean_database.read_session() as session:
        assert [str(author) for author in await session.scalars(select(Post.owner_id))] == [me]
