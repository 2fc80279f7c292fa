"""Attack 3: rights that were taken away kept working. Here they end with the next request, on every worker."""

import httpx
import pytest

from fondasi.app import create_app
from fondasi.identity import create_user
from fondasi.testing import running

PASSWORD = "correct horse battery staple"
API = "/api/v1"


@pytest.fixture
async def sign_in(client, clean_database):
    async def create(username: str, *, superuser: bool = False) -> dict[str, str]:
        async with clean_database.unit_of_work() as session:
            await create_user(session, username=username, password=PASSWORD, superuser=superuser)
        answer = await client.post(f"{API}/login", json={"username": username, "password": PASSWORD})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return create


async def test_dismissed_administrator_is_refused_on_every_worker(settings, modules, client, sign_in):
    root, adi = await sign_in("root", superuser=True), await sign_in("adi")
    groups = (await client.get(f"{API}/groups", headers=root)).json()["data"]
    ids = {group["name"]: group["id"] for group in groups}

    async def be(*names: str) -> None:
        body = {"group_ids": [ids[name] for name in names]}
        answer = await client.put(f"{API}/users/adi/groups", json=body, headers=root)
        assert answer.status_code == 200

    other = create_app(settings, modules)
    async with (
        running(other),
        httpx.AsyncClient(transport=httpx.ASGITransport(other), base_url="http://testserver") as second,
    ):
        for role in ("admin", "super_admin"):
            await be("user", role)
            for worker in (client, second):
                assert (await worker.get(f"{API}/groups", headers=adi)).status_code == 200
            await be("user")
            for worker in (client, second):
                assert (await worker.get(f"{API}/groups", headers=adi)).status_code == 403
                stolen = await worker.put(
                    f"{API}/users/adi/groups", json={"group_ids": [ids[role]]}, headers=adi
                )
                assert stolen.status_code == 403
