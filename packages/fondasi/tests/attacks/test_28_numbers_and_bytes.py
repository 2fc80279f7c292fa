"""28: `page=0`, huge sizes, NUL bytes, invalid UTF-8, deep JSON answered 500. Here 422 (400, 404), on every route."""

from uuid import uuid4

import pytest

from fondasi.identity import create_user

PASSWORD = "correct horse battery staple"
QUERIES = [
    "page=0",
    "page=-1",
    "page=99999999999999999999",
    "page=1e3",
    "items_per_page=0",
    "items_per_page=101",
    "items_per_page=1000000000",
    "limit=0",
    "limit=-5",
    "cursor=%00",
    "sort=%00",
    "page=%FF",
    "unknown=1",
]
BODIES = [
    b"[" * 100_000,
    b'{"a":' * 5000,
    b'{"name": "a\\u0000b"}',
    b'{"name": "\xff"}',
    b"\x00",
    b"NaN",
    b"",
]


@pytest.fixture
async def administrator(client, clean_database):
    async with clean_database.unit_of_work() as session:
        await create_user(session, username="admin", password=PASSWORD, superuser=True)
    answer = await client.post("/api/v1/login", json={"username": "admin", "password": PASSWORD})
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def operations(app, method):
    """The paths of the OpenAPI document with that method, with ids that nothing has."""
    for path, item in app.openapi()["paths"].items():
        if method in item:
            yield "/".join(str(uuid4()) if part.startswith("{") else part for part in path.split("/"))


async def test_no_query_is_our_fault(client, app, administrator):
    for path in operations(app, "get"):
        for query in QUERIES:
            answer = await client.get(f"{path}?{query}", headers=administrator)
            assert answer.status_code in {404, 422}, f"{path}?{query}: {answer.text}"


async def test_no_body_is_our_fault(client, app, administrator):
    headers = administrator | {"Content-Type": "application/json"}
    for method in ("post", "put", "patch"):
        for path in operations(app, method):
            if path.endswith(("/logout", "/refresh")):
                continue  # these end the administrator's session
            for body in BODIES:
                answer = await client.request(method, path, content=body, headers=headers)
                assert answer.status_code < 500, f"{method} {path} {body[:20]!r}: {answer.text}"


async def test_no_list_of_the_panel_is_our_fault(panel_browser):
    root = await panel_browser("root", superuser=True)
    queries = [
        "page=0",
        "page=-1",
        f"page={'9' * 90}",
        "pageSize=-1",
        "sortBy=password_hash",
        "sortBy=__class__",
        "search=%00",
        "search=%25%5C",
        "search=%ED%A0%80",
        "status=nope",
    ]
    for view in ("users", "activity"):
        for page in [*(f"list?{query}" for query in queries), "export/csv?sortBy=metadata", "details/%00"]:
            answer = await root.get(f"/admin/{view}/{page}")
            assert answer.status_code < 500, (view, page)
