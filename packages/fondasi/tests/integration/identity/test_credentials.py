"""Credentials: contacts and their proof, signing in by code, passwords and how they are lost and kept."""

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select, update

from fondasi.identity.models import User

API = "/api/v1"
USERS, ME, LOGIN = f"{API}/users", f"{API}/users/me", f"{API}/login"
PASSWORD = "correct horse battery staple"
NEW = {"username": "Ani.S", "password": "a long passphrase", "name": "Ani Setiawan"}


class TestContacts:
    async def test_new_address_counts_once_proven_and_the_old_one_is_told(self, client, account, letters):
        headers = await account("ani", email="old@example.com")
        body = {"email": "new@example.com", "password": PASSWORD}
        asked = await client.post(f"{API}/settings/change-email", json=body, headers=headers)
        assert asked.status_code == 202
        assert (await client.get(ME, headers=headers)).json()["email"] == "old@example.com"
        (letter,) = await letters("new@example.com")
        proof = {
            "identifier": "new@example.com",
            "request_id": asked.json()["request_id"],
            "code": letter.text.split()[0],
        }
        assert (await client.post(f"{API}/auth/contacts/verify", json=proof)).status_code == 200
        assert (await client.get(ME, headers=headers)).json()["email"] == "new@example.com"
        (notice,) = await letters("old@example.com")
        assert notice.template == "contact-changed"
        assert "new@example.com" not in notice.text

    async def test_new_number_counts_once_proven(self, client, account, letters):
        headers = await account("ani")
        body = {"phone": "+62 812 3456 7890", "password": PASSWORD, "channel": "whatsapp"}
        asked = await client.post(f"{API}/settings/change-phone", json=body, headers=headers)
        (letter,) = await letters("+6281234567890")
        assert letter.channel == "whatsapp"
        proof = {
            "identifier": "+6281234567890",
            "request_id": asked.json()["request_id"],
            "code": letter.text.split()[0],
        }
        assert (await client.post(f"{API}/auth/contacts/verify", json=proof)).json()["kind"] == "phone"
        assert (await client.get(ME, headers=headers)).json()["phone"] == "+6281234567890"

    @pytest.mark.parametrize("password", [None, "wrong"])
    async def test_change_needs_the_password(self, client, account, letters, password):
        headers = await account("ani", email="old@example.com")
        body = {"email": "new@example.com", "password": password}
        answer = await client.post(f"{API}/settings/change-email", json=body, headers=headers)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "WRONG_PASSWORD")
        assert await letters() == []

    async def test_address_is_verified_by_a_code(self, client, account, ask):
        headers = await account("ani", email="ani@example.com")
        assert (await client.get(ME, headers=headers)).json()["is_email_verified"] is False
        proof = await ask("ani@example.com", "verify_contact", recipient="ani@example.com")
        assert (await client.post(f"{API}/auth/contacts/verify", json=proof)).status_code == 200
        assert (await client.get(ME, headers=headers)).json()["is_email_verified"] is True

    async def test_suspended_account_proves_nothing(self, client, account, ask, root):
        await account("ani", email="ani@example.com")
        proof = await ask("ani@example.com", "reset_password")
        await client.patch(f"{USERS}/ani", json={"status": "suspended"}, headers=root)
        body = {**proof, "new_password": "a new passphrase"}
        assert (await client.post(f"{API}/auth/password/reset", json=body)).status_code == 403


class TestLogin:
    async def test_by_code_opens_a_session_and_proves_the_contact(self, client, account, ask):
        await account("ani", email="ani@example.com")
        proof = await ask("ani", "login", recipient="ani@example.com")
        answer = await client.post(f"{API}/auth/otp/login", json=proof)
        assert answer.status_code == 200, answer.text
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert (await client.get(ME, headers=headers)).json()["is_email_verified"] is True
        assert (await client.post(f"{API}/auth/otp/login", json=proof)).status_code == 403

    async def test_by_code_is_refused_to_a_suspended_account(self, client, account, ask, root):
        await account("ani", email="ani@example.com")
        proof = await ask("ani", "login")
        await client.patch(f"{USERS}/ani", json={"status": "suspended"}, headers=root)
        assert (await client.post(f"{API}/auth/otp/login", json=proof)).status_code == 403

    async def test_hashes_an_old_hash_anew(self, client, account, clean_database):
        await account("ani")
        old = PasswordHash((Argon2Hasher(memory_cost=8 * 1024, time_cost=1, parallelism=1),)).hash(PASSWORD)
        async with clean_database.unit_of_work() as session:
            await session.execute(update(User).values(password_hash=old))
        for _ in range(2):
            login = {"username": "ani", "password": PASSWORD}
            assert (await client.post(LOGIN, json=login)).status_code == 200
        async with clean_database.read_session() as session:
            new = await session.scalar(select(User.password_hash))
        assert "m=19456,t=2,p=1" in new

    async def test_same_characters_from_another_keyboard_are_the_same_password(self, client):
        composed, decomposed = "caf\u00e9 caf\u00e9", "cafe\u0301 cafe\u0301"
        await client.post(USERS, json={**NEW, "password": composed})
        login = {"username": "ani.s", "password": decomposed}
        assert (await client.post(LOGIN, json=login)).status_code == 200


class TestReset:
    async def test_ends_all_sessions_and_tells_the_owner(self, client, account, ask, letters):
        headers = await account("ani", email="ani@example.com")
        proof = await ask("ani", "reset_password", recipient="ani@example.com")
        body = {**proof, "new_password": "a new passphrase"}
        assert (await client.post(f"{API}/auth/password/reset", json=body)).status_code == 204
        assert (await client.get(ME, headers=headers)).status_code == 401
        login = {"username": "ani", "password": "a new passphrase"}
        assert (await client.post(LOGIN, json=login)).status_code == 200
        assert [item.template for item in await letters()] == ["one-time-password", "password-changed"]

    async def test_first_password_of_an_account_made_by_code(self, client, clean_database, account):
        headers = await account("ani")
        async with clean_database.unit_of_work() as session:
            await session.execute(update(User).values(password_hash=None))
        body = {"new_password": "a first passphrase"}
        assert (await client.post(f"{API}/auth/password/set", json=body, headers=headers)).status_code == 204
        login = {"username": "ani", "password": "a first passphrase"}
        assert (await client.post(LOGIN, json=login)).status_code == 200
