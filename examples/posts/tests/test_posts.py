"""Posts over HTTP: a class per endpoint, each as nobody, as another user, and as it is meant."""

from uuid import UUID

import pytest
from sqlalchemy import select

from fondasi.identity import create_user
from fondasi.kit.jobs import JobRecord

POSTS = "/api/v1/posts"
POST = {"title": "Hello", "text": "My first post."}
NOBODYS = UUID(int=1)
PASSWORD = "correct horse battery staple"


@pytest.fixture
async def sign_in(client, clean_database):
    """Headers of a new user."""

    async def create(username: str) -> dict[str, str]:
        async with clean_database.unit_of_work() as session:
            await create_user(session, username=username, password=PASSWORD)
        answer = await client.post("/api/v1/login", data={"username": username, "password": PASSWORD})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return create


@pytest.fixture
async def ani(sign_in):
    return await sign_in("ani")


@pytest.fixture
async def post(client, ani):
    return (await client.post(POSTS, json=POST, headers=ani)).json()


class TestCreate:
    async def test_anonymous_is_refused(self, client):
        assert (await client.post(POSTS, json=POST)).status_code == 401

    @pytest.mark.parametrize("wrong", [{"title": "x"}, {"text": ""}, {"author_id": str(NOBODYS)}])
    async def test_wrong_post_is_refused(self, client, ani, wrong):
        answer = await client.post(POSTS, json={**POST, **wrong}, headers=ani)
        assert answer.status_code == 422
        assert answer.json()["field_errors"][0]["field"] == f"body.{next(iter(wrong))}"

    async def test_author_publishes(self, client, ani):
        answer = await client.post(POSTS, json=POST, headers=ani)
        assert answer.status_code == 201
        assert answer.json()["title"] == "Hello"
        assert answer.json()["word_count"] is None

    async def test_words_are_counted_in_the_background(self, client, post, database):
        async with database.read_session() as session:
            job = (await session.scalars(select(JobRecord))).one()
        assert (job.name, job.arguments) == ("posts.count_words", {"post_id": post["id"]})


class TestList:
    async def test_newest_comes_first(self, client, ani):
        for title in ("First", "Second", "Third"):
            await client.post(POSTS, json={**POST, "title": title}, headers=ani)
        page = (await client.get(f"{POSTS}?items_per_page=2")).json()
        assert [item["title"] for item in page["data"]] == ["Third", "Second"]
        assert (page["total_count"], page["has_more"], page["next_page"]) == (3, True, 2)

    async def test_sorts_by_title(self, client, ani):
        for title in ("Banana", "Apple"):
            await client.post(POSTS, json={**POST, "title": title}, headers=ani)
        page = (await client.get(f"{POSTS}?sort=title")).json()
        assert [item["title"] for item in page["data"]] == ["Apple", "Banana"]


class TestRead:
    async def test_anybody_reads(self, client, post):
        assert (await client.get(f"{POSTS}/{post['id']}")).json() == post

    async def test_unknown_post_is_not_found(self, client):
        assert (await client.get(f"{POSTS}/{NOBODYS}")).status_code == 404


class TestDelete:
    async def test_anonymous_is_refused(self, client, post):
        assert (await client.delete(f"{POSTS}/{post['id']}")).status_code == 401

    async def test_foreign_post_is_not_found(self, client, post, sign_in):
        answer = await client.delete(f"{POSTS}/{post['id']}", headers=await sign_in("budi"))
        assert answer.status_code == 404
        assert (await client.get(f"{POSTS}/{post['id']}")).status_code == 200

    async def test_author_deletes(self, client, post, ani):
        assert (await client.delete(f"{POSTS}/{post['id']}", headers=ani)).status_code == 204
        assert (await client.get(f"{POSTS}/{post['id']}")).status_code == 404
        assert (await client.get(POSTS)).json()["total_count"] == 0
