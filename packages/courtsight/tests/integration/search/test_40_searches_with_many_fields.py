"""Threat 40: one anonymous search with hundreds of operators took a core and a gigabyte for half a minute."""

import asyncio

import pytest
from sqlalchemy import text

BOUND = 32
ARTICLES = " ".join(f"article:{number}" for number in range(1, 200))
MANY = {
    "article fields": ARTICLES,
    "excluded article fields": " ".join(f"-article:{number}" for number in range(1, 200)),
    "judges": " ".join(f"judge:n{number}" for number in range(1, 200)),
    "excluded courts": " ".join(f"-court:n{number}" for number in range(1, 200)),
    "a bit of each kind": " ".join(f'article:{n} judge:n{n} -court:n{n} -w{n} "p{n}"' for n in range(1, 9)),
}


@pytest.mark.parametrize("query", MANY.values(), ids=MANY)
async def test_is_refused_before_it_is_planned(corpus, query):
    answers = await asyncio.gather(*(corpus.ask(query) for _ in range(21)))
    for answer in answers:
        assert answer.status_code == 422
        (fault,) = answer.json()["field_errors"]
        assert fault["field"] == "body.query"
        assert str(BOUND) in fault["message"]
        assert fault["code"] == "too_long"


async def test_articles_of_one_field_and_of_a_filter_are_counted_too(corpus):
    names = " jo ".join(f"pasal {number} kuhp" for number in range(1, BOUND + 2))
    for answer in (
        await corpus.ask(f'narkotika article:"{names}"'),
        await corpus.ask("narkotika", filters={"article": names}),
    ):
        assert answer.status_code == 422, answer.text


async def test_as_many_as_allowed_are_planned_in_one_statement(corpus):
    """Their plan holds one look at the articles, so its cost does not grow with the square of them."""
    query = " ".join(f"article:{number}" for number in range(1, BOUND + 1))
    assert (await corpus.search(query))["total_count"] == 0


async def test_articles_of_several_fields_must_all_be_named(corpus):
    every, some = await corpus.all_found("article:55"), await corpus.all_found("article:363")
    both = await corpus.all_found("article:55 article:363")
    assert both == every & some
    assert both != every | some
    assert await corpus.all_found("article:363 article:KUHP:363") == some


async def test_strangers_have_a_shorter_limit_and_connections_of_their_own(corpus):
    database = corpus.platform.database
    limit = text("SHOW statement_timeout")
    async with database.read_session(stranger=True) as session, database.read_session() as other:
        assert await session.scalar(limit) == "5s"
        assert await other.scalar(limit) == "20s"
