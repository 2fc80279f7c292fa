"""Answers are kept, and forgotten when the unit of work commits that changes what they were made from."""

import asyncio
from typing import Annotated

import pytest
from integration.kit.cache.shelf import get, outcome, put, ran
from prometheus_client import REGISTRY

from fondasi.access import Principal, authenticated, public
from fondasi.kit.cache import cached, invalidate
from fondasi.kit.http import Router

LINES = "/lines/ani"


async def test_second_answer_comes_from_the_cache(shelf, runs):
    first, second = [await shelf.get(f"/api/v1/shelf{LINES}") for _ in range(2)]
    assert (outcome(first), outcome(second)) == ("miss; stored", "hit")
    assert first.json() == second.json() == {"bio": "old", "page": 1, "size": 10}
    for name in ("content-type", "etag", "cache-control", "content-length"):
        assert first.headers[name] == second.headers[name]
    assert runs["lines"] == 1
    unchanged = await shelf.get(f"/api/v1/shelf{LINES}", headers={"If-None-Match": first.headers["etag"]})
    assert unchanged.status_code == 304


async def test_every_parameter_tells_entries_apart(shelf, runs):
    for query in ("", "?page=2", "?items_per_page=5", "?page=2&items_per_page=5"):
        answer, _ = await get(shelf, LINES + query)
        assert f"page={answer['page']}" in f"{query} page=1"
    assert runs["lines"] == 4
    assert (await get(shelf, "/lines/budi"))[1] == "miss; stored"


async def test_unknown_parameters_are_refused_all_the_same(shelf):
    await get(shelf, LINES)
    assert (await shelf.get(f"/api/v1/shelf{LINES}?other=1")).status_code == 422


@pytest.mark.parametrize("how", [("{username}_lines:page_1",), ("{username}_lines:*",), ()])
async def test_invalidated_by_key_pattern_and_tag(shelf, how):
    await get(shelf, LINES)
    await get(shelf, "/slow/ani")
    await put(shelf, "new", *how, tags=() if how else ("lines",))
    answer, status = await get(shelf, LINES)
    assert (answer["bio"], status) == ("new", "miss; stored")
    assert (await get(shelf, "/slow/ani"))[1] == "hit"


async def test_pattern_reaches_all_pages_and_nobody_else(shelf):
    for path in (LINES, f"{LINES}?page=2", "/lines/budi"):
        await get(shelf, path)
    await put(shelf, "new", "{username}_lines:*")
    assert (await get(shelf, f"{LINES}?page=2"))[0]["bio"] == "new"
    assert (await get(shelf, LINES))[0]["bio"] == "new"
    assert (await get(shelf, "/lines/budi"))[1] == "hit"


async def test_not_invalidated_when_the_work_is_rolled_back(shelf):
    await get(shelf, LINES)
    await put(shelf, "new", "{username}_lines:*", fails=True)
    answer, status = await get(shelf, LINES)
    assert (answer["bio"], status) == ("old", "hit")


async def test_not_invalidated_before_the_commit(shelf, shelf_database):
    await get(shelf, "/lines/ani")
    async with shelf_database.unit_of_work() as session:
        invalidate(session, "ani_lines:*")
        assert (await get(shelf, LINES))[1] == "hit"


async def test_what_was_read_before_a_commit_is_not_kept_after_it(shelf, gate):
    reading = asyncio.create_task(get(shelf, "/slow/ani"))
    await ran("slow")
    await put(shelf, "new", "{username}_slow")
    later = asyncio.create_task(get(shelf, "/slow/ani"))
    await ran("slow", 2)  # it does not wait for what began before the commit
    gate.set()
    assert (await reading)[0] == "old"
    assert (await later)[0] == "new"
    assert await get(shelf, "/slow/ani") == ("new", "hit")


async def test_many_callers_at_once_run_the_function_once(shelf, gate, runs):
    waiting = [asyncio.create_task(get(shelf, "/slow/ani")) for _ in range(50)]
    await asyncio.sleep(0.3)
    gate.set()
    answers = await asyncio.gather(*waiting)
    assert {answer for answer, _ in answers} == {"old"}
    assert runs["slow"] == 1


async def test_those_who_wait_go_on_when_the_first_leaves(shelf, gate, runs):
    first = asyncio.create_task(get(shelf, "/slow/ani"))
    await ran("slow")
    others = [asyncio.create_task(get(shelf, "/slow/ani")) for _ in range(5)]
    await asyncio.sleep(0.1)
    first.cancel()
    gate.set()
    assert {answer for answer, _ in await asyncio.gather(*others)} == {"old"}
    assert runs["slow"] == 2


async def test_other_spellings_of_a_value_are_invalidated_too(shelf, shelf_database, runs):
    thing = "0190c0de-0000-7000-8000-00000000abcd"
    for _ in range(2):
        for path in ("/numbers/5", "/numbers/05", f"/things/{thing}", f"/things/{thing.upper()}"):
            await get(shelf, path)
    assert (runs["number"], runs["thing"]) == (2, 2)
    async with shelf_database.unit_of_work() as session:
        invalidate(session, "number:{number}", "thing:{thing}", number=5, thing=thing)
    for path in ("/numbers/5", "/numbers/05", f"/things/{thing}", f"/things/{thing.upper()}"):
        assert (await get(shelf, path))[1] == "miss; stored"


async def test_what_sets_a_cookie_is_not_kept(shelf, runs):
    assert [(await get(shelf, "/cookie"))[1] for _ in range(2)] == ["miss", "miss"]
    assert runs["cookie"] == 2


async def test_problems_are_not_kept(shelf):
    for _ in range(2):
        answer = await shelf.get("/api/v1/shelf/numbers/none")
        assert answer.status_code == 422
        assert answer.headers["cache-control"] == "no-store"
        assert "cache-status" not in answer.headers


async def test_callers_ask_each_time_unless_a_setting_says_otherwise(shelf, start, aged):
    answer = await shelf.get(f"/api/v1/shelf{LINES}")
    assert answer.headers["cache-control"] == "public, no-cache"
    async with start(1, client=aged) as (other,):
        answers = [await other.get(f"/api/v1/shelf{path}") for path in (LINES, "/guest", "/copy", "/bio")]
    assert [answer.headers["cache-control"] for answer in answers] == [
        "public, max-age=30",
        "private, max-age=30",
        "public, max-age=30",
        "no-store",
    ]
    assert "Authorization" in answers[1].headers["vary"]


async def test_lookups_are_counted_by_route(shelf):
    labels = {"name": "/api/v1/shelf/lines/{username}", "outcome": "hit"}
    before = REGISTRY.get_sample_value("fondasi_cache_lookups_total", labels) or 0
    for _ in range(3):
        await get(shelf, LINES)
    assert REGISTRY.get_sample_value("fondasi_cache_lookups_total", labels) == before + 2


async def test_cache_that_is_switched_off_keeps_nothing(start, settings, runs):
    off = settings.cache.model_copy(update={"enabled": False})
    async with start(1, cache=off) as (client,):
        assert [(await get(client, LINES))[1] for _ in range(2)] == ["bypass", "bypass"]
    assert runs["lines"] == 2


async def test_memory_is_bounded(start, settings, runs):
    small = settings.cache.model_copy(update={"bytes": 20_000})
    async with start(1, cache=small) as (client,):
        for number in range(100):
            await get(client, f"/numbers/{number}")
        assert (await get(client, "/numbers/99"))[1] == "hit"
        assert (await get(client, "/numbers/0"))[1] == "miss; stored"


class TestRefusedAtTheStart:
    def test_route_that_writes(self):
        with pytest.raises(ValueError, match="for GET routes"):
            Router().post("/a", dependencies=[public, cached("a")])(lambda: None)

    def test_place_that_is_no_parameter(self):
        def read(page: int) -> int:
            return page

        with pytest.raises(ValueError, match="names size, which is no parameter"):
            Router().get("/a", dependencies=[public, cached("a:{size}")])(read)

    def test_shared_answer_of_a_function_that_takes_the_caller(self):
        def read(caller: Annotated[Principal, authenticated]) -> str:
            return caller.username

        with pytest.raises(ValueError, match="its function takes the caller"):
            Router().get("/a", dependencies=[cached("a", shared=True)])(read)

    def test_time_that_is_none(self):
        with pytest.raises(ValueError, match="between 1 and 86400"):
            cached("a", seconds=0)
