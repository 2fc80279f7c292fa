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
