"""Functions whose value is kept: for each argument and each tenant, never for what is not committed."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from integration.kit.cache.shelf import letters_of, put
from sqlalchemy import text

from fondasi.kit.cache import cached_function
from fondasi.kit.db import Session

PATH = "/api/v1/shelf/count/ani"


class Note:
    """No value that a key could tell apart."""


@cached_function("tenant")
async def tenant_of(session: Session) -> str:
    return str(session.tenant_id)


@cached_function("pair:{name}")
async def pair(session: Session, name: str, number: int = 1) -> tuple[str, int, datetime]:
    return name, number, datetime(2026, 1, number, tzinfo=UTC)


async def test_value_is_kept_until_a_commit_invalidates_it(shelf, runs):
    assert [(await shelf.get(PATH)).json() for _ in range(3)] == [3, 3, 3]
    assert runs["letters"] == 1
    await put(shelf, "longer", "{username}_letters")
    assert (await shelf.get(PATH)).json() == 6


async def test_uncommitted_changes_are_seen_by_their_unit_of_work_and_not_kept(shelf, shelf_database):
    async with shelf_database.unit_of_work() as session:
        await session.execute(text("UPDATE \"user\" SET bio = 'longer' WHERE username = 'ani'"))
        assert await letters_of(session, "ani") == 6
        assert (await shelf.get(PATH)).json() == 3


async def test_each_tenant_has_values_of_its_own(shelf_database):
    for tenant in [*(uuid4() for _ in range(3)), None] * 2:
        async with shelf_database.read_session(tenant=tenant) as session:
            assert await tenant_of(session) == str(tenant)


async def test_values_come_back_as_they_were_for_each_of_the_arguments(shelf_database):
    async with shelf_database.read_session() as session:
        for _ in range(2):
            assert await pair(session, "a") == ("a", 1, datetime(2026, 1, 1, tzinfo=UTC))
            assert await pair(session, "a", number=2) == ("a", 2, datetime(2026, 1, 2, tzinfo=UTC))
            assert await pair(session, "A", 2) == ("A", 2, datetime(2026, 1, 2, tzinfo=UTC))


async def test_argument_that_no_key_tells_apart_is_refused(shelf_database):
    async with shelf_database.read_session() as session:
        with pytest.raises(TypeError, match=r"name of .*pair is a Note"):
            await pair(session, Note())


def test_template_that_names_no_parameter_is_refused():
    with pytest.raises(ValueError, match="names other, no parameter"):
        cached_function("{other}")(letters_of)
