"""The two-tenant matrix: for every id that an operation takes, that of another tenant is one that does not exist.

Run three times: as the application is; with its own filters switched off, so that row-level security stands alone;
and with both switched off, to know that the matrix would see a hole.
"""

import re
from uuid import UUID

import asyncpg
import orjson
import pytest
from sqlalchemy import true

from fondasi.kit.db import TenantOwned
from fondasi.kit.db.isolation import isolation_faults
from fondasi.tenancy import ISOLATION_EXCEPTIONS
from fondasi.tenancy.export import export
from fondasi.tenancy.models import Membership
from fondasi.testing.two_tenants import HEADER, Side, differences

VALUES = {
    "email": "somebody@example.com",
    "name": "new",
    "title": "new",
    "url": "https://example.com/",
    "events": ["*"],
    "dataset": "notes",
}


@pytest.fixture(scope="module")
async def sides(notes_app, notes_town):
    """Tenants A and B, each with everything that an id can name, and a member who holds all permissions."""
    made = []
    for marker in ("alpha", "bravo"):
        tenant, people = await notes_town.staffed(marker, mia="member")
        owner, path = people["owner"], f"/tenants/{tenant}"
        ids = {"tenant_id": tenant, "user_id": str(people["mia"].id), "username": people["mia"].name}
        ids["author_id"] = ids["subject_id"] = ids["user_id"]
        ids["owner_id"] = str(owner.id)
        email = f"{marker}-new@example.com"
        answer = await owner.call("POST", f"{path}/invitations", json={"email": email})
        ids["invitation_id"] = answer.json()["id"]
        letters = await notes_town.letters(email)
        ids["token"] = re.search(r"Token: (\S+)", letters[-1].text)[1]
        ids["tag_id"] = (await owner.call("POST", f"{path}/tags", json={"name": marker})).json()["id"]
        body = {"title": f"{marker} note", "tag_ids": [ids["tag_id"]], "author_id": ids["author_id"]}
        answer = await owner.call("POST", f"{path}/notes", json=body)
        assert answer.status_code == 201, answer.text
        ids["note_id"] = answer.json()["id"]
        content = {"file": (f"{marker}.txt", marker.encode())}
        ids["file_id"] = (await owner.call("POST", f"{path}/files", files=content)).json()["id"]
        hook = {"url": f"https://{marker}.example.com/", "events": ["*"], "description": marker}
        ids["webhook_id"] = (await owner.call("POST", f"{path}/webhooks", json=hook)).json()["id"]
        answer = await owner.call("POST", f"{path}/webhooks/{ids['webhook_id']}/ping")
        ids["delivery_id"] = answer.json()["id"]
        body = {"dataset": "notes"}
        ids["export_id"] = (await owner.call("POST", f"{path}/exports", json=body)).json()["id"]
        content = {"file": (f"{marker}.csv", b"title\n")}
        lines = (await owner.call("POST", f"{path}/files", files=content)).json()["id"]
        body["file_id"] = lines
        ids["import_id"] = (await owner.call("POST", f"{path}/imports", json=body)).json()["id"]
        made.append(Side(owner.headers, ids, marker))
    return made


async def everything(app, side: Side) -> dict:
    """All rows of a tenant."""
    pieces = [piece async for piece in export(app.state.platform.database, UUID(side.ids["tenant_id"]))]
    return orjson.loads(b"".join(pieces))["tables"]


@pytest.fixture
def no_filters(monkeypatch):
    """Repositories filter by nothing that says whose rows they want."""
    monkeypatch.setattr(TenantOwned, "of_tenant", classmethod(lambda cls, tenant_id: true()))
    monkeypatch.setattr(Membership, "of_user", classmethod(lambda cls, user_id: true()))


def document_of(app, *words: str) -> dict:
    """The application's document, or the paths in it that hold one of the words."""
    whole = app.openapi()
    paths = {
        path: item for path, item in whole["paths"].items() if any(word in path for word in words or "/")
    }
    return {**whole, "paths": paths}


async def assert_apart(notes_app, notes_client, sides, *words, least):
    mine, theirs = sides
    before = await everything(notes_app, theirs)
    assert {
        "note",
        "tag",
        "note_tag",
        "membership",
        "invitation",
        "tenant_file",
        "tenant_webhook",
    } <= before.keys()
    document = document_of(notes_app, *words)
    found, tried = await differences(notes_client, document, mine, theirs, values=VALUES)
    assert found == []
    assert tried >= least
    assert await everything(notes_app, theirs) == before


async def test_ids_of_another_tenant_are_as_if_they_did_not_exist(notes_app, notes_client, sides):
    await assert_apart(notes_app, notes_client, sides, least=100)


async def test_row_level_security_alone_keeps_them_apart(notes_app, notes_client, sides, no_filters):
    await assert_apart(notes_app, notes_client, sides, "tenants", "notes", "invitations", least=50)


async def test_lists_without_filters_hold_rows_of_the_own_tenant_alone(notes_client, sides, no_filters):
    for side in sides:
        answer = await notes_client.get(
            "/api/v1/notes", headers={**side.headers, HEADER: side.ids["tenant_id"]}
        )
        assert [row["title"] for row in answer.json()] == [f"{side.marker} note"]
        listed = await notes_client.get("/api/v1/tenants", headers=side.headers)
        assert [row["name"] for row in listed.json()["data"]] == [side.marker]


async def test_matrix_sees_a_hole(notes_app, notes_client, notes_addresses, sides, no_filters):
    owner = await asyncpg.connect(notes_addresses.owner)
    try:
        await owner.execute("ALTER TABLE note DISABLE ROW LEVEL SECURITY")
        found, _ = await differences(notes_client, document_of(notes_app, "notes/"), *sides, values=VALUES)
        async with notes_app.state.platform.database.read_session() as session:
            faults = await isolation_faults(session, ISOLATION_EXCEPTIONS)
    finally:
        await owner.execute("ALTER TABLE note ENABLE ROW LEVEL SECURITY")
        await owner.close()
    path = "/api/v1/tenants/{tenant_id}/notes/{note_id}"
    assert {line.partition(",")[0] for line in found} == {
        f"{verb} {path}" for verb in ("GET", "PUT", "DELETE")
    }
    assert [(fault.table, fault.kind) for fault in faults] == [("note", "security")]


async def test_matrix_asks_for_the_ids_that_it_was_not_given(notes_app, notes_client, sides):
    mine, theirs = sides
    fewer = Side(theirs.headers, {k: v for k, v in theirs.ids.items() if k != "tag_id"}, theirs.marker)
    found, _ = await differences(notes_client, document_of(notes_app, "notes"), mine, fewer)
    assert "list_notes: list an example for the query 'tag_id'" in found
