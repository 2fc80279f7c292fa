"""Signing in to the panel and out of it: identity's own sign-in, with its lockout and its entries in the trail."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from fondasi.access import Authenticator
from fondasi.admin.cookie import clear_session_cookie, set_session_cookie
from fondasi.admin.forms import parsed, submitted
from fondasi.admin.guards import panel_principal
from fondasi.admin.permissions import ENTER
from fondasi.identity import (
    SecondFactorRequired,
    device_of,
    finish_sign_in,
    revoke_session,
    set_device_cookie,
)
from fondasi.identity import sign_in as identity_sign_in
from fondasi.kit.audit import record
from fondasi.kit.http import Forbidden, Problem
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from starlette.requests import Request

    from fondasi.admin.panel import Panel
    from fondasi.identity import Issued

SEE_OTHER = 303
INDEX, LOGIN = "/admin/", "/admin/login"


class SecondProof(BaseModel):
    """What the form of the second step sends."""

    challenge: str = Field(min_length=1, max_length=200)
    code: str = Field(min_length=6, max_length=40)


class Credentials(BaseModel):
    """What the form of the sign-in sends."""

    username: str = Field(min_length=1, max_length=320)
    password: str = Field(min_length=1, max_length=1024)


async def show_login(request: Request, panel: Panel) -> Response:
    """The form; whoever is inside already goes on."""
    principal = await panel_principal(request)
    if principal is not None and principal.may(ENTER):
        return RedirectResponse(INDEX, SEE_OTHER)
    return await panel.render(request, "login.html")


async def sign_in(request: Request, panel: Panel) -> Response:
    """Open a session for somebody who may enter, and give their browser the cookie; or ask for their second factor.

    Raises:
        Forbidden: their password is right, but the panel is not for them.
    """
    try:
        given = parsed(Credentials, submitted(Credentials, await request.form()))
        assert isinstance(given, Credentials)
        issued = await identity_sign_in(panel.platform, given.username, given.password, device_of(request))
    except SecondFactorRequired as asked:
        return await panel.render(request, "second_factor.html", {"challenge": asked.members["challenge"]})
    except Problem as problem:
        return await _again(request, panel, "login.html", problem)
    return await _enter(request, panel, issued)


async def prove(request: Request, panel: Panel) -> Response:
    """The second step: the challenge of the first one, with a code of the second factor.

    Raises:
        Forbidden: the code is right, but the panel is not for them.
    """
    challenge = ""
    try:
        given = parsed(SecondProof, submitted(SecondProof, await request.form()))
        assert isinstance(given, SecondProof)
        challenge = given.challenge
        issued = await finish_sign_in(panel.platform, challenge, given.code, device_of(request))
    except Problem as problem:
        owed = challenge and problem.status_code != HTTPStatus.UNAUTHORIZED
        page = "second_factor.html" if owed else "login.html"
        return await _again(request, panel, page, problem, challenge=challenge)
    return await _enter(request, panel, issued)


async def sign_out(request: Request, panel: Panel) -> Response:
    """End the session."""
    principal = await panel_principal(request)
    if principal is not None:
        assert principal.session_id is not None
        async with panel.platform.database.unit_of_work() as session:
            await revoke_session(session, principal.session_id)
            await record(session, "logout", "admin", "Signed out of the admin panel.")
    response = RedirectResponse(LOGIN, SEE_OTHER)
    clear_session_cookie(response, request, panel.platform.settings)
    return response


async def _enter(request: Request, panel: Panel, issued: Issued) -> Response:
    """Let a session in that identity has opened, if its user may enter.

    Raises:
        Forbidden: they may not; the session ends.
    """
    platform = panel.platform
    authenticator = platform.get(Authenticator)  # type: ignore[type-abstract]
    principal = await authenticator.authenticate(issued.session_token, session_token=True)
    if principal is None or not principal.may(ENTER):
        async with platform.database.unit_of_work(audited=False) as session:
            await revoke_session(session, issued.session_id)
        request.scope["state"]["principal"] = principal  # the refusal tells whom
        raise Forbidden(t("The admin panel is for administrators."))
    response = RedirectResponse(INDEX, SEE_OTHER)
    set_session_cookie(response, request, platform.settings, issued.session_token)
    set_device_cookie(response, request, platform.settings, issued.device_token)
    return response


async def _again(request: Request, panel: Panel, page: str, problem: Problem, **context: str) -> Response:
    """The form again, with what is wrong; a wrong password is remembered as everywhere."""
    behind = await panel.remember(request, problem)
    context["error"] = t(str(problem.detail))
    response = await panel.render(request, page, context, problem.status_code)
    response.background = behind
    if wait := (problem.headers or {}).get("Retry-After"):
        response.headers["Retry-After"] = wait
    return response
