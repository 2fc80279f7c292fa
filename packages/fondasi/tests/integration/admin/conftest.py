"""What tests of the admin panel share: browsers with the cookie of the panel."""

import re

import httpx
import pytest

from fondasi.access import models as access
from fondasi.identity import create_user

PASSWORD = "correct horse battery staple"
LOGIN = "/admin/login"


class Browser:
    """A browser at the panel: it keeps the cookie and sends forms back with what they hold."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.http = client

    async def get(self, path: str, **options) -> httpx.Response:
        return await self.http.get(path, **options)

    async def token(self) -> str:
        return re.search(r'name="csrf-token" content="(\w+)"', (await self.get("/admin/")).text)[1]

    async def post(self, path: str, data: dict | None = None, **options) -> httpx.Response:
        return await self.http.post(path, data={"csrf_token": await self.token(), **(data or {})}, **options)

    async def edit(self, path: str, **changes) -> httpx.Response:
        """Load the form, change these fields of it and send it."""
        return await self.post(path, {**fields(await self.get(path)), **changes})

    async def delete(self, path: str) -> httpx.Response:
        return await self.http.delete(path, headers={"X-CSRF-Token": await self.token()})


def fields(page: httpx.Response) -> dict[str, str]:
    """What a form would send as it is."""
    assert page.status_code == 200, page.text
    text = page.text
    found = dict(re.findall(r'<input id="\w+" name="(\w+)"[^>]*?value="([^"]*)"', text))
    found |= dict(re.findall(r'<input type="hidden" name="(_version)" value="([^"]*)"', text))
    found |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?([^<]*)</textarea>', text))
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        found[name] = re.search(r'value="([^"]*)" selected', options)[1]
    return found


@pytest.fixture
def browser(app, client):
    """A browser of somebody new: `await browser("ani", superuser=True)`, or with permissions of a group."""

    async def make(username: str = "root", *permissions: str, superuser: bool = False, **options) -> Browser:
        async with app.state.platform.database.unit_of_work() as session:
            user = await create_user(session, username=username, password=PASSWORD, superuser=superuser)
            session.add_all(access.UserPermission(user_id=user.id, permission=code) for code in permissions)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, **options)
        opened = httpx.AsyncClient(transport=transport, base_url="http://testserver")
        answer = await opened.post(LOGIN, data={"username": username, "password": PASSWORD})
        assert answer.status_code in {303, 403}, answer.text
        return Browser(opened)

    return make


@pytest.fixture
def trail(app):
    """Entries of the audit trail with an action, oldest first."""

    async def read(action: str):
        from sqlalchemy import select

        from fondasi.kit.audit import ActivityRecord

        query = select(ActivityRecord).where(ActivityRecord.action == action).order_by(ActivityRecord.id)
        async with app.state.platform.database.read_session() as session:
            return (await session.scalars(query)).all()

    return read
