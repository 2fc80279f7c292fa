"""Accounts: signing up, editing, deleting; what administrators may, and what stays."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import select, update

from fondasi.identity.accounts import anonymise
from fondasi.identity.models import User
from fondasi.identity.sessions.models import UserSession
from fondasi.kit.db.migrations import PLATFORM_MIGRATIONS, downgrade, migrate
from fondasi.kit.jobs import JobContext
from fondasi.runtime import migration_packages

API = "/api/v1"
USERS, ME, LOGIN = f"{API}/users", f"{API}/users/me", f"{API}/login"
PASSWORD = "correct horse battery staple"
NEW = {"username": "Ani.S", "password": "a long passphrase", "name": "Ani Setiawan"}


async def code_in(letters, recipient: str) -> str:
    (letter,) = await letters(recipient)
    return letter.text.split()[0]


class TestSignUp:
    async def test_account_works_at_once_and_its_address_once_it_is_proven(self, client, letters):
        created = await client.post(USERS, json={**NEW, "email": "Ani@Example.com"})
        assert created.status_code == 201, created.text
        body = created.json()
        assert (body["username"], body["email"], body["user_type"]) == ("ani.s", None, "customer")
        assert (body["is_superuser"], body["status"]) == (False, "active")
        assert "password" not in created.text
        proof = {
            "identifier": "ani@example.com",
            "request_id": body["verification"]["request_id"],
            "code": await code_in(letters, "ani@example.com"),
        }
        by_mail = {"username": "ani@example.com", "password": NEW["password"]}
        assert (await client.post(LOGIN, json=by_mail)).status_code == 401
        verified = await client.post(f"{API}/auth/contacts/verify", json=proof)
        assert verified.json() == {"kind": "email", "verified": True}
        token = (await client.post(LOGIN, json=by_mail)).json()["access_token"]
        me = (await client.get(ME, headers={"Authorization": f"Bearer {token}"})).json()
        assert (me["email"], me["is_email_verified"]) == ("ani@example.com", True)

    async def test_taken_user_name_is_a_conflict(self, client):
        await client.post(USERS, json=NEW)
        answer = await client.post(USERS, json={**NEW, "username": "ANI.s"})
        assert (answer.status_code, answer.json()["error_code"]) == (409, "USERNAME_TAKEN")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"username": "me"},
            {"username": "a"},
            {"username": "-ani"},
            {"username": "a b"},
            {"username": "deleted-0"},
            {"email": ".ani@example.com"},
            {"email": "a..i@example.com"},
            {"username": "01234567-89ab-cdef-0123-456789abcdef"},
            {"email": "ani"},
            {"email": "ani@localhost\r\nBcc: x@y.zz"},
            {"phone": "0812345"},
            {"phone": "+1"},
            {"language": "xx"},
            {"email": "a@example.com", "phone": "+6281234567890"},
        ],
        ids=str,
    )
    async def test_unacceptable_field_is_refused(self, client, wrong):
        assert (await client.post(USERS, json={**NEW, **wrong})).status_code == 422

    @pytest.mark.parametrize("mode", ["closed", "invite"])
    async def test_closed_to_those_without_the_permission(  # noqa: PLR0917 - fixtures
        self, client, app, root, account, monkeypatch, mode
    ):
        ani = await account("ani")
        monkeypatch.setattr(app.state.platform.settings, "signup", mode)
        for headers in ({}, ani):
            answer = await client.post(USERS, json={**NEW, "email": "a@example.com"}, headers=headers)
            assert (answer.status_code, answer.json()["error_code"]) == (403, "SIGN_UP_CLOSED")
        asked = await client.post(
            f"{API}/auth/otp", json={"identifier": "a@example.com", "purpose": "signup"}
        )
        assert asked.status_code == 403
        created = await client.post(
            USERS, json={**NEW, "email": "a@example.com", "phone": "+6281234567890"}, headers=root
        )
        assert (created.status_code, created.json()["email"]) == (201, "a@example.com")
        assert created.json()["verification"] is None

    @pytest.mark.parametrize(
        ("contact", "auth_type"),
        [({}, "username"), ({"email": "a@example.com"}, "email"), ({"phone": "+6281234567890"}, "phone")],
    )
    async def test_account_says_how_it_was_made(self, client, contact, auth_type):
        body = {"username": "budi", "password": PASSWORD, **contact}
        created = await client.post(f"{API}/users", json=body)
        assert (created.status_code, created.json()["auth_type"]) == (201, auth_type)

    async def test_by_code_proves_the_contact(self, client, ask):
        proof = await ask("+62 812-3456-7890", "signup", recipient="+6281234567890")
        created = await client.post(f"{API}/auth/otp/signup", json={**proof, "username": "budi"})
        assert created.status_code == 201, created.text
        body = created.json()
        assert (body["phone"], body["is_phone_verified"], body["auth_type"]) == (
            "+6281234567890",
            True,
            "phone",
        )
        assert (await client.post(f"{API}/auth/otp/signup", json=proof)).status_code == 403

    async def test_by_invitation_where_it_is_closed(self, client, app, root, letters, monkeypatch):
        monkeypatch.setattr(app.state.platform.settings, "signup", "closed")
        invitation = {"email": "Budi@example.com", "language": "id"}
        assert (await client.post(f"{USERS}/invitations", json=invitation)).status_code == 401
        invited = await client.post(f"{USERS}/invitations", json=invitation, headers=root)
        assert invited.status_code == 202
        (letter,) = await letters("budi@example.com")
        lines = dict(line.split(": ") for line in letter.text.splitlines() if line.count(": ") == 1)
        proof = {
            "identifier": "budi@example.com",
            "request_id": lines["Permintaan"],
            "code": lines["Kode"],
            "username": "budi",
            "password": "a long passphrase",
        }
        assert (await client.post(f"{API}/auth/otp/signup", json=proof)).json()["email"] == "budi@example.com"
        assert (await client.post(f"{API}/auth/otp/signup", json=proof)).status_code == 403


class TestList:
    async def test_is_paged_sorted_and_filtered(self, client, root, account):
        for name in ("ani", "budi", "citra"):
            await account(name, email=f"{name}@example.com", country="ID" if name == "ani" else None)
        body = (
            await client.get(f"{USERS}?items_per_page=2&sort=username&is_superuser=false", headers=root)
        ).json()
        assert [item["username"] for item in body["data"]] == ["ani", "budi"]
        assert (body["total_count"], body["has_more"]) == (3, True)
        for query, expected in [
            ("search=CIT", ["citra"]),
            ("search=budi@example.com", ["budi"]),
            ("search=%25", []),
            ("country=ID", ["ani"]),
            ("status=deleted", []),
        ]:
            found = (await client.get(f"{USERS}?{query}", headers=root)).json()["data"]
            assert [item["username"] for item in found] == expected, query

    @pytest.mark.parametrize("query", ["colour=red", "sort=password_hash", "status=lost", "country=id"])
    async def test_wrong_query_is_refused(self, client, root, query):
        assert (await client.get(f"{USERS}?{query}", headers=root)).status_code == 422


class TestEdit:
    async def test_own_fields_are_written_and_the_rest_stays(self, client, account):
        headers = await account("ani", email="ani@example.com")
        changes = {
            "name": "Ani",
            "bio": "José O'Brien <b>",
            "country": "ID",
            "gender": "female",
            "date_of_birth": "1990-02-28",
            "timezone": "Asia/Jakarta",
            "theme": "dark",
            "language": "id",
            "username": "ani2",
        }
        answer = await client.patch(f"{USERS}/ani", json=changes, headers=headers)
        assert answer.status_code == 200, answer.text
        assert {key: answer.json()[key] for key in changes} == changes
        cleared = await client.patch(
            ME.replace("me", "ani2"), json={"country": None, "date_of_birth": None}, headers=headers
        )
        assert (cleared.json()["country"], cleared.json()["date_of_birth"]) == (None, None)
        assert cleared.json()["bio"] == changes["bio"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": None},
            {"name": ""},
            {"timezone": "Mars/Olympus"},
            {"country": "id"},
            {"date_of_birth": "2999-01-01"},
            {"theme": "pink"},
            {"profile_picture_url": "javascript:alert(1)"},
            {"username": "me"},
        ],
        ids=str,
    )
    async def test_unacceptable_value_is_refused(self, client, account, wrong):
        headers = await account("ani")
        assert (await client.patch(f"{USERS}/ani", json=wrong, headers=headers)).status_code == 422

    async def test_administrator_suspends_and_it_acts_at_once(self, client, root, account):
        ani = await account("ani")
        changed = await client.patch(f"{USERS}/ani", json={"status": "suspended"}, headers=root)
        assert changed.json()["status"] == "suspended"
        assert (await client.get(ME, headers=ani)).status_code == 401
        await client.patch(f"{USERS}/ani", json={"status": "active"}, headers=root)
        assert (await client.get(ME, headers=ani)).status_code == 401

    async def test_whole_profile_is_written_anew(self, client, account):
        headers = await account("ani", bio="old")
        answer = await client.put(f"{API}/settings/profile", json={"name": "A"}, headers=headers)
        assert (answer.json()["name"], answer.json()["bio"]) == ("A", "")

    async def test_address_of_the_picture_is_set_and_removed(self, client, account):
        headers, path = await account("ani", bio="old"), f"{API}/settings/profile-picture"
        for url in ("https://example.com/ani.png", None):
            answer = await client.post(path, json={"url": url}, headers=headers)
            assert (answer.status_code, answer.json()["profile_picture_url"]) == (200, url)
        assert answer.json()["bio"] == "old"
        for wrong in ({}, {"url": "http://example.com/ani.png"}, {"url": "javascript:alert(1)"}):
            assert (await client.post(path, json=wrong, headers=headers)).status_code == 422


class TestDelete:
    @pytest.mark.parametrize("way", ["route", "settings"])
    async def test_own_account_ends_at_once_and_keeps_its_name(self, client, account, way):
        headers = await account("ani", email="ani@example.com")
        if way == "route":
            answer = await client.delete(f"{USERS}/ani", headers=headers)
        else:
            wrong = await client.post(
                f"{API}/settings/delete-account", json={"password": "wrong"}, headers=headers
            )
            assert wrong.status_code == 403
            answer = await client.post(
                f"{API}/settings/delete-account", json={"password": PASSWORD}, headers=headers
            )
        assert answer.status_code == 204
        assert (await client.get(ME, headers=headers)).status_code == 401
        login = {"username": "ani", "password": PASSWORD}
        assert (await client.post(LOGIN, json=login)).status_code == 401
        assert (await client.post(USERS, json={**NEW, "username": "ani"})).status_code == 409

    async def test_for_good_is_for_administrators(self, client, root, account, clean_database):
        ani = await account("ani")
        assert (await client.delete(f"{USERS}/ani?permanent=true", headers=ani)).status_code == 403
        assert (await client.delete(f"{USERS}/ani", headers=root)).status_code == 204
        assert (await client.delete(f"{USERS}/ani", headers=root)).status_code == 404
        assert (await client.delete(f"{USERS}/ani?permanent=true", headers=root)).status_code == 204
        async with clean_database.read_session() as session:
            assert (await session.scalars(select(User.username))).all() == ["root"]

    @pytest.mark.parametrize("query", ["", "?permanent=true"])
    async def test_last_administrator_stays(self, client, root, account, query):
        answer = await client.delete(f"{USERS}/root{query}", headers=root)
        assert (answer.status_code, answer.json()["error_code"]) == (409, "LAST_ADMINISTRATOR")
        for way in ("deactivate-account", "delete-account"):
            answer = await client.post(f"{API}/settings/{way}", json={"password": PASSWORD}, headers=root)
            assert answer.status_code == 409
        await account("root2", superuser=True)
        assert (await client.delete(f"{USERS}/root{query}", headers=root)).status_code == 204

    async def test_deactivated_account_comes_back_through_an_administrator(self, client, root, account):
        ani = await account("ani")
        body = {"password": PASSWORD}
        assert (
            await client.post(f"{API}/settings/deactivate-account", json=body, headers=ani)
        ).status_code == 204
        login = {"username": "ani", "password": PASSWORD}
        assert (await client.post(LOGIN, json=login)).status_code == 401
        await client.patch(f"{USERS}/ani", json={"status": "active"}, headers=root)
        assert (await client.post(LOGIN, json=login)).status_code == 200

    async def test_personal_data_go_after_the_grace_period(self, client, app, root, account, clean_database):
        await account("ani", email="ani@example.com", phone="+6281234567890", bio="x")
        await account("budi", email="budi@example.com")
        for name in ("ani", "budi"):
            await client.delete(f"{USERS}/{name}", headers=root)
        async with clean_database.unit_of_work() as session:
            long_ago = datetime.now(UTC) - timedelta(days=31)
            await session.execute(update(User).where(User.username == "ani").values(deleted_at=long_ago))
        async with clean_database.unit_of_work() as session:
            context = JobContext(
                lambda: session, app.state.platform, uuid4(), 1, report=_ignore, is_cancelled=lambda: False
            )
            assert await anonymise(context) == {"anonymised": 1}
        async with clean_database.read_session() as session:
            gone = (await session.scalars(select(User).where(User.anonymised_at.is_not(None)))).one()
            sessions = (
                await session.scalars(select(UserSession).where(UserSession.user_id == gone.id))
            ).all()
        assert sessions == []
        assert not {"ani", "ani@example.com", "+6281234567890"} & {
            str(value) for value in vars(gone).values()
        }
        again = await client.post(USERS, json={**NEW, "username": "ani"})
        assert (again.status_code, again.json()["id"] != str(gone.id)) == (201, True)


async def test_migration_keeps_accounts_on_the_way_down_and_up(scratch_database, modules):
    connection = await asyncpg.connect(scratch_database.owner)
    try:
        for application in (
            "posts.migrations",
            "courtsight.migrations",
        ):  # their tables refer to the platform's
            await downgrade(scratch_database.owner, application)
        await downgrade(scratch_database.owner, PLATFORM_MIGRATIONS, "fondasi_0005")
        await connection.execute(
            'INSERT INTO "user" (id, username, name, email, status, is_superuser, language) '
            "VALUES (gen_random_uuid(), 'ani', 'Ani', 'ani@example.com', 'active', false, 'id')"
        )
        packages = migration_packages(modules)
        await migrate(scratch_database.owner, packages, app_role=scratch_database.app_role)
        row = await connection.fetchrow('SELECT * FROM "user"')
        assert (row["email"], row["theme"], row["is_email_verified"]) == ("ani@example.com", "dynamic", False)
        for application in ("posts.migrations", "courtsight.migrations"):
            await downgrade(scratch_database.owner, application)
        await downgrade(scratch_database.owner, PLATFORM_MIGRATIONS, "fondasi_0005")
        assert await connection.fetchval('SELECT username FROM "user"') == "ani"
    finally:
        await connection.close()


async def _ignore(_progress) -> None: ...
