"""What tests of identity and the attacks on it share: the outbox, time that passes, a real server, and providers."""

import asyncio
import re
import runpy
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from sqlalchemy import update

from fondasi.app import create_app
from fondasi.identity import create_user
from fondasi.identity.codes.models import OneTimePassword
from fondasi.kit.http.server import PROTOCOL
from fondasi.messages import Messenger
from fondasi.settings import OAuthSettings
from fondasi.testing import running as running_app

API = "/api/v1"
PROVIDERS = runpy.run_path(str(Path(__file__).with_name("providers.py")))


@pytest.fixture
def letters(app, client):
    """What would have been sent: `await letters("ani@example.com")`, oldest first."""

    async def read(recipient: str | None = None):
        platform = app.state.platform
        async with platform.database.read_session() as session:
            found = await platform.get(Messenger).letters(session)
        return [item for item in found if recipient in {None, item.recipient}]

    return read


@pytest.fixture
def ask(client, letters):
    """Ask for a code and receive it: the proof to send back, or None for its code when nothing came."""

    async def request(identifier: str, purpose: str, *, recipient: str | None = None, **fields) -> dict:
        before = len(await letters())
        body = {"identifier": identifier, "purpose": purpose, **fields}
        answer = await client.post(f"{API}/auth/otp", json=body)
        assert answer.status_code == 202, answer.text
        arrived = (await letters())[before:]
        code = re.search(r"\b\d{6}\b", arrived[0].text) if arrived else None
        assert recipient is None or [item.recipient for item in arrived] == [recipient]
        return {
            "identifier": identifier,
            "request_id": answer.json()["request_id"],
            "code": code[0] if code else None,
        }

    return request


@pytest.fixture
def time_passes(clean_database):
    """Let codes get older: `await time_passes(minutes=2)`."""

    async def shift(**age: float) -> None:
        by = timedelta(**age)
        values = {
            "created_at": OneTimePassword.created_at - by,
            "expires_at": OneTimePassword.expires_at - by,
        }
        async with clean_database.unit_of_work() as session:
            await session.execute(update(OneTimePassword).values(**values))

    return shift


@pytest.fixture
def account(client, clean_database):
    """A user with the password `correct horse battery staple`, signed in: his headers."""

    async def make(username: str, **fields) -> dict[str, str]:
        password = "correct horse battery staple"
        async with clean_database.unit_of_work() as session:
            await create_user(session, username=username, password=password, **fields)
        answer = await client.post(f"{API}/login", json={"username": username, "password": password})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return make


@pytest.fixture(scope="session")
def served():
    """A real server in a thread: `with served(app) as url`."""

    @contextmanager
    def serve(app) -> Iterator[str]:
        # asyncio switches Nagle's algorithm off only for a socket that says TCP; it costs 40 ms for each answer.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app, http=PROTOCOL, access_log=False, log_config=None))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
            listener.close()

    return serve


@pytest.fixture(scope="session")
def _providers(served):
    """The issuers `keycloak` and `other`, and a `github`, behind one real server."""
    made = PROVIDERS["Providers"]()
    with served(made.app) as url:
        made.url = url
        yield made


@pytest.fixture
def providers(_providers):
    """The providers, well-behaved again."""
    _providers.reset()
    return _providers


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def federated(settings, modules, _providers):
    """An application that people sign in to with the providers; `other` is not trusted to have proved addresses."""
    values = {"providers": "keycloak,other,github", "public_url": "http://testserver"}
    for name in ("keycloak", "other", "github"):
        values[f"{name}_issuer"] = f"{_providers.url}/{name}"
        values[f"{name}_client_id"] = "fondasi"
        values[f"{name}_client_secret"] = PROVIDERS["SECRET"]
    values |= {"keycloak_trust_email": "true", "keycloak_label": "Staff"}
    http = settings.http.model_copy(update={"cors_origins": ["https://app.example.com"]})
    own = settings.model_copy(update={"oauth": OAuthSettings.model_validate(values), "http": http})
    application = create_app(own, modules)
    async with running_app(application):
        yield application


@pytest.fixture
async def browser(federated, clean_database):
    """A browser without cookies: `await browser.sign_in("keycloak")`."""
    async with PROVIDERS["Browser"](federated) as opened:
        yield opened


@pytest.fixture
def new_browser(federated, clean_database):
    """Another browser, or one of another application: `async with new_browser() as other`."""
    return lambda app=federated: PROVIDERS["Browser"](app)
