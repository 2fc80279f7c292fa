"""Exports and imports inside a tenant: for those who may there, of that tenant's rows alone."""

import asyncio
import json

import pytest

from fondasi.files.exchange import export_rows, import_rows
from fondasi.kit.jobs import JobRegistry, Worker
from fondasi.settings import JobSettings

LONG = 60.0  # seconds that a loaded machine may need for anything


@pytest.fixture
def finished(notes_town):
    """What became of an export or an import."""

    async def wait(person, path):
        platform = notes_town.platform
        worker = Worker(platform, platform.database, JobRegistry([export_rows, import_rows]), JobSettings())
        async with worker.running(), asyncio.timeout(LONG):
            while (run := (await person.get(path)).json())["finished_at"] is None:  # noqa: ASYNC110 - another connection changes it
                await asyncio.sleep(0.05)
        return run

    return wait


async def uploads(person, tenant, content=b"title\nBrought\n"):
    answer = await person.call("POST", f"/tenants/{tenant}/files", files={"file": ("notes.csv", content)})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def test_members_bring_in_and_take_out_what_they_may(notes_town, finished):
    tenant, people = await notes_town.staffed("exchange", adi="admin", mia="member")
    adi, mia = people["adi"], people["mia"]
    body = {"dataset": "notes", "file_id": await uploads(adi, tenant)}
    asked = await adi.call("POST", f"/tenants/{tenant}/imports", json=body)
    assert asked.status_code == 202, asked.text
    run = await finished(adi, f"/tenants/{tenant}/imports/{asked.json()['id']}")
    assert (run["status"], run["created"], run["bad"]) == ("succeeded", 1, 0), run
    body["file_id"] = await uploads(mia, tenant)
    assert (await mia.call("POST", f"/tenants/{tenant}/imports", json=body)).status_code == 403
    asked = await mia.call("POST", f"/tenants/{tenant}/exports", json={"dataset": "notes", "format": "jsonl"})
    run = await finished(mia, f"/tenants/{tenant}/exports/{asked.json()['id']}")
    link = run["url"].removeprefix("/api/v1")
    assert [json.loads(line) for line in (await mia.get(link)).text.splitlines()] == [{"title": "Brought"}]
    listed = (await adi.get(f"/tenants/{tenant}/files")).json()["data"]
    assert {file["name"] for file in listed} == {"notes.csv"}
    left = await adi.call("DELETE", f"/tenants/{tenant}/members/{mia.id}")
    assert left.status_code == 204, left.text
    assert (await mia.get(link)).status_code == 404


async def test_who_left_before_the_work_began_writes_nothing(notes_town, finished):
    tenant, people = await notes_town.staffed("left", adi="admin", oni="owner")
    adi, oni = people["adi"], people["oni"]
    body = {"dataset": "notes", "file_id": await uploads(adi, tenant)}
    imported = await adi.call("POST", f"/tenants/{tenant}/imports", json=body)
    lost = await oni.call("PATCH", f"/tenants/{tenant}/members/{adi.id}", json={"role": "member"})
    assert lost.status_code == 200, lost.text
    run = await finished(adi, f"/tasks/{imported.json()['id']}")
    assert run["status"] == "failed"
    assert "no longer holds" in run["error"]


async def test_another_tenant_is_out_of_reach(notes_town, finished):
    ours, us = await notes_town.staffed("ours", adi="admin")
    theirs, them = await notes_town.staffed("theirs", ben="admin")
    adi, ben = us["adi"], them["ben"]
    await notes_town.join(ours, ben, "admin")
    note = await ben.call("POST", f"/tenants/{theirs}/notes", json={"title": "a secret of theirs"})
    assert note.status_code == 201, note.text
    foreign = await uploads(ben, theirs)
    own = (await ben.call("POST", "/files", files={"file": ("notes.csv", b"title\nx\n")})).json()["id"]
    others = await uploads(ben, ours)
    for person, file_id in ((adi, foreign), (ben, foreign), (ben, own), (adi, others)):
        body = {"dataset": "notes", "file_id": file_id}
        answer = await person.call("POST", f"/tenants/{ours}/imports", json=body)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "FILE_NOT_FOUND")
    asked = await ben.call("POST", f"/tenants/{theirs}/exports", json={"dataset": "notes"})
    export_id = asked.json()["id"]
    run = await finished(ben, f"/tenants/{theirs}/exports/{export_id}")
    assert run["rows"] == 1
    for person, path in (
        (ben, f"/tenants/{ours}/exports/{export_id}"),
        (ben, f"/exports/{export_id}"),
        (adi, f"/tenants/{ours}/exports/{export_id}"),
        (adi, f"/tenants/{theirs}/exports/{export_id}"),
        (ben, f"/tenants/{theirs}/imports/{export_id}"),
    ):
        assert (await person.get(path)).status_code == 404, path
    asked = await adi.call("POST", f"/tenants/{ours}/exports", json={"dataset": "notes", "format": "jsonl"})
    run = await finished(adi, f"/tenants/{ours}/exports/{asked.json()['id']}")
    assert "secret" not in (await adi.get(run["url"].removeprefix("/api/v1"))).text
    for dataset in ("posts", "users"):
        answer = await adi.call("POST", f"/tenants/{ours}/exports", json={"dataset": dataset})
        assert (answer.status_code, answer.json()["error_code"]) == (404, "DATASET_NOT_FOUND")
    assert (await adi.call("POST", "/exports", json={"dataset": "notes"})).status_code == 404


async def test_members_are_exported(notes_town, finished):
    tenant, people = await notes_town.staffed("staff", mia="member")
    asked = await people["mia"].call("POST", f"/tenants/{tenant}/exports", json={"dataset": "members"})
    run = await finished(people["mia"], f"/tenants/{tenant}/exports/{asked.json()['id']}")
    assert run["rows"] == 2
    text = (await people["mia"].get(run["url"].removeprefix("/api/v1"))).text
    assert '"staff-owner"' in text
    assert "@example.com" not in text
