"""21: CORS that reflected any origin with credentials. Exact origins may read; for others the page gets nothing."""

import httpx
import pytest

from fondasi.app import create_app
from fondasi.settings import HttpSettings

ALLOWED = "https://app.example"
FOREIGN = [
    "https://evil.example",
    "http://app.example",
    "https://app.example.evil.example",
    "https://evil-app.example",
    "https://app.example:8443",
    "null",
]


@pytest.fixture
async def page(settings, modules, clean_database):
    settings = settings.model_copy(update={"http": HttpSettings(cors_origins=[ALLOWED])})
    app = create_app(settings, modules)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield client


async def test_foreign_origins_may_neither_ask_nor_read(page):
    for origin in FOREIGN:
        wish = {"origin": origin, "access-control-request-method": "POST"}
        asked = await page.options("/api/v1/login", headers=wish)
        read = await page.get("/api/v1/users/me", headers={"origin": origin})
        for answer in (asked, read):
            assert "access-control-allow-origin" not in answer.headers, origin


async def test_own_origin_may(page):
    answer = await page.get("/api/v1/users/me", headers={"origin": ALLOWED})
    assert answer.headers["access-control-allow-origin"] == ALLOWED
    assert answer.headers["access-control-allow-credentials"] == "true"
