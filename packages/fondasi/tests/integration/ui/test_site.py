"""The built web UI, as the service serves it: the right bytes, cached as long as they may be, and nothing else."""

import gzip
import hashlib
import json
from dataclasses import replace

import pytest

from fondasi.app import create_app
from fondasi.checks import UnsoundApplicationError
from fondasi.module import Link, Module, Permalink, Ui
from fondasi.pages import Pages
from fondasi.settings import UiSettings
from fondasi.tenancy.routes import MEMBERS
from fondasi.ui import BrokenSiteError, Site

PAGE = "<!doctype html><title>Search</title>" + "<p>text</p>" * 200
SCRIPT = "console.log(1)"
POLICY = "default-src 'none'; script-src 'self'"


def build(folder, *, languages=("id", "en"), **more):
    """A site as `make ui` leaves it."""
    files = {
        "404.html": ("/404", "text/html; charset=utf-8", PAGE),
        "id.html": ("/id", "text/html; charset=utf-8", PAGE),
        "en.html": ("/en", "text/html; charset=utf-8", PAGE),
        "en/search.html": ("/en/search", "text/html; charset=utf-8", PAGE),
        "en/reading.html": ("/en/reading", "text/html; charset=utf-8", PAGE),
        "en/casnet.html": ("/en/casnet", "text/html; charset=utf-8", PAGE),
        "en/search.txt": ("/en/search.txt", "text/plain; charset=utf-8", "0:{}"),
        "_next/static/chunks/a-1.js": (
            "/_next/static/chunks/a-1.js",
            "text/javascript; charset=utf-8",
            SCRIPT,
        ),
    }
    manifest = {"languages": list(languages), "files": {}}
    for path, (address, kind, content) in files.items():
        target = folder / "files" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
        about = {
            "path": path,
            "type": kind,
            "hash": hashlib.sha256(content.encode()).hexdigest(),
            "encodings": [],
            "immutable": path.startswith("_next/static/"),
        }
        if path.endswith(".html"):
            target.with_name(target.name + ".gz").write_bytes(gzip.compress(content.encode()))
            about |= {"encodings": ["gzip"], "policy": POLICY}
        if (module := address.removeprefix("/en/")) in {"reading", "casnet"}:
            about["module"] = module
        manifest["files"][address] = about
    (folder / "manifest.json").write_text(json.dumps(manifest | more))
    return folder


@pytest.fixture
def built(settings, running, tmp_path):
    """A client of a service that has a site, and a module."""
    examples = [Link("/search?q=pencurian+motor", "pencurian motor", "a meaning")]
    ui = Ui(
        title="Reading",
        meaning="Read.",
        path="/reading",
        navigation=[Link("/reading", "Books", "all of them")],
        examples=lambda: examples,
    )
    wanted = settings.model_copy(update={"ui": UiSettings(folder=build(tmp_path))})
    return lambda: running(wanted, Module(name="reading", ui=ui), Module(name="silent"))


async def test_pages_are_served_without_their_ending_and_asked_for_each_time(built):
    async with built() as client:
        answer = await client.get("/en/search", headers={"Accept-Encoding": "identity"})
        assert (answer.status_code, answer.text) == (200, PAGE)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        again = await client.get("/en/search", headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (await client.head("/en/search")).status_code == 200
        assert (await client.get("/en/search.txt")).headers["content-type"] == "text/plain; charset=utf-8"


async def test_parts_never_change_under_their_address(built):
    async with built() as client:
        answer = await client.get("/_next/static/chunks/a-1.js")
        assert (answer.status_code, answer.text) == (200, SCRIPT)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, br", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("br", None),
        ("gzip;q=0", None),
        ("gzip; q=0.0", None),
        ("", None),
    ],
)
async def test_the_encoding_is_one_that_the_browser_takes(built, accepted, encoding):
    async with built() as client:
        answer = await client.get("/en", headers={"Accept-Encoding": accepted})
        assert answer.headers.get("content-encoding") == encoding
        assert "accept-encoding" in answer.headers["vary"].lower()
        assert answer.text == PAGE


@pytest.mark.parametrize(
    ("accepted", "language"), [("en-GB,en;q=0.9", "en"), ("id", "id"), ("de", "id"), ("", None)]
)
async def test_the_first_page_is_in_the_language_of_the_browser(built, accepted, language, settings):
    async with built() as client:
        answer = await client.get("/?q=1", headers={"Accept-Language": accepted} if accepted else {})
        assert answer.status_code == 302
        assert answer.headers["location"] == f"/{language or settings.default_language}?q=1"


@pytest.mark.parametrize(
    "path",
    [
        "/_next/static/../../manifest.json",
        "/_next/static/%2e%2e/%2e%2e/manifest.json",
        "/_next/static/chunks/a-2.js",
        "/_next/static/",
        "/manifest.json",
        "/en/search.html",
        "/en/search.html.gz",
        "/nothing",
        "/api/v1/nothing",
    ],
)
async def test_nothing_else_is_served(built, path):
    async with built() as client:
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_browser_gets_a_page_where_nothing_is_and_a_program_a_problem(built):
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    async with built() as client:
        answer = await client.get("/nothing", headers=browser)
        assert (answer.status_code, answer.text) == (404, PAGE)
        assert answer.headers["content-security-policy"] == POLICY
        for path in ("/api/v1/nothing", "/_next/static/chunks/gone.js", "/api/v1/users/nobody"):
            answer = await client.get(path, headers=browser)
            assert answer.headers["content-type"] == "application/problem+json", path


async def test_other_rooms_keep_their_addresses(built):
    async with built() as client:
        assert (await client.get("/health")).status_code == 200
        assert (await client.get("/docs")).status_code == 200
        assert (await client.post("/en")).status_code == 405


async def test_the_pages_are_told_what_runs_and_what_finds_something(built, settings):
    async with built() as client:
        assert (await client.get("/site.json")).json() == {
            "name": settings.app_name,
            "applications": [
                {
                    "name": "reading",
                    "title": "Reading",
                    "meaning": "Read.",
                    "path": "/reading",
                    "navigation": [{"path": "/reading", "title": "Books", "meaning": "all of them"}],
                    "inside": [],
                    "examples": [
                        {
                            "path": "/search?q=pencurian+motor",
                            "title": "pencurian motor",
                            "meaning": "a meaning",
                        }
                    ],
                }
            ],
        }


async def test_pages_that_an_application_declares_are_told_in_the_readers_language(
    settings, running, tmp_path, modules
):
    wanted = settings.model_copy(update={"ui": UiSettings(folder=build(tmp_path))})
    posts = next(module for module in modules if module.name == "posts")
    async with running(wanted, posts) as client:
        (application,) = (await client.get("/site.json")).json()["applications"]
        assert (application["path"], application["inside"]) == ("/rows?of=posts", [])
        assert [page["title"] for page in application["navigation"]] == ["Posts"]
        told = (await client.get("/pages/posts.json", params={"lang": "id"})).json()
        assert (told["title"], told["fields"]["title"]["label"]) == ("Tulisan", "Judul")
        assert (told["path"], told["fields"]["picture_id"]["content"]) == ("/api/v1/posts", "picture")
        for path in ("/pages/nothing.json", "/pages/..%2Fsite.json"):
            assert (await client.get(path)).status_code == 404


async def test_pages_of_a_tenant_or_behind_a_permission_are_told_to_whoever_is_signed_in(
    settings, running, tmp_path, modules, sign_in
):
    wanted = settings.model_copy(update={"ui": UiSettings(folder=build(tmp_path))})
    posts = next(module for module in modules if module.name == "posts")
    behind = [replace(pages, view=pages.edit) for pages in posts.pages]
    path = "/tenants/{tenant_id}/members"
    inside = Pages(MEMBERS, None, path=path, title="Members", new="", name="name", columns=["name"])
    ani = await sign_in("ani")
    async with running(wanted, replace(posts, pages=[*behind, inside])) as client:
        for key in ("posts", "members"):
            refused = await client.get(f"/pages/{key}.json")
            assert refused.status_code == 401, key
            assert "fields" not in refused.json()
            for language in ("en", "id"):
                told = await client.get(f"/pages/{key}.json", params={"lang": language}, headers=ani)
                assert (told.status_code, told.json()["name"]) == (200, key)
        assert told.json()["tenant"]
    async with running(wanted, posts) as client:
        assert (await client.get("/pages/posts.json")).status_code == 200


async def test_an_application_without_words_for_itself_is_called_by_its_name(
    settings, running, tmp_path, modules
):
    wanted = settings.model_copy(update={"ui": UiSettings(folder=build(tmp_path))})
    posts = next(module for module in modules if module.name == "posts")
    async with running(wanted, replace(posts, name="all_posts", ui=None)) as client:
        (application,) = (await client.get("/site.json")).json()["applications"]
        assert (application["title"], application["path"]) == ("All posts", "/rows?of=posts")


async def test_pages_that_lead_nowhere_keep_the_service_from_starting(settings, modules):
    posts = next(module for module in modules if module.name == "posts")
    without = replace(posts, routers=[])
    with pytest.raises(UnsoundApplicationError, match="need the route GET /posts"):
        create_app(settings, [*(module for module in modules if module is not posts), without])


async def test_pages_of_applications_that_do_not_run_are_not_there(built):
    async with built() as client:
        assert (await client.get("/en/reading")).status_code == 200
        assert (await client.get("/en/casnet")).status_code == 404


def test_where_none_was_built_there_is_none(tmp_path):
    assert Site.read(tmp_path) is None


@pytest.mark.parametrize(
    "manifest", ["", "[]", "{}", '{"languages": ["en"], "files": {"/a": {"path": "a"}}}']
)
def test_a_broken_site_says_how_to_mend_it(tmp_path, manifest):
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(BrokenSiteError, match="make ui"):
        Site.read(tmp_path)


def test_a_site_that_lacks_a_file_names_it(tmp_path):
    (build(tmp_path) / "files" / "en.html.gz").unlink()
    with pytest.raises(BrokenSiteError, match=r"en\.html\.gz.*make ui"):
        Site.read(tmp_path)


@pytest.fixture
def linked(settings, running, tmp_path):
    """A client of a service whose module has permanent addresses."""
    link = Permalink("/d/{id}", "decision", {"s": "section", "a": "start"})
    ui = Ui(title="Reading", meaning="Read.", permalinks=[link])
    wanted = settings.model_copy(update={"ui": UiSettings(folder=build(tmp_path))})
    return lambda: running(wanted, Module(name="reading", ui=ui))


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/d/1", "/en/decision?id=1"),
        ("/d/1?s=fakta&a=3&other=4", "/en/decision?id=1&section=fakta&start=3"),
        ("/d/a%26section=b", "/en/decision?id=a%26section%3Db"),
    ],
)
async def test_a_permanent_address_leads_to_the_page_in_the_language_of_the_browser(linked, path, leads):
    async with linked() as client:
        answer = await client.get(path, headers={"Accept-Language": "en"})
        assert (answer.status_code, answer.headers["location"]) == (302, leads)
        answer = await client.get("/d/1", headers={"Accept-Language": "id"})
        assert answer.headers["location"] == "/id/decision?id=1"
        assert (await client.get("/d/%2F%2Fexample.org")).status_code == 404


@pytest.mark.parametrize("indexed", [False, True])
async def test_search_engines_list_pages_only_where_a_setting_says_so(settings, running, tmp_path, indexed):
    wanted = settings.model_copy(update={"ui": UiSettings(folder=build(tmp_path), indexed=indexed)})
    async with running(wanted, Module(name="reading")) as client:
        answer = await client.get("/en/search")
        assert answer.headers.get("x-robots-tag") == (None if indexed else "noindex")
