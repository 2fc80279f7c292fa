"""The language of an answer: that of the address, the user's own, the browser's, the service's, in this order."""

import pytest

from fondasi.kit.i18n import LANGUAGES

ME = "/api/v1/users/me"
NOWHERE = "/api/v1/users/nobody"
NO_USER = {
    "en": "There is no such user.",
    "id": "Pengguna itu tidak ada.",
    "de": "Diesen Benutzer gibt es nicht.",
    "fr": "Cet utilisateur n\u2019existe pas.",
}


async def language_of(client, path, **headers):
    answer = await client.get(path, headers=headers)
    language = answer.headers["content-language"]
    assert answer.json()["detail"] == NO_USER[language]
    return language


async def test_first_that_is_said_counts(client, account):
    ani = await account("ani")
    await client.patch("/api/v1/settings", json={"language": "de"}, headers=ani)
    assert await language_of(client, NOWHERE, **ani, **{"accept-language": "id"}) == "de"
    assert await language_of(client, f"{NOWHERE}?lang=fr", **ani, **{"accept-language": "id"}) == "fr"
    assert (await client.get(ME, headers={"accept-language": "id"})).headers["content-language"] == "id"
    assert (await client.get(ME)).headers["content-language"] == "en"


async def test_service_has_a_language_of_its_own(settings, running):
    async with running(settings.model_copy(update={"default_language": "id"})) as client:
        assert (await client.get(ME)).json()["title"] == "Belum masuk"
        assert (await client.get(f"{ME}?lang=en")).json()["title"] == "Not signed in"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ME),
        ("GET", "/api/v1/posts"),
        ("GET", "/api/v1/user/me/"),
        ("POST", "/api/v1/login"),
        ("GET", "/health/ready"),
        ("GET", "/openapi.json"),
        ("GET", "/"),
        ("GET", "/nowhere"),
    ],
)
async def test_every_address_takes_it(client, method, path):
    answer = await client.request(method, f"{path}?lang=pt-BR")
    assert answer.headers["content-language"] == "pt"
    assert "lang" not in answer.text.partition("<html lang")[0] or answer.status_code == 200
    assert all(item["field"] != "query.lang" for item in _errors(answer))


def _errors(answer):
    problem = answer.headers["content-type"] == "application/problem+json"
    return (answer.json().get("field_errors") or []) if problem else []


@pytest.mark.parametrize("value", ["nl", "", "xx-YY", "en%0d%0aX-Evil: 1", "a" * 500])
async def test_language_that_we_do_not_have_is_refused(client, value):
    answer = await client.get(f"/api/v1/posts?lang={value}")
    assert (answer.status_code, _errors(answer)[0]["field"]) == (422, "query.lang")
    assert answer.headers["content-language"] == "en"
    assert "x-evil" not in answer.headers


async def test_document_says_it_once(client):
    document = (await client.get("/openapi.json")).json()
    assert document["components"]["parameters"]["lang"]["schema"]["enum"] == list(LANGUAGES)
    named = [
        parameter["name"]
        for item in document["paths"].values()
        for operation in item.values()
        for parameter in operation.get("parameters", ())
    ]
    assert "lang" not in named


async def test_page_says_the_direction_that_it_is_written_in(client):
    assert '<html lang="ar" dir="rtl">' in (await client.get("/?lang=ar")).text
    assert '<html lang="ar" dir="rtl">' in (await client.get("/admin/login?lang=ar")).text
