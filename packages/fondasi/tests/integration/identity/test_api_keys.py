"""API keys: made, used within their scope, edited, revoked, expired; and which routes take them."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from fastapi.routing import APIWebSocketRoute
from sqlalchemy import select, update

from fondasi.access import guards_of, key_scope_of
from fondasi.app import routes_of
from fondasi.identity.api_keys import LastKeyUse, purge
from fondasi.identity.api_keys.keys import PATTERN, key_text, new_secret, read_key
from fondasi.identity.api_keys.models import ApiKey
from fondasi.identity.models import User
from fondasi.kit.audit import ActivityRecord
from fondasi.kit.http import Route
from fondasi.kit.jobs import JobContext
from fondasi.runtime import platform_modules

API = "/api/v1"
KEYS, ME, TASKS = f"{API}/api-keys", f"{API}/users/me", f"{API}/tasks"
# What guards an account. A route that is added here or below these paths takes no keys.
SECURITY = re.compile(
    r"/auth/|/sessions|/api-keys|/settings/(change-|deactivate|delete|export)|/activity/me|/api/v1/refresh"
)


@pytest.fixture
async def ani(account):
    return await account("ani", email="ani@example.com")


@pytest.fixture
def make(client):
    """The answer to the making of a key: `await make(headers, "tasks.create")`."""

    async def post(headers, *codes, **fields) -> dict:
        body = {"name": "CI", "permissions": list(codes), **fields}
        answer = await client.post(KEYS, json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return post


def bearer(made: dict) -> dict[str, str]:
    return {"Authorization": f"Bearer {made['key']}"}


class TestMaking:
    async def test_key_is_shown_once_and_works_in_either_header(self, client, ani, make, clean_database):
        made = await make(ani, "tasks.create", "profile.view")
        assert PATTERN.fullmatch(made["key"])
        assert made["key"].startswith(made["prefix"])
        assert made["effective"] == made["permissions"] == ["profile.view", "tasks.create"]
        for headers in (bearer(made), {"X-API-Key": made["key"]}):
            assert (await client.get(ME, headers=headers)).json()["username"] == "ani"
            assert (await client.post(TASKS, json={}, headers=headers)).status_code == 202
        assert (await client.get(f"{ME}/permissions", headers=bearer(made))).json()["effective"] == [
            "profile.view",
            "tasks.create",
        ]
        listed = (await client.get(KEYS, headers=ani)).json()
        assert listed["total_count"] == 1
        assert made["key"] not in str(listed)
        async with clean_database.read_session() as session:
            row = (await session.scalars(select(ApiKey))).one()
        assert made["key"][-49:-6].encode() not in row.secret_hash

    async def test_scope_is_a_part_of_what_the_owner_holds(self, client, ani):
        for codes, status, code in (
            (["users.view"], 403, "LACKS_PERMISSION"),
            (["tasks.create", "tasks.cancel"], 403, "LACKS_PERMISSION"),
            (["no.such"], 422, "VALIDATION_ERROR"),
            ([], 422, "VALIDATION_ERROR"),
        ):
            answer = await client.post(KEYS, json={"name": "x", "permissions": codes}, headers=ani)
            assert (answer.status_code, answer.json()["error_code"]) == (status, code), codes

    async def test_every_key_ends(self, client, ani, make):
        now = datetime.now(UTC)
        ends = {
            90: {},
            7: {"expires_in_days": 7},
            3: {"expires_at": (now + timedelta(days=3)).isoformat()},
        }
        for days, fields in ends.items():
            end = datetime.fromisoformat((await make(ani, "tasks.create", **fields))["expires_at"])
            assert abs(end - now - timedelta(days=days)) < timedelta(minutes=1)
        for wrong in (
            {"expires_in_days": 366},
            {"expires_in_days": 0},
            {"expires_at": "2020-01-01T00:00:00Z"},
            {"expires_at": (now + timedelta(days=366)).isoformat()},
            {"expires_in_days": 1, "expires_at": (now + timedelta(days=1)).isoformat()},
            {"secret_hash": "x"},
        ):
            body = {"name": "x", "permissions": ["tasks.create"], **wrong}
            assert (await client.post(KEYS, json=body, headers=ani)).status_code == 422, wrong

    async def test_owner_is_told_and_the_trail_knows(self, client, ani, make, letters, clean_database):
        made = await make(ani, "tasks.create")
        (letter,) = await letters("ani@example.com")
        assert made["prefix"] in letter.text
        assert made["key"] not in letter.text
        await client.post(TASKS, json={}, headers=bearer(made))
        async with clean_database.read_session() as session:
            rows = {row.action: row for row in await session.scalars(select(ActivityRecord))}
        assert rows["api_keys.create"].details["permissions"] == ["tasks.create"]
        used = rows["create_task"]
        assert (used.session_id, used.details["by_key"]) == (None, made["id"])
        assert made["key"] not in str([row.details for row in rows.values()])

    async def test_no_more_than_the_limit(self, client, app, ani, make, monkeypatch):
        monkeypatch.setattr(app.state.platform.settings.api, "key_limit", 1)
        made = await make(ani, "tasks.create")
        body = {"name": "x", "permissions": ["tasks.create"]}
        answer = await client.post(KEYS, json=body, headers=ani)
        assert (answer.status_code, answer.json()["error_code"]) == (409, "TOO_MANY_API_KEYS")
        await client.delete(f"{KEYS}/{made['id']}", headers=ani)
        assert (await client.post(KEYS, json=body, headers=ani)).status_code == 201

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda key: key[:-1] + ("0" if key[-1] != "0" else "1"),
            lambda key: key.replace("fnd_", "fnd-"),
            lambda key: key[:-6],
            lambda key: key + "0",
            lambda key: "fnd_" + "z" * 22 + key[26:],
        ],
    )
    def test_checksum_tells_a_wrong_key(self, spoil):
        key_id, secret = uuid4(), new_secret()
        assert read_key(key_text(key_id, secret)) == (key_id, secret)
        assert read_key(spoil(key_text(key_id, secret))) is None


class TestUsing:
    async def test_one_statement_for_each_request(self, client, ani, make, statements):
        made = await make(ani, "profile.view")
        await client.get(ME, headers=bearer(made))  # rights are kept from here on
        with statements() as sent:
            assert (await client.get(ME, headers=bearer(made))).status_code == 200
        assert len(sent) == 1
        wrong = {"Authorization": "Bearer fnd_" + "0" * 22 + "_" + "0" * 49}
        with statements() as sent:
            assert (await client.get(ME, headers=wrong)).status_code == 401
        assert sent == []

    async def test_last_use_is_noted(self, client, app, ani, make):
        made = await make(ani, "profile.view")
        await client.get(ME, headers=bearer(made))
        await app.state.platform.get(LastKeyUse).write()
        read = (await client.get(f"{KEYS}/{made['id']}", headers=ani)).json()
        assert read["last_used_at"] is not None
        assert read["last_used_address"] == "127.0.0.1"

    async def test_scope_is_edited_by_its_owner(self, client, ani, make):
        made = await make(ani, "profile.view")
        path = f"{KEYS}/{made['id']}"
        answer = await client.patch(path, json={"permissions": ["tasks.create"], "name": "Mine"}, headers=ani)
        assert (answer.json()["name"], answer.json()["permissions"]) == ("Mine", ["tasks.create"])
        assert (await client.get(ME, headers=bearer(made))).status_code == 403
        assert (await client.post(TASKS, json={}, headers=bearer(made))).status_code == 202
        assert (
            await client.patch(path, json={"permissions": ["users.view"]}, headers=ani)
        ).status_code == 403

    async def test_superuser_lists_what_his_key_may_do(self, client, account, make):
        root = await account("root", superuser=True)
        made = await make(root, "groups.view")
        assert (await client.get(f"{API}/groups", headers=bearer(made))).status_code == 200
        for path in (f"{API}/users", f"{API}/permissions", "/health/system"):
            assert (await client.get(path, headers=bearer(made))).status_code == 403
        assert (await client.get(f"{ME}/permissions", headers={"X-API-Key": made["key"]})).status_code == 403
        viewer = await make(root, "profile.view")
        rights = (await client.get(f"{ME}/permissions", headers=bearer(viewer))).json()
        assert (rights["is_superuser"], rights["effective"]) == (False, ["profile.view"])

    async def test_signing_out_with_a_key_ends_nothing(self, client, ani, make):
        made = await make(ani, "profile.view")
        assert (await client.post(f"{API}/logout", headers=bearer(made))).status_code == 204
        assert (await client.get(ME, headers=bearer(made))).status_code == 200

    async def test_key_shares_the_limits_of_its_owner(self, client, app, ani, make):
        made = await make(ani, "profile.view")
        left = [
            int(re.search(r"r=(\d+)", (await client.get(ME, headers=headers)).headers["ratelimit"])[1])
            for headers in (ani, bearer(made), ani)
        ]
        assert left[0] - left[2] == 2


async def test_ended_keys_are_removed_after_a_while(client, app, ani, make, clean_database):
    kept, gone, revoked = [UUID((await make(ani, "tasks.create"))["id"]) for _ in range(3)]
    now = datetime.now(UTC)
    async with clean_database.unit_of_work() as session:
        for key_id, values in (
            (kept, {"expires_at": now - timedelta(days=29)}),
            (gone, {"expires_at": now - timedelta(days=31)}),
            (revoked, {"revoked_at": now - timedelta(days=31)}),
        ):
            await session.execute(update(ApiKey).where(ApiKey.id == key_id).values(**values))
    assert [item["id"] for item in (await client.get(KEYS, headers=ani)).json()["data"]] == [
        str(gone),
        str(kept),
    ]
    async with clean_database.unit_of_work() as session:
        context = JobContext(
            lambda: session, app.state.platform, uuid4(), 1, report=_ignore, is_cancelled=lambda: False
        )
        assert await purge(context) == {"deleted": 2}
    async with clean_database.read_session() as session:
        assert (await session.scalars(select(ApiKey.id))).all() == [kept]


async def test_recovered_account_has_no_keys(client, ask, make, ani):
    made = await make(ani, "profile.view")
    proof = await ask("ani@example.com", "reset_password")
    answer = await client.post(
        f"{API}/auth/password/reset", json={**proof, "new_password": "another long passphrase"}
    )
    assert answer.status_code == 204, answer.text
    assert (await client.get(ME, headers=bearer(made))).status_code == 401


class TestWhichRoutes:
    def test_what_guards_an_account_takes_no_keys(self):
        seen = set()
        for route in routes_of(platform_modules(), API):
            if not isinstance(route, Route | APIWebSocketRoute) or not SECURITY.search(route.path):
                continue
            if {guard.rule for guard in guards_of(route)} != {"public"}:
                assert key_scope_of(route) == [], route.path
                seen.add(route.path)
        assert {f"{API}/auth/password/change", f"{API}/sessions", KEYS, f"{API}/settings/export"} <= seen

    async def test_every_route_of_the_platform_keeps_the_rule(self, client, account, make, clean_database):
        """With a key for `tasks.create` alone: open where it is asked for or nothing is, closed everywhere else."""
        root = await account("root", superuser=True)
        made = await make(root, "tasks.create")
        tried = 0
        for route in routes_of(platform_modules(), API):
            if {guard.rule for guard in guards_of(route)} == {"public"}:
                continue
            path = re.sub(r"\{\w+\}", str(uuid4()), route.path)
            for method in route.methods:
                answer = await client.request(method, path, headers=bearer(made))
                scope = key_scope_of(route)
                name = f"{method} {route.path}"
                if route.path.startswith("/admin"):  # asks for a cookie of its own
                    assert answer.status_code in {303, 401, 403}, name
                elif scope == ["tasks.create"]:
                    assert answer.status_code not in {401, 403}, name
                else:
                    expected = {"FORBIDDEN"} if scope else {"SESSION_REQUIRED", "FORBIDDEN"}
                    assert answer.status_code == 403, name
                    assert answer.json()["error_code"] in expected, name
                tried += 1
        assert tried > 50
        async with clean_database.read_session() as session:
            assert (await session.scalars(select(User.status))).all() == ["active"]


async def _ignore(*_) -> None:
    """Progress goes nowhere."""
