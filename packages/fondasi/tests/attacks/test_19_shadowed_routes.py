"""Attack 19: routes that shadowed each other answered 200 without doing anything; `/users/me` was taken for an id."""

from collections import Counter

import pytest

from fondasi.access import UndeclaredRouteError, authenticated
from fondasi.app import create_app
from fondasi.identity import create_user
from fondasi.kit.http import Router
from fondasi.module import Module
from fondasi.runtime import platform_modules

PASSWORD = "correct horse battery staple"
API = "/api/v1"


async def test_own_rights_are_never_those_of_a_user_named_me(client, clean_database):
    async with clean_database.unit_of_work() as session:
        await create_user(session, username="me", password=PASSWORD, superuser=True)
        await create_user(session, username="ani", password=PASSWORD)
    answer = await client.post(f"{API}/login", json={"username": "ani", "password": PASSWORD})
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    groups = (await client.get(f"{API}/users/me/groups", headers=headers)).json()["groups"]
    assert [group["name"] for group in groups] == ["user"]
    rights = (await client.get(f"{API}/users/me/permissions", headers=headers)).json()
    assert rights["is_superuser"] is False


async def test_every_operation_of_the_document_is_one_route(client):
    document = (await client.get("/openapi.json")).json()
    names = Counter(
        operation["operationId"] for item in document["paths"].values() for operation in item.values()
    )
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("path", ["/users/me/groups", "/groups/{group_id}"])
def test_module_that_declares_a_route_again_stops_the_app(settings, path):
    router = Router()

    @router.get(path, dependencies=[authenticated], operation_id="shadow")
    async def shadow() -> None: ...

    with pytest.raises(UndeclaredRouteError, match="is declared 2 times"):
        create_app(settings, [*platform_modules(), Module("shadow", routers=[router])])
