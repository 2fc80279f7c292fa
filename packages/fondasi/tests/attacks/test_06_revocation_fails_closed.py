"""6: revocation that failed open when its storage was down. Here the answer is 503 until it can be checked."""

import httpx

from fondasi.app import create_app
from fondasi.testing import running

ME = "/api/v1/users/me"


async def test_unreachable_database_opens_no_door(settings, login, modules):
    tokens = await login()
    app = create_app(settings, modules)
    async with running(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            headers = {"Authorization": f"Bearer {tokens['access_token']}"}
            assert (await client.get(ME, headers=headers)).status_code == 200
            statements = app.state.platform.database._statements
            await statements.close()
            statements._url = "postgresql://nobody@127.0.0.1:9/nothing"
            answer = await client.get(ME, headers=headers)
    assert (answer.status_code, answer.json()["error_code"]) == (503, "UNAVAILABLE")
