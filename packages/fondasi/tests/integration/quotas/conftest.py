"""Applications with small limits, and a real Redis server."""

import pytest
import pytest_asyncio
from fixtures.redis import redis_server
from sqlalchemy import delete

from fondasi.access import authenticated, login_like, public, unlimited
from fondasi.identity import create_user
from fondasi.kit.http import Router
from fondasi.module import Module
from fondasi.quotas.models import Tier
from fondasi.settings import QuotaSettings

__all__ = ["redis_server"]

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
