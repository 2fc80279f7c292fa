"""Attack 16: an administrator promoted themself, demoted their superior, and granted what they lacked."""

import asyncio
from types import SimpleNamespace

import pytest

from fondasi.identity import create_user

PASSWORD = "correct horse battery staple"
API = "/api/v1"


@pytest.fixture
async def cast(client, clean_database):
    """Root, an administrator, their accomplice without rights, and the ids of the groups."""

    async def sign_in(username: str, *, superuser: bool = False) -> dict[str, str]:
        async with clean_database.unit_of_work() as session:
            await create_user(session, username=username, password=PASSWORD, superuser=superuser)
        answer = await client.post(f"{API}/login", json={"username": username, "password": PASSWORD})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    root = await sign_in("root", superuser=True)
    groups = (await client.get(f"{API}/groups?items_per_page=100", headers=root)).json()["data"]
    ids = {group["name"]: group["id"] for group in groups}
    admin, accomplice = await sign_in("adi"), await sign_in("accomplice")
    body = {"group_ids": [ids["user"], ids["admin"]]}
    assert (await client.put(f"{API}/users/adi/groups", json=body, headers=root)).status_code == 200
    # What an administrator lacks: root takes it from the group.
    path = f"{API}/groups/{ids['admin']}"
    held = (await client.get(path, headers=root)).json()["permissions"]
    held.remove("system.view")
    answer = await client.put(f"{path}/permissions", json={"permissions": held}, headers=root)
    assert answer.status_code == 200
    return SimpleNamespace(root=root, admin=admin, accomplice=accomplice, ids=ids, held=held)


async def effective(client, headers) -> set[str]:
    return set((await client.get(f"{API}/users/me/permissions", headers=headers)).json()["effective"])


async def test_administrator_gets_nothing_more_by_any_way(client, cast):
    before = await effective(client, cast.admin)
    ids = cast.ids
    attempts = [
        ("/users/adi/groups", {"group_ids": [ids["user"], ids["admin"], ids["super_admin"]]}),
        ("/users/adi/permissions", {"permissions": ["system.view"]}),
        ("/users/adi/permissions", {"permissions": sorted(before)}),
        (f"/groups/{ids['admin']}/permissions", {"permissions": [*cast.held, "system.view"]}),
        (f"/groups/{ids['user']}/permissions", {"permissions": ["system.view"]}),
        ("/users/accomplice/groups", {"group_ids": [ids["super_admin"]]}),
        ("/users/accomplice/permissions", {"permissions": ["system.view"]}),
    ]
    for path, body in attempts:
        answer = await client.put(API + path, json=body, headers=cast.admin)
        assert answer.status_code == 403, (path, answer.text)
    assert await effective(client, cast.admin) == before
    assert "system.view" not in await effective(client, cast.accomplice)


async def test_superior_is_not_demoted(client, cast):
    for path, body in [
        ("/users/root/groups", {"group_ids": [cast.ids["user"]]}),
        ("/users/root/groups", {"group_ids": []}),
        ("/users/root/permissions", {"permissions": []}),
        (f"/groups/{cast.ids['super_admin']}/permissions", {"permissions": []}),
    ]:
        answer = await client.put(API + path, json=body, headers=cast.admin)
        assert answer.status_code in {403, 409}, (path, answer.text)
    assert (await client.get("/health/system", headers=cast.root)).status_code == 200


async def test_two_super_admins_who_dismiss_each_other_at_once_leave_one(client, cast, clean_database):
    ids = cast.ids
    body = {"group_ids": [ids["user"], ids["super_admin"]]}
    await client.put(f"{API}/users/accomplice/groups", json=body, headers=cast.root)
    for _ in range(5):
        answers = await asyncio.gather(
            client.put(
                f"{API}/users/accomplice/groups", json={"group_ids": [ids["user"]]}, headers=cast.root
            ),
            client.put(
                f"{API}/users/root/groups", json={"group_ids": [ids["user"]]}, headers=cast.accomplice
            ),
        )
        assert sorted(answer.status_code for answer in answers) in ([200, 403], [200, 409])
        left = cast.root if answers[0].status_code == 200 else cast.accomplice
        for name in ("root", "accomplice"):
            answer = await client.put(f"{API}/users/{name}/groups", json=body, headers=left)
            assert answer.status_code == 200


async def test_fields_of_rights_are_not_taken_along(client, cast):
    for extra in ({"is_superuser": True}, {"groups": ["super_admin"]}):
        answer = await client.put(
            f"{API}/users/accomplice/permissions", json={"permissions": [], **extra}, headers=cast.admin
        )
        assert answer.status_code == 422
