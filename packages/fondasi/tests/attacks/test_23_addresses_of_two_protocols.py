"""Threat 23: behind a socket of both protocols all clients of IPv4 were one, so one stranger stopped everybody."""

from datetime import timedelta

import httpx
import pytest

from fondasi.app import create_app
from fondasi.identity.sessions import lockout
from fondasi.kit.http import counted_address
from fondasi.runtime import platform_modules
from fondasi.settings import QuotaSettings

LOGIN, SESSIONS = "/api/v1/login", "/api/v1/sessions"
PASSWORD = "correct horse battery staple"
STRANGER, OWNER = "::ffff:198.51.100.7", "::ffff:203.0.113.5"
FEW, HOUR = 5, timedelta(hours=1)


def at(app, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 40000))
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")


async def sign_in(client, password: str, username: str = "ani") -> httpx.Response:
    return await client.post(LOGIN, json={"username": username, "password": password})


async def test_stranger_uses_up_their_own_limit_alone(settings, ani):
    quota = {"quota": QuotaSettings(login_limit=FEW, period=60)}
    app = create_app(settings.model_copy(update=quota), platform_modules())
    async with app.router.lifespan_context(app):
        async with at(app, STRANGER) as stranger:
            guesses = [(await sign_in(stranger, "wrong", f"user{n}")).status_code for n in range(FEW + 1)]
        async with at(app, OWNER) as owner:
            answer = await sign_in(owner, PASSWORD)
    assert guesses == [401] * FEW + [429]
    assert answer.status_code == 200


async def test_stranger_uses_up_their_own_failures_alone(app, ani, monkeypatch):
    monkeypatch.setattr(lockout, "ADDRESS", lockout.Limit(free=FEW, longest=HOUR, first=HOUR))
    async with at(app, STRANGER) as stranger:
        guesses = [(await sign_in(stranger, "wrong", f"user{n}")).status_code for n in range(FEW + 1)]
    async with at(app, OWNER) as owner:
        answer = await sign_in(owner, PASSWORD)
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        sessions = (await owner.get(SESSIONS, headers=headers)).json()["data"]
    assert guesses == [401] * FEW + [429]
    assert answer.status_code == 200
    assert [item["place"] for item in sessions] == ["203.0.113.5"]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("::ffff:c633:6407", "198.51.100.7"),
        ("64:ff9b::198.51.100.7", "198.51.100.7"),
        ("64:ff9b::1:198.51.100.7", "64:ff9b::/64"),
        ("2001:db8:0:1::7", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("-", "-"),
        ("testclient", "testclient"),
    ],
)
def test_address_as_it_is_counted(address, counted):
    assert counted_address(address) == counted
