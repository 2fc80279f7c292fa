"""Threat 42: a host below the same domain set the panel's cookie, and kept its administrator out."""

import httpx
import pytest
from pydantic import SecretStr

from fondasi.app import create_app
from fondasi.identity import create_user
from fondasi.runtime import platform_modules
from fondasi.settings import Environment

PASSWORD = "correct horse battery staple"


@pytest.fixture
async def administrator(settings, clean_database):
    """A browser that has signed in to the panel of a service behind https, and what it was told to keep."""
    async with clean_database.unit_of_work() as session:
        await create_user(session, username="root", password=PASSWORD, superuser=True)
    values = {"environment": Environment.STAGING, "secret_key": SecretStr("0123456789abcdef" * 4)}
    app = create_app(settings.model_copy(update=values), platform_modules())
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="https://admin.example.com"
        ) as browser,
    ):
        answer = await browser.post("/admin/login", data={"username": "root", "password": PASSWORD})
        yield browser, answer.headers["set-cookie"]


async def test_cookie_is_one_that_no_other_host_can_set(administrator):
    """RFC 6265bis, 4.1.3.2: browsers take a `__Host-` cookie from its own host alone, with these and no domain."""
    _, cookie = administrator
    name, *attributes = cookie.lower().split("; ")
    assert name.startswith("__host-admin=")
    assert {"secure", "path=/", "httponly", "samesite=strict"} <= set(attributes)
    assert not any(item.startswith("domain") for item in attributes)


@pytest.mark.parametrize("name", ["__Secure-admin", "admin"])
async def test_cookie_of_another_host_means_nothing(administrator, name):
    browser, cookie = administrator
    own = cookie.partition(";")[0]
    for header in (f"{own}; {name}=tossed", f"{name}=tossed; {own}"):
        assert (await browser.get("/admin/", headers={"Cookie": header})).status_code == 200
    token = own.partition("=")[2]
    browser.cookies.clear()
    assert (await browser.get("/admin/", headers={"Cookie": f"{name}={token}"})).status_code == 303


# No browser takes `__Host-admin` from another host, but each takes these: their names are others. What Python calls
# white space, and what other servers strip, decode, or take for the beginning of a cookie (PortSwigger, Cookie Chaos).
LOOK_ALIKES = [
    *(bytes([blank]) + b"__Host-admin=" for blank in (0x1C, 0x1D, 0x1E, 0x1F, 0x85, 0xA0, 0x0B, 0x0C)),
    *(blank.encode() + b"__Host-admin=" for blank in "\u2000\u3000\u00a0\u0085\u200b\ufeff"),
    *(b"__Host-admin" + bytes([blank]) + b"=" for blank in (0x1F, 0x85, 0xA0)),
    *(
        b"%s=" % name
        for name in (
            b"__HOST-admin",
            b"__host-Admin",
            b"%5F%5FHost-admin",
            b"__Host-admin[]",
            b'"__Host-admin"',
        )
    ),
    b"$Version=1,__Host-admin=",
    b"x=1,__Host-admin=",
    b'x="1\\073 __Host-admin=',
    b"x==__Host-admin=",
]


@pytest.mark.parametrize("name", LOOK_ALIKES)
async def test_cookie_with_nearly_the_name_neither_wins_nor_counts(administrator, sessions_of_others, name):
    """An administrator keeps their own session, and is put into nobody else's."""
    browser, cookie = administrator
    own, foreign = cookie.partition(";")[0].encode(), sessions_of_others
    for header in (own + b"; " + name + b"tossed", name + b"tossed; " + own):
        answer = await browser.get("/admin/", headers={"Cookie": header})
        assert answer.status_code == 200
    for header in (name + foreign, name + foreign + b"; " + own, own + b"; " + name + foreign):
        browser.cookies.clear()
        answer = await browser.get("/admin/", headers={"Cookie": header})
        assert "mallory" not in answer.text
        assert answer.status_code == (200 if own in header else 303)


@pytest.fixture
async def sessions_of_others(administrator, clean_database):
    """The value of the cookie of another administrator, who attacks."""
    browser, _ = administrator
    async with clean_database.unit_of_work() as session:
        await create_user(session, username="mallory", password=PASSWORD, superuser=True)
    kept = dict(browser.cookies)
    browser.cookies.clear()
    answer = await browser.post("/admin/login", data={"username": "mallory", "password": PASSWORD})
    browser.cookies.clear()
    browser.cookies.update(kept)
    return answer.headers["set-cookie"].partition(";")[0].partition("=")[2].encode()
