"""Who is told of what, when, and where they go on."""

import asyncio

import httpx
import pytest
from fixtures.streams import API, LEDGERS, change, following

from fondasi.kit.live import SIGNED_IN, Changes, ChangesError, KnownChanges, changed


class TestTelling:
    async def test_what_is_committed_is_told_and_what_is_rolled_back_is_not(self, url, sign_in):
        ani, budi = await sign_in("ani"), await sign_in("budi")
        async with following(url, ani) as stream:
            assert (await stream.next("ready")).id
            await change(url, budi, "ads", "lost", fails=True)
            await change(url, budi, "ads", "kept", "kept", "other")
            first, second = await stream.next("change"), await stream.next("change")
        assert first.data == {"resource": "ads", "id": "kept", "tenant_id": None}
        assert second.data["id"] == "other"
        assert stream.told == [("ads", "kept"), ("ads", "other")]

    async def test_many_at_once_are_told_as_one(self, url, sign_in):
        ani = await sign_in("ani")
        async with following(url, ani) as stream:
            await change(url, ani, "ads", *range(101))
            assert (await stream.next("change")).data["id"] is None
            await change(url, ani, "ads", *range(100))
            told = {(await stream.next("change")).data["id"] for _ in range(100)}
        assert told == {str(number) for number in range(100)}

    async def test_owners_and_holders_of_the_permission_are_told_and_nobody_else(self, url, sign_in, client):
        ani, budi, root = await sign_in("ani"), await sign_in("budi"), await sign_in("root", superuser=True)
        me = (await client.get(f"{API}/users/me", headers=ani)).json()["id"]
        async with following(url, ani) as anis, following(url, budi) as budis, following(url, root) as all_:
            await change(url, budi, "letters", "l", owner=me)
            await change(url, budi, "ledgers", "b")
            await change(url, budi, "ads", "a")
            for stream in (anis, budis, all_):
                while ("ads", "a") not in stream.told:
                    await stream.next("change")
        assert anis.told == [("letters", "l"), ("ads", "a")]
        assert budis.told == [("ads", "a")]
        assert all_.told == [("ledgers", "b"), ("ads", "a")]

    async def test_only_what_is_asked_for(self, url, sign_in):
        ani = await sign_in("ani", superuser=True)
        async with following(url, ani, resource="ledgers") as stream:
            await change(url, ani, "ads", "a")
            await change(url, ani, "ledgers", "b")
            await stream.next("change")
        assert stream.told == [("ledgers", "b")]
        async with following(url, ani, resource="secrets") as refused:
            assert refused.status == 422
        assert "ads, files, ledgers, letters, members, tasks, tenants, users" in refused.problem["detail"]

    async def test_nobody_who_is_not_signed_in_is_told(self, url):
        async with following(url, {}) as stream:
            assert stream.status == 401


class TestGoingOn:
    async def test_what_was_missed_is_told(self, url, sign_in):
        ani = await sign_in("ani")
        async with following(url, ani) as stream:
            await change(url, ani, "ads", "first")
            await stream.next("change")
        await change(url, ani, "ads", "second")
        async with following(url, ani, after=stream.last_id) as again:
            await again.next("change")
            await change(url, ani, "ads", "third")
            await again.next("change")
        assert again.told == [("ads", "second"), ("ads", "third")]

    async def test_another_process_knows_where_to_go_on(self, url, forgetful, sign_in):
        ani = await sign_in("ani")
        async with following(forgetful, ani) as beside, following(url, ani) as stream:
            await change(url, ani, "ads", "second")
            await beside.next("change")
            await stream.next("change")
        await change(url, ani, "ads", "third")
        async with following(forgetful, ani, after=stream.last_id) as again:
            await again.next("change")
        assert again.told == [("ads", "third")]
        assert "reset" not in {event.kind for event in again.events}

    async def test_zero_seconds_tell_what_was_missed_and_end(self, url, sign_in):
        ani = await sign_in("ani")
        async with following(url, ani, seconds=0) as stream:
            assert (await stream.end()).data == {"reason": "TIME_IS_UP"}
        async with following(url, ani) as witness:
            await change(url, ani, "ads", "missed")
            await witness.next("change")
        async with following(url, ani, after=stream.last_id, seconds=0) as again:
            await again.end()
        assert [event.kind for event in again.events] == ["ready", "change", "end"]

    @pytest.mark.parametrize("position", ["", "nonsense", "x" * 100, "AAAA" * 25])
    async def test_a_place_that_nobody_knows_is_a_reset(self, url, sign_in, position):
        ani = await sign_in("ani")
        async with following(url, ani, after=position) as stream:
            reset = await stream.next("reset")
            await change(url, ani, "ads", "new")
            await stream.next("change")
        assert reset.id
        assert stream.told == [("ads", "new")]

    async def test_a_place_that_is_too_old_is_a_reset(self, forgetful, sign_in):
        ani = await sign_in("ani")
        async with following(forgetful, ani) as stream:
            pass
        for number in range(5):
            await change(forgetful, ani, "ads", number)
        async with following(forgetful, ani, after=stream.last_id) as again:
            await again.next("reset")
            await change(forgetful, ani, "ads", "new")
            while again.told[-1:] != [("ads", "new")]:
                await again.next("change")
        assert ("ads", "0") not in again.told  # the last of them may have been on its way

    async def test_a_reader_who_waits_long_goes_on_by_its_heartbeats(self, forgetful, sign_in):
        ani = await sign_in("ani")
        async with following(forgetful, ani, resource="letters") as stream:
            for number in range(5):
                await change(forgetful, ani, "ads", number)
            seen = len(stream.events)
            while len([each for each in stream.events[seen:] if each.kind == "heartbeat"]) < 2:
                await stream.next("heartbeat")
        last = stream.last_id
        async with following(forgetful, ani, after=last, resource="letters", seconds=0) as again:
            await again.end()
        assert [event.kind for event in again.events] == ["ready", "end"]


class TestEnd:
    async def test_signing_out_ends_it(self, url, sign_in, client):
        ani = await sign_in("ani")
        async with following(url, ani) as stream:
            await client.post(f"{API}/logout", headers=ani)
            assert (await stream.end()).data == {"reason": "UNAUTHENTICATED"}

    async def test_a_right_that_is_taken_away_is_told_no_more(self, url, sign_in, client):
        ani, root = await sign_in("ani"), await sign_in("root", superuser=True)
        given = {"permissions": [LEDGERS]}
        async with httpx.AsyncClient(base_url=url) as shelf:
            answer = await shelf.put(f"{API}/users/ani/permissions", json=given, headers=root)
            assert answer.status_code == 200, answer.text
            async with following(url, ani) as stream:
                await change(url, root, "ledgers", "seen")
                await stream.next("change")
                await shelf.put(f"{API}/users/ani/permissions", json={"permissions": []}, headers=root)
                before = len(stream.events)
                while len([each for each in stream.events[before:] if each.kind == "heartbeat"]) < 3:
                    await stream.next("heartbeat")  # its rights have been looked at since
                await change(url, root, "ledgers", "hidden")
                await change(url, root, "ads", "open")
                while ("ads", "open") not in stream.told:
                    await stream.next("change")
        assert stream.told == [("ledgers", "seen"), ("ads", "open")]

    async def test_the_end_of_the_service_ends_it(self, shelf_app, served, sign_in):
        ani = await sign_in("ani")
        with served(shelf_app()) as url:
            stack = following(url, ani)
            stream = await stack.__aenter__()
        # Left without waiting for the reader: the server has ended by now.
        assert (await stream.end()).data == {"reason": "STOPPING"}
        await stack.__aexit__(None, None, None)

    async def test_a_key_follows_with_the_permission_in_its_scope_until_it_is_revoked(
        self, url, sign_in, client
    ):
        ani = await sign_in("ani")
        body = {"name": "k", "permissions": ["changes.follow"]}
        made = (await client.post(f"{API}/api-keys", json=body, headers=ani)).json()
        async with following(url, {"X-API-Key": made["key"]}) as stream:
            await change(url, ani, "ads", "a")
            await stream.next("change")
            assert (await client.delete(f"{API}/api-keys/{made['id']}", headers=ani)).status_code == 204
            assert (await stream.end()).data == {"reason": "UNAUTHENTICATED"}


class TestPlaces:
    async def test_each_caller_has_a_few_and_gets_them_back(self, url, sign_in):
        ani, budi = await sign_in("ani"), await sign_in("budi")
        streams = [following(url, ani) for _ in range(5)]
        assert [(await each.__aenter__()).status for each in streams] == [200] * 5
        async with following(url, ani) as more, following(url, budi) as other:
            assert (more.status, more.problem["error_code"], other.status) == (429, "TOO_MANY_STREAMS", 200)
        for each in streams:
            await each.__aexit__(None, None, None)
        async with asyncio.timeout(30):
            while True:  # until the server has noticed
                async with following(url, ani) as stream:
                    if stream.status == 200:
                        break

    async def test_all_together_are_bounded(self, shelf_app, served, sign_in, settings):
        ani, budi = await sign_in("ani"), await sign_in("budi")
        few = settings.live.model_copy(update={"streams": 1})
        with served(shelf_app(live=few)) as url:
            async with following(url, ani), following(url, budi) as refused:
                assert (refused.status, refused.problem["error_code"]) == (503, "UNAVAILABLE")

    async def test_the_head_alone_holds_none(self, url, sign_in):
        ani = await sign_in("ani")
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:
            for _ in range(10):
                answer = await client.head(f"{API}/changes", headers=ani)
                assert answer.status_code == 200
                assert answer.headers["content-type"].startswith("text/event-stream")


class TestDeclaring:
    def test_what_tells_nobody_or_twice_or_has_no_name_is_refused(self):
        for declared in (
            [Changes("things")],
            [Changes("Things", permission=SIGNED_IN)],
            [Changes("things", permission=SIGNED_IN), Changes("things", owner=SIGNED_IN)],
        ):
            with pytest.raises(ChangesError, match=r"[Tt]hings"):
                KnownChanges(declared)

    async def test_a_change_that_nobody_declares_or_could_see_is_refused(self, app):
        database = app.state.platform.database
        async with database.unit_of_work() as session:
            with pytest.raises(ChangesError, match="No module declares the changes of nothing"):
                changed(session, "nothing", 1)
        async with database.read_session() as session:
            with pytest.raises(RuntimeError, match="read session"):
                changed(session, "posts", 1)


class TestThePlatformsOwn:
    async def test_owners_are_told_of_their_account_and_files(self, url, client, sign_in):
        ani, budi = await sign_in("ani"), await sign_in("budi")
        me = (await client.get(f"{API}/users/me", headers=ani)).json()["id"]
        async with following(url, ani) as anis, following(url, budi) as budis:
            file = await client.post(f"{API}/files", headers=ani, files={"file": ("a.txt", b"one")})
            file_id = file.json()["id"]
            await client.patch(f"{API}/settings", headers=ani, json={"theme": "dark"})
            await client.delete(f"{API}/files/{file_id}", headers=ani)
            await change(url, ani, "ads", "last")
            for stream in (anis, budis):
                while ("ads", "last") not in stream.told:
                    await stream.next("change")
        assert anis.told == [("files", file_id), ("users", me), ("files", file_id), ("ads", "last")]
        assert budis.told == [("ads", "last")]

    async def test_members_are_told_of_each_other(self, url, town):
        tenant, people = await town.staffed("office", mia="member")
        owner, mia = people["owner"], people["mia"]
        async with following(url, mia.headers, f"/tenants/{tenant}/changes") as stream:
            path = f"/tenants/{tenant}"
            answer = await owner.call("PATCH", f"{path}/members/{mia.id}", json={"role": "admin"})
            assert answer.status_code == 200, answer.text
            await stream.next("change")
            assert (await owner.call("PATCH", path, json={"name": "Bureau"})).status_code == 200
            await stream.next("change")
        assert stream.told == [("members", str(mia.id)), ("tenants", tenant)]
