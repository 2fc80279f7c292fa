"""Every view lists, shows, exports and edits; what it shows holds no secret, and nobody's name is a script."""

import csv
import io
import json
import re
from uuid import uuid4

import pytest
from sqlalchemy import LargeBinary, inspect, select

from fondasi.access import PermissionRegistry
from fondasi.admin import words_of
from fondasi.admin.forms import label_of
from fondasi.admin_views import AdminView, UnsafeViewError, check_views, hides
from fondasi.identity import User, create_user
from fondasi.kit.i18n import translate
from fondasi.messages.models import MessageRecord
from fondasi.runtime import platform_modules
from fondasi.tasks.jobs import count_slowly
from fondasi.tenancy.models import Tenant
from fondasi.webhooks import jobs as webhook_jobs
from fondasi.webhooks.models import Webhook, WebhookDelivery

VIEWS = {view.path: view for module in platform_modules() for view in module.admin_views}
SAID = {path: words_of(view) for path, view in VIEWS.items()}
REGISTRY = PermissionRegistry(item for module in platform_modules() for item in module.permissions)
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
async def root(panel_browser, clean_database):
    """A super admin's panel_browser, and a row in every table."""
    found = await panel_browser("root", superuser=True)
    limit = {"tier": "free", "method": "GET", "path": "/api/v1/users", "limit": "5", "period": "60"}
    assert (await found.post("/admin/rate-limits/create", {**limit, "name": ""})).status_code == 303
    invitation = {"email": "budi@example.com", "language": "id"}
    assert (await found.post("/admin/users/create", invitation)).status_code == 303
    async with clean_database.unit_of_work() as session:
        await create_user(session, username="siti", name=SCRIPT, email="siti@example.com", password=None)
        session.add(Tenant(name="Acme"))
        webhook = Webhook(url="https://example.com/events", events=["*"], sealed_secret=b"sealed")
        session.add(webhook)
        await session.flush()
        session.add(WebhookDelivery(webhook_id=webhook.id, event="user.created", body="{}"))
        await count_slowly.enqueue(session, enqueued_by=None, message="hi", steps=1, seconds=0)
    return found


def first_record(page) -> str:
    return re.search(r'href="(/admin/[a-z-]+/details/[^"]+)"', page.text)[1]


async def test_who_asked_for_a_job_is_a_link_only_where_it_is_a_user(root, clean_database):
    async with clean_database.unit_of_work() as session:
        webhook, delivery = uuid4(), uuid4()
        await webhook_jobs.ask(session, None, webhook, delivery)
        siti = await session.scalar(select(User.id).where(User.username == "siti"))
        await count_slowly.enqueue(session, enqueued_by=siti, message="hi", steps=1, seconds=0)
    page = (await root.get("/admin/jobs/list")).text
    pages = [page] + [
        (await root.get(place)).text for place in set(re.findall(r"/admin/jobs/details/[\w-]+", page))
    ]
    told = "".join(pages)
    assert str(webhook) in told
    assert f"/admin/users/details/{webhook}" not in told
    assert f"/admin/users/details/{siti}" in told


async def test_every_view_lists_shows_exports_and_opens_its_forms(root):
    for path, view in VIEWS.items():
        await try_everything(root, path, view)


async def try_everything(root, path, view):
    page = await root.get(f"/admin/{path}/list")
    assert page.status_code == 200
    found = re.search(rf'href="(/admin/{path}/details/[^"]+)"', page.text)[1]
    details = await root.get(found)
    assert details.status_code == 200
    pages = [page, details]
    rows = list(csv.reader(io.StringIO((await root.get(f"/admin/{path}/export/csv")).text.lstrip("\ufeff"))))
    assert rows[0] == list(view.columns)
    assert len(rows) > 1
    exported = (await root.get(f"/admin/{path}/export/json")).json()
    assert list(exported[0]) == list(view.columns)
    if view.create is not None:
        pages.append(await root.get(f"/admin/{path}/create"))
    if view.edit is not None:
        pages.append(await root.get(found.replace("/details/", "/edit/")))
    queries = [f"sortBy={column}&sort=desc" for column in view.columns]
    queries += [f"{column}={values[0]}&page=2&pageSize=10" for column, values in view.filters.items()]
    pages += [await root.get(f"/admin/{path}/list?{query}") for query in queries]
    if view.search:
        pages.append(await root.get(f"/admin/{path}/list?search=a%25_%27"))
    assert {answer.status_code for answer in pages} <= {200, 302}
    assert {answer.headers["cache-control"] for answer in pages} == {"no-store"}
    assert not any("$argon2" in answer.text or "eyJ" in answer.text for answer in pages)


def test_no_view_shows_or_edits_a_secret():
    check_views(list(VIEWS.values()), REGISTRY)
    for view in VIEWS.values():
        columns = inspect(view.model).columns
        shown = [columns[name] for name in view.shown]
        assert not any(isinstance(column.type, LargeBinary) for column in shown)
        assert not any(re.search("hash|secret|token|password|sealed", column.name) for column in shown)
        for write in view.writes:
            fields = write.schema.model_fields if write.schema else {}
            assert not [name for name in fields if name in columns and hides(view.model, name)]
            written = {"is_superuser", "tier_id", "user_type", "phone", "email_verified_at"} & set(fields)
            assert not written & set(columns.keys())


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"permission": "users.steal"}, "asks for users.steal, which no module declares"),
        ({"permission": ""}, "asks for no permission"),
        ({"columns": ["password_hash"]}, "shows password_hash, a secret"),
        ({"details": ["nothing"]}, "names nothing, which User does not have"),
        ({"search": ["password_hash"]}, "shows password_hash, a secret"),
        ({"path": "login"}, "needs another path"),
        ({"model": MessageRecord, "columns": ["sealed"]}, "shows sealed, a secret"),
    ],
    ids=str,
)
def test_view_that_would_open_a_door_refuses_to_start(changes, fault):
    fields = {"model": User, "path": "people", "permission": "users.view", "columns": ["username"]}
    view = AdminView(name="Person", plural="People", **{**fields, **changes})
    with pytest.raises(UnsafeViewError, match=re.escape(fault)):
        check_views([view], REGISTRY)


async def test_names_are_text_and_no_script(root):
    page = await root.get("/admin/users/list?search=siti")
    details = await root.get(re.search(r'href="(/admin/users/details/[^"]+)"', page.text)[1])
    edit = await root.get(str(details.url.path).replace("details", "edit"))
    for answer in (page, details, edit, await root.get(f"/admin/users/list?search={SCRIPT}")):
        assert answer.status_code == 200
        assert SCRIPT not in answer.text
        assert "&lt;script&gt;" in answer.text
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy


async def test_pages_need_nothing_from_elsewhere_and_run_no_script_of_their_own(root):
    text = (await root.get("/admin/users/list")).text
    sources = re.findall(r'(?:src|href)="([^"#]+)"', text)
    assert [source for source in sources if not source.startswith(("/admin/", "data:,"))] == []
    assert re.findall(r"<script(?![^>]*\bsrc=)|\son\w+=|<style|\sstyle=", text) == []
    statics = {source for source in sources if "/statics/" in source}
    answers = [await root.get(source) for source in statics]
    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.headers["cache-control"].startswith("public") for answer in answers)
    for path in ("..%2f..%2fpanel.py", "../panel.py", "css/nothing.css", "%2fetc%2fpasswd"):
        assert (await root.get(f"/admin/statics/{path}")).status_code == 404


@pytest.mark.parametrize(
    ("name", "exported"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        (" @SUM(1)", " '@SUM(1)"),
        ("x;=1+1;", "x;'=1+1;"),  # where `;` separates cells, also those of a file with commas
        ("x,-1+1", "x,'-1+1"),
        ('x;"=1+1"', """x;"'=1+1\""""),
        ("x|\uff1d1+1", "x|'\uff1d1+1"),
        ("Anna-Maria +62 (a=b)", "Anna-Maria +62 (a=b)"),
    ],
)
async def test_exported_formula_is_text(root, clean_database, name, exported):
    async with clean_database.unit_of_work() as session:
        await create_user(session, username="rudi", name=name, password=None)
    text = (await root.get("/admin/users/export/csv?search=rudi")).text.lstrip("\ufeff")
    header, row = csv.reader(io.StringIO(text))
    assert dict(zip(header, row, strict=True))["name"] == exported
    assert all(line.startswith('"') and line.endswith('"') for line in text.splitlines())
    assert "siti" not in text


async def test_pages_are_in_the_language_of_who_looks_at_them(root):
    page = await root.get("/admin/groups/create?lang=id")
    assert '<html lang="id" dir="ltr">' in page.text
    assert "Simpan" in page.text
    assert "Grup baru, yang belum memegang izin apa pun." in page.text


async def test_names_of_tables_columns_and_choices_are_in_that_language_too(root):
    for path, view in VIEWS.items():
        address = first_record(await root.get(f"/admin/{path}/list"))
        pages = [await root.get(f"{page}?lang=de") for page in (f"/admin/{path}/list", address)]
        if view.create is not None:
            pages.append(await root.get(f"/admin/{path}/create?lang=de"))
        text = "".join(page.text for page in pages)
        shown = {view.plural, *map(label_of, [*view.columns, *view.details])}
        assert {word for word in shown if translate("de", word) not in text} == set(), path
        changed = {word for word in SAID[path] if translate("de", word) != word}
        assert {word for word in changed if re.search(rf">\s*{re.escape(word)}\s*<", text)} == set(), path


async def test_filters_say_in_that_language_that_all_is_shown(root):
    page = (await root.get("/admin/tenants/list?lang=de")).text
    assert re.search(r'href="[^"]*=__all"[^>]*>\s*Alle\s*</a>', page)
    assert not re.search(r">\s*All\s*<", page)


async def test_permissions_say_what_they_are_for_in_that_language(client, sign_in):
    admin = await sign_in("admin", superuser=True)
    found = (await client.get("/api/v1/permissions?lang=id&items_per_page=100", headers=admin)).json()["data"]
    told = {item["code"]: item["description"] for item in found}
    assert {item.code: translate("id", item.description) for item in REGISTRY}.items() <= told.items()
    assert len(told) > 20
    assert told["groups.create"] == "Membuat grup."


NONSENSE = [
    "users/list?unknown=1",
    "users/list?search=%00",
    "users/list?search=%ff",
    "users/list?page=x",
    "users/list?pageSize=0",
    "users/list?sortBy=password_hash",
    "users/details/nothing",
    "users/details/00000000-0000-0000-0000-000000000000",
    "users/details/%00",
    "users/edit/nothing",
    "users/export/xml",
    "activity/details/ffffffff-ffff-ffff-ffff-ffffffffffff",
    "users/list?page=99999999999999999999",
    "nothing/list",
    "users/import",
    "users/action/steal",
    f"users/{'0' * 36}/bio/download/",
]


async def test_nonsense_is_refused_politely(root):
    answers = {path: (await root.get(f"/admin/{path}")).status_code for path in NONSENSE}
    assert {
        path: status for path, status in answers.items() if status not in {302, 307, 400, 404, 405, 422}
    } == {}


@pytest.mark.parametrize("path", ["nope", "users/nope/x/y"])
async def test_address_with_nothing_is_a_page_that_leads_back(root, path):
    answer = await root.get(f"/admin/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert 'href="/admin/"' in answer.text
    assert (await root.get("/admin/")).status_code == 200
    assert (await root.get("/admin/users/list/")).headers["location"] == "/admin/users/list"


async def test_pages_follow_the_browser_into_the_dark_and_fit_a_phone(root, client):
    for answer in (
        await root.get("/admin/users/list"),
        await root.get("/admin/nope"),
        await client.get("/admin/login"),
    ):
        head = answer.text.partition("</head>")[0]
        assert '<script src="/admin/statics/theme.js"></script>' in head
        assert '<link rel="stylesheet" href="/admin/statics/panel.css">' in head
    assert "filter-sidebar-col" in (await root.get("/admin/users/list")).text
    assert (
        "@media (max-width: 991.98px) {\n  .d-flex:has(> .filter-sidebar-col)"
        in (await client.get("/admin/statics/panel.css")).text
    )


async def test_looking_at_a_record_and_exporting_leave_entries(root, trail):
    page = await root.get("/admin/sessions/list")
    await root.get(first_record(page))
    await root.get("/admin/groups/export/json")
    assert [
        entry.details["view"]
        for entry in await trail("admin.users.view") + await trail("admin.sessions.view")
    ]
    (entry,) = await trail("admin.groups.export")
    assert entry.details["rows"] == 5
    assert entry.user_id is not None
    assert json.dumps(entry.details)
