"""Of two people who edit the same thing, the second is told what the first changed; nothing is lost."""

import asyncio
import re
from datetime import datetime
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from pydantic import BaseModel
from sqlalchemy import delete
from sqlalchemy.orm.exc import StaleDataError

from fondasi.access import authenticated
from fondasi.access.models import Group
from fondasi.app import create_app
from fondasi.dependencies import UnitOfWork
from fondasi.kit.http import IfMatch, Router, version_required, versioned
from fondasi.module import Module
from fondasi.runtime import platform_modules
from fondasi.testing import running

API = "/api/v1"
STRONG = re.compile(r'"\d+-[0-9a-f]{12}"')


class Described(BaseModel):
    version: int
    description: str


@pytest.fixture
async def editors(clean_database):
    """A group of the test's own, for tables with seeded rows are not emptied."""
    async with clean_database.unit_of_work() as session:
        session.add(group := Group(name="editors-of-a-test"))
    yield group.id
    async with clean_database.unit_of_work() as session:
        await session.execute(delete(Group).where(Group.id == group.id))


@pytest.fixture
async def tenant(town):
    """Two editors of one tenant, and its path."""
    made, people = await town.staffed("shared", second="owner")
    return people["owner"], people["second"], f"/tenants/{made}"


async def edit(person, path, etag, **changes):
    return await person.call("PATCH", path, json=changes, headers={"If-Match": etag})


async def test_second_editor_is_told_what_changed_and_by_whom(tenant):
    first, second, path = tenant
    seen = [(await person.get(path)).headers["etag"] for person in (first, second)]
    assert seen[0] == seen[1]
    done = await edit(first, path, seen[0], name="Renamed")
    assert (done.status_code, done.json()["version"]) == (200, 2)
    told = await edit(second, path, seen[1], name="Mine", description="All mine.")
    assert told.status_code == 412
    problem = told.json()
    assert problem["error_code"] == "CHANGED_MEANWHILE"
    assert (problem["version"], problem["changed_by"]) == (2, str(first.id))
    assert problem["changed_fields"] == ["name"]
    assert datetime.fromisoformat(problem["changed_at"]) == datetime.fromisoformat(done.json()["updated_at"])
    read = await second.get(path)
    assert (read.json()["name"], read.json()["description"]) == ("Renamed", "")
    again = await edit(second, path, read.headers["etag"], description="All mine.")
    assert (again.json()["name"], again.json()["description"]) == ("Renamed", "All mine.")


async def test_answers_have_a_strong_etag_and_unchanged_ones_no_body(tenant):
    first, _, path = tenant
    read = await first.get(path)
    etag = read.headers["etag"]
    assert STRONG.fullmatch(etag)
    again = await first.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    changed = await edit(first, path, etag, description="New.")
    assert changed.headers["etag"] != etag
    assert (await first.get(path, headers={"If-None-Match": etag})).status_code == 200
    assert (await first.get(path)).headers["etag"] == changed.headers["etag"]


async def test_what_is_not_changed_counts_no_version(tenant):
    first, _, path = tenant
    for _ in range(2):
        assert (await first.call("PATCH", path, json={"name": "shared"})).json()["version"] == 1


async def test_version_of_a_list_will_do(tenant):
    first, _, path = tenant
    (row,) = (await first.get("/tenants")).json()["data"]
    assert (await edit(first, path, f'"{row["version"]}"', name="One")).status_code == 200
    assert (await edit(first, path, f'"{row["version"]}"', name="Two")).status_code == 412


@pytest.mark.parametrize(
    ("etag", "status"),
    [
        ("*", 200),
        ('"1"', 200),
        ('"7", "1-000000000000"', 200),
        ('"2"', 412),
        ('W/"1"', 412),
        ('"1-zz"', 412),
        ('"of-another-service"', 412),
        ('""', 412),
        ("1", 422),
        ('"1', 422),
        (" , ".join(['"2"'] * 30), 422),
    ],
)
async def test_conditions(tenant, etag, status):
    first, _, path = tenant
    answer = await edit(first, path, etag, name="Renamed")
    assert answer.status_code == status, answer.text
    if status == 422:
        assert answer.json()["field_errors"][0]["field"] == "header.If-Match"


async def test_without_a_condition_it_is_done_as_before(tenant):
    first, second, path = tenant
    assert (await first.call("PATCH", path, json={"name": "One"})).status_code == 200
    assert (await second.call("PATCH", path, json={"name": "Two"})).status_code == 200


async def test_nobody_deletes_what_they_have_not_seen(tenant):
    first, second, path = tenant
    etag = (await first.get(path)).headers["etag"]
    await edit(second, path, etag, name="Still needed")
    assert (await first.call("DELETE", path, headers={"If-Match": etag})).status_code == 412
    etag = (await first.get(path)).headers["etag"]
    assert (await first.call("DELETE", path, headers={"If-Match": etag})).status_code == 204


async def test_what_a_group_holds_is_a_part_of_it(client, account, editors):
    root = await account("root", superuser=True)
    path = f"{API}/groups/{editors}"
    seen = {**root, "If-Match": (await client.get(path, headers=root)).headers["etag"]}
    held = await client.put(f"{path}/permissions", json={"permissions": ["users.view"]}, headers=seen)
    assert (held.status_code, held.json()["version"]) == (200, 2)
    for method, body in (("PATCH", {"description": "x"}), ("PUT", {"permissions": []})):
        address = path if method == "PATCH" else f"{path}/permissions"
        told = await client.request(method, address, json=body, headers=seen)
        assert told.status_code == 412
        assert told.json()["changed_fields"] == ["permissions"]
    assert (await client.delete(path, headers=seen)).status_code == 412
    same = await client.put(f"{path}/permissions", json={"permissions": ["users.view"]}, headers=root)
    assert same.json()["version"] == 2
    seen["If-Match"] = same.headers["etag"]
    assert (await client.delete(path, headers=seen)).status_code == 204


async def test_the_update_itself_compares_the_version(clean_database, editors):
    """Both have read the same; neither looks again before it writes."""
    with pytest.raises(StaleDataError):
        async with clean_database.unit_of_work() as slow:
            read = await slow.get_one(Group, editors)
            async with clean_database.unit_of_work() as quick:
                (await quick.get_one(Group, editors)).description = "Of the quick one."
            read.description = "Of the slow one."
    async with clean_database.read_session() as session:
        kept = await session.get_one(Group, editors)
    assert (kept.description, kept.version) == ("Of the quick one.", 2)


@pytest_asyncio.fixture
async def slow_groups(settings, account, editors):
    """A route that writes a while after it has read, and looks at no version between: two of them meet."""
    router = Router(prefix="/slow-groups", dependencies=[authenticated])
    both = asyncio.Barrier(2)

    async def write(group_id: UUID, described: Described, session: UnitOfWork, _: IfMatch) -> Described:
        group = await session.get_one(Group, group_id)
        async with asyncio.timeout(10):
            await both.wait()
        group.description = described.description
        await session.flush()
        return Described(version=group.version, description=group.description)

    router.add_api_route("/{group_id}", write, methods=["PUT"], dependencies=[versioned])
    router.add_api_route(
        "/{group_id}/strict", write, methods=["PUT"], operation_id="strict", dependencies=[version_required]
    )
    headers = await account("ani")
    app = create_app(settings, [*platform_modules(), Module(name="slow", routers=[router])])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with running(app), httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:

        async def put(text, path="", **more):
            body = {"version": 1, "description": text}
            return await client.put(
                f"{API}/slow-groups/{editors}{path}", json=body, headers={**headers, **more}
            )

        yield put


@pytest.mark.parametrize(("condition", "status"), [({"If-Match": '"1"'}, 412), ({}, 409)])
async def test_of_two_at_the_same_moment_one_is_done(slow_groups, editors, clean_database, condition, status):
    answers = await asyncio.gather(*(slow_groups(text, **condition) for text in ("one", "two")))
    done, told = sorted(answers, key=lambda answer: answer.status_code)
    assert (done.status_code, told.status_code) == (200, status)
    async with clean_database.read_session() as session:
        kept = await session.get_one(Group, editors)
    assert (kept.description, kept.version) == (done.json()["description"], 2)


async def test_route_that_demands_a_version_does_nothing_without_one(slow_groups, editors, clean_database):
    answer = await slow_groups("one", "/strict")
    assert answer.status_code == 428
    assert answer.json()["error_code"] == "VERSION_REQUIRED"
    async with clean_database.read_session() as session:
        assert (await session.get_one(Group, editors)).version == 1


def test_the_document_says_who_takes_a_condition(app):
    paths = app.openapi()["paths"]
    tenant = paths[f"{API}/tenants/{{tenant_id}}"]
    for method in ("patch", "delete"):
        (parameter,) = [item for item in tenant[method]["parameters"] if item["name"] == "If-Match"]
        assert parameter["required"] is False
        answer = tenant[method]["responses"]["412"]
        assert answer["x-error-codes"] == ["CHANGED_MEANWHILE"]
        assert answer["content"]["application/problem+json"]["schema"]["$ref"].endswith("/ConcurrentChange")
    assert "ETag" in tenant["get"]["responses"]["200"]["headers"]
    assert "If-Match" not in {item["name"] for item in tenant["get"]["parameters"]}


class TestForgotten:
    """What would promise a version and keep none fails when the module is imported."""

    def test_an_answer_without_a_version(self):
        with pytest.raises(ValueError, match="no field `version`"):

            @Router().get("/things", dependencies=[authenticated, versioned])
            async def read() -> str: ...

    def test_a_change_that_looks_at_no_condition(self):
        with pytest.raises(ValueError, match="takes no `IfMatch`"):

            @Router().put("/things", dependencies=[authenticated, versioned])
            async def write(described: Described) -> Described: ...
