"""The page at `/`: where a newcomer's browser lands."""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from fondasi.module import Link, Module
from fondasi.settings import Environment


class Page(HTMLParser):
    """What somebody sees of a page: its text, and its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_data(self, data):
        self.text += data


async def test_printed_address_says_what_runs_and_where_to_go(client, settings):
    answer = await client.get("/")
    page = Page(answer.text)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Running here: courtsight, posts." in page.text
    assert f"The administrator is {settings.admin_username}." in page.text
    assert {"docs", "redoc", "admin", "health/ready"} <= set(page.links)
    for link in page.links:
        assert (await client.get(f"/{link}", follow_redirects=True)).status_code == 200, link


async def test_searches_of_the_demo_are_links(client):
    searches = [link for link in Page((await client.get("/")).text).links if "legal-search" in link]
    assert len(searches) == 3
    for link in searches:
        (query,) = parse_qs(urlsplit(link).query)["query"]
        answer = await client.get(f"/{link}")
        assert answer.status_code == 200
        assert (
            answer.json() == (await client.post("/api/v1/legal-search/search", json={"query": query})).json()
        )


async def test_page_runs_no_script_and_asks_no_other_server(client):
    answer = await client.get("/")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert not re.search(r"<script|(?:src|href)=\"(?:https?:)?//", answer.text)


async def test_what_modules_say_is_text(settings, running):
    hostile = Link('/x?a=1&b="><script>', "<b>title</b>", "<i>meaning</i>")
    async with running(settings, Module(name="<script>", links=lambda: [hostile])) as client:
        html = (await client.get("/")).text
    assert "<script" not in html
    assert "<b>title" not in html
    assert "<i>meaning" not in html
    assert 'href="api/v1/x?a=1&amp;b=&quot;&gt;&lt;script&gt;"' in html


async def test_without_examples_the_page_says_how_to_get_some(settings, running):
    async with running(settings) as client:
        page = Page((await client.get("/")).text)
    assert "no module has an example" in page.text
    assert "fondasi new app" in page.text


async def test_application_without_examples_is_not_told_that_only_the_platform_runs(settings, running):
    async with running(settings, Module(name="reading")) as client:
        page = Page((await client.get("/")).text)
    assert "Running here: reading." in page.text
    assert "Only the platform runs" not in page.text
    assert "Look around" in page.text


@pytest.mark.parametrize("environment", [Environment.STAGING, Environment.PRODUCTION])
async def test_elsewhere_there_is_no_such_page(settings, running, environment):
    secret = SecretStr("0123456789abcdef" * 4)
    there = settings.model_copy(update={"environment": environment, "secret_key": secret})
    async with running(there) as client:
        assert (await client.get("/")).status_code == 404
