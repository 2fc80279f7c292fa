"""Which messages went to whom, for those who may see it, and never what they say."""

from uuid import UUID

import pytest

from fondasi.messages import Channel, Message, Messenger

MESSAGES = "/api/v1/messages"
CODE = "493817"


@pytest.fixture
def send(app):
    """Have a code sent: `await send("ani@example.com", language="id")`."""

    async def one(recipient: str, **fields) -> None:
        platform = app.state.platform
        values = {"code": CODE, "minutes": 10}
        async with platform.database.unit_of_work() as session:
            message = Message(Channel.EMAIL, recipient, "one-time-password", values, **fields)
            await platform.get(Messenger).send(session, message)

    return one


@pytest.fixture
async def admin(sign_in):
    return await sign_in("root", superuser=True)


@pytest.mark.parametrize("path", ["", f"/{UUID(int=1)}"])
async def test_only_holders_of_the_permission_see_them(client, sign_in, path):
    assert (await client.get(MESSAGES + path)).status_code == 401
    refused = await client.get(MESSAGES + path, headers=await sign_in("ani"))
    assert (refused.status_code, refused.json()["error_code"]) == (403, "FORBIDDEN")


async def test_list_says_to_whom_and_how_but_not_what(client, admin, send):
    await send("ani@example.com")
    await send("budi@example.com", language="id")
    answer = await client.get(MESSAGES, headers=admin)
    assert [item["recipient"] for item in answer.json()["data"]] == ["budi@example.com", "ani@example.com"]
    assert CODE not in answer.text
    (found,) = (await client.get(MESSAGES, params={"language": "id"}, headers=admin)).json()["data"]
    assert (found["channel"], found["template"], found["status"]) == ("email", "one-time-password", "outbox")
    searched = await client.get(MESSAGES, params={"search": "ANI@"}, headers=admin)
    assert [item["recipient"] for item in searched.json()["data"]] == ["ani@example.com"]


async def test_one_is_read_without_its_text(client, admin, send):
    await send("ani@example.com")
    (listed,) = (await client.get(MESSAGES, headers=admin)).json()["data"]
    answer = await client.get(f"{MESSAGES}/{listed['id']}", headers=admin)
    assert answer.json() == listed
    assert CODE not in answer.text
    missing = await client.get(f"{MESSAGES}/{UUID(int=1)}", headers=admin)
    assert (missing.status_code, missing.json()["error_code"]) == (404, "NOT_FOUND")
