"""The application's pages in a real browser: the system's Chromium, on the built web UI and the worker's database.

    async def test_posts_are_there(open_browser, sign_in):
        await sign_in("ani")
        page = await open_browser("ani")
        await page.goto("/en/rows?of=posts")
        await page.get_by_role("heading", name="Posts").wait_for()

`pip install fondasi[browser]` brings Playwright; `apt install chromium` the browser. Where one of them is missing, or
the web UI was not built, such tests are skipped and say so.
"""

# ruff: noqa: PLC0415 - pytest loads plugins in every run, whether or not a test needs a browser

from __future__ import annotations

import asyncio
import json
import re
import shutil
from contextlib import asynccontextmanager, contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

import pytest
import pytest_asyncio
from babel.numbers import format_decimal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from fastapi import FastAPI
    from playwright.async_api import Browser, Page

    from fondasi.module import Module
    from fondasi.pages import Pages
    from fondasi.settings import Settings

PASSWORD = "correct horse battery staple"  # noqa: S105 - of users that a test makes
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PATIENCE = 30_000  # milliseconds, on a busy machine


class OpenBrowser(Protocol):
    """Opens a browser of somebody's own."""

    async def __call__(self, username: str | None = None, **options: Any) -> Page:
        """A page of it.

        Args:
            username: who is signed in, one of `sign_in`; nobody when None.
            options: of Playwright's `new_context`.
        """


def chromium_path() -> str:
    """The path of the browser; skips where there is none."""
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found is None:
        pytest.skip("there is no Chromium: apt install chromium")
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The system's Chromium."""
    path = chromium_path()
    pytest.importorskip("playwright", reason="there is no Playwright: pip install 'fondasi[browser]'")
    from playwright.async_api import async_playwright, expect

    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=path)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def served_url(settings: Settings, modules: Sequence[Module]) -> AsyncIterator[str]:
    """The address of the application with its web UI, on this worker's database."""
    from fondasi.app import create_app
    from fondasi.settings import UiSettings
    from fondasi.ui import Site, site_folder

    if Site.read(site_folder()) is None:
        pytest.skip("the web UI was not built into this Fondasi: make ui")
    whole = settings.model_copy(update={"ui": UiSettings()})
    async with serving(create_app(whole, modules), whole) as url:
        yield url


@asynccontextmanager
async def serving(app: FastAPI, settings: Settings, listener: Any = None) -> AsyncIterator[str]:
    """Serve an application over HTTP, in the loop of the tests; gives its address."""
    import uvicorn

    from fondasi.serving import address_of, bind, configuration

    class Served(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield  # pytest's own stay

    listener = listener or bind("127.0.0.1", 0)
    server = Served(configuration(app, settings))
    task = asyncio.create_task(server.serve([listener]))
    while not server.started:
        assert not task.done(), "the service did not start"
        await asyncio.sleep(0.01)
    yield address_of(listener)
    server.should_exit = True
    await task
    listener.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_browser(
    chromium: Browser,
    served_url: str,
    settings: Settings,
    clean_database: object,  # noqa: ARG001
) -> AsyncIterator[OpenBrowser]:
    """Browsers on the application's pages. A test awaits the call and gets a page (Playwright's)."""
    contexts = []

    async def open_one(username: str | None = None, **options: Any) -> Page:
        if (
            username is not None
        ):  # as signing in on the page leaves it: pages that strangers see ask who one is
            hint = [{"name": "signed-in", "value": "yes"}]
            options["storage_state"] = {"origins": [{"origin": served_url, "localStorage": hint}]}
        context = await chromium.new_context(base_url=served_url, reduced_motion="reduce", **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        if username is not None:
            answer = await context.request.post(
                f"{served_url}{settings.api_prefix}/login",
                data={"username": username, "password": PASSWORD},
                headers={"Origin": served_url},
            )
            assert answer.ok, await answer.text()
        return await context.new_page()

    yield open_one
    for context in contexts:
        await context.close()


def remembering(url: str) -> dict[str, Any]:
    """The storage of a browser that knows that somebody is signed in, as the page of signing in leaves it.

    Without it a page that strangers may see does not ask who one is. `HINT` in `frontend/lib/session.ts` reads it.
    """
    hint = [{"name": "signed-in", "value": "yes"}]
    return {"cookies": [], "origins": [{"origin": url, "localStorage": hint}]}


async def fill_in(page: Page, pages: Pages, values: Mapping[str, Any]) -> None:
    """Write a row into the form that a page shows, as people do: by the labels of its fields.

    A file is a small text, and of what a field refers to the first that is offered is taken.
    """
    from fondasi.pages import described

    language = await page.locator("html").get_attribute("lang") or "en"
    about = described(pages, prefix="", operations=(), changes=())["fields"]
    form = page.locator("main form")
    for name in pages.form:
        field, value = about[name], values.get(name)
        if name not in values:
            continue
        control = form.get_by_label(re.compile(rf"^\s*{re.escape(field['label'])}\s*(\(.*\))?\s*$")).first
        if field["kind"] == "flag" and not field["nullable"]:
            await control.set_checked(bool(value))
        elif field["kind"] in {"choice", "flag"}:
            await control.select_option(str(value).lower())
        elif field["kind"] == "file":
            before = await page.locator(f"input[name={name}]").get_attribute("value")
            await control.set_input_files(
                {"name": "a.txt", "mimeType": "text/plain", "buffer": b"An example"}
            )
            uploaded = f"input[name={name}]:not([value=''], [value='{before or ''}'])"
            await page.locator(uploaded).wait_for(state="attached")
        elif field["kind"] == "reference":
            await control.click()
            await form.get_by_role("listbox").get_by_role("option").first.click()
        else:
            await control.fill(_as_written(field["kind"], value, language))


def _as_written(kind: str, value: Any, language: str) -> str:
    if kind == "json":
        return json.dumps(value)
    if kind in {"integer", "number", "amount"}:
        number = Decimal(str(value))
        return format_decimal(number, locale=language, decimal_quantization=False, group_separator=False)
    return str(value)[:16] if kind == "moment" else str(value)
