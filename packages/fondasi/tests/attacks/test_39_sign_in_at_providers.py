"""Sign-in at a provider as a way in: forged answers, stolen codes, addresses of others, and open redirects."""

import json
from base64 import urlsafe_b64encode
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import func, select, update

from fondasi.identity.federation.models import AuthorizationRequest
from fondasi.identity.models import LinkedIdentity, User
from fondasi.kit import clock

API = "/api/v1"
SECRET = "a secret of the client, long enough for HS256"
OWN = {"password": "correct horse battery staple"}


@pytest.fixture
def refused(browser, clean_database):
    """Nobody got in, and no account was made: `await refused(answer, "INVALID_STATE")`."""

    async def check(answer, code: str, *, accounts: int = 0) -> None:
        assert answer.status_code in {403, 409}, answer.text
        assert answer.json()["error_code"] == code
        assert "access_token" not in answer.text
        assert "refresh" not in answer.headers.get("set-cookie", "")
        async with clean_database.read_session() as session:
            assert await session.scalar(select(func.count()).select_from(User)) == accounts
            assert await session.scalar(select(func.count()).select_from(LinkedIdentity)) == 0

    return check


def part(content: dict) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


class TestState:
    async def test_missing_or_made_up(self, browser, providers, refused):
        path = await browser.come_back("keycloak")
        bare = path.partition("?")[0]
        code = next(iter(providers.keycloak.codes))
        for query in ({"code": code}, {"code": code, "state": "x" * 43}, {"code": code, "state": ""}):
            await refused(await browser.client.get(f"{bare}?{urlencode(query)}"), "INVALID_STATE")

    async def test_of_another_browser_and_then_still_good_for_its_own(
        self, browser, new_browser, providers, refused
    ):
        path = await browser.come_back("keycloak")
        async with new_browser() as victim:
            await refused(await victim.client.get(path), "INVALID_STATE")
            await victim.start("keycloak")  # with a cookie of their own
            await refused(await victim.client.get(path), "INVALID_STATE")
        assert (await browser.client.get(path)).status_code == 200

    async def test_replayed(self, browser, providers):
        path = await browser.come_back("keycloak")
        assert (await browser.client.get(path)).status_code == 200
        again = await browser.client.get(path)
        assert (again.status_code, again.json()["error_code"]) == (403, "INVALID_STATE")

    async def test_older_than_ten_minutes(self, browser, providers, refused, clean_database):
        path = await browser.come_back("keycloak")
        async with clean_database.unit_of_work() as session:
            await session.execute(update(AuthorizationRequest).values(expires_at=clock.now()))
        await refused(await browser.client.get(path), "INVALID_STATE")

    async def test_database_holds_nothing_to_finish_a_sign_in_with(self, browser, providers, clean_database):
        path = await browser.come_back("keycloak")
        state = path.partition("state=")[2].partition("&")[0]
        async with clean_database.read_session() as session:
            row = (await session.scalars(select(AuthorizationRequest))).one()
        kept = repr([getattr(row, column.key) for column in AuthorizationRequest.__table__.columns])
        assert state not in kept
        assert browser.client.cookies["oauth"] not in kept


class TestCode:
    async def test_replayed_with_a_new_state(self, browser, providers):
        path = await browser.come_back("keycloak")
        code = path.partition("code=")[2].partition("&")[0]
        assert (await browser.client.get(path)).status_code == 200
        other = await browser.come_back("keycloak")
        state = other.partition("state=")[2].partition("&")[0]
        answer = await browser.client.get(
            f"{path.partition('?')[0]}?{urlencode({'code': code, 'state': state})}"
        )
        assert (answer.status_code, answer.json()["error_code"]) == (403, "PROVIDER_REFUSED")

    async def test_of_a_victim_put_into_ones_own_sign_in_fails_its_verifier(
        self, browser, new_browser, providers
    ):
        async with new_browser() as victim:
            stolen = (await victim.come_back("keycloak")).partition("code=")[2].partition("&")[0]
        own = await browser.come_back("keycloak")
        state = own.partition("state=")[2].partition("&")[0]
        path = f"{own.partition('?')[0]}?{urlencode({'code': stolen, 'state': state})}"
        answer = await browser.client.get(path)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "PROVIDER_REFUSED")


class TestMixUp:
    async def test_state_of_one_provider_at_the_callback_of_another(self, browser, providers, refused):
        path = await browser.come_back("other")
        await refused(await browser.client.get(path.replace("/other/", "/keycloak/")), "INVALID_STATE")

    @pytest.mark.parametrize("provider", ["keycloak", "github"])
    async def test_redirect_that_names_another_issuer(self, browser, providers, refused, provider):
        getattr(providers, provider).redirect = {"iss": providers.other.url}
        await refused(await browser.sign_in(provider), "UNTRUSTED_ANSWER")

    async def test_redirect_that_names_the_right_one_is_good(self, browser, providers):
        providers.keycloak.redirect = {"iss": providers.keycloak.url}
        assert (await browser.sign_in("keycloak")).status_code == 200

    async def test_same_subject_at_another_issuer_is_somebody_else(self, browser, providers, clean_database):
        assert (await browser.sign_in("keycloak")).status_code == 200
        assert (await browser.sign_in("other")).status_code == 200
        async with clean_database.read_session() as session:
            users = (await session.scalars(select(LinkedIdentity.user_id))).all()
        assert len(set(users)) == 2


class TestIdentityToken:
    async def test_claims_that_are_wrong(self, browser, providers, refused):
        long_ago, far_away = 1_000_000_000, 4_000_000_000
        for claims in (
            {"aud": "another client"},
            {"aud": ["fondasi", "another client"]},
            {"aud": ["fondasi", "another client"], "azp": "another client"},
            {"azp": "another client"},
            {"iss": "https://accounts.google.com"},
            {"nonce": "of another sign-in"},
            {"nonce": None},
            {"exp": long_ago},
            {"exp": None},
            {"exp": "tomorrow"},
            {"iat": far_away},
            {"iat": long_ago},
            {"iat": None},
            {"sub": None},
            {"sub": ""},
            {"sub": "a\0b"},
            {"sub": 7},
            {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
            {"at_hash": 7},
        ):
            providers.keycloak.claims = claims
            await refused(await browser.sign_in("keycloak"), "UNTRUSTED_ANSWER")

    async def test_unsigned(self, browser, providers, refused):
        for algorithm in ("none", "None", "nOnE"):
            head = part({"alg": algorithm, "kid": "first"})
            providers.keycloak.id_token = lambda claims, head=head: f"{head}.{part(claims)}."
            await refused(await browser.sign_in("keycloak"), "UNTRUSTED_ANSWER")

    async def test_signed_with_the_client_secret_or_the_public_key(self, browser, providers, refused):
        public = providers.keycloak.signer[0].as_pem(private=False)
        for key in (OctKey.import_key(SECRET), OctKey.import_key(public.decode().replace("-----", ""))):
            providers.keycloak.id_token = lambda claims, key=key: jwt.encode(
                {"alg": "HS256", "kid": "first"}, claims, key, algorithms=["HS256"]
            )
            await refused(await browser.sign_in("keycloak"), "UNTRUSTED_ANSWER")

    async def test_signed_with_a_key_of_ones_own(self, browser, providers, refused):
        own = RSAKey.generate_key(2048)
        for more in ({"kid": "first"}, {"kid": "unknown"}, {}, {"jwk": own.as_dict(private=False)}):
            head = {"alg": "RS256", **more}
            providers.keycloak.id_token = lambda claims, head=head: jwt.encode(
                head, claims, own, algorithms=["RS256"]
            )
            await refused(await browser.sign_in("keycloak"), "UNTRUSTED_ANSWER")

    async def test_of_another_issuer_with_its_own_key(self, browser, providers, refused):
        providers.keycloak.id_token = lambda claims: "not a token"
        await refused(await browser.sign_in("keycloak"), "UNTRUSTED_ANSWER")
        providers.keycloak.id_token = lambda claims: {"a": "list"}
        await refused(await browser.sign_in("keycloak"), "UNTRUSTED_ANSWER")

    async def test_userinfo_about_somebody_else(self, browser, providers, refused):
        providers.keycloak.claims = {"email": None}
        providers.keycloak.info = {"sub": "victim", "email": "victim@example.com", "email_verified": True}
        await refused(await browser.sign_in("keycloak"), "UNTRUSTED_ANSWER")


class TestAccountTakeover:
    @pytest.fixture
    async def victim(self, account):
        return await account("victim", email="victim@example.com")

    async def test_address_that_the_provider_has_not_verified(self, browser, providers, victim):
        for number, flag in enumerate([False, None, "false", "yes", 1, ["true"]]):
            user = {"sub": f"attacker-{number}", "email": "victim@example.com", "email_verified": flag}
            providers.keycloak.user |= user
            tokens = (await browser.sign_in("keycloak")).json()
            headers = {"Authorization": f"Bearer {tokens['access_token']}"}
            me = (await browser.client.get(f"{API}/users/me", headers=headers)).json()
            assert me["username"] != "victim"
            assert me["email"] is None  # and nothing tells that somebody has the address

    async def test_provider_that_is_not_trusted_says_verified(self, browser, providers, victim):
        providers.other.user |= {"email": "victim@example.com", "email_verified": True}
        tokens = (await browser.sign_in("other")).json()
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        me = (await browser.client.get(f"{API}/users/me", headers=headers)).json()
        assert (me["username"], me["email"]) == ("ani.s", None)

    async def test_verified_address_does_not_link_by_itself(self, browser, providers, victim, refused):
        providers.keycloak.user["email"] = "victim@example.com"
        await refused(await browser.sign_in("keycloak"), "ACCOUNT_EXISTS", accounts=1)

    async def test_link_begun_by_the_attacker_and_finished_by_the_victim(
        self, browser, new_browser, providers, account, refused
    ):
        attacker = await account("attacker")
        path = f"{API}/settings/linked-identities/keycloak/start"
        begun = await browser.client.post(path, headers=attacker, json=OWN)
        async with new_browser() as victim:
            back = await victim.visit(begun.json()["authorization_url"])
            await refused(await victim.client.get(back), "INVALID_STATE", accounts=1)

    async def test_link_begun_in_a_session_that_was_ended(self, browser, providers, victim, refused):
        path = f"{API}/settings/linked-identities/keycloak/start"
        begun = await browser.client.post(path, headers=victim, json=OWN)
        back = await browser.visit(begun.json()["authorization_url"])
        assert (await browser.client.post(f"{API}/logout", headers=victim)).status_code == 204
        await refused(await browser.client.get(back), "INVALID_STATE", accounts=1)

    async def test_link_with_a_stolen_access_token_alone(self, browser, providers, victim):
        for body in ({}, {"password": "guess"}):
            path = f"{API}/settings/linked-identities/keycloak/start"
            answer = await browser.client.post(path, headers=victim, json=body)
            assert answer.json()["error_code"] == "WRONG_PASSWORD"

    async def test_nobody_links_without_signing_in(self, browser, providers):
        path = f"{API}/settings/linked-identities/keycloak/start"
        assert (await browser.client.post(path, json={})).status_code == 401


class TestOpenRedirect:
    async def test_browser_is_sent_nowhere_else(self, browser, providers):
        for address in (
            "https://evil.example/",
            "//evil.example/",
            "///evil.example",
            "/\\evil.example/",
            "/\t/evil.example/",
            "\\\\evil.example",
            "https:evil.example",
            "https:/evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "evil.example",
            "http://testserver@evil.example/",
            "http://testserver.evil.example/",
            "https://app.example.com.evil.example/",
            "https://app.example.com@evil.example/",
            "https://app.example.com\\@evil.example/",
            "http://app.example.com/",
            "https://app.example.com:8443/",
            "/welcome\r\nSet-Cookie: refresh=x",
            "/welcome#error=none",
        ):
            answer = await browser.start("keycloak", return_to=address)
            assert (answer.status_code, answer.json()["error_code"]) == (422, "VALIDATION_ERROR"), address
            assert "location" not in answer.headers
