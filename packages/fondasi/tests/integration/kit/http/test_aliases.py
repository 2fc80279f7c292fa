"""Other names of operations: where they lead, and that they open no other door."""

import pytest

from fondasi.aliases import ALIASES
from fondasi.kit.http.aliases import Alias, Aliases
from fondasi.kit.http.table import RouteTable

API = "/api/v1"


@pytest.fixture
def table(app) -> RouteTable:
    return next(route for route in app.router.routes if isinstance(route, RouteTable))


def test_every_alias_leads_to_an_operation(table):
    """One that does not would be a misspelt one."""
    assert table.aliases.unresolved == []
    assert len({alias.call for alias in ALIASES}) == len(ALIASES)


def test_no_alias_hides_behind_a_route_of_the_same_path(table):
    routes = {(method, route.path) for route in table.routes for method in route.methods}
    assert not routes & {(item.called_by, item.path) for item in table.aliases.resolved}


def test_aliases_stand_below_any_prefix(table):
    below = Aliases(ALIASES, table.routes, API)
    found, texts = below.find("GET", f"{API}/user/ani")
    assert (found.route.path, texts) == (f"{API}/users/{{username}}", ("ani",))
    assert below.find("GET", f"{API}/user/me")[0].route.path == f"{API}/users/me"
    assert below.find("GET", f"{API}/health/live")[0].route.path == "/health/live"
    assert below.find("GET", "/user/me") is None


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        (b'{"email": "a@b.co", "code": "1"}', b'{"purpose":"login","identifier":"a@b.co","code":"1"}'),
        (b'{"purpose": "signup"}', b'{"purpose":"signup"}'),
        (b'{"email": 1, "phone": 2}', b'{"purpose":"login","identifier":1,"phone":2}'),
        (b'{"email": 1, "identifier": 2}', b'{"purpose":"login","email":1,"identifier":2}'),
        (b"[1]", b"[1]"),
        (b'{"half', b'{"half'),
        (b'"\xff"', b'"\xff"'),
    ],
)
async def test_fields_get_the_names_that_the_operation_knows(table, sent, arrives):
    fields = {"email": "identifier", "phone": "identifier"}
    alias = Alias("POST /otp", "POST /auth/otp", fields=fields, defaults={"purpose": "login"})
    (found,) = Aliases([alias], table.routes, API).resolved
    pieces = [sent[:3], sent[3:]]

    async def receive():
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    scope = {"headers": [(b"content-type", b"application/json")], "query_string": b""}
    message = await found.receive(scope, receive)()
    assert message == {"type": "http.request", "body": arrives, "more_body": False}


async def test_an_alias_is_guarded_and_audited_as_the_operation(client, sign_in):
    assert (await client.get(f"{API}/user")).status_code == 401
    assert (await client.get(f"{API}/user", headers=await sign_in("ani"))).status_code == 403
    boss = await sign_in("boss", superuser=True)
    answer = await client.delete(f"{API}/db_user/ani", headers=boss)
    assert answer.status_code == 204
    assert (await client.get(f"{API}/user/ani", headers=boss)).status_code == 404
    entries = (await client.get(f"{API}/activity", params={"limit": 5}, headers=boss)).json()["data"]
    assert ("DELETE", f"{API}/users/{{username}}") in {(item["method"], item["endpoint"]) for item in entries}


async def test_guesses_by_any_name_of_a_route_count_together(running, settings, clean_database):
    few = settings.model_copy(update={"quota": settings.quota.model_copy(update={"login_limit": 3})})
    wrong = {"username": "ani", "password": "wrong"}
    async with running(few) as client:
        paths = ["/login", "/token", "/auth/login", "/auth/login-with-password", "/login/"]
        answers = [await client.post(API + path, json=wrong) for path in paths]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]


async def test_a_parameter_of_the_query_becomes_a_field_of_the_body(client, sign_in):
    ani = await sign_in("ani")
    url = f"{API}/tasks/task"
    begun = await client.post(f"{url}?message=Selamat%20pagi", headers=ani)
    assert begun.status_code == 202
    assert (await client.get(f"{url}/{begun.json()['id']}", headers=ani)).status_code == 200
    refused = await client.post(f"{url}?message=a&colour=red", headers=ani)
    assert (refused.status_code, refused.json()["field_errors"][0]["field"]) == (422, "query.colour")
    for text in ("%ff", "%00"):
        assert (await client.post(f"{url}?message={text}", headers=ani)).status_code == 422


async def test_a_limit_for_an_alias_is_one_for_the_operation(client, sign_in):
    boss = await sign_in("boss", superuser=True)
    body = {"path": "api/v1/tasks/task", "limit": 1, "period": 3600}
    made = (await client.post(f"{API}/tier/free/rate_limit", json=body, headers=boss)).json()
    assert (made["method"], made["path"]) == ("POST", f"{API}/tasks")


async def test_a_slash_at_the_end_changes_nothing(client, sign_in):
    ani = await sign_in("ani")
    for path in ("/users/me", "/user/me"):
        answer = await client.get(f"{API}{path}/", headers=ani)
        assert (answer.status_code, answer.json()["username"]) == (200, "ani")
    assert (await client.get(f"{API}/users/me//", headers=ani)).status_code == 404


async def test_a_wrong_method_names_those_of_aliases_too(client):
    answer = await client.put(f"{API}/tasks/task")
    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET, HEAD, POST")


async def test_aliases_are_not_in_the_document(client):
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert f"{API}/user/me" not in paths
    assert f"{API}/token" not in paths
