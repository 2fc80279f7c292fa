"""59. What `fondasi new resource` writes, attacked over HTTP as it is: rows of others, by every way in.

Three resources of one application, which nobody touched after the commands: of tenants, of owners, of the public.
"""

import asyncio
import json
from uuid import uuid4

import httpx
import pytest_asyncio

from fondasi.app import create_app
from fondasi.testing import running

ENTRIES, NOTICES, LINES = "/spoil-entries", "/spoil-notices", "/spoil-lines"
SECRET = "zanzibar"  # stands in rows of the victim, and nowhere else


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def spoils(generated):
    """The application, running."""
    app = create_app(*generated)
    async with running(app):
        yield app


@pytest_asyncio.fixture(loop_scope="session")
async def people(spoils, town_of):
    """A victim and an attacker, each with a tenant: `victim, attacker, place of the victim's memos, the attacker's`."""
    transport = httpx.ASGITransport(spoils, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        town, number = town_of(spoils, client), uuid4().hex[:8]
        found = []
        for name in ("victim", "attacker"):
            person = await town.person(f"{name}-{number}")
            found.append((person, f"/tenants/{await person.creates(name)}/spoil-memos"))
        (victim, theirs), (attacker, mine) = found
        yield victim, attacker, theirs, mine


async def made(person, place, **fields):
    answer = await person.call("POST", place, json={"title": f"Of {person.name} {uuid4()}", **fields})
    assert answer.status_code == 201, answer.text
    return answer.json()


def places(theirs, mine):
    """Of each scope: where the victim's rows are, and where an attacker would look for them."""
    return [(theirs, [theirs, mine]), (ENTRIES, [ENTRIES]), (NOTICES, [NOTICES])]


async def test_rows_of_others_are_not_there_by_any_method_nor_precondition(people):
    victim, attacker, theirs, mine = people
    for place, tried in places(theirs, mine):
        row = await made(victim, place)
        one = (await victim.get(f"{place}/{row['id']}")).headers["etag"]
        for where in tried:
            address = f"{where}/{row['id']}"
            absent = f"{where}/{uuid4()}"
            for seen in ({}, {"If-Match": one}, {"If-Match": "*"}, {"If-Match": '"1"'}, {"If-Match": '"9"'}):
                for method, body in (("PUT", {"title": "Mine now"}), ("DELETE", None)):
                    options = {"headers": seen} | ({"json": body} if body else {})
                    foreign = await attacker.call(method, address, **options)
                    nothing = await attacker.call(method, absent, **options)
                    assert foreign.status_code == nothing.status_code == 404, foreign.text
                    assert foreign.json()["detail"] == nothing.json()["detail"]
        kept = (await victim.get(f"{place}/{row['id']}")).json()
        assert (kept["title"], kept["version"]) == (row["title"], 1)


async def test_lists_give_nothing_of_others_away(people):
    """Filters, search, order, cursors and CSV are questions about one's own rows."""
    victim, attacker, theirs, mine = people
    for place, where in ((theirs, mine), (ENTRIES, ENTRIES)):
        row = await made(victim, place, text=SECRET, size=777, key=str(uuid4()), state="draft")
        questions = [
            {"search": SECRET}, {"search": "%"}, {"search": "_"}, {"size__gte": 700}, {"key": row["key"]},
            {"created_at__gte": row["created_at"], "sort": "-size"}, {"format": "csv"}, {"limit": 100},
            {"total": "true"}, {"state": "draft", "total": "true"},
        ]  # fmt: skip
        for query in questions:
            answer = await attacker.get(where, params=query)
            assert answer.status_code == 200, answer.text
            assert SECRET not in answer.text
            assert row["id"] not in answer.text
            if answer.headers["content-type"].startswith("application/json"):
                assert answer.json()["data"] == []
                assert answer.json().get("total_count") in {0, None}
        cursor = {"limit": 1, "cursor": ""}
        await made(victim, place)
        begun = (await victim.get(place, params=cursor)).json()["next_cursor"]
        followed = await attacker.get(where, params={"limit": 100, "cursor": begun})
        assert followed.status_code == 422 or followed.json()["data"] == []
        for hidden in ("tenant_id", "owner_id", "deleted_at", "version", "owner_id__gte", "title__gte"):
            assert (await attacker.get(where, params={hidden: "x"})).status_code == 422


async def test_the_tenant_comes_from_the_path_whatever_headers_and_queries_say(people):
    victim, attacker, theirs, mine = people
    row = await made(victim, theirs, text=SECRET)
    tenant = theirs.split("/")[2]
    for headers in ({"X-Tenant-ID": tenant}, {"X-Tenant-Id": f"{tenant},{mine.split('/')[2]}"}):
        for address in (mine, f"{mine}/{row['id']}"):
            answer = await attacker.get(address, headers=headers)
            assert SECRET not in answer.text
            assert answer.status_code in {400, 404, 422} or answer.json()["data"] == []
    for address in (f"{mine}/../../{tenant}/spoil-memos", f"{mine}%2f..%2f..%2f{tenant}%2fspoil-memos"):
        assert (await attacker.get(address)).status_code in {401, 404}
    assert (await attacker.get(mine, params={"tenant_id": tenant})).status_code in {200, 422}
    assert SECRET not in (await attacker.get(mine, params={"tenant_id": tenant})).text


async def test_nobody_writes_whose_a_row_is_nor_what_the_service_keeps(people):
    victim, attacker, theirs, mine = people
    tenant = theirs.split("/")[2]
    for place, _ in ((mine, None), (ENTRIES, None), (NOTICES, None)):
        row = await made(attacker, place)
        for field, value in (
            ("id", str(uuid4())), ("owner_id", str(victim.id)), ("tenant_id", tenant), ("version", 99),
            ("deleted_at", None), ("created_at", "2000-01-01T00:00:00Z"), ("__class__", "x"), ("Title", "x"),
        ):  # fmt: skip
            body = {"title": str(uuid4()), field: value}
            for method, address in (("POST", place), ("PUT", f"{place}/{row['id']}")):
                answer = await attacker.call(method, address, json=body)
                assert answer.status_code == 422, answer.text
        twice = f'{{"title": "{uuid4()}", "title": "{uuid4()}", "owner_id": "{victim.id}"}}'
        answer = await attacker.call(
            "POST", place, content=twice, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 422


async def test_a_key_of_somebody_else_replays_nothing_of_theirs(people):
    victim, attacker, theirs, mine = people
    for place, where in ((theirs, mine), (ENTRIES, ENTRIES), (NOTICES, NOTICES)):
        key = {"Idempotency-Key": f"key-{uuid4()}"}
        body = {"title": f"{SECRET} {uuid4()}"}
        first = await victim.call("POST", place, json=body, headers=key)
        assert first.status_code == 201
        taken = await attacker.call("POST", where, json={"title": f"Another {uuid4()}"}, headers=key)
        assert taken.status_code == 201
        assert SECRET not in taken.text
        assert taken.json()["id"] != first.json()["id"]
        if where != place:  # the victim's own answer, asked for in their tenant, is none of the attacker's
            assert (await attacker.call("POST", place, json=body, headers=key)).status_code == 404
        gone = await victim.call("DELETE", f"{place}/{first.json()['id']}")
        assert gone.status_code == 204
        again = await victim.call("POST", place, json=body, headers=key)
        assert (
            await victim.get(f"{place}/{again.json()['id']}")
        ).status_code == 404  # told, not made once more


async def test_unique_values_of_others_are_not_found_out(people):
    """Tenants and owners have keys of their own; of public rows everybody sees the values, but for deleted ones."""
    victim, attacker, theirs, mine = people
    title = f"{SECRET} {uuid4()}"
    for place, where in ((theirs, mine), (ENTRIES, ENTRIES)):
        await made(victim, place, title=title)
        assert (await attacker.call("POST", where, json={"title": title})).status_code == 201
        assert (await attacker.call("POST", where, json={"title": title})).status_code == 409
    row = await made(victim, NOTICES, title=title)
    assert (await attacker.call("POST", NOTICES, json={"title": title})).status_code == 409
    await victim.call("DELETE", f"{NOTICES}/{row['id']}")
    assert (await attacker.call("POST", NOTICES, json={"title": title})).status_code == 201


async def test_rows_and_files_of_others_cannot_be_referred_to(people):
    """The answer is the same as for an id of nothing."""
    victim, attacker, theirs, mine = people
    entry = await made(victim, ENTRIES)
    upload = {"files": {"file": ("a.txt", SECRET.encode())}}
    own = (await victim.call("POST", "/files", **upload)).json()["id"]
    tenants = (await victim.call("POST", theirs.replace("spoil-memos", "files"), **upload)).json()["id"]
    mine_alone = (await attacker.call("POST", "/files", **upload)).json()["id"]
    tries = [(LINES, {"text": "x", "entry_id": entry["id"]})]
    tries += [(place, {"picture_id": file}) for place in (ENTRIES, NOTICES) for file in (own, tenants)]
    tries += [(mine, {"picture_id": file}) for file in (own, tenants, mine_alone)]
    for place, body in tries:
        absent = {name: str(uuid4()) if name.endswith("_id") else value for name, value in body.items()}
        answers = []
        for each in (body, absent):
            titled = each if place == LINES else {"title": str(uuid4()), **each}
            answers.append(await attacker.call("POST", place, json=titled))
        assert [answer.status_code for answer in answers] == [409, 409], answers[0].text
        assert answers[0].json()["detail"] == answers[1].json()["detail"]
    for file in (own, mine_alone):
        person = victim if file == own else attacker
        row = await made(person, NOTICES, picture_id=file)
        assert (await person.call("DELETE", f"/files/{file}")).status_code == 409
        leads = await person.get(f"{NOTICES}/{row['id']}/picture")
        assert leads.status_code == 307
        assert (await person.call("DELETE", f"{NOTICES}/{row['id']}")).status_code == 204
        assert (await attacker.get(f"{NOTICES}/{row['id']}/picture")).status_code == 404


async def test_deleted_rows_are_gone_for_everybody(people):
    victim, attacker, theirs, mine = people
    for place, _ in places(theirs, mine):
        row = await made(victim, place, text=f"{SECRET} {uuid4()}")
        address = f"{place}/{row['id']}"
        assert (await victim.call("DELETE", address)).status_code == 204
        for person in (victim, attacker):
            for method in ("GET", "PUT", "DELETE"):
                body = {"json": {"title": str(uuid4())}} if method == "PUT" else {}
                assert (await person.call(method, address, **body)).status_code == 404
        for query in ({"search": row["text"]}, {"format": "csv"}, {"limit": 100}):
            assert row["id"] not in (await victim.get(place, params=query)).text


async def test_deleted_rows_cannot_be_referred_to_anew(people):
    """They are as if they had never been; what referred to them before is left as it is."""
    victim, *_ = people
    entry, other = await made(victim, ENTRIES), await made(victim, ENTRIES)
    line = (await victim.call("POST", LINES, json={"text": "x", "entry_id": entry["id"]})).json()
    assert (await victim.call("DELETE", f"{ENTRIES}/{entry['id']}")).status_code == 204
    tries = [("POST", LINES, str(uuid4())), ("POST", LINES, entry["id"])]
    answers = [
        await victim.call(method, where, json={"text": "x", "entry_id": row}) for method, where, row in tries
    ]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]
    one = f"{LINES}/{line['id']}"
    same = await victim.call("PUT", one, json={"text": "y", "entry_id": entry["id"]})
    assert (same.status_code, same.json()["text"]) == (200, "y")
    moved = await victim.call("PUT", one, json={"text": "y", "entry_id": other["id"]})
    assert moved.status_code == 200
    assert (await victim.call("PUT", one, json={"text": "y", "entry_id": entry["id"]})).status_code == 409


async def test_of_parallel_edits_with_one_version_one_is_made(people):
    victim, _, theirs, _ = people
    for place in (theirs, ENTRIES, NOTICES):
        row = await made(victim, place)
        address, seen = f"{place}/{row['id']}", {"If-Match": '"1"'}
        edits = [
            victim.call("PUT", address, json={"title": f"{number} {uuid4()}"}, headers=seen)
            for number in range(8)
        ]
        states = sorted(answer.status_code for answer in await asyncio.gather(*edits))
        assert states == [200, *[412] * 7]
        ends = await asyncio.gather(*(victim.call("DELETE", address) for _ in range(4)))
        assert {answer.status_code for answer in ends} <= {204, 404, 409, 412}
        assert sum(answer.status_code == 204 for answer in ends) >= 1


ODD = {
    "title": ["", " " * 0, "x" * 201, "a\u0000b", 7, True, None, ["a"], {"a": 1}],
    "text": ["", "x" * 20_001, "a\u0000b", 7],
    "size": [2**31, -(2**31) - 1, 10**400, 1.5, "7", True, [], "NaN"],
    "price": [
        "1e5",
        "NaN",
        "Infinity",
        "-Infinity",
        "1" * 15,
        "0.00001",
        "\u0661",
        1.5,
        " 1",
        "1_0",
        "+1",
        "0x1",
    ],
    "open": ["true", "yes", 1, 0, "on", []],
    "day": [
        "2026-02-30",
        "0000-01-01",
        "0001-01-01",
        "9999-12-31",
        "10000-01-01",
        0,
        "0",
        "2026-01-01T00:00:00Z",
        "20260101",
    ],
    "moment": [
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-01-01T25:00:00Z",
        0,
        "10000-01-01T00:00:00Z",
        "now",
    ],
    "key": ["x", "018f0000", 7, "018f0000-0000-7000-8000-00000000000g", "'; DROP TABLE spoil_memo; --"],
    "state": ["gone", "Draft", "draft ", 0, "draft' OR 1=1"],
    "extra": [[], "x", 7, {"a": "b\u0000c"}, {"a\u0000b": 1}],
    "picture_id": ["x", 7, []],
}
FINE = {
    "title": [
        "\U0001f469\u200d\U0001f692", "'; DROP TABLE spoil_memo; --", "\u202eabc", "<script>",
        "{{7*7}}", "%s%n", "=1+1",
    ],
    "size": [2**31 - 1, -(2**31), 0, 7.0],
    "price": ["99999999999999.9999", "-99999999999999.9999", "0.0000", "0.0001"],
    "day": ["0001-01-02", "9999-12-30"],
    "moment": ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z",
        "2016-12-31T23:59:59.999999999Z"],
    "extra": [{}, {"a": 1e308}, {"a": "\U0001f600"}, {"a": 10**300}, {"": ""}, {"a": {"b": [None, True]}}],
}  # fmt: skip


async def test_odd_values_are_refused_with_their_field_or_kept_as_they_are(people):
    victim, *_ = people
    for field, values in ODD.items():
        for value in values:
            answer = await victim.call("POST", ENTRIES, json={"title": str(uuid4()), field: value})
            assert answer.status_code == 422, (field, value, answer.text)
            assert answer.json()["field_errors"][0]["field"].startswith("body"), (field, value)
    for field, values in FINE.items():
        for value in values:
            answer = await victim.call("POST", ENTRIES, json={"title": str(uuid4()), field: value})
            assert answer.status_code == 201, (field, value, answer.text)
            read = await victim.get(f"{ENTRIES}/{answer.json()['id']}")
            assert read.json()[field] == answer.json()[field]
            assert not str(read.json()[field]).startswith("9999-12-31T23:59:59.")
            (listed,) = (await victim.get(ENTRIES, params={"limit": 1})).json()["data"]
            assert listed == read.json(), (field, value)  # PostgreSQL writes it, as Python did
    assert (await victim.get(ENTRIES, params={"format": "csv"})).status_code == 200


async def test_bodies_that_are_no_json_are_refused(people):
    victim, *_ = people
    deep = "[" * 100_000
    nested = '{"title": "x", "extra": {"a": ' + '{"a":' * 300 + "1" + "}" * 300 + "}}"
    for body in (
        b"", b"{", b"null", b"[]", b'"x"', deep.encode(), nested.encode(), b'{"title": "\xff"}',
        b'{"title": "\\ud800"}',
        b'{"extra": {"a": NaN}, "title": "x"}', b'{"size": 1e400, "title": "x"}',
        b'{"extra": {"a": "\\udfff"}, "title": "x"}', b'{"size": ' + b"9" * 5000 + b', "title": "x"}',
    ):  # fmt: skip
        answer = await victim.call(
            "POST", ENTRIES, content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code in {400, 413, 422}, (body[:40], answer.status_code, answer.text)
    long = json.dumps({"title": "x", "extra": {"a": "x" * 400_000}})
    answer = await victim.call("POST", ENTRIES, content=long, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


async def test_odd_questions_to_a_list_are_refused(people):
    victim, *_ = people
    for name, value in (
        ("page", "0"), ("page", "-1"), ("page", "9" * 30), ("items_per_page", "101"), ("limit", "0"), ("limit", "1e3"),
        ("cursor", "x" * 9000), ("cursor", "AAAA"), ("sort", "owner_id"), ("sort", "text"), ("sort", "title;--"),
        ("search", ""), ("search", "x" * 101), ("search", "\0"), ("size__gte", "9" * 40), ("size__gte", "1.5"),
        ("price__gte", "NaN"), ("price__lt", "1" * 20), ("day__gte", "2026-02-30"), ("moment__gte", "2026-01-01"),
        ("open", "perhaps"), ("state", "gone"), ("key", "x"), ("format", "xml"), ("total", "perhaps"), ("unknown", "x"),
    ):  # fmt: skip
        answer = await victim.get(ENTRIES, params={name: value})
        assert answer.status_code == 422, (name, value[:20], answer.status_code, answer.text)
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        answer = await victim.get(ENTRIES, params={"created_at__gte": moment, "moment__lt": moment})
        assert answer.status_code == 200, answer.text
