"""People with rights, and the groups of the test's own."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg
import httpx
import pytest_asyncio

from fondasi.identity import create_user

API = "/api/v1"
PASSWORD = "correct horse battery staple"


@dataclass
class Person:
    """A signed-in user who makes requests."""

    client: httpx.AsyncClient
    id: UUID
    name: str
    headers: dict[str, str]

    async def call(self, method: str, path: str, **body) -> httpx.Response:
        json = {"json": body} if body else {}
        return await self.client.request(method, API + path, headers=self.headers, **json)

    async def get(self, path: str) -> httpx.Response:
        return await self.call("GET", path)

    async def may(self) -> dict:
        return (await self.get("/users/me/permissions")).json()

    async def group(self, name: str) -> str:
        """The id of a group; this person may see groups."""
        groups = (await self.get("/groups?items_per_page=100")).json()["data"]
        return next(group["id"] for group in groups if group["name"] == name)

    async def create_group(self, name: str, *codes: str) -> str:
        answer = await self.call("POST", "/groups", name=name)
        assert answer.status_code == 201, answer.text
        group_id = answer.json()["id"]
        answer = await self.call("PUT", f"/groups/{group_id}/permissions", permissions=list(codes))
        assert answer.status_code == 200, answer.text
        return group_id

    async def join(self, other: "Person", *groups: str) -> httpx.Response:
        ids = [await self.group(group) for group in groups]
        return await self.call("PUT", f"/users/{other.id}/groups", group_ids=ids)

    async def grant(self, other: "Person", *codes: str) -> httpx.Response:
        return await self.call("PUT", f"/users/{other.id}/permissions", permissions=list(codes))


@pytest_asyncio.fixture
async def person(client, clean_database, database_urls):
    """`await person("ani")`, `await person("root", superuser=True)`, `await person("adi", "user", "admin")`."""
    root: list[Person] = []

    async def create(name: str, *groups: str, superuser: bool = False) -> Person:
        async with clean_database.unit_of_work() as session:
            user = await create_user(session, username=name, password=PASSWORD, superuser=superuser)
        answer = await client.post(f"{API}/login", json={"username": name, "password": PASSWORD})
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        found = Person(client, user.id, name, headers)
        if groups:
            if not root:
                root.append(await create("first", superuser=True))
            assert (await root[0].join(found, *groups)).status_code == 200
        return found

    yield create
    connection = await asyncpg.connect(database_urls.owner)
    await connection.execute('DELETE FROM "group" WHERE NOT seeded')  # rows that migrations brought are kept
    await connection.close()
