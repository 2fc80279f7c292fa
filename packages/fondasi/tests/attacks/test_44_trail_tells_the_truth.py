"""Threat 44, over HTTP: failures that look like successes, strangers and members who fill the trail, acts on accounts
that their owners never hear of."""

import pytest
from sqlalchemy import func, select, update

from fondasi.activity.refusals import ONE_BY_ONE, Refusals
from fondasi.identity.sessions.models import RefreshToken
from fondasi.kit.audit import ActivityRecord

API = "/api/v1"
PASSWORD = "correct horse battery staple"
NEW = "a new passphrase of ani"
RESET = f"{API}/auth/password/reset"


@pytest.fixture
def entries(app):
    """How many entries there are."""

    async def count() -> int:
        async with app.state.platform.database.read_session() as session:
            return await session.scalar(select(func.count()).select_from(ActivityRecord)) or 0

    return count


@pytest.fixture
def own(client):
    """What somebody finds in their own activity, newest first: `await own(headers)`."""

    async def read(headers, **filters):
        answer = await client.get(f"{API}/activity/me", headers=headers, params={"limit": 100, **filters})
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    return read


async def sign_in(client, password=PASSWORD):
    answer = await client.post(
        f"{API}/login", json={"username": "ani", "password": password, "refresh_in_body": True}
    )
    client.cookies.clear()
    return answer.json()


class TestFailuresAreToldAsSuch:
    async def test_refused_reset_is_no_reset(self, client, ani, ask, trail):
        proof = await ask("ani@example.com", "reset_password")
        wrong = {**proof, "code": "000000" if proof["code"] != "000000" else "111111", "new_password": NEW}
        assert (await client.post(RESET, json=wrong)).status_code == 403
        assert await trail("reset_password") == []
        (failed,) = await trail("reset_password.failed")
        assert (failed.level, failed.status_code, failed.user_id) == ("warning", 403, ani.id)
        assert failed.error_details == {"error_code": "WRONG_CODE", "status": 403}
        done = {**proof, "new_password": NEW}
        assert (await client.post(RESET, json=done)).status_code == 204
        (reset,) = await trail("reset_password")
        assert (reset.level, reset.status_code, reset.user_id) == ("audit", 204, ani.id)

    async def test_wrong_code_still_counts(self, client, ani, ask):
        proof = await ask("ani@example.com", "reset_password")
        wrong = {**proof, "code": "000000" if proof["code"] != "000000" else "111111", "new_password": NEW}
        for _ in range(5):
            assert (await client.post(RESET, json=wrong)).status_code == 403
        assert (await client.post(RESET, json={**proof, "new_password": NEW})).status_code == 403

    @pytest.mark.parametrize(
        "case",
        [
            ("login", "/auth/otp/login", "login_by_code"),
            ("reset_password", "/auth/otp/verify", "verify_code"),
            ("verify_contact", "/auth/contacts/verify", "verify_contact"),
        ],
    )
    async def test_every_use_of_a_wrong_code(self, client, ani, ask, trail, case):
        purpose, path, action = case
        proof = await ask("ani@example.com", purpose)
        wrong = {**proof, "code": "000000" if proof["code"] != "000000" else "111111"}
        more = {"purpose": purpose} if path.endswith("/verify") and "otp" in path else {}
        assert (await client.post(API + path, json={**wrong, **more})).status_code == 403
        assert await trail(action) == []
        assert [(entry.level, entry.user_id) for entry in await trail(f"{action}.failed")] == [
            ("warning", ani.id)
        ]

    @pytest.mark.parametrize("age", [5, 60])
    async def test_refused_refresh_is_no_refresh(self, client, ani, clean_database, trail, age):
        token = (await sign_in(client))["refresh_token"]
        body = {"refresh_token": token}
        assert (await client.post(f"{API}/refresh", json=body)).status_code == 200
        async with clean_database.unit_of_work() as session:
            older = RefreshToken.used_at - func.make_interval(0, 0, 0, 0, 0, 0, age)
            await session.execute(
                update(RefreshToken).where(RefreshToken.used_at.is_not(None)).values(used_at=older)
            )
        client.cookies.clear()
        answer = await client.post(f"{API}/refresh", json=body, headers={"User-Agent": "another device"})
        assert answer.status_code == (409 if age == 5 else 401)
        (done,) = await trail("refresh")
        assert (done.user_id, done.level) == (ani.id, "audit")
        assert done.session_id is not None
        (failed,) = await trail("refresh.failed")
        assert (failed.user_id, failed.level, failed.status_code) == (ani.id, "warning", answer.status_code)

    async def test_wrong_password_is_told_with_what_it_was_for(self, client, account, trail):
        ani = await account("ani")
        body = {"current_password": "not the password", "new_password": NEW}
        assert (await client.post(f"{API}/auth/password/change", json=body, headers=ani)).status_code == 403
        assert len(await trail("change_password.failed")) == 1
        assert await trail("change_password") == []


class TestStrangersWriteNothing:
    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/logout", {}),
            ("/logout", {"refresh_token": "made up"}),
            ("/refresh", {"refresh_token": "made up"}),
            ("/auth/otp", {"identifier": "nobody{}@example.com", "purpose": "login"}),
            (
                "/auth/password/reset",
                {
                    "identifier": "nobody@example.com",
                    "request_id": "00000000-0000-7000-8000-000000000000",
                    "code": "000000",
                    "new_password": NEW,
                },
            ),
            (
                "/auth/otp/login",
                {
                    "identifier": "nobody@example.com",
                    "request_id": "00000000-0000-7000-8000-000000000000",
                    "code": "000000",
                },
            ),
        ],
    )
    async def test_requests_about_nobody_leave_no_entry(self, client, ani, entries, path, body):
        for number in range(10):
            sent = {
                key: value.replace("{}", str(number)) if isinstance(value, str) else value
                for key, value in body.items()
            }
            await client.post(API + path, json=sent)
        assert await entries() == 0

    async def test_sign_out_with_a_token_names_its_owner_once(self, client, ani, entries, trail):
        token = (await sign_in(client))["refresh_token"]
        for _ in range(5):
            answer = await client.post(f"{API}/logout", json={"refresh_token": token})
            assert answer.status_code == 204
        (entry,) = await trail("logout")
        assert entry.user_id == ani.id
        assert entry.session_id is not None
        assert await entries() == 2

    async def test_guesses_at_one_account_are_counted_not_listed(self, app, client, ani, trail):
        wrong = {"username": "ani", "password": "guess guess"}
        refused = 0
        for _ in range(ONE_BY_ONE + 12):
            refused += (await client.post(f"{API}/login", json=wrong)).status_code == 401
        await app.state.platform.get(Refusals).write()
        found = [entry for entry in await trail("login.failed") if entry.user_id == ani.id]
        assert len(found) <= ONE_BY_ONE + 1
        assert sum(entry.details.get("times", 1) for entry in found) == refused


class TestMembersFillNothing:
    async def test_refusals_of_a_member_are_counted(self, app, client, account, trail):
        eve = await account("eve")
        for _ in range(100):
            assert (await client.get(f"{API}/activity", headers=eve)).status_code == 403
        assert len(await trail("access.denied")) == ONE_BY_ONE
        await app.state.platform.get(Refusals).write()
        found = await trail("access.denied")
        assert len(found) == ONE_BY_ONE + 1
        assert sum(entry.details.get("times", 1) for entry in found) == 100
        assert len({entry.user_id for entry in found}) == 1

    async def test_others_are_told_of_while_one_is_counted(self, client, account, trail):
        eve, budi = await account("eve"), await account("budi")
        for _ in range(ONE_BY_ONE + 5):
            await client.get(f"{API}/activity", headers=eve)
        before = len(await trail("access.denied"))
        await client.get(f"{API}/activity", headers=budi)
        assert len(await trail("access.denied")) == before + 1


class TestEverybodyFindsWhatWasDoneToTheirAccount:
    async def test_acts_of_an_administrator(self, client, account, own):
        root, ani = await account("root", superuser=True), await account("ani")
        me = (await client.get(f"{API}/users/me", headers=ani)).json()["id"]
        for method, path, body in (
            ("PATCH", "/users/ani", {"name": "Ani B."}),
            ("PUT", f"/users/{me}/groups", {"group_ids": []}),
            ("PUT", f"/users/{me}/permissions", {"permissions": []}),
        ):
            answer = await client.request(method, API + path, json=body, headers=root)
            assert answer.status_code == 200, answer.text
        for status in ("suspended", "active"):
            await client.patch(f"{API}/users/ani", json={"status": status}, headers=root)
        again = await client.post(f"{API}/login", json={"username": "ani", "password": PASSWORD})
        found = await own({"Authorization": f"Bearer {again.json()['access_token']}"})
        assert [entry["action"] for entry in found] == [
            "login",
            "users.edit",
            "users.edit",
            "users.set_permissions",
            "users.set_groups",
            "users.edit",
            "login",
        ]
        edited = found[1]
        assert (edited["subject_id"], edited["user_id"] not in {None, me}) == (me, True)
        # Who did it, not from where.
        assert (edited["ip_address"], edited["user_agent"], edited["session_id"]) == (None, None, None)
        assert "login" in {entry["action"] for entry in await own(root)}
        assert all(entry["subject_id"] is None for entry in await own(root, action="login"))

    async def test_reset_by_a_code_and_failures_before_it(self, client, ani, ask, own):
        proof = await ask("ani@example.com", "reset_password")
        wrong = {**proof, "code": "000000" if proof["code"] != "000000" else "111111", "new_password": NEW}
        await client.post(RESET, json=wrong)
        await client.post(RESET, json={**proof, "new_password": NEW})
        await client.post(f"{API}/login", json={"username": "ani", "password": "guess guess"})
        token = (await sign_in(client, NEW))["access_token"]
        found = [entry["action"] for entry in await own({"Authorization": f"Bearer {token}"})]
        assert found == ["login", "login.failed", "reset_password", "reset_password.failed"]

    async def test_membership_of_a_tenant(self, town, own):
        tenant, people = await town.staffed("harbour", mia="member")
        owner, mia = people["owner"], people["mia"]
        member = f"/tenants/{tenant}/members/{mia.id}"
        await owner.call("PATCH", member, json={"role": "admin"})
        await owner.call("PUT", f"{member}/permissions", json={"permissions": ["view_analytics"]})
        await owner.call("DELETE", member)
        actions = [entry["action"] for entry in await own(mia.headers)]
        assert actions == [
            "tenant.member.removed",
            "tenant.member.permissions_changed",
            "tenant.member.role_changed",
            "login",
        ]

    async def test_walking_by_cursor_meets_every_entry_once(self, client, account):
        root, ani = await account("root", superuser=True), await account("ani")
        for number in range(7):
            await client.patch(f"{API}/users/ani", json={"name": f"Ani {number}"}, headers=root)
            await client.patch(f"{API}/users/ani", json={"name": f"A. {number}"}, headers=ani)
        seen, cursor = [], {}
        while True:
            page = (await client.get(f"{API}/activity/me", params={"limit": 4, **cursor}, headers=ani)).json()
            seen += [item["id"] for item in page["data"]]
            if not page["has_more"]:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert len(seen) == len(set(seen)) == 15
