"""Attack 18, lists: filters, cursors, orders and CSV reach for the rows of others, and CSV for the reader's machine."""

import csv
import io
from base64 import urlsafe_b64decode, urlsafe_b64encode

import orjson

LISTS = (
    "/tasks",
    "/files",
    "/api-keys",
    "/tenants",
    "/activity/me",
    "/tenants/{tenant}/files",
    "/tenants/{tenant}/members",
)
FORMULA = "=HYPERLINK(1)"


async def furnished(town, name):
    """Somebody with rows of their own in every list, and their tenant."""
    person = await town.person(name)
    tenant = await person.creates(f"tenant of {name}")
    made = [
        await person.call("POST", "/tasks", json={"message": name, "steps": 1, "seconds": 0}),
        await person.call("POST", "/files", files={"file": (f"{name}.txt", name.encode())}),
        await person.call("POST", f"/tenants/{tenant}/files", files={"file": (f"{name}.txt", name.encode())}),
        await person.call(
            "POST", "/api-keys", json={"name": f"key of {name}", "permissions": ["files.upload"]}
        ),
    ]
    assert {answer.status_code for answer in made} <= {201, 202}, [answer.text for answer in made]
    return person, tenant


def forged(cursor: str) -> list[str]:
    """A cursor moved before all rows, and behind all of them."""
    order, *values = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    moved = []
    for moment, key in (("0001-01-01T00:00:00Z", "0" * 8), ("9999-01-01T00:00:00Z", "f" * 8)):
        ends = [
            moment if isinstance(value, str) and "T" in value else f"{key}{value[8:]}" for value in values
        ]
        moved.append(urlsafe_b64encode(orjson.dumps([order, *ends])).decode().rstrip("="))
    return moved


async def test_nothing_that_a_list_can_be_asked_reaches_the_rows_of_another(town):
    ani, tenant = await furnished(town, "ani")
    budi, other = await furnished(town, "budi")
    marks = (str(budi.id), other, "budi")
    for path in LISTS:
        place = path.format(tenant=tenant)
        asked = [
            {},
            {"format": "csv"},
            {"limit": 100},
            {"total": "true", "limit": 100},
            {"items_per_page": 100},
        ]
        asked += [{name: str(budi.id)} for name in ("owner_id", "enqueued_by", "user_id")]
        asked += [{"search": "budi"}]
        assert (await ani.call("POST", "/tasks", json={"steps": 1, "seconds": 0})).status_code == 202
        first = await ani.get(place, params={"limit": 1})
        assert first.status_code == 200, first.text
        if first.json()["next_cursor"]:
            asked += [{"cursor": cursor, "limit": 100} for cursor in forged(first.json()["next_cursor"])]
        for query in asked:
            answer = await ani.get(place, params=query)
            assert answer.status_code in {200, 422}, (place, query, answer.text)
            if answer.status_code == 200:
                assert not [mark for mark in marks if mark in answer.text], (place, query)
        theirs = await budi.get(path.format(tenant=other))
        assert any(mark in theirs.text for mark in marks), path
    for path in LISTS:
        if "{tenant}" in path:
            assert (await ani.get(path.format(tenant=other), params={"format": "csv"})).status_code == 404


async def test_cursor_of_one_list_opens_no_other(town):
    root = await town.person("root", superuser=True)
    for number in range(3):
        await root.creates(f"tenant {number}")
    cursor = (await root.get("/tenants", params={"limit": 1})).json()["next_cursor"]
    assert (await root.get("/tenants", params={"limit": 1, "cursor": cursor})).status_code == 200
    for path in ("/users", "/tasks", "/files", "/activity"):
        assert (await root.get(path, params={"cursor": cursor})).status_code == 422


async def test_name_that_is_a_formula_runs_on_nobodys_machine(town):
    eve, root = await town.person("eve"), await town.person("root", superuser=True)
    await eve.creates(FORMULA)
    await eve.call("POST", "/files", files={"file": (f"{FORMULA}.txt", b"text")})
    for path, column in (("/tenants/all", "name"), ("/files", "name")):
        text = (await root.get(path, params={"format": "csv"})).content.decode("utf-8-sig")
        cells = [row[column] for row in csv.DictReader(io.StringIO(text))]
        assert next(cell for cell in cells if "HYPERLINK" in cell).startswith("'="), path
