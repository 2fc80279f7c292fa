"""Exports and imports of datasets: as files, by jobs, all lines or none."""

import csv
import io
import json

import pytest
from sqlalchemy import select

from fondasi.files.exchange import export_rows, import_rows
from fondasi.files.exchange import importing as importing_module
from posts.posts.models import Post

API = "/api/v1"
POSTS = f"{API}/posts"
CSV = "title,text,reference\n"


@pytest.fixture
def export(client, run_jobs):
    """Export a dataset: what is said of it, and the file."""

    async def take(headers, dataset="posts", **wanted):
        asked = await client.post(f"{API}/exports", headers=headers, json={"dataset": dataset, **wanted})
        assert asked.status_code == 202, asked.text
        await run_jobs(export_rows)
        run = (await client.get(f"{API}/exports/{asked.json()['id']}", headers=headers)).json()
        assert run["status"] == "succeeded", run
        return run, await client.get(run["url"])

    return take


@pytest.fixture
def bring(client, upload, run_jobs):
    """Import a file: what is said of it, and the bad lines as the report names them."""

    async def send(headers, content, name="posts.csv", *, dataset="posts", dry_run=False):
        file = await upload(
            headers, name, content if isinstance(content, bytes) else content.encode(), kind=""
        )
        assert file.status_code == 201, file.text
        wanted = {"dataset": dataset, "file_id": file.json()["id"], "dry_run": dry_run}
        asked = await client.post(f"{API}/imports", headers=headers, json=wanted)
        assert asked.status_code == 202, asked.text
        await run_jobs(import_rows)
        run = (await client.get(f"{API}/imports/{asked.json()['id']}", headers=headers)).json()
        assert run["status"] == "succeeded", run
        if run["report_url"] is None:
            return run, []
        report = (await client.get(run["report_url"])).content.decode("utf-8-sig")
        return run, [tuple(row) for row in csv.reader(io.StringIO(report))][1:]

    return send


@pytest.fixture
def titles(clean_database):
    """What posts there are, past the cache, which no worker of a test's own reaches."""

    async def read():
        async with clean_database.read_session() as session:
            rows = await session.execute(select(Post.title, Post.text).where(Post.deleted_at.is_(None)))
            return dict(rows.tuples().all())

    return read


TEXTS = {
    "Plain": "words",
    "=cmd|' /C calc'!A0": "+62 812 and -1 and @home",
    'Quotes " and, commas': "two\nlines; =not\ta formula",
    "'apostrophe": "  '=kept as it was",
    "Ümläut 漢字": "emoji 🙂",
}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
async def test_what_is_exported_imports_again_to_equal_rows(client, account, export, bring, titles, form):  # noqa: PLR0917
    ani, budi = await account("ani"), await account("budi")
    for title, text in TEXTS.items():
        await client.post(POSTS, json={"title": title, "text": text}, headers=ani)
    run, file = await export(ani, format=form)
    assert (run["rows"], run["progress_done"], run["progress_total"]) == (len(TEXTS), len(TEXTS), len(TEXTS))
    assert file.headers["content-disposition"].startswith(f'attachment; filename="posts.{form}"')
    await client.delete(f"{API}/users/ani", headers=ani)
    run, bad = await bring(budi, file.content, f"posts.{form}")
    assert bad == []
    assert (run["rows"], run["created"], run["updated"], run["bad"]) == (len(TEXTS), len(TEXTS), 0, 0)
    assert await titles() == TEXTS
    _, again = await export(budi, format=form)
    assert again.content == file.content


async def test_import_is_repeatable_by_its_key(account, bring, titles):
    ani = await account("ani")
    await bring(ani, CSV + "One,first,a\nTwo,second,b\n")
    run, _ = await bring(ani, CSV + "One,changed,a\nThree,third,c\n")
    assert (run["created"], run["updated"]) == (1, 1)
    assert await titles() == {"One": "changed", "Two": "second", "Three": "third"}


async def test_dry_run_says_what_would_be_and_writes_nothing(account, bring, titles, trail):
    ani = await account("ani")
    run, bad = await bring(ani, CSV + "One,first,a\nTwo,second,b\n", dry_run=True)
    assert (run["dry_run"], run["created"], run["bad"], bad) == (True, 2, 0, [])
    assert await titles() == {}
    entry = (await trail("files.import"))[-1]
    assert entry.details["outcome"] == "looked_at"
    assert entry.user_id is not None


async def test_every_bad_line_is_named_and_none_is_written(account, bring, titles):
    ani = await account("ani")
    lines = [
        'One,"a text\nof two lines",a',  # 2 and 3
        "O,too short a title,b",  # 4
        "",
        "No text,,c",  # 6
        "Twice,first,d",
        "Twice,second,d",  # 8
        "Too,many,cells,here",  # 9
        'Odd"quotes,"text"x,f',  # 10
        "Fine,text,g",
    ]
    run, bad = await bring(ani, CSV + "\n".join(lines))
    assert [(line, column) for line, column, *_ in bad] == [
        ("4", "title"),
        ("6", "text"),
        ("8", "reference"),
        ("9", ""),
        ("10", ""),
    ]
    assert [value for _, _, value, _ in bad] == ["O", "", "d", "", ""]
    assert all(message for *_, message in bad)
    assert run["bad"] == 5
    assert await titles() == {}
    run, repeated = await bring(ani, CSV + "\n".join(lines), dry_run=True)
    assert repeated == bad


async def test_what_is_stored_refuses_lines_too(client, account, bring, titles):
    ani = await account("ani")
    await bring(ani, CSV + "One,first,a\n")
    post = (await client.get(POSTS)).json()["data"][0]
    await client.delete(f"{POSTS}/{post['id']}", headers=ani)
    run, bad = await bring(ani, CSV + "Two,second,b\nOne,again,a\n")
    assert [(line, column) for line, column, *_ in bad] == [("3", "reference")]
    assert run["bad"] == 1
    assert await titles() == {}


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbftitle;text;reference\r\nOne;first, with a comma;a\r\n",
        b"title\ttext\treference\nOne\tfirst, with a comma\ta",
        b'reference,title,text\n"a","One","first, with a comma"\n\n',
        b'{"title": "One", "text": "first, with a comma", "reference": "a"}\n\n',
    ],
)
async def test_files_of_any_spreadsheet_are_read(account, bring, titles, content):
    name = "posts.jsonl" if content.startswith(b"{") else "posts.csv"
    assert (await bring(await account("ani"), content, name))[1] == []
    assert await titles() == {"One": "first, with a comma"}


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        ("title,text\nOne,first\n", "1", "reference"),
        ("title,text,reference,author_id\nOne,first,a,b\n", "1", "author_id"),
        ("title,text,reference,title\nOne,first,a,b\n", "1", "title"),
        (CSV + 'One,"open,a\nTwo,second,b\n', "2", ""),
    ],
)
async def test_files_with_other_columns_are_refused(account, bring, content, line, column):
    run, bad = await bring(await account("ani"), content)
    assert [(bad[0][0], bad[0][1])] == [(line, column)]
    assert run["bad"] == 1


async def test_many_bad_lines_end_the_reading(account, bring, monkeypatch):
    monkeypatch.setattr(importing_module, "MOST_FAULTS", 10)
    run, bad = await bring(await account("ani"), CSV + "x,text,a\n" * 100)
    assert len(bad) == 11
    assert run["rows"] == 10


async def test_more_lines_than_may_be_are_refused(app, account, bring, titles, monkeypatch):
    monkeypatch.setattr(app.state.platform.settings.file, "import_lines", 2)
    _, bad = await bring(await account("ani"), CSV + "".join(f"One,text,{number}\n" for number in range(3)))
    assert [line for line, *_ in bad] == ["4"]
    assert await titles() == {}


async def test_batches_are_undone_together(account, bring, titles, monkeypatch):
    monkeypatch.setattr(importing_module, "ROWS", 3)
    lines = [f"Post {number},text,{number}" for number in range(10)]
    run, _ = await bring(await account("ani"), CSV + "\n".join([*lines, "x,text,bad"]))
    assert (run["rows"], run["bad"]) == (11, 1)
    assert await titles() == {}
    run, _ = await bring(await account("budi"), CSV + "\n".join(lines))
    assert run["created"] == 10
    assert len(await titles()) == 10


class TestAccounts:
    async def test_administrators_export_them_with_a_fresh_proof(self, client, account, export, proofs_age):
        await account("ani", email="ani@example.com")
        root = await account("root", superuser=True)
        run, file = await export(root, "users", format="jsonl", filters={"status": "active"})
        rows = {row["username"]: row for row in map(json.loads, file.text.splitlines())}
        assert (run["rows"], rows["ani"]["email"]) == (2, "ani@example.com")
        assert "password_hash" not in rows["ani"]
        assert (await export(root, "users", filters={"status": "suspended"}))[0]["rows"] == 0
        await proofs_age(minutes=11)
        refused = await client.post(f"{API}/exports", headers=root, json={"dataset": "users"})
        assert (refused.status_code, refused.json()["error_code"]) == (403, "STEP_UP_REQUIRED")

    async def test_others_do_not(self, client, account):
        ani = await account("ani")
        for headers, status in (({}, 401), (ani, 403)):
            answer = await client.post(f"{API}/exports", headers=headers, json={"dataset": "users"})
            assert answer.status_code == status, answer.text

    async def test_filters_are_those_of_the_dataset(self, client, account):
        root = await account("root", superuser=True)
        for dataset, filters, field in (
            ("users", {"status": "odd"}, "body.filters.status"),
            ("posts", {"status": "active"}, "body.filters.status"),
        ):
            body = {"dataset": dataset, "filters": filters}
            answer = await client.post(f"{API}/exports", headers=root, json=body)
            assert answer.status_code == 422, answer.text
            assert answer.json()["field_errors"][0]["field"] == field

    async def test_many_filters_are_told_as_all_wrong_fields_are(self, client, account):
        root = await account("root", superuser=True)
        body = {"dataset": "users", "filters": {f"a secret {number}": 1 for number in range(50)}}
        answer = await client.post(f"{API}/exports", headers=root, json=body)
        assert (answer.status_code, len(answer.json()["field_errors"])) == (422, 20)
        assert "a secret" not in answer.text

    async def test_they_are_not_imported(self, client, account, upload):
        root = await account("root", superuser=True)
        file_id = (await upload(root, "users.csv", b"username\nani\n")).json()["id"]
        answer = await client.post(
            f"{API}/imports", headers=root, json={"dataset": "users", "file_id": file_id}
        )
        assert (answer.status_code, answer.json()["error_code"]) == (404, "DATASET_NOT_FOUND")


async def test_one_user_starts_so_many_in_a_day(app, client, account, monkeypatch):
    monkeypatch.setattr(app.state.platform.settings.file, "runs_per_day", 2)
    ani = await account("ani")
    for status in (202, 202, 429):
        answer = await client.post(f"{API}/exports", headers=ani, json={"dataset": "posts"})
        assert answer.status_code == status, answer.text
    assert answer.json()["error_code"] == "TOO_MANY_RUNS"
    budi = await account("budi")
    assert (await client.post(f"{API}/exports", headers=budi, json={"dataset": "posts"})).status_code == 202


async def test_larger_than_allowed_fails_and_leaves_nothing(  # noqa: PLR0917 - fixtures
    app, client, account, run_jobs, stored, monkeypatch
):
    monkeypatch.setattr(app.state.platform.settings.export, "limit", 10)
    ani = await account("ani")
    asked = (await client.post(f"{API}/exports", headers=ani, json={"dataset": "posts"})).json()
    await run_jobs(export_rows)
    run = (await client.get(f"{API}/exports/{asked['id']}", headers=ani)).json()
    assert (run["status"], run["url"]) == ("failed", None)
    assert "EXPORT_LIMIT" in run["error"]
    assert stored() == set()


async def test_file_of_another_type_is_refused(client, account, upload):
    ani = await account("ani")
    file_id = (await upload(ani)).json()["id"]
    answer = await client.post(f"{API}/imports", headers=ani, json={"dataset": "posts", "file_id": file_id})
    assert (answer.status_code, answer.json()["field_errors"][0]["field"]) == (422, "body.file_id")


async def test_what_happens_is_counted_and_in_the_trail(client, account, bring, export, trail):
    ani = await account("ani")
    await bring(ani, CSV + "One,first,a\n")
    await export(ani)
    assert (await trail("files.import"))[-1].details["rows"] == 1
    assert (await trail("files.export"))[-1].details["rows"] == 1
    metrics = (await client.get("/metrics")).text
    assert 'fondasi_files_runs_total{dataset="posts",outcome="imported"}' in metrics
    assert 'fondasi_files_run_rows_total{dataset="posts",outcome="exported"}' in metrics
