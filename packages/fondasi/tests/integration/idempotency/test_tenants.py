"""Keys inside tenants: the answer is a row of the tenant."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

from sqlalchemy import func, select, update

from fondasi.idempotency import jobs
from fondasi.idempotency.models import IdempotencyKey, TenantIdempotencyKey

NOTE = {"title": "One"}


async def send(person, tenant, key="a-key", json=NOTE):
    return await person.call("POST", f"/tenants/{tenant}/notes", json=json, headers={"Idempotency-Key": key})


async def test_same_key_in_two_tenants_is_two_requests(notes_town):
    person = await notes_town.person("twice")
    one, two = [await person.creates(name) for name in ("keys-one", "keys-two")]
    first, second, again = await send(person, one), await send(person, two), await send(person, one)
    assert (first.status_code, second.status_code, again.status_code) == (201, 201, 201)
    assert first.json()["id"] != second.json()["id"]
    assert again.content == first.content
    assert "idempotent-replayed" not in second.headers


async def test_answer_is_a_row_of_the_tenant(notes_town):
    person = await notes_town.person("once")
    tenant, other = UUID(await person.creates("rows-one")), UUID(await person.creates("rows-two"))
    await send(person, tenant)
    for seen, rows in ((tenant, 1), (other, 0), (None, 0)):
        async with notes_town.database.read_session(tenant=seen) as session:
            assert await session.scalar(select(func.count()).select_from(TenantIdempotencyKey)) == rows
    async with notes_town.database.read_session() as session:
        assert not await session.scalar(select(func.count()).where(IdempotencyKey.user_id == person.id))


async def test_export_of_the_tenant_leaves_answers_to_members_out(notes_town):
    person = await notes_town.person("exporter")
    tenant = await person.creates("exported")
    await send(person, tenant)
    export = (await person.get(f"/tenants/{tenant}/export")).json()
    assert "tenant_idempotency_key" not in export["tables"]
    assert [note["title"] for note in export["tables"]["note"]] == ["One"]


async def test_purge_goes_through_tenants(notes_town):
    person = await notes_town.person("purged")
    tenants = [UUID(await person.creates(name)) for name in ("purged-one", "purged-two")]
    for tenant in tenants:
        await send(person, tenant, "old")
        async with notes_town.database.unit_of_work(tenant=tenant) as session:
            older = TenantIdempotencyKey.created_at - timedelta(hours=25)
            await session.execute(update(TenantIdempotencyKey).values(created_at=older))
        await send(person, tenant, "new", {"title": "Two"})

    async def progress(done: int) -> None:
        """Nobody watches."""

    async with notes_town.database.unit_of_work() as session:
        context = SimpleNamespace(session=session, platform=notes_town.platform, progress=progress)
        assert await jobs.purge.function(context) == {"deleted": 2}
    for tenant in tenants:
        answer = await send(person, tenant, "new", {"title": "Two"})
        assert answer.headers["idempotent-replayed"] == "true"
