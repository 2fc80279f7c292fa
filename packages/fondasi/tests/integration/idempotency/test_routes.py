"""Which routes take a key, what they say of it, and what is never kept."""

import httpx
import pytest
import pytest_asyncio
from fastapi import Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from sqlalchemy import select

from fondasi.access import authenticated, public
from fondasi.app import create_app, routes_of
from fondasi.checks import UnsoundApplicationError
from fondasi.dependencies import ReadSession, UnitOfWork
from fondasi.idempotency import Use, secret_faults, use_of
from fondasi.idempotency.answers import MOST_ANSWER
from fondasi.idempotency.models import IdempotencyKey
from fondasi.kit.http import Page, Route, Router, body_size, open_answer, repeatable, secret_answer
from fondasi.module import Module
from fondasi.runtime import platform_modules
from fondasi.testing import running

API = "/api/v1"
REFUSED = {
    "create_file",
    "create_tenant_file",
    "create_file_by_url",
    "create_tenant_file_by_url",
    "create_passkey",
}
REPEATABLE = {
    "set_password",
    "change_password",
    "step_up",
    "start_linking",
    "start_passkey",
    "start_passkey_step_up",
}


class Issued(BaseModel):
    """What hands out a secret."""

    ticket_code: str


class Coupon(BaseModel):
    """What the caller sent."""

    code: str


def module_of(router: Router) -> Module:
    return Module(name="sends", routers=[router])


@pytest_asyncio.fixture
async def sends(settings, account):
    """Routes whose answers are not kept, and the headers of a user."""
    router = Router(prefix="/sends", dependencies=[authenticated])

    @router.post("/much", operation_id="create_much")
    async def much(_: UnitOfWork) -> str:
        return "a" * MOST_ANSWER

    @router.post("/cookie", operation_id="create_cookie")
    async def cookie(_: UnitOfWork, response: Response) -> str:
        response.set_cookie("name", "value")
        return "done"

    @router.post("/stream", operation_id="create_stream")
    async def stream(_: UnitOfWork) -> StreamingResponse:
        return StreamingResponse(iter([b"done"]))

    @router.post("/secret", operation_id="create_secret", dependencies=[secret_answer])
    async def secret(_: UnitOfWork) -> Issued:
        return Issued(ticket_code="0451")

    @router.post("/failed", operation_id="create_failed")
    async def failed(_: UnitOfWork) -> Response:
        return Response(status_code=502)

    headers = await account("ani")
    app = create_app(settings, [*platform_modules(), module_of(router)])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with running(app), httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client, headers


async def test_what_is_not_kept_is_done_once_all_the_same(sends, clean_database):
    client, headers = sends
    paths = ("much", "cookie", "stream", "secret")
    for path in paths:
        headers = {**headers, "Idempotency-Key": path}
        first, second = [await client.post(f"{API}/sends/{path}", headers=headers) for _ in range(2)]
        assert (first.status_code, second.status_code) == (200, 409), path
        assert second.json()["error_code"] == "ANSWER_NOT_KEPT"
    for _ in range(2):  # failures are tried again
        assert (
            await client.post(f"{API}/sends/failed", headers={**headers, "Idempotency-Key": "failed"})
        ).status_code == 502
    async with clean_database.read_session() as session:
        rows = (await session.scalars(select(IdempotencyKey))).all()
    assert [(row.head, row.body, row.status) for row in rows] == [(None, None, 200)] * len(paths)


async def test_a_new_api_key_is_made_once_and_shown_once(client, account, clean_database):
    headers = {**await account("ani", superuser=True), "Idempotency-Key": "a-key"}
    new = {"name": "Nightly", "permissions": ["tasks.create"]}
    first, second = [await client.post(f"{API}/api-keys", headers=headers, json=new) for _ in range(2)]
    assert first.status_code == 201, first.text
    assert second.json()["error_code"] == "ANSWER_NOT_KEPT"
    assert (await client.get(f"{API}/api-keys", headers=headers)).json()["total_count"] == 1


def test_every_post_of_somebody_takes_a_key():
    uses: dict[Use, set[str]] = {use: set() for use in Use}
    for route in routes_of(platform_modules(), API, admin=False):
        if isinstance(route, Route) and "POST" in route.methods:
            rules = "public" in {getattr(marker, "rule", None) for marker in route.markers}
            uses[use_of(route)].add("public" if rules else route.operation_id)
    assert uses[Use.REFUSED] == REFUSED
    assert uses[Use.IGNORED] == REPEATABLE | {"public"}
    assert {"create_task", "create_tenant", "invite_member", "create_api_key"} <= uses[Use.KEPT]


def test_the_document_says_who_takes_a_key(app):
    document = app.openapi()
    made = document["paths"][f"{API}/tenants"]["post"]
    (parameter,) = [item for item in made["parameters"] if item["name"] == "Idempotency-Key"]
    assert (parameter["in"], parameter["required"]) == ("header", False)
    assert "Idempotent-Replayed" in made["responses"]["201"]["headers"]
    assert {"ANSWER_NOT_KEPT", "IDEMPOTENCY_KEY_IN_USE"} <= set(made["responses"]["409"]["x-error-codes"])
    assert "IDEMPOTENCY_KEY_REUSED" in made["responses"]["422"]["x-error-codes"]
    uploaded = document["paths"][f"{API}/files"]["post"]
    assert "IDEMPOTENCY_KEY_NOT_TAKEN" in uploaded["responses"]["422"]["x-error-codes"]
    for operation in (uploaded, document["paths"][f"{API}/login"]["post"]):
        assert "Idempotency-Key" not in {item["name"] for item in operation.get("parameters", ())}


class TestSecrets:
    """A route that hands a secret out says so, or the service does not start."""

    def routes(self, *dependencies, body=None, answer=Issued, guard=authenticated):
        router = Router(prefix="/sends")

        async def make(sent: Coupon, _: UnitOfWork):
            """Make it."""

        async def make_alone(_: UnitOfWork):
            """Make it."""

        router.add_api_route(
            "",
            make if body else make_alone,
            methods=["POST"],
            response_model=answer,
            dependencies=[guard, *dependencies],
        )
        return router

    def test_the_service_does_not_start(self, settings):
        with pytest.raises(
            UnsoundApplicationError, match=r"POST /api/v1/sends answers with Issued\.ticket_code"
        ):
            create_app(settings, [*platform_modules(), module_of(self.routes())])

    @pytest.mark.parametrize("answer", [list[Issued], Issued | None, dict[str, Issued], Page[Issued], Coupon])
    def test_secrets_are_found_wherever_they_are(self, answer):
        (fault,) = secret_faults(self.routes(answer=answer).routes)
        assert "add secret_answer to its dependencies" in fault

    def test_said_and_harmless_ones_are_fine(self):
        said = [self.routes(item) for item in (secret_answer, open_answer, repeatable)]
        said += [self.routes(guard=public), self.routes(body=Coupon, answer=Coupon)]  # the caller sent it
        assert [secret_faults(router.routes) for router in said] == [[]] * 5


def test_large_bodies_and_routes_without_a_unit_of_work_take_no_key():
    router = Router()

    @router.post("/read", dependencies=[authenticated])
    async def read(_: ReadSession) -> None: ...

    @router.post("/large", dependencies=[authenticated, body_size(2 * 1024 * 1024)])
    async def large(_: UnitOfWork) -> None: ...

    assert [use_of(route) for route in router.routes] == [Use.REFUSED, Use.REFUSED]
