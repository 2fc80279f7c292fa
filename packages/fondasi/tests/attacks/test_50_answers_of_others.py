"""50: another caller's answer by their `Idempotency-Key`. Here a key is the caller's own, and opens no door."""

import asyncio

import pytest
from sqlalchemy import delete, func, select, text

from fondasi.access.models import UserGroup
from fondasi.idempotency.models import IdempotencyKey
from fondasi.identity import User

API = "/api/v1"
KEY = {"Idempotency-Key": "the-same-key"}
ONE = {"name": "One"}
PRINT = {"code": "custom.print", "description": "Print."}


@pytest.fixture
async def people(account):
    return [await account(name, superuser=True) for name in ("ani", "budi")]


async def make(client, headers, path="/tenants", **body):
    return await client.post(API + path, headers={**headers, **KEY}, json=body or ONE)


async def test_anothers_key_is_a_new_key_of_ones_own(client, people):
    ani, budi = people
    first, stolen = await make(client, ani), await make(client, budi)
    assert stolen.status_code == 201
    assert stolen.json()["id"] != first.json()["id"]
    assert "idempotent-replayed" not in stolen.headers
    # Nor does it tell that somebody else used it for another request.
    assert (await make(client, budi, "/permissions", **PRINT)).json()[
        "error_code"
    ] == "IDEMPOTENCY_KEY_REUSED"
    await make(client, ani, "/permissions", **PRINT)
    third = await client.post(f"{API}/tenants", headers={**budi, "Idempotency-Key": "k"}, json=ONE)
    assert third.status_code == 201


async def test_anothers_request_under_way_is_not_felt(client, people, clean_database):
    """The lock is the caller's too: nobody learns that a key is in use, or holds another one up with it."""
    ani, budi = people
    first, second = await asyncio.gather(make(client, ani), make(client, budi))
    assert (first.status_code, second.status_code) == (201, 201)


async def test_a_key_without_a_valid_token_opens_nothing(client, people):
    ani, _ = people
    await make(client, ani)
    assert (await make(client, {})).status_code == 401
    assert (await make(client, {"Authorization": "Bearer nonsense"})).status_code == 401
    await client.post(f"{API}/logout", headers=ani)
    assert (await make(client, ani)).status_code == 401


async def test_strangers_share_no_answers(client):
    """Nobody signed in: a key is ignored, so that there is nothing to ask for."""
    answers = []
    for username in ("ani", "budi"):
        new = {"username": username, "name": username, "password": "correct horse battery staple"}
        answers.append(await make(client, {}, "/users", **new))
    assert [answer.json()["username"] for answer in answers] == ["ani", "budi"]


async def test_the_answer_is_gone_with_the_rights(client, people, clean_database):
    ani, _ = people
    assert (await make(client, ani, "/permissions", **PRINT)).status_code == 201
    async with clean_database.unit_of_work() as session:
        of_ani = select(User.id).where(User.username == "ani").scalar_subquery()
        await session.execute(delete(UserGroup).where(UserGroup.user_id == of_ani))
    again = await make(client, ani, "/permissions", **PRINT)
    assert again.status_code == 403
    assert PRINT["code"] not in again.text


async def test_the_answer_of_a_tenant_is_gone_with_the_membership(notes_town):
    tenant, people = await notes_town.staffed("leavers", adi="admin")
    adi, path = people["adi"], f"/tenants/{tenant}/notes"
    note = {"title": "For members"}
    assert (await adi.call("POST", path, json=note, headers=KEY)).status_code == 201
    assert (await people["owner"].call("POST", path, json={"title": "2"}, headers=KEY)).status_code == 201
    gone = await people["owner"].call("DELETE", f"/tenants/{tenant}/members/{adi.id}")
    assert gone.status_code == 204
    again = await adi.call("POST", path, json=note, headers=KEY)
    assert again.status_code == 404
    assert "For members" not in again.text


async def test_a_key_of_one_tenant_gives_nothing_in_another(notes_town):
    person = await notes_town.person("crossing")
    one, two = [await person.creates(name) for name in ("crossed-one", "crossed-two")]
    note = {"title": "Of one"}
    first = await person.call("POST", f"/tenants/{one}/notes", json=note, headers=KEY)
    second = await person.call("POST", f"/tenants/{two}/notes", json=note, headers=KEY)
    assert first.json()["id"] != second.json()["id"]
    eve = await notes_town.person("eve-outside")
    assert (await eve.call("POST", f"/tenants/{one}/notes", json=note, headers=KEY)).status_code == 404


async def test_an_api_key_gets_no_answer_of_the_session(client, people, clean_database):
    ani, _ = people
    new = {"name": "Nightly", "permissions": ["tenants.create"]}
    made = await client.post(f"{API}/api-keys", headers=ani, json=new)
    key = {"X-API-Key": made.json()["key"]}
    first, second = await make(client, ani), await make(client, key)
    assert second.status_code == 201, second.text
    assert second.json()["id"] != first.json()["id"]


async def test_no_secret_is_kept(client, people, clean_database):
    ani, _ = people
    new = {"name": "Nightly", "permissions": ["tenants.create"]}
    secrets = [(await make(client, ani, "/api-keys", **new)).json()["key"]]
    started = await client.post(f"{API}/auth/second-factor", headers={**ani, "Idempotency-Key": "factor"})
    assert started.status_code == 201
    secrets += [value for value in started.json().values() if isinstance(value, str)]
    async with clean_database.read_session() as session:
        rows = await session.scalars(
            select(func.to_jsonb(text("idempotency_key"))).select_from(IdempotencyKey)
        )
        kept = [str(row) for row in rows]
    assert len(kept) == 2
    assert not [secret for secret in secrets for row in kept if secret.encode().hex() in row or secret in row]


async def test_neither_the_key_nor_the_request_can_be_guessed_from_what_is_kept(
    client, people, clean_database
):
    """Digests under a key of the service's own: whoever reads the table tries no passwords against it."""
    ani, _ = people
    await make(client, ani)
    async with clean_database.read_session() as session:
        (row,) = await session.scalars(select(IdempotencyKey))
    assert KEY["Idempotency-Key"] not in str(row.__dict__)
    assert len(row.fingerprint) == 32


@pytest.mark.parametrize("key", ["a" * 256, "a" * 60_000, "\x7f", "ключ", "a;b\r"])
async def test_huge_and_strange_keys_are_refused(client, people, key):
    ani, _ = people
    headers = {**ani, "Idempotency-Key": key.encode()}
    answer = await client.post(f"{API}/tenants", headers=headers, json=ONE)
    assert answer.status_code == 422
    assert key[:100] not in answer.text
    assert (await client.get(f"{API}/tenants", headers=ani)).json()["total_count"] == 0
