"""Rights are kept in the process, cost a request no query, and change at once on every worker."""

from typing import TYPE_CHECKING

from fondasi.access import EffectivePermissions, Permission, require
from fondasi.app import create_app
from fondasi.kit.http import Router
from fondasi.module import Module
from fondasi.testing import running

if TYPE_CHECKING:
    from fondasi.platform import Platform

GUARDED = "/health/system"  # asks for `system.view` and reads nothing


async def test_guarded_request_is_one_statement(client, person, statements):
    adi = await person("adi", "user", "admin")
    assert (await client.get(GUARDED, headers=adi.headers)).status_code == 200
    with statements() as sent:
        assert (await client.get(GUARDED, headers=adi.headers)).status_code == 200
    assert len(sent) == 1


async def test_many_groups_and_permissions_are_one_statement_too(client, clean_database, person, statements):
    from sqlalchemy import text

    ani = await person("ani")
    async with clean_database.unit_of_work() as session:
        for statement in (
            (
                'INSERT INTO "group" (id, name, description, seeded) '
                "SELECT gen_random_uuid(), 'many-' || n, '', false FROM generate_series(1, 50) n"
            ),
            (
                "INSERT INTO group_permission SELECT id, 'room.action' || n, true "
                "FROM \"group\", generate_series(1, 500) n WHERE name LIKE 'many-%'"
            ),
            'INSERT INTO user_group SELECT "user".id, "group".id FROM "user", "group" WHERE name LIKE \'many-%\'',
        ):
            await session.execute(text(statement.replace("WHERE name LIKE", 'WHERE "group".name LIKE')))
        await session.execute(text("INSERT INTO user_permission SELECT id, 'system.view' FROM \"user\""))
    for expected in (2, 1, 1):
        with statements() as sent:
            assert (await client.get(GUARDED, headers=ani.headers)).status_code == 200
        assert len(sent) == expected


async def test_every_kind_of_change_acts_with_the_next_request_on_every_worker(
    settings, modules, client, person
):
    root, ani = await person("root", superuser=True), await person("ani")
    group = await root.create_group("watchers")
    other = create_app(settings, modules)
    import httpx

    async with (
        running(other),
        httpx.AsyncClient(transport=httpx.ASGITransport(other), base_url="http://testserver") as second,
    ):

        async def allowed() -> set[bool]:
            answers = [await worker.get(GUARDED, headers=ani.headers) for worker in (client, second)]
            return {answer.status_code == 200 for answer in answers}

        assert await allowed() == {False}
        await root.join(ani, "user", "watchers")
        assert await allowed() == {False}
        await root.call("PUT", f"/groups/{group}/permissions", permissions=["system.view"])
        assert await allowed() == {True}
        await root.call("PUT", f"/groups/{group}/permissions", permissions=[])
        assert await allowed() == {False}
        await root.grant(ani, "system.view")
        assert await allowed() == {True}
        await root.grant(ani)
        assert await allowed() == {False}
        await root.join(ani, "admin")
        assert await allowed() == {True}
        await root.join(ani, "user")
        assert await allowed() == {False}
        await root.call("PUT", f"/groups/{group}/permissions", permissions=["system.view"])
        await root.join(ani, "watchers")
        assert await allowed() == {True}
        await root.call("DELETE", f"/groups/{group}")
        assert await allowed() == {False}
        await root.join(ani, "super_admin")
        assert await allowed() == {True}
        await root.join(ani)
        assert await allowed() == {False}


async def test_failed_change_leaves_everything_as_it_was(client, person):
    root, adi = await person("root", superuser=True), await person("adi", "user", "admin")
    assert (await adi.join(root, "user")).status_code == 403
    assert (await root.may())["groups"] == ["super_admin", "user"]


async def test_cache_is_bounded(app, clean_database, person, monkeypatch):
    monkeypatch.setattr("fondasi.access.effective.KEPT", 2)
    platform: Platform = app.state.platform
    from fondasi.access import PermissionRegistry

    effective = EffectivePermissions(platform.database, platform.get(PermissionRegistry))
    people = [await person(name) for name in ("ani", "budi", "citra")]
    held = [await effective.of(someone.id, 1, 0) for someone in people]
    assert len(effective._kept) == 2
    assert held[0] is held[2]


async def test_permission_of_an_application_is_held_by_its_default_groups_at_once(
    settings, modules, client, person
):
    router = Router()

    @router.get("/notes", dependencies=[require("notes.read")], operation_id="list_notes")
    async def list_notes() -> list[str]:
        return []

    notes = Module("notes", routers=[router], permissions=[Permission("notes.read", "Read.", ("moderator",))])
    ani, modi = await person("ani"), await person("modi", "moderator")
    import httpx

    app = create_app(settings, [*modules, notes])
    async with (
        running(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as other,
    ):
        assert (await other.get("/api/v1/notes", headers=modi.headers)).status_code == 200
        assert (await other.get("/api/v1/notes", headers=ani.headers)).status_code == 403
