"""Routes that ask for nothing but who calls are answered as FastAPI answers them, and what is opened is closed."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, Any

import pytest
from fastapi import Depends, Response
from pydantic import BaseModel
from starlette.requests import HTTPConnection, Request

from fondasi.access import Principal, authenticated, public
from fondasi.dependencies import CurrentPlatform
from fondasi.kit.http import Conflict, Router
from fondasi.module import Module

router = Router(prefix="/short")
closed: list[str] = []


class Seen(BaseModel):
    name: str
    path: str = ""


class More(Seen):
    secret: str


async def opened() -> AsyncIterator[str]:
    yield "open"
    closed.append("answered")


async def swallowing() -> AsyncIterator[None]:
    with suppress(LookupError):
        yield


@router.get("/platform", operation_id="short_platform", dependencies=[public], status_code=202)
async def platform_of(platform: CurrentPlatform, request: Request, connection: HTTPConnection) -> Seen:
    assert request is connection
    return Seen(name=platform.settings.app_name, path=request.url.path)


@router.get("/more", operation_id="short_more", dependencies=[public], response_model=Seen)
async def more() -> More:
    return More(name="more", secret="hidden")


@router.get("/wrong", operation_id="short_wrong", dependencies=[public], response_model=Seen)
async def wrong() -> Any:
    return {"path": 7}


@router.get("/own", operation_id="short_own", dependencies=[public], response_model=Seen)
async def own() -> Response:
    return Response('{"name": "own"}', 203, {"X-Own": "yes"}, "application/json")


@router.get("/conflict", operation_id="short_conflict", dependencies=[public])
async def conflict() -> Seen:
    raise Conflict("Not now.")


@router.get("/caller", operation_id="short_caller")
async def caller(principal: Annotated[Principal, authenticated]) -> Seen:
    return Seen(name=principal.account["username"])


@router.get("/opened", operation_id="short_opened", dependencies=[public])
async def is_open(state: Annotated[str, Depends(opened, scope="function")]) -> Seen:
    return Seen(name=f"{state} {len(closed)}")


async def refusing(request: Request) -> None:
    raise Conflict(f"Not {request.url.path}.")


class Opener:
    async def __call__(self) -> AsyncIterator[str]:
        yield "open"
        closed.append("answered")


@router.get("/refused", operation_id="short_refused", dependencies=[public, Depends(refusing)])
async def refused() -> Seen:
    return Seen(name="refused")


@router.get("/opener", operation_id="short_opener", dependencies=[public])
async def by_opener(state: Annotated[str, Depends(Opener(), scope="function")]) -> Seen:
    return Seen(name=f"{state} {len(closed)}")


@router.get("/swallowed", operation_id="short_swallowed", dependencies=[public, Depends(swallowing)])
async def swallowed() -> Seen:
    raise LookupError


@pytest.fixture
async def get(running, settings, clean_database):
    closed.clear()
    async with running(settings, Module(name="short", routers=[router])) as client:

        async def get(name: str, **headers: str) -> Any:
            return await client.get(f"/api/v1/short/{name}", headers=headers)

        yield get


async def test_function_gets_the_request_and_what_awaits_it(get):
    answer = await get("platform")
    assert answer.status_code == 202
    assert answer.json() == {"name": "Fondasi", "path": "/api/v1/short/platform"}
    assert answer.headers["content-type"] == "application/json"


async def test_answer_holds_what_its_model_names(get):
    assert (await get("more")).json() == {"name": "more", "path": ""}


async def test_answer_that_breaks_its_model_is_a_fault_of_ours(get):
    answer = await get("wrong")
    assert (answer.status_code, answer.json()["error_code"]) == (500, "INTERNAL_ERROR")


async def test_response_goes_as_it_is(get):
    answer = await get("own")
    assert (answer.status_code, answer.json(), answer.headers["x-own"]) == (203, {"name": "own"}, "yes")


async def test_problem_is_answered(get):
    answer = await get("conflict")
    assert (answer.status_code, answer.json()["detail"]) == (409, "Not now.")


async def test_guard_gives_the_caller_and_keeps_strangers_out(get, sign_in):
    assert (await get("caller")).status_code == 401
    assert (await get("caller", **await sign_in("ani"))).json()["name"] == "ani"


async def test_what_a_route_does_not_know_is_refused(get):
    assert (await get("more?unknown=1")).status_code == 422


async def test_what_is_opened_for_the_function_is_closed_with_each_answer(get):
    assert (await get("opened")).json()["name"] == "open 0"
    assert (await get("opened")).json()["name"] == "open 1"


async def test_what_an_object_opens_is_closed_too(get):
    assert (await get("opener")).json()["name"] == "open 0"
    assert (await get("opener")).json()["name"] == "open 1"


async def test_dependency_of_which_nothing_is_wanted_is_asked_all_the_same(get):
    answer = await get("refused")
    assert (answer.status_code, answer.json()["detail"]) == (409, "Not /api/v1/short/refused.")


async def test_exception_that_a_dependency_keeps_to_itself_is_a_fault_of_ours(get):
    assert (await get("swallowed")).status_code == 500
