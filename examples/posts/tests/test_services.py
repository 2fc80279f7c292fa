"""What posts do with the services of the platform: cache, jobs, webhooks, live updates, files, languages, retries."""

import asyncio
import re
from uuid import UUID

from posts.posts.jobs import count_words

POSTS, CHANGES = "/api/v1/posts", "/api/v1/changes"


async def publish(client, author, title="Hello") -> str:
    answer = await client.post(POSTS, json={"title": title, "text": "My first post."}, headers=author)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def test_posts_are_listed_newest_first(client, sign_in):
    author = await sign_in("ani")
    for title in ("one", "two", "three"):
        await publish(client, author, title)
    page = (await client.get(POSTS, params={"items_per_page": 2})).json()
    assert [post["title"] for post in page["data"]] == ["three", "two"]
    assert (page["total_count"], page["next_page"]) == (3, 2)


async def test_foreign_post_is_not_found_but_for_moderators(client, sign_in):
    post_id = await publish(client, await sign_in("ani"))
    assert (await client.delete(f"{POSTS}/{post_id}", headers=await sign_in("budi"))).status_code == 404
    moderator = await sign_in("citra", superuser=True)
    assert (await client.delete(f"{POSTS}/{post_id}", headers=moderator)).status_code == 204
    assert (await client.get(f"{POSTS}/{post_id}")).status_code == 404


async def test_bad_post_is_refused_with_the_field(client, sign_in):
    answer = await client.post(POSTS, json={"title": "", "text": "..."}, headers=await sign_in("ani"))
    assert answer.status_code == 422
    assert answer.json()["field_errors"][0]["field"] == "body.title"


async def test_webhooks_are_told_of_what_is_published(client, sign_in):
    root = await sign_in("citra", superuser=True)
    hook = {"url": "https://example.com/hooks", "events": ["post.published"]}
    made = (await client.post("/api/v1/webhooks", json=hook, headers=root)).json()
    post_id = await publish(client, root)
    listed = await client.get(f"/api/v1/webhooks/{made['id']}/deliveries", headers=root)
    (delivery,) = listed.json()["data"]
    told = await client.get(f"/api/v1/webhooks/{made['id']}/deliveries/{delivery['id']}", headers=root)
    assert f'"post_id":"{post_id}"' in told.json()["body"]


async def test_words_are_counted_in_the_background_and_that_is_no_edit(client, sign_in, run_jobs):
    author = await sign_in("ani")
    one = f"{POSTS}/{await publish(client, author)}"
    seen = {**author, "If-Match": (await client.get(one)).headers["etag"]}
    await run_jobs(count_words)
    assert (await client.get(one)).json()["word_count"] == 3
    (task,) = (await client.get("/api/v1/tasks", headers=author)).json()["data"]
    assert (task["name"], task["status"], task["progress_total"]) == ("posts.count_words", "succeeded", 3)
    new = {"title": "Hello again", "text": "Edited."}
    assert (await client.put(one, json=new, headers=seen)).status_code == 200


async def test_an_answer_is_kept_until_the_post_changes(client, sign_in):
    author = await sign_in("ani")
    one = f"{POSTS}/{await publish(client, author)}"
    async with asyncio.timeout(30):  # on a busy machine it may not hear of changes, and keeps nothing
        while "hit" not in (await client.get(one)).headers["cache-status"]:
            pass
    await client.put(one, json={"title": "Hello again", "text": "Edited."}, headers=author)
    assert (await client.get(one)).json()["title"] == "Hello again"


async def test_a_post_that_is_missing_is_so_in_the_readers_language(client):
    answer = await client.get(f"{POSTS}/{UUID(int=0)}", headers={"Accept-Language": "id"})
    assert answer.json()["detail"] == "Posting tersebut tidak ada."


async def test_changes_are_told_to_all_who_are_signed_in(client, sign_in):
    ani, budi = await sign_in("ani"), await sign_in("budi")
    post_id, told = None, "event: reset"
    async with asyncio.timeout(60):
        while f'"id":"{post_id}"' not in told:
            if "event: reset" in told:  # from a place that the service does not know (any more): begin anew
                ready = (await client.get(f"{CHANGES}?seconds=0", headers=budi)).text
                place = {"Last-Event-ID": re.search(r"^id: (\S+)", ready, re.MULTILINE)[1]}
                post_id = await publish(client, ani)
            told = (await client.get(f"{CHANGES}?resource=posts&seconds=1", headers={**budi, **place})).text


async def test_post_that_is_sent_twice_is_published_once(client, sign_in):
    headers = {**await sign_in("ani"), "Idempotency-Key": "a-key-of-this-post"}
    first, second = [await publish(client, headers) for _ in range(2)]
    assert first == second
    assert (await client.get(POSTS)).json()["total_count"] == 1
