"""Passkeys: adding and removing them, signing in, the second factor and step-up by them."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from fixtures.authenticator import Authenticator, encoded
from sqlalchemy import func, select, update

from fondasi.identity.accounts import anonymise
from fondasi.identity.models import Passkey, User, UserStatus
from fondasi.identity.passkeys import PERSONAL_DATA
from fondasi.identity.passkeys.jobs import purge
from fondasi.identity.passkeys.models import PasskeyChallenge
from fondasi.kit import clock

API = "/api/v1"
KEYS = f"{API}/settings/passkeys"
LOGIN = {"username": "ani", "password": "correct horse battery staple"}


def told(answer) -> tuple[int, str]:
    return answer.status_code, answer.json().get("error_code")


def bearer(answer) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.fixture
async def ani(account):
    return await account("ani", email="ani@example.com")


@pytest.fixture
async def key(passkeys, ani):
    """A passkey of Ani's."""
    made = Authenticator()
    answer = await passkeys.add(ani, made, "Phone")
    assert answer.status_code == 201, answer.text
    return made


async def listed(client, headers) -> list[dict]:
    return (await client.get(KEYS, headers=headers)).json()["data"]


class TestAdding:
    async def test_is_listed_audited_and_told(self, client, passkeys, ani, letters, trail):
        answer = await passkeys.add(ani, Authenticator(), "Phone")
        assert answer.status_code == 201, answer.text
        (found,) = await listed(client, ani)
        assert found == answer.json()
        assert (found["name"], found["vault"], found["synced"]) == ("Phone", "Bitwarden", False)
        assert (found["usable"], found["last_used_at"]) == (True, None)
        assert [letter.template for letter in await letters("ani@example.com")] == ["passkey-added"]
        (entry,) = await trail("passkey.add")
        assert entry.details["passkey_id"] == found["id"]

    async def test_options_name_the_service_and_ask_for_what_signs_in_alone(self, client, passkeys, ani, key):
        options = await passkeys.start("/settings/passkeys/start", headers=ani)
        me = (await client.get(f"{API}/users/me", headers=ani)).json()
        assert options["rp"]["id"] == "localhost"
        assert (options["user"]["name"], options["user"]["displayName"]) == ("ani", "ani")
        assert me["id"] not in str(options)
        assert options["authenticatorSelection"] == {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        }
        assert [item["id"] for item in options["excludeCredentials"]] == [encoded(key.credential_id)]

    @pytest.mark.parametrize("algorithm", [-7, -8, -257])
    async def test_every_kind_of_key_signs_in(self, passkeys, ani, algorithm):
        made = Authenticator(algorithm)
        assert (await passkeys.add(ani, made)).status_code == 201
        bearer(await passkeys.sign_in(made))

    async def test_without_a_name_it_is_called_as_what_keeps_it(self, passkeys, ani):
        assert (await passkeys.add(ani, Authenticator())).json()["name"] == "Bitwarden"

    async def test_same_one_twice_is_refused_whosever_it_is(self, passkeys, account, ani, key):
        assert told(await passkeys.add(ani, key)) == (409, "PASSKEY_EXISTS")
        assert told(await passkeys.add(await account("budi"), key)) == (409, "PASSKEY_EXISTS")

    async def test_there_are_no_more_than_may_be(self, passkeys, ani, settings, monkeypatch):
        monkeypatch.setattr(settings.passkey, "limit", 1)
        assert (await passkeys.add(ani, Authenticator())).status_code == 201
        answer = await passkeys.post("/settings/passkeys/start", headers=ani)
        assert told(answer) == (409, "TOO_MANY_PASSKEYS")

    async def test_ceremonies_begun_together_do_not_add_more(self, passkeys, ani, settings, monkeypatch):
        monkeypatch.setattr(settings.passkey, "limit", 1)
        made = [Authenticator(), Authenticator()]
        asked = [(await passkeys.post("/settings/passkeys/start", headers=ani)).json() for _ in made]
        answers = await asyncio.gather(
            *(
                passkeys.post(
                    "/settings/passkeys", {"passkey": key.create(options), "name": "Key"}, headers=ani
                )
                for key, options in zip(made, asked, strict=True)
            )
        )
        assert sorted(told(answer) for answer in answers) == [(201, None), (409, "TOO_MANY_PASSKEYS")]

    async def test_at_an_address_without_them_there_are_none(self, client, ani):
        for path in ("/login/passkey/start", "/settings/passkeys/start", "/auth/step-up/passkey/start"):
            answer = await client.post(API + path, headers=ani)  # http://test
            assert told(answer) == (404, "PASSKEYS_OFF"), path
        assert (await client.get(f"{API}/auth/providers")).json()["passkeys"] is False
        here = await client.get(f"{API}/auth/providers", headers={"host": "localhost:8000"})
        assert here.json()["passkeys"] is True


class TestSigningIn:
    async def test_opens_a_session_without_name_and_password(self, client, passkeys, key):
        answer = await passkeys.sign_in(key)
        headers = bearer(answer)
        assert key.allowed == []
        assert (await client.get(f"{API}/users/me", headers=headers)).json()["username"] == "ani"
        sessions = (await client.get(f"{API}/sessions", headers=headers)).json()["data"]
        assert next(item for item in sessions if item["current"])["methods"] == ["passkey"]
        assert "refresh" in client.cookies
        (found,) = await listed(client, headers)
        assert found["last_used_at"] is not None

    async def test_synced_one_counts_nothing_and_serves_again(self, client, passkeys, ani):
        made = Authenticator(step=0)
        await passkeys.add(ani, made)
        bearer(await passkeys.sign_in(made))
        bearer(await passkeys.sign_in(made))
        assert [item["synced"] for item in await listed(client, ani)] == [True]

    async def test_is_both_factors_so_no_code_is_asked_for(self, passkeys, protected):
        ani = await protected("ani")
        made = Authenticator()
        await passkeys.add(ani.headers, made)
        bearer(await passkeys.sign_in(made))

    async def test_suspended_account_gets_in_no_more(self, client, passkeys, key, clean_database, trail):
        async with clean_database.unit_of_work() as session:
            await session.execute(update(User).values(status="suspended"))
        assert told(await passkeys.sign_in(key)) == (403, "PASSKEY_REFUSED")
        assert len(await trail("login.failed")) == 1

    async def test_proof_is_fresh_afterwards(self, client, passkeys, key, proofs_age):
        await proofs_age(minutes=11)
        headers = bearer(await passkeys.sign_in(key))
        assert (await passkeys.post("/settings/passkeys/start", headers=headers)).status_code == 200


class TestSecondFactor:
    async def test_passkey_stands_in_for_the_code(self, client, passkeys, protected):
        ani = await protected("ani")
        made = Authenticator()
        await passkeys.add(ani.headers, made)
        asked = await client.post(f"{API}/login", json=LOGIN)
        assert asked.json()["methods"] == ["totp", "recovery_code", "passkey"]
        challenge = {"challenge": asked.json()["challenge"]}
        options = await passkeys.start("/login/second-factor/passkey/start", challenge)
        assert [item["id"] for item in options["allowCredentials"]] == [encoded(made.credential_id)]
        answer = await passkeys.post("/login/second-factor", {**challenge, "passkey": made.get(options)})
        sessions = (await client.get(f"{API}/sessions", headers=bearer(answer))).json()["data"]
        assert next(item for item in sessions if item["current"])["methods"] == ["password", "passkey"]
        again = await passkeys.post("/login/second-factor/passkey/start", challenge)
        assert told(again) == (401, "CHALLENGE_EXPIRED")

    async def test_is_not_offered_without_one(self, client, passkeys, protected):
        await protected("ani")
        asked = await client.post(f"{API}/login", json=LOGIN)
        assert asked.json()["methods"] == ["totp", "recovery_code"]
        challenge = {"challenge": asked.json()["challenge"]}
        answer = await passkeys.post("/login/second-factor/passkey/start", challenge)
        assert told(answer) == (409, "NO_PASSKEY")
        assert (await passkeys.post("/login/second-factor", challenge)).status_code == 422


class TestStepUp:
    @pytest.mark.parametrize("how", ["password", "factor", "neither"])
    async def test_every_account_proves_itself_by_it(
        self, passkeys, account, *, protected, proofs_age, clean_database, how
    ):
        headers = (await protected("ani")).headers if how == "factor" else await account("ani")
        made = Authenticator()
        await passkeys.add(headers, made)
        if how == "neither":
            async with clean_database.unit_of_work() as session:
                await session.execute(update(User).values(password_hash=None))
        await proofs_age(minutes=11)
        assert told(await passkeys.post("/settings/passkeys/start", headers=headers)) == (
            403,
            "STEP_UP_REQUIRED",
        )
        options = await passkeys.start("/auth/step-up/passkey/start", headers=headers)
        answer = await passkeys.post("/auth/step-up", {"passkey": made.get(options)}, headers)
        assert (answer.status_code, answer.json()["expires_in"]) == (200, 600)
        assert (await passkeys.post("/settings/passkeys/start", headers=headers)).status_code == 200

    async def test_without_one_there_is_nothing_to_ask_for(self, passkeys, ani):
        answer = await passkeys.post("/auth/step-up/passkey/start", headers=ani)
        assert told(answer) == (409, "NO_PASSKEY")


class TestLookingAfterThem:
    async def test_another_name(self, client, ani, key, trail):
        (found,) = await listed(client, ani)
        answer = await client.patch(f"{KEYS}/{found['id']}", json={"name": "José's 電話"}, headers=ani)
        assert (answer.status_code, answer.json()["name"]) == (200, "José's 電話")
        assert len(await trail("passkey.rename")) == 1
        for body in ({"name": ""}, {"name": "x" * 101}, {}, {"name": "a", "sign_count": 0}):
            answer = await client.patch(f"{KEYS}/{found['id']}", json=body, headers=ani)
            assert answer.status_code == 422, body

    async def test_removed_one_signs_in_no_more_and_the_owner_is_told(
        self, client, passkeys, ani, key, *, letters, trail, proofs_age
    ):
        (found,) = await listed(client, ani)
        await proofs_age(minutes=11)
        refused = await client.delete(f"{KEYS}/{found['id']}", headers=ani)
        assert told(refused) == (403, "STEP_UP_REQUIRED")
        await client.post(f"{API}/auth/step-up", json={"password": LOGIN["password"]}, headers=ani)
        assert (await client.delete(f"{KEYS}/{found['id']}", headers=ani)).status_code == 204
        assert (await client.delete(f"{KEYS}/{found['id']}", headers=ani)).status_code == 404
        assert told(await passkeys.sign_in(key)) == (403, "PASSKEY_REFUSED")
        sent = [letter.template for letter in await letters("ani@example.com")]
        assert sent == ["passkey-added", "passkey-removed"]
        assert len(await trail("passkey.remove")) == 1

    async def test_those_of_a_domain_that_was_left_are_marked(self, client, ani, key, clean_database):
        async with clean_database.unit_of_work() as session:
            await session.execute(update(Passkey).values(rp_id="old.example.com"))
        assert [item["usable"] for item in await listed(client, ani)] == [False]

    async def test_reset_of_the_password_takes_them_all(self, client, passkeys, key, ask, letters):
        proof = await ask("ani@example.com", "reset_password")
        answer = await client.post(
            f"{API}/auth/password/reset", json={**proof, "new_password": "kuda biru di lautan"}
        )
        assert answer.status_code == 204, answer.text
        assert told(await passkeys.sign_in(key)) == (403, "PASSKEY_REFUSED")
        assert "passkey-removed" in [letter.template for letter in await letters("ani@example.com")]


class TestCommand:
    async def test_takes_them_all_ends_the_sessions_and_tells_the_owner(
        self, client, passkeys, ani, key, *, letters, trail, command
    ):
        status, said = await command("fondasi.identity.accounts.commands", "remove-passkeys", "ani")
        assert (status, said.strip()) == (0, "Passkeys removed from the account ani: 1.")
        assert told(await passkeys.sign_in(key)) == (403, "PASSKEY_REFUSED")
        assert (await client.get(KEYS, headers=ani)).status_code == 401
        assert [letter.template for letter in await letters("ani@example.com")][-1] == "passkey-removed"
        assert len(await trail("remove_passkeys")) == 1

    async def test_says_when_there_is_no_such_account(self, client, command):
        status, said = await command("fondasi.identity.accounts.commands", "remove-passkeys", "nobody")
        assert (status, "There is no account named nobody." in said) == (1, True)


class TestWhatIsKept:
    async def test_owner_gets_what_is_kept_of_them_but_the_key(self, key, clean_database):
        async with clean_database.read_session() as session:
            user_id = await session.scalar(select(User.id))
            told = next(item for item in PERSONAL_DATA if item.table == "passkey").export(user_id)
            (row,) = (await session.execute(told)).mappings().all()
        assert (row["name"], row["rp_id"], row["sign_count"]) == ("Phone", "localhost", 0)
        assert not {"public_key", "credential_id"} & set(row)

    async def test_anonymised_account_leaves_none(self, passkeys, key, app, clean_database):
        await passkeys.start()
        old = {"status": UserStatus.DELETED, "deleted_at": clock.now() - timedelta(days=31)}
        async with clean_database.unit_of_work() as session:
            await session.execute(update(User).values(**old))
        async with clean_database.unit_of_work() as session:
            await anonymise.function(
                SimpleNamespace(platform=app.state.platform, session=session, progress=_nothing)
            )
        assert await count(clean_database, Passkey) == 0
        assert told(await passkeys.sign_in(key)) == (403, "PASSKEY_REFUSED")

    async def test_challenges_that_nobody_answered_go_with_the_next_and_at_night(
        self, passkeys, clean_database
    ):
        for _ in range(2):
            await passkeys.start()
            assert await count(clean_database, PasskeyChallenge) == 1
            async with clean_database.unit_of_work() as session:
                await session.execute(update(PasskeyChallenge).values(expires_at=clock.now()))
        async with clean_database.unit_of_work() as session:
            assert await purge.function(SimpleNamespace(session=session, progress=_nothing)) == {"deleted": 1}


async def count(database, table) -> int:
    async with database.read_session() as session:
        return await session.scalar(select(func.count()).select_from(table))


async def _nothing(_: int) -> None:
    """Progress that nobody follows."""
