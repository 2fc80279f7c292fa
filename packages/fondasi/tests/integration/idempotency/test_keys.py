"""A POST that is sent again with its `Idempotency-Key` is done once, and answered as the first time."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from integration.idempotency.conftest import API
from prometheus_client import REGISTRY
from sqlalchemy import text, update

from fondasi.access import lock_access
from fondasi.idempotency import jobs, repository
from fondasi.idempotency.models import IdempotencyKey
from fondasi.kit import clock

ONE, TWO = {"name": "One"}, {"name": "Two"}
PRINT = {"code": "custom.print", "description": "Print."}


def served(outcome):
    return REGISTRY.get_sample_value("fondasi_idempotency_keys_total", {"outcome": outcome}) or 0.0


@pytest.fixture
async def root(account):
    return await account("root", superuser=True)


@pytest.fixture
def answers_age(clean_database):
    """Let kept answers get older: `await answers_age(hours=25)`."""

    async def shift(**age):
        async with clean_database.unit_of_work() as session:
            older = IdempotencyKey.created_at - timedelta(**age)
            await session.execute(update(IdempotencyKey).values(created_at=older))

    return shift


async def test_done_once_and_answered_alike(send, root, tenants, trail):
    before = served("repeated")
    first, second = [await send("/tenants", root, "a-key", json=ONE) for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second.headers["content-type"] == first.headers["content-type"]
    assert second.headers["content-length"] == first.headers["content-length"]
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["x-request-id"] != first.headers["x-request-id"]
    assert await tenants() == ["One"]
    assert len(await trail("tenant.created")) == 1
    assert served("repeated") == before + 1


async def test_answer_without_a_body_is_given_again(send, root, letters):
    for _ in range(2):
        answer = await send("/users/invitations", root, "a-key", json={"email": "ani@example.com"})
        assert (answer.status_code, answer.content) == (202, b"null")
    assert len(await letters("ani@example.com")) == 1


async def test_another_key_does_it_again(send, root, tenants):
    for _ in range(2):
        assert (await send("/tenants", root, json=ONE)).status_code == 201
    assert await tenants() == ["One", "One"]


async def test_without_a_key_nothing_is_kept_and_nothing_is_asked(client, root, statements, keys):
    with statements() as sent:
        for _ in range(2):
            answer = await client.post(f"{API}/tenants", json=ONE, headers=root)
            assert answer.status_code == 201
    assert not [statement for statement in sent if "idempotency" in statement or "advisory" in statement]
    assert await keys() == 0


async def test_key_of_another_request_is_refused(send, root, tenants):
    await send("/tenants", root, "a-key", json=ONE)
    for path, body in (("/tenants", TWO), ("/groups", ONE), ("/tenants?x=1", ONE)):
        answer = await send(path, root, "a-key", json=body)
        assert answer.status_code == 422, path
    assert answer.json()["error_code"] == "VALIDATION_ERROR"  # the query is looked at before
    answer = await send("/groups", root, "a-key", json=ONE)
    assert answer.json()["error_code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await tenants() == ["One"]


async def test_path_is_part_of_the_request(send, root):
    made = [(await send("/tenants", root, json=body)).json()["id"] for body in (ONE, TWO)]
    first, second = [
        await send(f"/tenants/{tenant}/suspend", root, "a-key", json={"reason": "Unpaid."}) for tenant in made
    ]
    assert (first.status_code, second.status_code) == (200, 422)


async def test_second_of_two_at_once_is_told_to_wait(client, send, root, clean_database):
    async with clean_database.unit_of_work() as session:
        await lock_access(session)  # what makes permissions waits for this
        both = {asyncio.create_task(send("/permissions", root, "a-key", json=PRINT)) for _ in "ab"}
        done, waiting = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        told = done.pop().result()
    assert told.status_code == 409
    assert told.json()["error_code"] == "IDEMPOTENCY_KEY_IN_USE"
    assert told.headers["retry-after"] == "1"
    made = await waiting.pop()
    assert made.status_code == 201
    again = await send("/permissions", root, "a-key", json=PRINT)
    assert again.content == made.content


async def test_fifty_at_once_have_one_effect_and_fifty_equal_answers(send_until_done, root, tenants):
    sent = [send_until_done("/tenants", root, "a-key", json=ONE) for _ in range(50)]
    answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert await tenants() == ["One"]


async def test_what_is_refused_is_done_when_it_can_be(client, send, root, keys):
    await send("/permissions", root, json=PRINT)
    refused = await send("/permissions", root, "a-key", json=PRINT)
    assert refused.json()["error_code"] == "PERMISSION_EXISTS"
    assert (await send("/permissions", root, "a-key", json={})).json()["error_code"] == "VALIDATION_ERROR"
    assert await keys() == 1
    assert (await client.delete(f"{API}/permissions/custom.print", headers=root)).status_code == 204
    assert (await send("/permissions", root, "a-key", json=PRINT)).status_code == 201


async def test_broken_off_before_its_commit_there_is_neither_effect_nor_answer(
    app, send, root, tenants, keys
):
    async def die(session, _):
        await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    hooks = app.state.platform.database.before_commit
    hooks.append(die)
    try:
        answer = await send("/tenants", root, "a-key", json=ONE)
    finally:
        hooks.remove(die)
    assert answer.status_code == 503
    assert (await tenants(), await keys()) == ([], 0)
    assert (await send("/tenants", root, "a-key", json=ONE)).status_code == 201
    assert (await tenants(), await keys()) == (["One"], 1)


async def test_key_is_new_again_when_its_time_is_over(send, root, tenants, answers_age):
    first = await send("/tenants", root, "a-key", json=ONE)
    await answers_age(hours=25)
    second = await send("/tenants", root, "a-key", json=TWO)
    assert second.json()["id"] != first.json()["id"]
    assert (await send("/tenants", root, "a-key", json=TWO)).content == second.content
    assert await tenants() == ["One", "Two"]


async def test_old_answers_are_purged(send, root, keys, answers_age, run_jobs, *, clean_database):
    await send("/tenants", root, json=ONE)
    await answers_age(hours=25)
    await send("/tenants", root, json=ONE)
    async with clean_database.unit_of_work() as session:
        await jobs.purge.enqueue(session)
    await run_jobs(jobs.purge)
    assert await keys() == 1


async def test_newest_answers_of_each_caller_are_kept(send, root, account, clean_database):
    ani = await account("ani", superuser=True)
    for key in ("one", "two", "three"):
        await send("/tenants", root, key, json=ONE)
    await send("/tenants", ani, "one", json=ONE)
    async with clean_database.unit_of_work() as session:
        assert await repository.purge(session, None, before=clock.now() - timedelta(hours=1), most=2) == 1
    for headers, key, known in (
        (root, "two", True),
        (root, "three", True),
        (ani, "one", True),
        (root, "one", False),
    ):
        answer = await send("/tenants", headers, key, json=ONE)
        assert ("idempotent-replayed" in answer.headers) is known, key


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "a" * 256, "a\tb", '"a', '""', '"a" "b"'])
async def test_what_is_no_key_is_refused(client, root, tenants, key):
    headers = {**root, "Idempotency-Key": key.encode()}
    answer = await client.post(f"{API}/tenants", json=ONE, headers=headers)
    if key == '"a':  # a text as good as any
        assert answer.status_code == 201
        return
    assert answer.status_code == 422
    assert answer.json()["field_errors"][0]["field"] == "header.Idempotency-Key"
    assert await tenants() == []


async def test_two_keys_are_refused(client, root):
    headers = [*root.items(), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    assert (await client.post(f"{API}/tenants", json=ONE, headers=headers)).status_code == 422


async def test_quotes_around_a_key_are_no_part_of_it(send, root):
    key = str(UUID(int=7))
    first, second = [await send("/tenants", root, name, json=ONE) for name in (key, f'"{key}"')]
    assert second.headers["idempotent-replayed"] == "true"
    assert second.content == first.content


async def test_uploads_take_no_key(send, root):
    answer = await send("/files", root, files={"file": ("a.txt", b"text")})
    assert answer.status_code == 422
    assert answer.json()["error_code"] == "IDEMPOTENCY_KEY_NOT_TAKEN"


async def test_where_nobody_is_signed_in_a_key_is_ignored(client, account, send):
    await account("ani")
    credentials = {"username": "ani", "password": "correct horse battery staple"}
    first, second = [await send("/login", {}, "a-key", json=credentials) for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["access_token"] != second.json()["access_token"]
    assert "idempotent-replayed" not in second.headers
