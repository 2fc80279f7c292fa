"""One declaration of a list: pages, cursors, filters, search, totals, CSV."""

import csv
import io
import random
from base64 import urlsafe_b64encode

import orjson
import pytest
import pytest_asyncio
from integration.kit.http.conftest import SOME
from sqlalchemy import text

from fondasi.identity.models import User

USERS, PEOPLE = "/api/v1/users", "/api/v1/probe/people"
COUNT = 40


@pytest_asyncio.fixture
async def crowd(clean_database):
    """Accounts with equal and missing values, made in one moment or not."""
    dice = random.Random(7)
    async with clean_database.unit_of_work(audited=False) as session:
        for number in range(COUNT):
            session.add(
                User(
                    username=f"user{number:03}",
                    name=dice.choice(["Ani", "ani", "Ány", "=1+1", 'Bu"di, S.H.', "50% _sure_"]),
                    email=f"user{number}@example.com",
                    country=dice.choice(["ID", "NL", None]),
                )
            )
        await session.flush()
        await session.execute(
            text("""
            UPDATE "user" SET created_at = now() - (length(name) || ' min')::interval,
            last_sign_in_at = CASE WHEN ascii(right(username, 1)) % 3 = 0 THEN NULL
            ELSE now() - (right(username, 1) || ' min')::interval END
        """)
        )


@pytest_asyncio.fixture
async def admin(probe, crowd, sign_in):
    return await sign_in("admin", superuser=True)


@pytest_asyncio.fixture
async def ask(probe, admin):
    """GET a list as an administrator; the parsed answer."""

    async def get(path: str, **query) -> dict:
        answer = await probe.get(path, params=query, headers=admin)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


async def walk(ask, path: str, **query) -> list[dict]:
    rows, cursor = [], ""
    while cursor is not None:
        part = await ask(path, cursor=cursor, **query)
        rows += part["data"]
        assert part["has_more"] == (part["next_cursor"] is not None)
        assert "total_count" not in part
        cursor = part["next_cursor"]
    return rows


@pytest.mark.parametrize("path", [USERS, PEOPLE], ids=["made in PostgreSQL", "made from objects"])
@pytest.mark.parametrize(
    "sort",
    [
        "username",
        "-created_at",
        "last_sign_in_at",
        "-last_sign_in_at",
        "-last_sign_in_at,-username",
        "created_at,-last_sign_in_at",
    ],
)
async def test_parts_behind_cursors_are_the_pages_in_the_same_order(ask, path, sort):
    pages = await ask(path, sort=sort, items_per_page=100)
    assert pages["total_count"] == len(pages["data"]) == COUNT + 1
    assert await walk(ask, path, sort=sort, limit=7) == pages["data"]


async def test_names_are_walked_in_the_order_of_the_database(ask):
    pages = await ask(USERS, sort="name,-status", items_per_page=100)
    assert await walk(ask, USERS, sort="name,-status", limit=3) == pages["data"]


async def test_column_that_is_named_twice_counts_where_it_stands_first(ask):
    once = await ask(USERS, sort="name,-username", items_per_page=100)
    assert await ask(USERS, sort="name,-username,-name", items_per_page=100) == once


async def test_rows_that_come_meanwhile_make_none_appear_twice(ask, clean_database):
    first = await ask(USERS, sort="username", limit=10)
    async with clean_database.unit_of_work(audited=False) as session:
        session.add(User(username="aaa", name="before"))
    second = await ask(USERS, sort="username", limit=10, cursor=first["next_cursor"])
    seen = [row["username"] for row in [*first["data"], *second["data"]]]
    assert seen == sorted(set(seen))
    assert len(seen) == 20


async def test_rows_are_counted_where_it_is_asked_for(ask):
    assert (await ask(USERS, limit=5, total="true"))["total_count"] == COUNT + 1
    page = await ask(USERS, page=2, items_per_page=20, total="false")
    assert (page["total_count"], page["total_pages"]) == (None, None)
    assert (page["has_more"], page["next_page"], page["previous_page"]) == (True, 3, 1)
    last = await ask(USERS, page=3, items_per_page=20, total="false")
    assert (len(last["data"]), last["has_more"], last["next_page"]) == (1, False, None)


async def test_filters_ranges_and_search_go_together(ask):
    everybody = (await ask(USERS, items_per_page=100))["data"]
    dutch = await ask(USERS, country="NL", items_per_page=100)
    assert dutch["data"] == [row for row in everybody if row["country"] == "NL"]
    moment = everybody[15]["created_at"]
    for name, keeps in (("created_at__gte", moment.__le__), ("created_at__lt", moment.__gt__)):
        found = (await ask(USERS, country="NL", items_per_page=100, **{name: moment}))["data"]
        assert found == [row for row in dutch["data"] if keeps(row["created_at"])]
    for words in ("50% _s", "user00", "USER7@example.com"):
        assert (await ask(USERS, search=words))["data"], words
    assert not (await ask(USERS, search="50_ %s"))["data"]  # no wildcards


async def test_csv_has_all_rows_and_no_formulas(probe, admin):
    answer = await probe.get(USERS, params={"format": "csv", "sort": "username"}, headers=admin)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="user.csv"'
    assert "link" not in answer.headers
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == COUNT + 1
    assert {row["name"] for row in rows} >= {"Ány", "'=1+1", 'Bu"di, S.H.'}


async def test_csv_that_goes_on_links_to_what_follows(probe, admin):
    url = f"{USERS}?format=csv&sort=-created_at&limit=15&country=NL"
    names: list[str] = []
    while url:
        answer = await probe.get(url, headers=admin)
        rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
        names += [row["username"] for row in rows]
        link = answer.headers.get("link", "")
        assert not link or link.endswith('>; rel="next"')
        url = link[1:].partition(">")[0]
    pages = await probe.get(USERS, params={"country": "NL", "items_per_page": 100}, headers=admin)
    assert names == [row["username"] for row in pages.json()["data"]]


def cursor_of(*key) -> str:
    return urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


SOME_ID = "01a222c4-1898-764c-8954-c378c158ef89"


@pytest.mark.parametrize(
    "query",
    [
        {"page": 1, "cursor": ""},
        {"page": 1, "limit": 5},
        {"items_per_page": 5, "format": "csv"},
        {"limit": 101},
        {"limit": 10_001, "format": "csv"},
        {"format": "xml"},
        {"country": "nl"},
        {"status": "sleeping"},
        {"created_at__gte": "yesterday"},
        {"is_superuser": "perhaps"},
        {"created_at": "2026-01-01T00:00:00Z"},
        {"search": "x" * 101},
        {"sort": "password_hash"},
        {"cursor": "nonsense"},
        {"cursor": cursor_of("username,id", "a")},
        {"cursor": cursor_of("username,id", "a", SOME_ID)},
        {"cursor": cursor_of("-created_at,-id", "yesterday", SOME_ID)},
        {"cursor": cursor_of("-created_at,-id", "2026-01-01T00:00:00", SOME_ID)},
        {"cursor": cursor_of("username,id", "a\0", SOME_ID), "sort": "username"},
        {"cursor": cursor_of("username,id", 10**15, SOME_ID), "sort": "username"},
        {"cursor": "A" * 8001},
    ],
    ids=str,
)
async def test_what_cannot_be_is_refused(probe, admin, query):
    answer = await probe.get(USERS, params=query, headers=admin)
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("offset", ["+07:00", "+00:00"])
async def test_moment_whose_plus_is_a_space_is_told_how_to_write_it(probe, admin, offset):
    query = f"created_at__gte=2026-01-31T08:00:00{offset}"
    answer = await probe.get(f"{USERS}?{query}", headers=admin)
    assert answer.status_code == 422
    (error,) = answer.json()["field_errors"]
    assert error["field"] == "query.created_at__gte"
    assert error["message"] == "write the plus sign as %2B, or the moment in UTC with Z"
    assert (await probe.get(f"{USERS}?{query.replace('+', '%2B')}", headers=admin)).status_code == 200


@pytest.mark.parametrize(
    "key",
    [("-created_at,-id", "0001-01-01T00:00:00+14:00", SOME_ID), ("-created_at,-id", None, None)],
)
async def test_cursor_of_no_row_is_a_place_all_the_same(probe, admin, key):
    answer = await probe.get(USERS, params={"cursor": cursor_of(*key)}, headers=admin)
    assert answer.status_code == 200, answer.text


async def test_openapi_tells_the_parameters_and_both_forms(probe):
    operation = (await probe.get("/openapi.json")).json()["paths"][USERS]["get"]
    names = {parameter["name"] for parameter in operation["parameters"]}
    assert names >= {
        "page",
        "cursor",
        "limit",
        "total",
        "format",
        "sort",
        "status",
        "created_at__gte",
        "search",
    }
    assert set(operation["responses"]["200"]["content"]) == {"application/json", "text/csv"}


@pytest.mark.parametrize("sort", ["email", "-email"])
async def test_lists_are_sorted_by_columns_that_their_rows_do_not_show(ask, sort):
    pages = await ask(PEOPLE, sort=sort, items_per_page=100)
    assert await walk(ask, PEOPLE, sort=sort, limit=7) == pages["data"]
    assert "email" not in pages["data"][0]
    addresses = sorted(f"user{number}@example.com" for number in range(COUNT))
    names = [f"user{int(address[4:].partition('@')[0]):03}" for address in addresses]
    wanted = names if sort == "email" else names[::-1]
    assert [row["username"] for row in pages["data"]] == [*wanted, "admin"]


async def test_csv_of_rows_made_from_objects_is_shorter(probe, admin):
    answer = await probe.get(PEOPLE, params={"format": "csv", "limit": 1000}, headers=admin)
    assert len(answer.text.splitlines()) == COUNT + 2
    for limit in (1001, 10_000):
        answer = await probe.get(PEOPLE, params={"format": "csv", "limit": limit}, headers=admin)
        assert answer.status_code == 422


async def test_rows_that_meet_several_of_the_conditions_come_once(ask):
    everybody = (await ask(PEOPLE, sort="-created_at", items_per_page=100))["data"]
    for sort in ("-created_at", "created_at", "username"):
        pages = await ask(f"{PEOPLE}/some", sort=sort, items_per_page=100)
        wanted = [row for row in everybody if row["username"] > "user030" or row["username"] in SOME]
        assert {row["id"] for row in pages["data"]} == {row["id"] for row in wanted}
        assert pages["total_count"] == len(pages["data"]) == len(wanted)
        assert await walk(ask, f"{PEOPLE}/some", sort=sort, limit=3) == pages["data"]
        second = await ask(f"{PEOPLE}/some", sort=sort, items_per_page=5, page=2)
        assert second["data"] == pages["data"][5:10]


async def test_list_by_cursor_walks_unless_a_page_is_asked_for(ask):
    part = await ask(f"{PEOPLE}/some")
    assert part.keys() == {"data", "next_cursor", "has_more"}
    page = await ask(f"{PEOPLE}/some", page=1)
    assert page["total_count"] == 10
