"""Attack 20: a foreign key pointed into another tenant; a global unique key told that a value exists elsewhere."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError


@pytest.fixture(scope="module")
async def owners(notes_town):
    """Owners of two tenants, with a tag each: `[(owner, tenant, tag_id)]`."""
    made = []
    for name in ("east", "west"):
        owner = await notes_town.person(f"{name}-owner")
        tenant = await owner.creates(name)
        tag = (await owner.call("POST", f"/tenants/{tenant}/tags", json={"name": "urgent"})).json()["id"]
        made.append((owner, tenant, tag))
    return made


async def test_row_of_another_tenant_cannot_be_referred_to(owners, notes_app):
    (owner, tenant, _), (other, _, foreign_tag) = owners
    for field, value in (("tag_ids", [foreign_tag]), ("author_id", str(other.id))):
        answers = []
        for sent in (value, [str(uuid4())] if field == "tag_ids" else str(uuid4())):
            answer = await owner.call("POST", f"/tenants/{tenant}/notes", json={"title": "x", field: sent})
            answers.append((answer.status_code, answer.json()["detail"]))
        assert answers[0] == answers[1]
        assert answers[0][0] == 422
    # The database itself refuses it, whatever the application does.
    insert = text("INSERT INTO note (tenant_id, id, title, author_id) VALUES (:tenant, :id, 'x', :author)")
    with pytest.raises(IntegrityError, match="author_id_membership"):
        async with notes_app.state.platform.database.unit_of_work(tenant=UUID(tenant)) as session:
            await session.execute(insert, {"tenant": UUID(tenant), "id": uuid4(), "author": other.id})


async def test_unique_value_of_another_tenant_is_free(owners):
    for owner, tenant, _ in owners:
        created = await owner.call("POST", f"/tenants/{tenant}/notes", json={"title": "Quarterly report"})
        assert created.status_code == 201
        again = await owner.call("POST", f"/tenants/{tenant}/notes", json={"title": "Quarterly report"})
        assert again.status_code == 409


async def test_author_who_leaves_stays_behind_as_nobody(owners, notes_town):
    owner, tenant, _ = owners[0]
    mia = await notes_town.person("east-mia")
    await notes_town.join(tenant, mia)
    body = {"title": "of mia", "author_id": str(mia.id)}
    note = (await owner.call("POST", f"/tenants/{tenant}/notes", json=body)).json()
    assert (await mia.call("DELETE", f"/tenants/{tenant}/members/me")).status_code == 204
    assert (await owner.get(f"/tenants/{tenant}/notes/{note['id']}")).json()["author_id"] is None
