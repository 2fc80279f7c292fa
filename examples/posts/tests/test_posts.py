"""Posts over HTTP: as the owner, as somebody else, as nobody."""

import pytest

from fondasi.testing.browser import fill_in
from posts.posts.pages import PAGES

EXAMPLE = {"title": "An example of title", "text": "An example of text"}
OTHER = {"title": "Another title", "text": "Another text"}
POSTS = "/api/v1/posts"


@pytest.fixture
async def own(client, sign_in):
    """Headers of a user."""
    mine = await sign_in("ani")
    await refer(client, mine)
    return mine


async def refer(client, headers) -> None:
    """Make what it refers to."""
    stored = await client.post("/api/v1/files", files={"file": ("a.txt", b"An example")}, headers=headers)
    assert stored.status_code == 201, stored.text
    for example in (EXAMPLE, OTHER):
        example["picture_id"] = stored.json()["id"]


async def make(client, headers) -> str:
    made = await client.post(POSTS, json=EXAMPLE, headers=headers)
    assert made.status_code == 201, made.text
    return f"{POSTS}/{made.json()['id']}"


async def test_it_is_made_listed_changed_and_deleted(client, own):
    mine = own
    one = await make(client, mine)
    (listed,) = (await client.get(POSTS, headers=mine)).json()["data"]
    assert {name: listed[name] for name in EXAMPLE} == EXAMPLE
    assert (await client.put(one, json=OTHER, headers=mine)).status_code == 200
    read = (await client.get(one, headers=mine)).json()
    assert {name: read[name] for name in OTHER} == OTHER
    assert (await client.delete(one, headers=mine)).status_code == 204
    assert (await client.get(one, headers=mine)).status_code == 404
    assert (await client.get(POSTS, headers=mine)).json()["total_count"] == 0


async def test_of_two_editors_the_second_is_told(client, own):
    mine = own
    one = await make(client, mine)
    seen = {**mine, "If-Match": (await client.get(one, headers=mine)).headers["etag"]}
    assert (await client.put(one, json=OTHER, headers=seen)).status_code == 200
    for answer in (await client.put(one, json=EXAMPLE, headers=seen), await client.delete(one, headers=seen)):
        assert (answer.status_code, answer.json()["version"]) == (412, 2)
    read = (await client.get(one, headers=mine)).json()
    assert {name: read[name] for name in OTHER} == OTHER


async def test_nobody_is_asked_to_sign_in(client, own):
    mine = own
    one = await make(client, mine)
    assert (await client.get(one)).json()["id"] in one
    refused = [await client.post(POSTS, json=EXAMPLE), await client.delete(one)]
    refused.append(await client.put(one, json=OTHER))
    assert {answer.status_code for answer in refused} == {401}


async def test_somebody_else_finds_nothing_and_changes_nothing(client, own, sign_in):
    mine = own
    one, theirs = await make(client, mine), await sign_in("budi")
    assert (await client.put(one, json=OTHER, headers=theirs)).status_code == 404
    assert (await client.delete(one, headers=theirs)).status_code == 404
    assert (await client.get(one, headers=mine)).json()[next(iter(EXAMPLE))] == next(iter(EXAMPLE.values()))


async def test_who_lacks_the_permission_is_refused(client, own, sign_in):
    root = await sign_in("root", superuser=True)
    left = await client.put("/api/v1/users/ani/groups", json={"group_ids": []}, headers=root)
    assert left.status_code == 200, left.text
    refused = [await client.post(POSTS, json=EXAMPLE, headers=own)]
    assert {answer.status_code for answer in refused} == {403}


@pytest.mark.parametrize("field", ["id", "owner_id", "created_at", "unknown"])
async def test_what_is_not_theirs_to_write_is_refused(client, own, field):
    mine = own
    answer = await client.post(POSTS, json={**EXAMPLE, field: "x"}, headers=mine)
    assert answer.status_code == 422
    assert answer.json()["field_errors"][0]["field"] == f"body.{field}"


async def test_its_file_is_the_owners_and_stays_while_it_is_used(client, own, sign_in):
    mine = own
    one = await make(client, mine)
    leads = await client.get(f"{one}/picture")
    assert leads.status_code == 307
    assert (await client.get(leads.headers["location"])).text == "An example"
    file = f"/api/v1/files/{EXAMPLE['picture_id']}"
    assert (await client.delete(file, headers=mine)).status_code == 409
    theirs = await sign_in("budi")
    assert (await client.post(POSTS, json=EXAMPLE, headers=theirs)).status_code == 409


async def test_in_a_browser_it_is_made_changed_and_deleted(own, open_browser):
    page = await open_browser("ani")
    await page.goto("/en/rows?of=posts")
    await page.get_by_role("link", name="New post").click()
    await fill_in(page, PAGES, EXAMPLE)
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("link", name="Edit").click()
    await fill_in(page, PAGES, OTHER)
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("heading", name=OTHER["title"]).wait_for()
    await page.get_by_role("button", name="Delete").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    await page.get_by_text("There is nothing here yet.").wait_for()
