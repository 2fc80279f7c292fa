"""Threat 14: another site makes an administrator's browser send a form of the admin panel, or reads its pages."""

import pytest

from fondasi.access import guards_of
from fondasi.kit.http.table import RouteTable

BEFORE_SIGNING_IN = {"/admin/login", "/admin/second-factor"}
KEY = "00000000-0000-0000-0000-000000000000"


def changing_routes(app) -> list[tuple[str, str]]:
    table = next(route for route in app.router.routes if isinstance(route, RouteTable))
    return [
        (method, route.path.replace("{key}", KEY))
        for route in table.routes
        if route.path.startswith("/admin") and route.path not in BEFORE_SIGNING_IN
        for method in route.methods - {"GET"}
    ]


async def test_every_change_takes_the_token_of_the_session(app, panel_browser):
    root, other = await panel_browser("root", superuser=True), await panel_browser("other", superuser=True)
    routes = changing_routes(app)
    assert len(routes) > 12
    for method, path in routes:
        for data in ({}, {"csrf_token": ""}, {"csrf_token": "0" * 64}, {"csrf_token": await other.token()}):
            answer = await root.http.request(
                method, path, data=data, params={"pks": KEY} if method == "DELETE" else {}
            )
            assert answer.status_code == 403, (method, path, data)
    assert (await root.get("/admin/")).status_code == 200  # not even signed out


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver:8080"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    ],
    ids=str,
)
async def test_another_site_sends_no_form_even_with_the_token(panel_browser, trail, headers):
    root = await panel_browser("root", superuser=True)
    assert (await root.post("/admin/groups/create", {"name": "evil"}, headers=headers)).status_code == 403
    form = {"username": "root", "password": "x"}
    for path in BEFORE_SIGNING_IN:
        assert (await root.http.post(path, data=form, headers=headers)).status_code == 403
    assert await trail("admin.groups.create") == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
    ],
    ids=str,
)
async def test_another_site_reads_and_frames_no_page_but_may_link_to_it(panel_browser, headers, status):
    root = await panel_browser("root", superuser=True)
    answer = await root.get("/admin/users/list", headers=headers)
    assert answer.status_code == status
    assert answer.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_every_route_of_the_panel_but_login_and_statics_asks_for_a_session(app):
    table = next(route for route in app.router.routes if isinstance(route, RouteTable))
    panel = [route for route in table.routes if route.path.startswith("/admin")]
    open_ = {route.path for route in panel if {guard.rule for guard in guards_of(route)} == {"public"}}
    assert open_ == {*BEFORE_SIGNING_IN, "/admin/statics/{path:path}"}
    others = [route for route in panel if route.path not in open_]
    assert all("admin.view" in {guard.rule for guard in guards_of(route)} for route in others)
