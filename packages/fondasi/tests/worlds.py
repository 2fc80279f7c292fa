"""An application for state machines of Hypothesis, which call from outside of any event loop."""

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from typing import Any

import asyncpg
import httpx
from sqlalchemy import select

from fondasi.app import create_app
from fondasi.identity import User, create_user
from fondasi.identity.sessions import Device, open_session


class World:
    """An application on a database of its own, in a loop of its own: Hypothesis calls from outside of any."""

    def __init__(self, configured, modules, owner: str) -> None:
        self.app = create_app(configured, modules)
        self.owner = owner
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def __enter__(self):
        self.thread.start()
        self.life = self.app.router.lifespan_context(self.app)
        self.run(self.life.__aenter__())
        transport = httpx.ASGITransport(self.app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
        return self

    def __exit__(self, *_):
        self.run(self.client.aclose())
        self.run(self.life.__aexit__(None, None, None))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def people(self, names: Sequence[str]) -> dict[str, dict[str, str]]:
        """Users anew, the first as super admin; their headers."""
        connection = await asyncpg.connect(self.owner)
        await connection.execute('TRUNCATE "user" CASCADE; TRUNCATE group_permission')
        await connection.execute('DELETE FROM "group" WHERE NOT seeded')
        await connection.close()
        async with self.app.state.platform.database.unit_of_work() as session:
            for name in names:
                email, superuser = f"{name}@example.com", name == names[0]
                await create_user(session, username=name, password=None, email=email, superuser=superuser)
        return {name: await self.sign_in(name) for name in names}

    async def sign_in(self, name: str) -> dict[str, str]:
        """Headers of a new session."""
        platform = self.app.state.platform
        async with platform.database.unit_of_work() as session:
            user = (await session.scalars(select(User).where(User.username == name))).one()
            issued = await open_session(session, platform, user, Device("", ""))
        return {"Authorization": f"Bearer {issued.access_token}"}
