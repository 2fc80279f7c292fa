"""Attack 15: any user could read, edit and delete what belongs to another through a path of their own."""

from uuid import uuid4

import pytest

from fondasi.identity import create_user

PASSWORD = "correct horse battery staple"
API = "/api/v1"


@pytest.fixture
async def sign_in(client, clean_database):
    async def create(username: str) -> dict[str, str]:
        async with clean_database.unit_of_work() as session:
            await create_user(session, username=username, password=PASSWORD)
        answer = await client.post(f"{API}/login", json={"username": username, "password": PASSWORD})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return create


def stable(answer) -> dict:
    return {
        key: value
        for key, value in answer.json().items()
        if key not in {"request_id", "timestamp", "instance"}
    }


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_foreign_job_is_as_one_that_does_not_exist(client, sign_in, method):
    owner, thief = await sign_in("ani"), await sign_in("thief")
    answer = await client.post(f"{API}/tasks", json={"message": "mine"}, headers=owner)
    path = f"{API}/tasks/{answer.json()['id']}"
    foreign = await client.request(method, path, headers=thief)
    missing = await client.request(method, f"{API}/tasks/{uuid4()}", headers=thief)
    assert foreign.status_code == 404
    assert stable(foreign) == stable(missing)
    assert (await client.get(path, headers=owner)).json()["status"] == "queued"


@pytest.mark.parametrize("victim", ["ani", "nobody"])
async def test_rights_of_others_are_neither_read_nor_written(client, sign_in, victim):
    await sign_in("ani")
    thief = await sign_in("thief")
    attempts = [
        ("GET", f"/users/{victim}/groups", None),
        ("GET", f"/users/{victim}/permissions", None),
        ("PUT", f"/users/{victim}/groups", {"group_ids": []}),
        ("PUT", f"/users/{victim}/permissions", {"permissions": []}),
        ("GET", "/groups", None),
    ]
    for method, path, body in attempts:
        answer = await client.request(method, API + path, json=body, headers=thief)
        # The same for a user who exists and one who does not: the guard answers, before anything is looked up.
        assert answer.status_code == 403, path
        assert answer.json()["error_code"] == "FORBIDDEN"
