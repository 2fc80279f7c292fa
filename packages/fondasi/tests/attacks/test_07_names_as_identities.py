"""7: a user name as `sub`: a rename broke sessions, and who registered an old name inherited them."""

from sqlalchemy import update

from fondasi.identity import create_user
from fondasi.identity.models import User
from fondasi.kit import clock

ME = "/api/v1/users/me"


async def test_renamed_user_keeps_his_session_and_the_name_brings_nobody_in(client, clean_database, login):
    headers = {"Authorization": f"Bearer {(await login())['access_token']}"}
    async with clean_database.unit_of_work() as session:
        await session.execute(update(User).values(username="budi"))
    assert (await client.get(ME, headers=headers)).json()["username"] == "budi"
    async with clean_database.unit_of_work() as session:
        await session.execute(update(User).values(username="ani2", deleted_at=clock.now()))
    async with clean_database.unit_of_work() as session:
        await create_user(session, username="ani", password="correct horse battery staple")
    assert (await client.get(ME, headers=headers)).status_code == 401
