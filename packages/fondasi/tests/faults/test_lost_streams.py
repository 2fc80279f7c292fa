"""Readers of live updates while the database restarts, and while the process that serves them is killed."""

import asyncio
from contextlib import suppress

import httpx
import psutil
import pytest
from faults.proxy import proxied
from fixtures.streams import API, PATIENCE, SHELF, change, following
from pydantic import SecretStr

from fondasi.app import create_app
from fondasi.runtime import platform_modules
from fondasi.settings import LiveSettings

PASSWORD = "correct horse battery staple"
QUICK = LiveSettings(check_seconds=0.2, heartbeat_seconds=0.2)


async def test_readers_stay_while_the_database_is_away_and_are_told_to_read_anew(settings, served, sign_in):
    ani = await sign_in("ani")
    async with proxied(settings.database.url.get_secret_value()) as (proxy, behind):
        database = settings.database.model_copy(update={"url": SecretStr(behind)})
        app = create_app(
            settings.model_copy(update={"database": database, "live": QUICK}), [*platform_modules(), SHELF]
        )
        with served(app) as url:
            async with following(url, ani) as stream:
                await change(url, ani, "ads", "before")
                await stream.next("change")
                proxy.refuse()
                proxy.cut()
                for _ in range(3):
                    await stream.next("heartbeat")
                proxy.refuse(False)
                await stream.next("reset")
                await until_written(url, ani, "after")
                while ("ads", "after") not in stream.told:
                    await stream.next("change")
                assert not stream.ended
            async with following(url, ani, after=stream.events[0].id) as again:
                await again.next("reset")


async def until_written(url: str, headers: dict[str, str], row_id: str) -> None:
    """Write as soon as the database takes it."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(AssertionError):
                return await change(url, headers, "ads", row_id)
            await asyncio.sleep(0.1)


@pytest.mark.long
async def test_readers_of_a_killed_process_go_on_in_another_and_miss_nothing(start_command):
    command = start_command("serve", "--workers", "2")
    command.serves()
    command.until(lambda: command.output.count("Application startup complete") == 2, "it does not start")
    url, port = f"http://127.0.0.1:{command.port}", int(command.port)
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        new = {"username": "ani", "password": PASSWORD}
        assert (await client.post(f"{API}/users", json=new)).status_code == 201
        token = (await client.post(f"{API}/login", json=new)).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}

        async def publish() -> str:
            body = {"title": "Hello", "text": "..."}
            async with asyncio.timeout(PATIENCE):
                while True:
                    with suppress(httpx.TransportError):
                        return (await client.post(f"{API}/posts", json=body, headers=headers)).json()["id"]

        def ours() -> set[int]:
            """Our ends of the connections to the service."""
            connections = psutil.Process().net_connections()
            return {each.laddr.port for each in connections if each.raddr and each.raddr.port == port}

        others = ours()  # requests may be served by another process than the stream
        async with following(url, headers, resource="posts") as stream:
            (of_stream,) = ours() - others
            first = await publish()
            assert (await stream.next("change")).data["id"] == first
            victim = next(
                process
                for process in command.servers()
                for each in process.net_connections()
                if each.raddr and each.raddr.port == of_stream and each.laddr.port == port
            )
            victim.kill()
            await stream.end()
        missed = await publish()
        async with following(url, headers, resource="posts", after=stream.last_id) as again:
            kinds = {event.kind for event in again.events}
            if "reset" not in kinds:  # the process that took the other's place remembers nothing, and says so
                assert (await again.next("change", "reset")).data.get("id", missed) == missed
            await publish()
            await again.next("change")
