"""The shortest way to a route's function, where FastAPI's longer one does nothing.

A third of the CPU of a small answer goes into exit stacks with nothing to close and dependencies with nothing to find.
"""

from __future__ import annotations

import inspect
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import serialize_response
from starlette.responses import Response

from fondasi.kit.http.requests import StrictRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fastapi.dependencies.models import Dependant
    from fastapi.routing import APIRoute
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    Handler = Callable[[Request], Coroutine[Any, Any, Response]]

UNTIL_SENT, UNTIL_ANSWERED = "fastapi_inner_astack", "fastapi_function_astack"  # FastAPI's names
_WITH_BODY = frozenset({None, 200, 201, 202})


def answering(handler: Handler, *, direct: bool) -> ASGIApp:
    """A route as an ASGI app. What its handler raises is answered further out.

    Args:
        handler: answers a request.
        direct: it opens nothing that has to be closed.
    """
    if direct:

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            response = await handler(StrictRequest(scope, receive, send))
            await response(scope, receive, send)

        return app

    async def closing(scope: Scope, receive: Receive, send: Send) -> None:
        response: Response | None = None
        async with AsyncExitStack() as until_sent:
            scope[UNTIL_SENT] = until_sent
            async with AsyncExitStack() as until_answered:
                scope[UNTIL_ANSWERED] = until_answered
                response = await handler(StrictRequest(scope, receive, send))
            if response is not None:
                await response(scope, receive, send)
        if response is None:
            raise RuntimeError("A dependency with `yield` keeps an exception to itself: let it pass.")

    return closing


def direct_handler(route: APIRoute, passed: type) -> Handler | None:
    """What FastAPI's handler does for a route that asks for nothing but who calls; None for another one.

    Args:
        route: with all that FastAPI makes of it.
        passed: the class of dependencies that have run before, and run again for their value alone.
    """
    dependant, function, field = route.dependant, route.endpoint, route.response_field
    if not (
        route.body_field is None
        and _is_plain(dependant)
        and all(_is_plain(item) and not item.dependencies for item in dependant.dependencies)
        and isinstance(route.response_class, DefaultPlaceholder)
        and field is not None
        and route.status_code in _WITH_BODY
        and not (route.response_model_include or route.response_model_exclude)
    ):
        return None
    run = [
        (item.name, item)
        for item in dependant.dependencies
        if item.name is not None or not isinstance(item.call, passed)
    ]
    status = route.status_code or 200
    options: dict[str, Any] = {
        "by_alias": route.response_model_by_alias,
        "exclude_unset": route.response_model_exclude_unset,
        "exclude_defaults": route.response_model_exclude_defaults,
        "exclude_none": route.response_model_exclude_none,
    }

    async def handler(request: Request) -> Response:
        values = _own_values(dependant, request)
        for name, item in run:
            assert item.call is not None
            value = await item.call(**_own_values(item, request))
            if name is not None:
                values[name] = value
        answer = await function(**values)
        if isinstance(answer, Response):
            return answer
        body = await serialize_response(field=field, response_content=answer, dump_json=True, **options)
        return Response(body, status, media_type="application/json")

    return handler


def _own_values(dependant: Dependant, request: Request) -> dict[str, Any]:
    return {
        name: request
        for name in (dependant.request_param_name, dependant.http_connection_param_name)
        if name is not None
    }


def _is_plain(dependant: Dependant) -> bool:
    """Whether it is awaited as it stands, and wants nothing of the request but the request."""
    call: Any = dependant.call
    return (
        (inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(type(call).__call__))
        and not hasattr(call, "__wrapped__")
        and dependant.concurrency is None
        and not any(
            (
                dependant.path_params,
                dependant.query_params,
                dependant.header_params,
                dependant.cookie_params,
                dependant.body_params,
                dependant.websocket_param_name,
                dependant.response_param_name,
                dependant.background_tasks_param_name,
                dependant.security_scopes_param_name,
            )
        )
    )
