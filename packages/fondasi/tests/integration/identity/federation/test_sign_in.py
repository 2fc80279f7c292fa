"""Signing in and up at providers: the whole way over HTTP, what an account is made of, and providers that are down."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from fondasi.app import create_app
from fondasi.identity import check_providers
from fondasi.identity.federation import Providers
from fondasi.identity.federation.browser import set_browser_secret
from fondasi.identity.models import LinkedIdentity
from fondasi.kit.audit import ActivityRecord
from fondasi.settings import Environment, OAuthSettings
from fondasi.testing import running as running_app

API = "/api/v1"
ME = f"{API}/users/me"


def bearer(answer) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


class TestProviders:
    async def test_names_and_labels_are_public(self, browser):
        answer = await browser.client.get(f"{API}/auth/providers")
        assert answer.json()["data"] == [
            {"name": "keycloak", "label": "Staff"},
            {"name": "other", "label": "Other"},
            {"name": "github", "label": "GitHub"},
        ]

    async def test_without_settings_there_are_none(self, client):
        assert (await client.get(f"{API}/auth/providers")).json()["data"] == []
        answer = await client.get(f"{API}/auth/oauth/google/start")
        assert (answer.status_code, answer.json()["error_code"]) == (404, "UNKNOWN_PROVIDER")

    async def test_browser_is_sent_there_with_state_nonce_and_pkce(self, browser, providers):
        answer = await browser.start("keycloak", return_to="/welcome")
        address = urlsplit(answer.headers["location"])
        query = {name: value[0] for name, value in parse_qs(address.query).items()}
        assert f"{address.scheme}://{address.netloc}{address.path}" == f"{providers.keycloak.url}/authorize"
        assert query["redirect_uri"] == "http://testserver/api/v1/auth/oauth/keycloak/callback"
        assert (query["scope"], query["code_challenge_method"]) == ("openid email profile", "S256")
        assert len({query["state"], query["nonce"], query["code_challenge"]}) == 3
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("oauth=")
        assert {"HttpOnly", "SameSite=lax", "Max-Age=600", "Path=/"} <= set(cookie.split("; "))

    def test_cookie_outside_of_local_is_bound_to_the_host_and_to_https(self, settings):
        staging = settings.model_copy(update={"environment": Environment.STAGING})
        request, response = Request({"type": "http", "scheme": "http", "headers": []}), Response()
        set_browser_secret(response, request, staging, "secret")
        cookie = response.headers["set-cookie"]
        assert cookie.startswith("__Host-oauth=secret;")
        assert "Secure" in cookie.split("; ")


class TestSignUp:
    async def test_first_sign_in_makes_an_account(self, browser, providers, clean_database):
        headers = bearer(await browser.sign_in("keycloak"))
        me = (await browser.client.get(ME, headers=headers)).json()
        assert (me["username"], me["name"], me["auth_type"]) == ("ani.s", "Ani Setiawan", "oidc")
        assert (me["first_name"], me["last_name"]) == ("Ani", "Setiawan")
        assert (me["email"], me["is_email_verified"]) == ("ani@example.com", True)
        assert me["user_type"] == "customer"
        assert not me["is_superuser"]
        assert "refresh" in browser.client.cookies
        async with clean_database.read_session() as session:
            actions = (await session.scalars(select(ActivityRecord.action).order_by(ActivityRecord.id))).all()
        assert actions == ["sign_up", "login"]

    async def test_second_sign_in_finds_it_whatever_is_called_differently_by_now(self, browser, providers):
        first = bearer(await browser.sign_in("keycloak"))
        me = (await browser.client.get(ME, headers=first)).json()
        providers.keycloak.user |= {"email": "new@example.com", "preferred_username": "other"}
        again = bearer(await browser.sign_in("keycloak"))
        assert (await browser.client.get(ME, headers=again)).json()["id"] == me["id"]

    async def test_user_name_that_somebody_has_is_made_unique(self, browser, providers, account):
        await account("ani.s")
        headers = bearer(await browser.sign_in("keycloak"))
        assert (await browser.client.get(ME, headers=headers)).json()["username"].startswith("ani.s-")

    async def test_user_name_is_one_of_ours(self, browser, providers):
        names = {"me": "user-", "Ané Ü@corp": "an", "..": "ani", 7: "ani-"}
        for number, (name, expected) in enumerate(names.items()):
            user = {"sub": str(number), "email_verified": False, "preferred_username": name}
            providers.keycloak.user |= user
            headers = bearer(await browser.sign_in("keycloak"))
            assert (await browser.client.get(ME, headers=headers)).json()["username"].startswith(expected)

    async def test_address_that_is_not_proven_stays_outside(self, browser, providers):
        providers.keycloak.user["email_verified"] = False
        headers = bearer(await browser.sign_in("keycloak"))
        me = (await browser.client.get(ME, headers=headers)).json()
        assert (me["email"], me["is_email_verified"]) == (None, False)

    async def test_address_comes_from_userinfo_when_the_token_has_none(self, browser, providers):
        keycloak = providers.keycloak
        keycloak.claims = {"email": None, "email_verified": None}
        keycloak.info = {"sub": "ani-1", "email": "Ani@Example.com", "email_verified": "true"}
        headers = bearer(await browser.sign_in("keycloak"))
        assert (await browser.client.get(ME, headers=headers)).json()["email"] == "ani@example.com"

    async def test_where_sign_up_is_closed_an_invitation_opens_it_once(
        self, federated, providers, new_browser, account
    ):
        root = await account("root", superuser=True)
        platform = federated.state.platform
        before, platform.settings = (
            platform.settings,
            platform.settings.model_copy(update={"signup": "invite"}),
        )
        try:
            async with new_browser() as browser:
                refused = await browser.sign_in("keycloak")
                assert (refused.status_code, refused.json()["error_code"]) == (403, "SIGN_UP_CLOSED")
                invited = await browser.client.post(
                    f"{API}/users/invitations", json={"email": "ani@example.com"}, headers=root
                )
                assert invited.status_code == 202
                providers.keycloak.user["email_verified"] = False
                assert (await browser.sign_in("keycloak")).status_code == 403
                providers.keycloak.user["email_verified"] = True
                bearer(await browser.sign_in("keycloak"))
                providers.github.user["email"] = "budi@example.com"
                assert (await browser.sign_in("github")).status_code == 403
        finally:
            platform.settings = before

    async def test_two_tabs_make_one_account(self, browser, providers, clean_database):
        first = await browser.come_back("keycloak")
        second = await browser.come_back("keycloak")
        bearer(await browser.client.get(first))
        bearer(await browser.client.get(second))
        async with clean_database.read_session() as session:
            assert len((await session.scalars(select(LinkedIdentity))).all()) == 1


class TestReturn:
    async def test_browser_goes_on_with_its_cookie(self, browser, providers):
        answer = await browser.sign_in("keycloak", return_to="/welcome?tab=1")
        assert (answer.status_code, answer.headers["location"]) == (302, "/welcome?tab=1")
        assert answer.text == ""
        tokens = await browser.client.post(f"{API}/refresh", headers={"X-Requested-With": "fetch"})
        assert (await browser.client.get(ME, headers=bearer(tokens))).json()["username"] == "ani.s"

    async def test_allowed_origins_are_returned_to(self, browser, providers):
        answer = await browser.sign_in("keycloak", return_to="https://app.example.com/in")
        assert answer.headers["location"] == "https://app.example.com/in"

    async def test_failure_is_told_behind_the_hash_and_remembered(self, browser, providers, clean_database):
        providers.keycloak.claims = {"aud": "somebody else"}
        answer = await browser.sign_in("keycloak", return_to="/welcome")
        assert (answer.status_code, answer.headers["location"]) == (302, "/welcome#error=UNTRUSTED_ANSWER")
        async with clean_database.read_session() as session:
            assert (await session.scalars(select(ActivityRecord.action))).all() == ["login.failed"]

    async def test_user_who_declines_is_told_so(self, browser, providers):
        providers.keycloak.redirect = {"error": "access_denied", "code": ""}
        answer = await browser.sign_in("keycloak")
        assert (answer.status_code, answer.json()["error_code"]) == (403, "PROVIDER_REFUSED")


class TestGitHub:
    async def test_user_and_verified_primary_address_come_from_the_api(self, browser, providers):
        headers = bearer(await browser.sign_in("github"))
        me = (await browser.client.get(ME, headers=headers)).json()
        assert (me["username"], me["auth_type"], me["email"]) == ("ani-s", "github", "ani@example.com")

    async def test_unverified_address_stays_outside(self, browser, providers):
        providers.github.user["email_verified"] = False
        headers = bearer(await browser.sign_in("github"))
        assert (await browser.client.get(ME, headers=headers)).json()["email"] is None


class TestDoctor:
    async def test_each_provider_is_asked_and_a_wrong_issuer_named(self, federated, providers):
        providers.other.metadata = {"issuer": "https://elsewhere.example"}
        found = dict(await check_providers(federated.state.platform.settings.oauth))
        assert list(found) == ["sign-in with Staff", "sign-in with Other", "sign-in with GitHub"]
        assert found["sign-in with Staff"] is None
        assert "check OAUTH_OTHER_ISSUER" in found["sign-in with Other"]


class TestUnavailable:
    async def test_issuer_that_is_down_is_a_503_for_this_feature_alone(
        self, settings, modules, providers, new_browser
    ):
        providers.keycloak.down = True
        values = {
            "providers": "keycloak",
            "keycloak_issuer": providers.keycloak.url,
            "keycloak_client_id": "x",
        }
        own = settings.model_copy(update={"oauth": OAuthSettings.model_validate(values)})
        app = create_app(own, modules)
        async with running_app(app), new_browser(app) as browser:
            for _ in range(3):
                answer = await browser.start("keycloak")
                assert (answer.status_code, answer.json()["error_code"]) == (503, "PROVIDER_UNAVAILABLE")
                assert answer.headers["retry-after"]
            assert len(providers.keycloak.calls) == 1
            back = await browser.start("keycloak", return_to="/welcome")
            assert back.headers["location"] == "/welcome#error=PROVIDER_UNAVAILABLE"
            assert (await browser.client.get("/health")).status_code == 200

    async def test_issuer_that_goes_down_on_the_way(self, browser, providers):
        path = await browser.come_back("keycloak")
        providers.keycloak.down = True
        answer = await browser.client.get(path)
        assert (answer.status_code, answer.json()["error_code"]) == (503, "PROVIDER_UNAVAILABLE")

    async def test_metadata_and_keys_are_asked_once_and_again_for_a_new_key(
        self, settings, modules, providers, new_browser
    ):
        values = {
            "providers": "other",
            "other_issuer": providers.other.url,
            "other_client_id": "fondasi",
            "other_client_secret": "a secret of the client, long enough for HS256",
        }
        own = settings.model_copy(update={"oauth": OAuthSettings.model_validate(values)})
        app = create_app(own, modules)
        async with running_app(app), new_browser(app) as browser:
            bearer(await browser.sign_in("other"))
            bearer(await browser.sign_in("other"))
            assert providers.other.calls.count("/.well-known/openid-configuration") == 1
            assert providers.other.calls.count("/keys") == 1
            provider = next(iter(app.state.platform.get(Providers)))
            provider._keys._asked_at -= 6  # more than the pause between two looks
            providers.other.rotate()
            bearer(await browser.sign_in("other"))
            assert providers.other.calls.count("/keys") == 2


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # its own imports
async def test_whole_flow_with_a_provider_that_others_wrote(settings, modules, clean_database, new_browser):
    import oidc_provider_mock

    user = oidc_provider_mock.User(
        sub="budi-7", claims={"email": "budi@example.com", "email_verified": True, "name": "Budi"}
    )
    with oidc_provider_mock.run_server_in_thread(require_nonce=True, user_claims=[user]) as server:
        values = {
            "providers": "mock",
            "mock_issuer": f"http://localhost:{server.server_port}",
            "mock_client_id": "fondasi",
            "mock_client_secret": "any",
            "mock_trust_email": "true",
            "public_url": "http://testserver",
        }
        own = settings.model_copy(update={"oauth": OAuthSettings.model_validate(values)})
        app = create_app(own, modules)
        async with running_app(app), new_browser(app) as browser:
            begun = await browser.start("mock")
            form = await browser.network.post(begun.headers["location"], data={"sub": "budi-7"})
            assert form.status_code == 302, form.text
            answer = await browser.client.get(form.headers["location"])
            me = (await browser.client.get(ME, headers=bearer(answer))).json()
    assert (me["username"], me["name"], me["email"]) == ("budi", "Budi", "budi@example.com")
