"""Attack 12: signing in blocked every other request while the password was hashed."""

import asyncio

LOGIN = {"username": "nobody", "password": "correct horse battery staple"}


async def test_others_are_answered_while_many_sign_in(client):
    await client.post("/api/v1/login", json=LOGIN)
    logins = [
        asyncio.create_task(client.post("/api/v1/login", json={**LOGIN, "username": f"user{number}"}))
        for number in range(40)
    ]
    await asyncio.sleep(0.02)
    for _ in range(3):
        assert (await client.get("/health/live")).status_code == 200
    waiting = sum(not login.done() for login in logins)
    assert {answer.status_code for answer in await asyncio.gather(*logins)} == {401}
    assert waiting >= 20
