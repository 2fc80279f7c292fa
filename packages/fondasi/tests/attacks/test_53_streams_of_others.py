"""53: streams that tell of other tenants and other people, that outlive a sign-out, that take all connections, and
whose events say by themselves that something of others happened.
"""

import asyncio
import json
import socket
from contextlib import ExitStack

import httpx
import pytest
from fixtures.streams import API, SHELF, change, following
from pydantic import SecretStr
from tenant_notes import module as notes

from fondasi.app import create_app
from fondasi.kit.live import Hub
from fondasi.runtime import platform_modules
from fondasi.settings import LiveSettings

QUICK = LiveSettings(check_seconds=0.2, heartbeat_seconds=0.2, per_caller=5)
MANY = 200
LONG = 30.0
NOTES = {"resource": "notes"}  # the accounts of the readers change too, and that is told when it is heard


@pytest.fixture(scope="module")
def notes_url(notes_town, notes_addresses, settings, served):
    """A server of the application with notes."""
    own = {"url": SecretStr(notes_addresses.app), "owner_url": SecretStr(notes_addresses.owner)}
    database = settings.database.model_copy(update=own)
    app = create_app(
        settings.model_copy(update={"database": database, "live": QUICK}), [*platform_modules(), notes]
    )
    with served(app) as url:
        yield url


@pytest.fixture(scope="module")
def shelf_url(settings, served):
    app = create_app(settings.model_copy(update={"live": QUICK}), [*platform_modules(), SHELF])
    with served(app) as url:
        yield url


async def write_note(person, tenant: str, title: str) -> str:
    answer = await person.call("POST", f"/tenants/{tenant}/notes", json={"title": title})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


class TestTenants:
    async def test_no_reader_sees_ids_of_another_tenant(self, notes_town, notes_url):
        alpha, of_alpha = await notes_town.staffed("told-alpha", reader="member")
        bravo, of_bravo = await notes_town.staffed("told-bravo", reader="member")
        root = await notes_town.person("told-root", superuser=True)
        reader, rival = of_alpha["reader"], of_bravo["reader"]
        async with (
            following(notes_url, reader.headers, f"/tenants/{alpha}/changes", **NOTES) as mine,
            following(notes_url, rival.headers, f"/tenants/{bravo}/changes", **NOTES) as theirs,
            following(notes_url, rival.headers, **NOTES) as outside,
            following(notes_url, root.headers, **NOTES) as above,
        ):
            hidden = [await write_note(of_bravo["owner"], bravo, f"note {number}") for number in range(3)]
            shown = await write_note(of_alpha["owner"], alpha, "note")
            assert (await mine.next("change")).data == {"resource": "notes", "id": shown, "tenant_id": alpha}
            for _ in hidden:
                await theirs.next("change")
            for stream in (outside, above):
                await stream.next("heartbeat")
        assert mine.told == [("notes", shown)]
        assert theirs.told == [("notes", each) for each in hidden]
        assert outside.told == above.told == []

    async def test_the_place_of_a_foreign_stream_opens_nothing(self, notes_town, notes_url):
        alpha, of_alpha = await notes_town.staffed("place-alpha")
        bravo, of_bravo = await notes_town.staffed("place-bravo")
        async with following(notes_url, of_bravo["owner"].headers, f"/tenants/{bravo}/changes") as theirs:
            pass
        async with following(
            notes_url, of_bravo["owner"].headers, f"/tenants/{bravo}/changes", **NOTES
        ) as witness:
            await write_note(of_bravo["owner"], bravo, "hidden")
            await witness.next("change")
        path = f"/tenants/{alpha}/changes"
        owner = of_alpha["owner"]
        async with following(
            notes_url, owner.headers, path, after=theirs.last_id, seconds=0, **NOTES
        ) as stolen:
            await stolen.end()
        assert stolen.told == []

    async def test_a_foreign_tenant_is_one_that_does_not_exist(self, notes_town, notes_url):
        bravo, _ = await notes_town.staffed("absent-bravo")
        rival = await notes_town.person("absent-rival")
        answers = []
        for tenant in (bravo, str(rival.id)):
            async with following(notes_url, rival.headers, f"/tenants/{tenant}/changes") as stream:
                answers.append((stream.status, stream.problem["error_code"], stream.problem["detail"]))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404

    async def test_who_left_is_told_no_more(self, notes_town, notes_url):
        alpha, people = await notes_town.staffed("left-alpha", reader="member")
        reader, owner = people["reader"], people["owner"]
        async with following(notes_url, reader.headers, f"/tenants/{alpha}/changes") as stream:
            answer = await owner.call("DELETE", f"/tenants/{alpha}/members/{reader.id}")
            assert answer.status_code == 204, answer.text
            assert (await stream.end()).data == {"reason": "NOT_FOUND"}

    async def test_what_a_member_may_not_read_is_not_told(self, notes_town, notes_url, monkeypatch):
        """The permission is asked for with each change, not only membership."""
        alpha, people = await notes_town.staffed("narrow-alpha", reader="member")
        monkeypatch.setattr("fondasi.tenancy.guards.Member.may", lambda member, _: member.role != "member")
        path = f"/tenants/{alpha}/changes"
        async with (
            following(notes_url, people["reader"].headers, path, **NOTES) as narrow,
            following(notes_url, people["owner"].headers, path, **NOTES) as wide,
        ):
            await write_note(people["owner"], alpha, "hidden")
            await wide.next("change")
            await narrow.next("heartbeat")
        assert narrow.told == []


class TestSessions:
    @pytest.mark.parametrize("how", ["logout", "suspended", "password"])
    async def test_a_stream_ends_with_its_session(self, shelf_url, sign_in, client, how):
        ani, root = await sign_in("ani"), await sign_in("root", superuser=True)
        async with following(shelf_url, ani) as stream:
            if how == "logout":
                answer = await client.post(f"{API}/logout", headers=ani)
            elif how == "suspended":
                answer = await client.patch(f"{API}/users/ani", json={"status": "suspended"}, headers=root)
            else:
                proof = {
                    "current_password": "correct horse battery staple",
                    "new_password": "tropical ferry 19 x",
                }
                answer = await client.post(f"{API}/auth/password/change", json=proof, headers=ani)
            assert answer.status_code < 300, answer.text
            if how == "password":  # the session that changed it stays
                await client.post(f"{API}/logout", headers=ani)
            await stream.end()
            told = len(stream.told)
            await change(shelf_url, root, "ads", "later")
        assert len(stream.told) == told


class TestCrowds:
    async def test_one_caller_does_not_take_all_connections(self, shelf_url, sign_in):
        """Hundreds of connections, five streams: the others are refused, and everybody else is served."""
        ani, budi = await sign_in("ani"), await sign_in("budi")
        url = httpx.URL(shelf_url)
        with ExitStack() as crowd:
            statuses = await asyncio.to_thread(lambda: [begin(crowd, url, ani) for _ in range(MANY)])
            assert sorted(statuses) == [200] * 5 + [429] * (MANY - 5)
            async with following(shelf_url, budi) as stream:
                await change(shelf_url, budi, "ads", "a")
                await stream.next("change")

    @pytest.mark.long
    async def test_a_reader_who_takes_nothing_is_dropped_and_holds_no_memory(self, settings, sign_in, served):
        """It is cut within the time that an answer may stand still; what it would have been told waits nowhere."""
        ani, budi = await sign_in("ani"), await sign_in("budi")
        http = settings.http.model_copy(update={"body_seconds": 1.0, "head_seconds": 1.0, "idle_seconds": 1})
        live = QUICK.model_copy(update={"check_seconds": 60.0})
        app = create_app(
            settings.model_copy(update={"live": live, "http": http}), [*platform_modules(), SHELF]
        )
        with served(app) as address, ExitStack() as stack:
            begin(stack, httpx.URL(address), {})  # it has started
            hub = app.state.platform.get(Hub)
            begin(stack, httpx.URL(address), ani)
            async with httpx.AsyncClient(base_url=address, timeout=LONG) as client:
                me = (await client.get(f"{API}/users/me", headers=budi)).json()["id"]
            async with following(address, budi, resource="letters") as stream:
                assert len(hub._readers) == 2
                async with asyncio.timeout(LONG * 4):
                    while len(hub._readers) == 2:
                        await change(address, budi, "ads", *("x" * 90 + str(number) for number in range(100)))
                await change(address, budi, "letters", "after", owner=me)
                await stream.next("change")  # who takes what comes is told, for longer than any limit
            assert len(hub.log._changes) <= hub.log._kept


class TestSideChannels:
    async def test_events_do_not_tell_that_something_of_others_changed(self, shelf_url, sign_in):
        """Positions differ each time, whether or not anything happened, and are of one length."""
        ani, budi = await sign_in("ani"), await sign_in("budi")
        async with following(shelf_url, ani) as quiet:
            for _ in range(3):
                await quiet.next("heartbeat")
        async with httpx.AsyncClient(base_url=shelf_url) as client:
            me = (await client.get(f"{API}/users/me", headers=budi)).json()["id"]
        async with following(shelf_url, ani) as busy:
            for _ in range(3):
                await change(shelf_url, budi, "letters", "secret", owner=me)
                await busy.next("heartbeat")
        assert quiet.told == busy.told == []
        for stream in (quiet, busy):
            ids = [event.id for event in stream.events]
            assert all(ids)
            assert len(set(ids)) == len(ids)
        assert len({len(event.id) for event in quiet.events + busy.events}) == 1

    async def test_nothing_but_ids_is_told(self, shelf_url, sign_in):
        ani = await sign_in("ani")
        async with following(shelf_url, ani) as stream:
            await change(shelf_url, ani, "ads", "a")
            told = await stream.next("change")
        assert told.data.keys() == {"resource", "id", "tenant_id"}
        assert "ani" not in json.dumps([event.data for event in stream.events])


def begin(stack: ExitStack, url: httpx.URL, headers: dict[str, str]) -> int:
    """Ask for a stream and read the beginning of its head alone; its status."""
    connection = stack.enter_context(socket.socket())
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(LONG)
    connection.connect((url.host, url.port))
    lines = [
        f"GET {API}/changes HTTP/1.1",
        "Host: x",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    return int(connection.recv(64).split()[1])
