"""Passkeys as a way in: answers that are replayed, altered, meant for elsewhere or for somebody else, and copies."""

import asyncio
import json
from datetime import timedelta

import cbor2
import httpx
import pytest
from fixtures.authenticator import Authenticator, Passkeys, decoded, encoded
from sqlalchemy import func, select, update

from fondasi.app import create_app
from fondasi.identity.api_keys.models import ApiKey
from fondasi.identity.models import LinkedIdentity, Passkey, User
from fondasi.identity.passkeys.models import PasskeyChallenge
from fondasi.identity.sessions.models import UserSession
from fondasi.kit import clock
from fondasi.runtime import platform_modules
from fondasi.settings import QuotaSettings, Settings

API = "/api/v1"
REFUSED, EXPIRED = (403, "PASSKEY_REFUSED"), (403, "PASSKEY_EXPIRED")
PASSWORD = "correct horse battery staple"


def told(answer) -> tuple[int, str]:
    return answer.status_code, answer.json().get("error_code")


@pytest.fixture
async def ani(account):
    return await account("ani", email="ani@example.com")


@pytest.fixture
async def key(passkeys, ani, client):
    made = Authenticator()
    assert (await passkeys.add(ani, made, "Phone")).status_code == 201
    client.cookies.clear()
    return made


@pytest.fixture
def nobody_got_in(client, clean_database):
    """Whatever was answered, no session was opened and no cookie given."""

    async def check(*, sessions: int = 1) -> None:
        assert "refresh" not in client.cookies
        async with clean_database.read_session() as session:
            assert await session.scalar(select(func.count()).select_from(UserSession)) == sessions

    return check


class TestAnswers:
    async def test_replayed(self, passkeys, key, client, nobody_got_in):
        body = {"passkey": key.get(await passkeys.start())}
        assert (await passkeys.post("/login/passkey", body)).status_code == 200
        client.cookies.clear()
        assert told(await passkeys.post("/login/passkey", body)) == EXPIRED
        await nobody_got_in(sessions=2)

    async def test_of_a_burst_with_one_challenge_one_gets_in(self, passkeys, key):
        body = {"passkey": key.get(await passkeys.start())}
        answers = await asyncio.gather(*(passkeys.post("/login/passkey", body) for _ in range(5)))
        assert sorted(answer.status_code for answer in answers) == [200, 403, 403, 403, 403]

    async def test_wrong_one_uses_the_challenge_up(self, passkeys, key, nobody_got_in):
        options = await passkeys.start()
        wrong = key.get(options)
        wrong["response"]["signature"] = encoded(b"0" * 70)
        assert told(await passkeys.post("/login/passkey", {"passkey": wrong})) == REFUSED
        assert told(await passkeys.post("/login/passkey", {"passkey": key.get(options)})) == EXPIRED
        await nobody_got_in()

    async def test_late(self, passkeys, key, clean_database, nobody_got_in):
        body = {"passkey": key.get(await passkeys.start())}
        async with clean_database.unit_of_work() as session:
            await session.execute(update(PasskeyChallenge).values(expires_at=clock.now()))
        assert told(await passkeys.post("/login/passkey", body)) == EXPIRED
        await nobody_got_in()

    async def test_to_a_challenge_that_nobody_asked(self, passkeys, key, nobody_got_in):
        options = await passkeys.start()
        for challenge in ("", "x" * 43, 7, None, {"a": 1}, encoded(b"\xff" * 32)):
            answer = await passkeys.post("/login/passkey", {"passkey": key.get(options, challenge=challenge)})
            assert told(answer) in (EXPIRED, REFUSED), challenge
        await nobody_got_in()

    @pytest.mark.parametrize(
        ("what", "value"),
        [
            ("origin", "https://localhost.evil.example"),
            ("origin", "http://evil.localhost"),
            ("origin", "http://localhost:9999"),
            ("origin", "null"),
            ("rp_id", "evil.example"),
            ("type", "webauthn.create"),
            ("type", "payment.get"),
            ("crossOrigin", True),
        ],
    )
    async def test_asked_for_elsewhere_or_for_something_else(self, passkeys, key, nobody_got_in, what, value):
        assert told(await passkeys.sign_in(key, **{what: value})) == REFUSED
        await nobody_got_in()

    async def test_not_unlocked_by_its_owner(self, passkeys, key, nobody_got_in):
        key.verifies = False
        assert told(await passkeys.sign_in(key)) == REFUSED
        await nobody_got_in()

    async def test_altered(self, passkeys, key, nobody_got_in):
        def client_data(answer: dict) -> dict:
            data = json.loads(decoded(answer["response"]["clientDataJSON"]))
            return {"clientDataJSON": encoded(json.dumps({**data, "more": 1}).encode())}

        def counter(answer: dict) -> dict:
            data = bytearray(decoded(answer["response"]["authenticatorData"]))
            data[36] += 1
            return {"authenticatorData": encoded(bytes(data))}

        def longer(answer: dict) -> dict:
            return {"authenticatorData": encoded(decoded(answer["response"]["authenticatorData"]) + b"\0")}

        def shorter(answer: dict) -> dict:
            return {"authenticatorData": encoded(decoded(answer["response"]["authenticatorData"])[:36])}

        def signature(answer: dict) -> dict:
            content = bytearray(decoded(answer["response"]["signature"]))
            content[-1] ^= 1
            return {"signature": encoded(bytes(content))}

        for change in (client_data, counter, longer, shorter, signature):
            answer = key.get(await passkeys.start())
            answer["response"] |= change(answer)
            assert told(await passkeys.post("/login/passkey", {"passkey": answer})) == REFUSED, change
        await nobody_got_in()

    async def test_malformed(self, passkeys, key, nobody_got_in):
        for text in (
            b"",
            b"{",
            b"[]",
            b"null",
            b'"x"',
            b"[" * 3000,
            b"\xff\xfe",
            b'{"challenge": "\\ud800"}',
        ):
            answer = key.get(await passkeys.start())
            answer["response"]["clientDataJSON"] = encoded(text) or "A"
            refused = await passkeys.post("/login/passkey", {"passkey": answer})
            assert told(refused) in (REFUSED, EXPIRED), text
        for name, value in (("id", "other"), ("rawId", "b3RoZXI"), ("rawId", "A")):
            answer = key.get(await passkeys.start()) | {name: value}
            assert told(await passkeys.post("/login/passkey", {"passkey": answer})) == REFUSED, name
        for name, value in (("id", "no base64!"), ("type", "password"), ("id", "x" * 2000), ("more", 1)):
            answer = key.get(await passkeys.start()) | {name: value}
            assert (await passkeys.post("/login/passkey", {"passkey": answer})).status_code == 422, name
        await nobody_got_in()


class TestSomebodyElse:
    async def test_user_handle_of_another(self, passkeys, key, account, nobody_got_in):
        other = Authenticator()
        await passkeys.add(await account("budi"), other)
        passkeys.client.cookies.clear()
        mine, key.handle = key.handle, other.handle
        assert told(await passkeys.sign_in(key)) == REFUSED
        key.handle = ""
        answer = key.get(await passkeys.start())
        del answer["response"]["userHandle"]
        assert told(await passkeys.post("/login/passkey", {"passkey": answer})) == REFUSED
        assert mine != other.handle
        await nobody_got_in(sessions=2)

    async def test_credential_of_the_owner_signed_by_another_key(self, passkeys, key, nobody_got_in):
        thief = Authenticator(credential_id=key.credential_id, handle=key.handle)
        assert told(await passkeys.sign_in(thief)) == REFUSED
        await nobody_got_in()

    async def test_passkey_of_another_is_no_second_factor(self, passkeys, protected, account, client):
        ani = await protected("ani")
        await passkeys.add(ani.headers, Authenticator())
        thief = Authenticator()
        await passkeys.add(await account("eve"), thief)
        client.cookies.clear()
        challenge = {"challenge": await ani.challenge()}
        options = await passkeys.start("/login/second-factor/passkey/start", challenge)
        answer = await passkeys.post("/login/second-factor", {**challenge, "passkey": thief.get(options)})
        assert told(answer) == REFUSED
        # Nor with a challenge of one's own, to sign in or to step up with.
        for path, headers in (("/login/passkey/start", None), ("/auth/step-up/passkey/start", ani.headers)):
            options = await passkeys.start(path, headers=headers)
            answer = await passkeys.post("/login/second-factor", {**challenge, "passkey": thief.get(options)})
            assert told(answer) == EXPIRED, path
        assert "refresh" not in client.cookies

    async def test_second_factor_takes_the_first_proof_first(self, passkeys, protected):
        ani = await protected("ani")
        made = Authenticator()
        await passkeys.add(ani.headers, made)
        start = "/login/second-factor/passkey/start"
        assert told(await passkeys.post(start, {"challenge": "x" * 43})) == (401, "CHALLENGE_EXPIRED")
        options = await passkeys.start()
        answer = await passkeys.post(
            "/login/second-factor", {"challenge": "x" * 43, "passkey": made.get(options)}
        )
        assert told(answer) == (401, "CHALLENGE_EXPIRED")

    async def test_step_up_is_of_the_same_account_and_session(self, passkeys, key, ani, account, client):
        eve, thief = await account("eve"), Authenticator()
        await passkeys.add(eve, thief)
        options = await passkeys.start("/auth/step-up/passkey/start", headers=ani)
        answer = await passkeys.post("/auth/step-up", {"passkey": thief.get(options)}, ani)
        assert told(answer) == REFUSED
        options = await passkeys.start("/auth/step-up/passkey/start", headers=eve)
        assert told(await passkeys.post("/auth/step-up", {"passkey": thief.get(options)}, ani)) == EXPIRED
        login = await client.post(f"{API}/login", json={"username": "ani", "password": PASSWORD})
        other = {"Authorization": f"Bearer {login.json()['access_token']}"}
        options = await passkeys.start("/auth/step-up/passkey/start", headers=ani)
        assert told(await passkeys.post("/auth/step-up", {"passkey": key.get(options)}, other)) == EXPIRED

    async def test_passkeys_of_others_do_not_exist(self, passkeys, client, key, ani, account):
        eve = await account("eve")
        (found,) = (await client.get(f"{API}/settings/passkeys", headers=ani)).json()["data"]
        path = f"{API}/settings/passkeys/{found['id']}"
        assert (await client.get(f"{API}/settings/passkeys", headers=eve)).json()["data"] == []
        assert (await client.patch(path, json={"name": "Mine"}, headers=eve)).status_code == 404
        assert (await client.delete(path, headers=eve)).status_code == 404
        assert (await passkeys.sign_in(key)).status_code == 200

    async def test_nothing_tells_who_has_a_passkey(self, passkeys, key, clean_database):
        first, second = await passkeys.start(), await passkeys.start()
        assert {**first, "challenge": ""} == {**second, "challenge": ""}
        assert first["allowCredentials"] == []
        unknown = await passkeys.sign_in(Authenticator(handle=key.handle))
        forged = key.get(await passkeys.start())
        forged["response"]["signature"] = encoded(b"0" * 70)
        known = await passkeys.post("/login/passkey", {"passkey": forged})
        async with clean_database.unit_of_work() as session:
            await session.execute(update(User).values(status="suspended"))
        suspended = await passkeys.sign_in(key)
        answers = [answer.json() for answer in (unknown, known, suspended)]
        for name in ("status", "error_code", "title", "detail"):
            assert len({answer[name] for answer in answers}) == 1, name


class TestCopies:
    @pytest.mark.parametrize("count", [0, 2, 1])
    async def test_counter_that_goes_back_is_refused_and_told(
        self, passkeys, key, *, client, trail, letters, nobody_got_in, count
    ):
        for _ in range(3):
            await passkeys.sign_in(key)
        client.cookies.clear()
        key.count, key.step = count, 0
        assert told(await passkeys.sign_in(key)) == REFUSED
        await nobody_got_in(sessions=4)
        (entry,) = await trail("passkey.copied")
        assert (entry.level, entry.details["counted"], entry.details["before"]) == ("warning", count, 3)
        assert len(await trail("login.failed")) == 1
        assert "passkey-copied" in [letter.template for letter in await letters("ani@example.com")]
        key.count, key.step = 3, 1  # the one that counts on still serves
        assert (await passkeys.sign_in(key)).status_code == 200


class TestAdding:
    @pytest.mark.parametrize(
        ("what", "value"),
        [
            ("origin", "https://evil.example"),
            ("rp_id", "evil.example"),
            ("type", "webauthn.get"),
            ("crossOrigin", True),
        ],
    )
    async def test_made_elsewhere(self, passkeys, ani, what, value):
        assert told(await passkeys.add(ani, Authenticator(), **{what: value})) == REFUSED

    async def test_not_unlocked_by_its_owner(self, passkeys, ani):
        assert told(await passkeys.add(ani, Authenticator(verifies=False))) == REFUSED

    async def test_with_a_key_of_a_kind_that_was_not_offered(self, passkeys, ani):
        assert told(await passkeys.add(ani, Authenticator(algorithm=-65535))) == REFUSED  # RS1: SHA-1

    async def test_with_a_statement_that_nobody_asked_for(self, passkeys, ani):
        for fmt, statement in (("tpm", {"ver": "2.0"}), ("none", {"sig": b"x"}), ("packed", {}), (7, {})):
            made = Authenticator().create(await passkeys.start("/settings/passkeys/start", headers=ani))
            content = cbor2.loads(decoded(made["response"]["attestationObject"]))
            forged = cbor2.dumps({**content, "fmt": fmt, "attStmt": statement})
            made["response"]["attestationObject"] = encoded(forged)
            answer = await passkeys.post("/settings/passkeys", {"passkey": made}, ani)
            assert told(answer) == REFUSED, fmt

    async def test_with_cbor_that_breaks_parsers(self, passkeys, ani):
        for content in (
            b"\xff",
            b"\x9f" * 3000,
            b"\xbb" + b"\xff" * 8,
            b"\x5b" + b"\x7f" * 8,
            b"\xa0",
            b"\x00",
        ):
            made = Authenticator().create(await passkeys.start("/settings/passkeys/start", headers=ani))
            made["response"]["attestationObject"] = encoded(content)
            answer = await passkeys.post("/settings/passkeys", {"passkey": made}, ani)
            assert told(answer) == REFUSED, content

    async def test_in_another_session_or_for_another_account(self, passkeys, ani, account, client):
        options = await passkeys.start("/settings/passkeys/start", headers=ani)
        made = {"passkey": Authenticator().create(options)}
        assert told(await passkeys.post("/settings/passkeys", made, await account("eve"))) == EXPIRED
        login = await client.post(f"{API}/login", json={"username": "ani", "password": PASSWORD})
        other = {"Authorization": f"Bearer {login.json()['access_token']}"}
        assert told(await passkeys.post("/settings/passkeys", made, other)) == EXPIRED
        assert (await passkeys.post("/settings/passkeys", made, ani)).status_code == 201
        assert told(await passkeys.post("/settings/passkeys", made, ani)) == EXPIRED

    async def test_with_the_challenge_of_a_sign_in(self, passkeys, ani):
        options = await passkeys.start("/settings/passkeys/start", headers=ani)
        options["challenge"] = (await passkeys.start())["challenge"]
        answer = await passkeys.post("/settings/passkeys", {"passkey": Authenticator().create(options)}, ani)
        assert told(answer) == EXPIRED

    async def test_by_an_old_session_or_a_stranger(self, passkeys, ani, proofs_age):
        made = {
            "passkey": Authenticator().create(await passkeys.start("/settings/passkeys/start", headers=ani))
        }
        await proofs_age(minutes=11)
        for path, body in (("/settings/passkeys/start", None), ("/settings/passkeys", made)):
            assert told(await passkeys.post(path, body, ani)) == (403, "STEP_UP_REQUIRED")
            assert told(await passkeys.post(path, body)) == (401, "UNAUTHENTICATED")


class TestLastWay:
    @pytest.fixture
    async def alone(self, passkeys, account, clean_database):
        """An account that two passkeys alone open."""
        headers = await account("ani")
        made = [Authenticator(), Authenticator()]
        for item in made:
            assert (await passkeys.add(headers, item)).status_code == 201
        async with clean_database.unit_of_work() as session:
            await session.execute(update(User).values(password_hash=None))
        return headers

    async def remove(self, client, headers, found: dict) -> tuple[int, str | None]:
        answer = await client.delete(f"{API}/settings/passkeys/{found['id']}", headers=headers)
        return (204, None) if answer.status_code == 204 else told(answer)

    async def test_is_not_removed(self, client, alone):
        first, second = (await client.get(f"{API}/settings/passkeys", headers=alone)).json()["data"]
        assert await self.remove(client, alone, first) == (204, None)
        assert await self.remove(client, alone, second) == (409, "LAST_WAY_TO_SIGN_IN")

    async def test_is_not_removed_by_two_at_once(self, client, alone):
        rows = (await client.get(f"{API}/settings/passkeys", headers=alone)).json()["data"]
        outcomes = await asyncio.gather(*(self.remove(client, alone, row) for row in rows))
        assert sorted(status for status, _ in outcomes) == [204, 409]

    async def test_passkey_that_belongs_to_another_domain_is_no_way(self, client, alone, clean_database):
        first, second = (await client.get(f"{API}/settings/passkeys", headers=alone)).json()["data"]
        async with clean_database.unit_of_work() as session:
            await session.execute(
                update(Passkey).where(Passkey.id == second["id"]).values(rp_id="old.example.com")
            )
        assert await self.remove(client, alone, first) == (409, "LAST_WAY_TO_SIGN_IN")
        assert await self.remove(client, alone, second) == (204, None)

    async def test_link_to_a_provider_that_is_gone_is_no_way(self, client, alone, clean_database):
        first, second = (await client.get(f"{API}/settings/passkeys", headers=alone)).json()["data"]
        await self.remove(client, alone, first)
        async with clean_database.unit_of_work() as session:
            user_id, now = await session.scalar(select(User.id)), clock.now()
            link = {"provider": "old", "issuer": "https://old.example.com", "subject": "1"}
            session.add(LinkedIdentity(user_id=user_id, linked_at=now, last_used_at=now, **link))
        assert await self.remove(client, alone, second) == (409, "LAST_WAY_TO_SIGN_IN")


async def test_tries_are_limited_for_each_address(settings, clean_database):
    quota = QuotaSettings(address_limit=1000, login_limit=3, period=60)
    app = create_app(settings.model_copy(update={"quota": quota}), platform_modules())
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            browser = Passkeys(client)
            for _ in range(3):
                assert told(await browser.sign_in(Authenticator(handle="AAAA"))) == REFUSED
            assert told(await browser.sign_in(Authenticator(handle="AAAA")))[0] == 429
            assert (await browser.post("/login/passkey/start")).status_code == 200  # pages still open


async def test_sign_in_that_another_site_sends_is_refused(passkeys, key, nobody_got_in):
    body = {"passkey": key.get(await passkeys.start())}
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert told(await passkeys.post("/login/passkey", body, foreign)) == (403, "FOREIGN_REQUEST")
    await nobody_got_in()


async def test_database_holds_no_challenge_and_no_secret(passkeys, key, clean_database):
    challenge = (await passkeys.start())["challenge"]
    async with clean_database.read_session() as session:
        (kept,) = (await session.scalars(select(PasskeyChallenge))).all()
    assert decoded(challenge) not in kept.challenge_hash
    assert challenge.encode() not in kept.challenge_hash
    assert kept.expires_at - clock.now() <= timedelta(minutes=5)


class TestSessionsThatEndMeanwhile:
    """The end of a body comes when the session has ended: what the request asks for would outlive that."""

    @staticmethod
    async def ended_meanwhile(client, path: str, body: dict, headers: dict[str, str]) -> httpx.Response:
        text = json.dumps(body).encode()
        other = {**headers, "content-type": "application/json", "content-length": str(len(text))}

        async def slowly():
            yield text[:-1]
            ended = await client.post(f"{API}/logout", headers=headers)
            assert ended.status_code == 204, ended.text
            yield text[-1:]

        return await client.post(API + path, content=slowly(), headers=other)

    async def test_no_passkey_is_added(self, client, passkeys, ani):
        made = Authenticator()
        options = (await passkeys.post("/settings/passkeys/start", headers=ani)).json()
        body = {"passkey": made.create(options), "name": "Mine"}
        headers = {**ani, "host": "localhost"}
        answer = await self.ended_meanwhile(client, "/settings/passkeys", body, headers)
        assert answer.status_code in {401, 403}, answer.text
        assert (await passkeys.sign_in(made)).status_code == 403

    async def test_no_api_key_is_made(self, client, ani, clean_database):
        body = {"name": "mine", "permissions": ["profile.view"]}
        answer = await self.ended_meanwhile(client, "/api-keys", body, ani)
        assert told(answer) == (401, "UNAUTHENTICATED")
        async with clean_database.read_session() as session:
            assert await session.scalar(select(func.count()).select_from(ApiKey)) == 0


class TestSettings:
    def of(self, **values) -> Settings:
        return Settings(_env_file=None, **values)

    def test_domain_follows_from_where_the_pages_are(self):
        both = {"origins": ["https://app.example.com"]}
        assert self.of(environment="production").passkey.rp_id == ""
        assert self.of(environment="local").passkey.rp_id == "localhost"
        assert self.of(passkey=both).passkey.rp_id == "app.example.com"
        assert self.of(passkey={**both, "rp_id": "example.com"}).passkey.rp_id == "example.com"
        public = self.of(oauth={"public_url": "https://example.com"}).passkey
        assert (public.rp_id, public.origins) == ("example.com", ["https://example.com"])

    @pytest.mark.parametrize(
        "passkey",
        [
            {"origins": ["https://app.example.com"], "rp_id": "ample.com"},
            {"origins": ["https://app.example.com"], "rp_id": "other.org"},
            {"origins": ["http://example.com"]},
            {"origins": ["https://example.com/"]},
            {"origins": ["*"]},
        ],
    )
    def test_what_browsers_would_refuse_is_refused_at_start(self, passkey):
        with pytest.raises(ValueError, match=r"PASSKEY_RP_ID|no origin"):
            self.of(passkey=passkey)

    @pytest.mark.parametrize("environment", ["staging", "production"])
    def test_a_domain_alone_does_not_let_the_address_of_the_request_decide(self, environment):
        with pytest.raises(ValueError, match="Set PASSKEY_ORIGINS"):
            self.of(environment=environment, passkey={"rp_id": "example.com"})

    async def test_address_that_is_none_has_no_passkeys(self, client):
        for host in ("[", "[::1", "::1]", ""):
            answer = await client.get(f"{API}/auth/providers", headers={"host": host})
            assert (answer.status_code, answer.json()["passkeys"]) == (200, False), host

    def test_production_takes_https_alone(self):
        found = self.of(environment="production", passkey={"origins": ["http://localhost:8000"]})
        assert any(line.startswith("PASSKEY_ORIGINS") for line in found.unsafe_values())

    async def test_address_of_the_request_says_nothing_where_settings_do(self, settings, clean_database):
        own = settings.passkey.model_copy(update={"origins": ["https://example.com"], "rp_id": "example.com"})
        app = create_app(settings.model_copy(update={"passkey": own}), platform_modules())
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://evil.example") as client:
                answer = await client.post(f"{API}/login/passkey/start")
        assert answer.json()["rpId"] == "example.com"
