"""Who may come in: from which address, from which site, with which session, with which permission.

Every route of the panel passes all of these before anything else is done for it. The cookie is looked at here and
nowhere else: the routes of the API know nothing of it, and these know nothing of `Authorization`.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import Depends
from starlette.requests import HTTPConnection, Request  # noqa: TC002 - FastAPI reads the annotations

from fondasi.access import Authenticator, Guard, Principal, lacks, speak_to
from fondasi.admin.cookie import session_cookie
from fondasi.admin.permissions import ENTER
from fondasi.identity import revoke_session
from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.crypto import KeyedHash
from fondasi.kit.http import Forbidden, Gate, Unauthenticated, parse_address
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from fondasi.platform import Platform

log = structlog.get_logger(__name__)

TOKEN_FIELD, TOKEN_HEADER = "csrf_token", "x-csrf-token"
OWN_SITE = frozenset({"same-origin", "none"})
LOOKED_UP = "panel_principal"


class AddressGate(Gate):
    """Lets only the networks of `ADMIN_ALLOWED_ADDRESSES` pass."""

    async def __call__(self, connection: HTTPConnection) -> None:
        """Let the request pass.

        Raises:
            Forbidden: it comes from elsewhere.
        """
        networks = platform_of(connection).settings.admin.allowed_addresses
        if not networks:
            return
        client = parse_address(connection.client.host if connection.client else "")
        if client is None or not any(client in network for network in networks):
            log.warning("admin_address_refused", address=str(client))
            raise Forbidden(t("The admin panel cannot be reached from your address."))


class SiteGate(Gate):
    """Refuses requests that another site makes the browser send (fetch metadata, Origin), reading ones too.

    Another site may link to the panel; it can neither read an answer, nor send a form, nor put a page in a frame.
    """

    async def __call__(self, connection: HTTPConnection) -> None:
        """Let the request pass.

        Raises:
            Forbidden: another site sends it.
        """
        headers = connection.headers
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site in OWN_SITE:
            return
        if site is None:  # an older browser, or none
            host = headers.get("host", "")
            if origin in {None, f"{connection.url.scheme}://{host}", f"https://{host}"}:
                return
        elif (
            connection.scope["method"] == "GET"
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-dest") == "document"
        ):
            return
        raise Forbidden(t("Another site sent this request. Open the admin panel itself."))


class PanelGuard(Guard, Gate):
    """A session of the panel, and a permission."""

    async def __call__(self, connection: HTTPConnection) -> Principal:
        """The caller.

        Raises:
            Unauthenticated: nobody is signed in here, or not any more.
            Forbidden: the permission is missing.
        """
        principal = await panel_principal(connection)
        if principal is None:
            raise Unauthenticated(t("Sign in to the admin panel."))
        if not principal.may(self.rule):
            raise lacks(self.rule)
        return principal


async def panel_principal(connection: HTTPConnection) -> Principal | None:
    """The caller behind the cookie of the panel, or None. Asks the database once per request."""
    state = connection.scope["state"]
    if LOOKED_UP not in state:
        found = state[LOOKED_UP] = await _look_up(connection)
        if found is not None:
            speak_to(connection.scope, found)
        state["principal"] = state[
            LOOKED_UP
        ]  # for the audit trail; whatever `Authorization` says is not heard
    principal: Principal | None = state[LOOKED_UP]
    return principal


async def _look_up(connection: HTTPConnection) -> Principal | None:
    platform = platform_of(connection)
    token = session_cookie(connection, platform.settings)
    if token is None:
        return None
    authenticator = platform.get(Authenticator)  # type: ignore[type-abstract]
    principal = await authenticator.authenticate(token, session_token=True)
    if principal is None:
        return None
    idle = clock.now() - principal.account["session_last_used_at"]
    if idle <= timedelta(minutes=platform.settings.admin.session_minutes):
        return principal
    async with platform.database.unit_of_work() as session:
        assert principal.session_id is not None
        await revoke_session(session, principal.session_id)
        await record(
            session,
            "logout",
            "admin",
            "Signed out of the admin panel: no click for too long.",
            user_id=principal.user_id,
            session_id=principal.session_id,
        )
    return None


class FormTokens:
    """What every form of the panel carries back: bound to the session, and not to be guessed by another site.

    Args:
        secret: the service's secret key.
    """

    def __init__(self, secret: str) -> None:
        self._hash = KeyedHash(secret, "admin forms")

    def of(self, principal: Principal) -> str:
        """The token of a session."""
        return self._hash.digest(str(principal.session_id)).hex()


async def check_form_token(request: Request) -> None:
    """Let a request pass that carries the token of its session, as a field of its form or as `X-CSRF-Token`.

    Raises:
        Forbidden: it does not.
    """
    principal: Principal | None = request.scope["state"].get(LOOKED_UP)
    sent: Any = request.headers.get(TOKEN_HEADER) or (await request.form()).get(TOKEN_FIELD)
    expected = platform_of(request).get(FormTokens)
    fits = principal is not None and isinstance(sent, str)
    if not fits or not hmac.compare_digest(sent.encode(), expected.of(principal).encode()):  # type: ignore[arg-type]
        raise Forbidden(t("The form is too old or does not come from this page. Load the page again."))


def platform_of(connection: HTTPConnection) -> Platform:
    """The platform of the running app."""
    return connection.app.state.platform  # type: ignore[no-any-return]


from_allowed_address: Any = Depends(AddressGate())
from_own_site: Any = Depends(SiteGate())
inside: Any = Depends(PanelGuard(ENTER))
with_form_token: Any = Depends(check_form_token)


def inside_with(permission: str) -> Any:
    """A guard for those who may enter the panel and hold a permission."""
    return Depends(PanelGuard(permission))
