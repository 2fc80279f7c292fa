"""45: twenty readers of an export who took a byte now and then held all connections to the database."""

import asyncio
import secrets
import socket
from contextlib import ExitStack
from datetime import UTC, datetime
from uuid import UUID

import httpx
from sqlalchemy import text

from fondasi.app import create_app
from fondasi.runtime import platform_modules
from fondasi.tenancy.models import Invitation

API = "/api/v1"
READERS = 20
LONG = 30.0  # seconds that a loaded machine may need for anything
MUCH = 24 * 1024 * 1024  # more than the buffers on the way hold
OPEN_TRANSACTIONS = text("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'")


async def test_twenty_slow_readers_hold_no_connection(town, settings, served):
    tenant, people = await town.staffed("full")
    await fill(town.database, UUID(tenant))
    owner = people["owner"]
    with served(create_app(settings, platform_modules())) as url, ExitStack() as readers:
        statuses = await asyncio.to_thread(
            lambda: [
                begin(readers, httpx.URL(url), f"{API}/tenants/{tenant}/export", owner.headers)
                for _ in range(READERS)
            ]
        )
        assert statuses == [200, *[429] * (READERS - 1)]
        async with asyncio.timeout(LONG), town.database.read_session() as session:
            while await session.scalar(OPEN_TRANSACTIONS):  # noqa: ASYNC110 - of what runs beside, for milliseconds
                await asyncio.sleep(0.1)
        async with httpx.AsyncClient(base_url=url, timeout=LONG) as client:
            for path in (f"{API}/tasks", f"{API}/users/me", "/health/ready"):
                assert (await client.get(path, headers=owner.headers)).status_code == 200
            readers.close()
            export = f"{API}/tenants/{tenant}/export"
            async with asyncio.timeout(LONG):  # until the service has noticed that they are gone
                while (answer := await client.get(export, headers=owner.headers)).status_code == 429:
                    assert answer.headers["Retry-After"]
            assert len(answer.content) > MUCH


async def test_not_even_of_many_accounts(town, settings, served):
    """Four read at a time; others are told to come back."""
    tenant, people = await town.staffed("full", **{f"reader{number}": "owner" for number in range(6)})
    await fill(town.database, UUID(tenant))
    with served(create_app(settings, platform_modules())) as url, ExitStack() as readers:
        statuses = await asyncio.to_thread(
            lambda: [
                begin(readers, httpx.URL(url), f"{API}/tenants/{tenant}/export", person.headers)
                for person in people.values()
            ]
        )
        assert statuses == [200] * 4 + [503] * 3


async def fill(database, tenant_id: UUID) -> None:
    async with database.unit_of_work(tenant=tenant_id, audited=False) as session:
        session.add(
            Invitation(
                tenant_id=tenant_id,
                email="x" * MUCH,
                role="member",
                status="revoked",
                token_hash=secrets.token_bytes(32),
                expires_at=datetime.now(UTC),
            )
        )


def begin(stack: ExitStack, url: httpx.URL, path: str, headers: dict[str, str]) -> int:
    """Ask, and read the head of the answer alone; its status."""
    connection = stack.enter_context(socket.socket())
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(LONG)
    connection.connect((url.host, url.port))
    lines = [f"GET {path} HTTP/1.1", "Host: x", *(f"{name}: {value}" for name, value in headers.items())]
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    return int(connection.recv(64).split()[1])
