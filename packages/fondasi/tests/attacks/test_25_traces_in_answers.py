"""25: stack traces and exception text in answers. Neither the caller nor the audit trail learns them."""

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fondasi.access import public
from fondasi.app import create_app
from fondasi.dependencies import UnitOfWork
from fondasi.kit.audit import record
from fondasi.kit.http import Router
from fondasi.module import Module
from fondasi.runtime import platform_modules

SECRET = "postgresql://app:hunter2@db/shop"
room = Router(prefix="/broken", tags=["broken"])


@room.post("/code", operation_id="broken_code", dependencies=[public])
async def broken_code(session: UnitOfWork) -> None:
    await record(session, "broken.tried", "broken", "Tried.")
    raise RuntimeError(f"cannot reach {SECRET}")


@room.post("/sql", operation_id="broken_sql", dependencies=[public])
async def broken_sql(session: UnitOfWork) -> None:
    await session.execute(text("SELECT secret_column FROM secret_table"))


@pytest.mark.parametrize("path", ["code", "sql"])
async def test_failure_tells_nothing_of_itself(settings, clean_database, path):
    app = create_app(settings, [*platform_modules(), Module(name="broken", routers=[room])])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport) as client:
        answer = await client.post(f"http://testserver/api/v1/broken/{path}")
    assert answer.status_code == 500
    for word in ("hunter2", "secret_", "Traceback", "RuntimeError", "SELECT", "sqlalchemy"):
        assert word not in answer.text
    async with clean_database.read_session() as session:
        assert await session.scalar(text("SELECT count(*) FROM activity")) == 0


async def test_failed_statement_names_no_values(clean_database):
    """Its text goes into the log, and into the error of a job."""
    async with clean_database.read_session() as session:
        with pytest.raises(DBAPIError) as failure:
            await session.execute(text("SELECT CAST(:hash AS text) || 1 / 0"), {"hash": "hunter2"})
    assert "hunter2" not in str(failure.value)
