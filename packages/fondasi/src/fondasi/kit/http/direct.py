"""The shortest way to a route's function, where FastAPI's longer one does nothing.

A third of the CPU of a small answer goes into exit stacks with nothing to close and dependencies with nothing to find.
"""

from __future__ import annotations

import asyncio
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
_EMPTY = AsyncExitStack()
_WITH_BODY = frozenset({None, 200, 201, 202})


def answering(route: APIRoute, handler: Handler) -> ASGIApp:
    """The route as an ASGI app. What its handler raises is answered further out.

    Args:
        route: with all that FastAPI makes of it.
        handler: answers a request.
    """
    if _closes(route.dependant):

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

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope[UNTIL_SENT] = scope[UNTIL_ANSWERED] = _EMPTY
        response = await handler(StrictRequest(scope, receive, send))
        await response(scope, receive, send)

    return app


def direct_handler(route: APIRoute) -> Handler | None:
    """What FastAPI's handler does for a route that asks for nothing but who calls; None for another one."""
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
    wanted = [(item.name, item) for item in dependant.dependencies if item.name is not None]
    status = route.status_code or 200
    options: dict[str, Any] = {
        "by_alias": route.response_model_by_alias,
        "exclude_unset": route.response_model_exclude_unset,
        "exclude_defaults": route.response_model_exclude_defaults,
        "exclude_none": route.response_model_exclude_none,
    }

    async def handler(request: Request) -> Response:
        values = _own_values(dependant, request)
        for name, item in wanted:
            assert item.call is not None
            values[name] = await item.call(**_own_values(item, request))
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
    """Whether it is awaited, and wants nothing of the request but the request."""
    call: Any = dependant.call
    return (
        (asyncio.iscoroutinefunction(call) or asyncio.iscoroutinefunction(getattr(call, "__call__", None)))  # noqa: B004
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


def _closes(dependant: Dependant) -> bool:
    """Whether something in a tree of dependencies is closed when the answer is there or sent."""
    call = dependant.call
    yields = inspect.isasyncgenfunction(call) or inspect.isgeneratorfunction(call)
    return yields or any(_closes(item) for item in dependant.dependencies)
