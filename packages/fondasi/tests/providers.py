"""Providers for tests, as a real HTTP server: OpenID Connect issuers that can be told to misbehave, and a GitHub.

Signing in there asks nothing: whoever comes is `user`. Everything else is checked as RFC 6749, RFC 7636 and OpenID
Connect Core say: client, redirect URI, code (once) and code verifier.
"""

import base64
import hashlib
import secrets
import time
from typing import Self
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Mount, Route

API = "/api/v1"
SECRET = "a secret of the client, long enough for HS256"
ANI = {
    "sub": "ani-1",
    "email": "ani@example.com",
    "email_verified": True,
    "preferred_username": "Ani.S",
    "name": "Ani Setiawan",
    "given_name": "Ani",
    "family_name": "Setiawan",
}
RSA = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})


class Provider:
    """What an issuer and GitHub share: sending the browser back with a code, and taking the code once."""

    def __init__(self, name: str, parent: "Providers") -> None:
        self.name, self.parent = name, parent
        self.reset()

    def reset(self) -> None:
        self.user, self.codes, self.calls = dict(ANI), {}, []
        self.down = False
        self.redirect = {}  # more parameters of the redirect
        self.claims = {}  # of the ID token, in place of the right ones
        self.metadata = {}  # of the discovery document, likewise
        self.info = None  # of UserInfo
        self.keys, self.signer = [RSA], (RSA, "RS256")
        self.id_token = None  # makes the ID token in place of the issuer

    @property
    def url(self) -> str:
        return f"{self.parent.url}/{self.name}"

    def routes(self) -> list[Route]:
        found = {
            "/authorize": self.authorize,
            "/login/oauth/authorize": self.authorize,
            "/token": self.token,
            "/login/oauth/access_token": self.token,
            "/.well-known/openid-configuration": self.discovery,
            "/keys": self.publish_keys,
            "/userinfo": self.userinfo,
            "/api/v3/user": self.github_user,
            "/api/v3/user/emails": self.github_emails,
        }
        return [
            Route(path, self.counted(path, call), methods=["GET", "POST"]) for path, call in found.items()
        ]

    def counted(self, path, call):
        async def endpoint(request):
            self.calls.append(path)
            if self.down:
                return JSONResponse({"error": "temporarily_unavailable"}, 503)
            return await call(request)

        return endpoint

    async def authorize(self, request):
        asked = request.query_params
        assert (asked["response_type"], asked["client_id"]) == ("code", "fondasi")
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self.codes[code] = dict(asked)
        answer = {"code": code, "state": asked["state"], "session_state": "unknown to us", **self.redirect}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 302)

    async def token(self, request):
        form = await request.form()
        basic = base64.b64encode(f"fondasi:{SECRET}".encode()).decode()
        known = (
            request.headers.get("authorization") == f"Basic {basic}" or form.get("client_secret") == SECRET
        )
        asked = self.codes.pop(form.get("code"), None)
        if not known or asked is None:
            return JSONResponse({"error": "invalid_grant" if known else "invalid_client"}, 400)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        verified = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        if not verified or form["redirect_uri"] != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        access_token = f"access-{secrets.token_urlsafe()}"
        tokens = {"access_token": access_token, "token_type": "Bearer"}
        if "openid" in asked["scope"]:
            tokens["id_token"] = self.make_id_token(asked, access_token)
        return JSONResponse(tokens)

    def make_id_token(self, asked: dict, access_token: str) -> str:
        now = int(time.time())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims = {
            **self.user,
            "iss": self.url,
            "aud": asked["client_id"],
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.id_token is not None:
            return self.id_token(claims)
        key, algorithm = self.signer
        return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])

    async def discovery(self, request):
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
                **self.metadata,
            }
        )

    async def publish_keys(self, request):
        return JSONResponse(KeySet(self.keys).as_dict(private=False))

    async def userinfo(self, request):
        assert request.headers["authorization"].startswith("Bearer access-")
        return JSONResponse(self.info)

    async def github_user(self, request):
        assert request.headers["authorization"].startswith("Bearer access-")
        return JSONResponse({"id": 583231, "login": "ani-s", "name": "Ani Setiawan", "email": None})

    async def github_emails(self, request):
        other = {"email": "old@example.com", "primary": False, "verified": True}
        mine = {"email": self.user["email"], "primary": True, "verified": self.user["email_verified"]}
        return JSONResponse([other, mine])

    def rotate(self) -> None:
        """Sign with a new key, which the issuer publishes in place of the old one."""
        key = ECKey.generate_key("P-256", {"kid": "second", "use": "sig"})
        self.keys, self.signer = [key], (key, "ES256")


class Providers:
    """Two issuers and a GitHub on one server."""

    def __init__(self) -> None:
        self.url = ""
        self.keycloak, self.other, self.github = (
            Provider(name, self) for name in ("keycloak", "other", "github")
        )
        self.all = [self.keycloak, self.other, self.github]
        self.app = Starlette(routes=[Mount(f"/{item.name}", routes=item.routes()) for item in self.all])

    def reset(self) -> None:
        for provider in self.all:
            provider.reset()


class Browser:
    """Follows redirects by hand: to the service in this process, and over the network to the providers."""

    def __init__(self, app) -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
        self.network = httpx.AsyncClient(trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_) -> None:
        await self.client.aclose()
        await self.network.aclose()

    async def start(self, provider: str, **query: str) -> httpx.Response:
        return await self.client.get(f"{API}/auth/oauth/{provider}/start", params=query)

    async def visit(self, address: str) -> str:
        """Sign in at the provider; the path and query that it sends the browser back to."""
        answer = await self.network.get(address)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        assert f"{back.scheme}://{back.netloc}" == "http://testserver"
        return f"{back.path}?{back.query}"

    async def come_back(self, provider: str, **query: str) -> str:
        """Begin to sign in, and sign in at the provider: where it sends the browser back to."""
        begun = await self.start(provider, **query)
        assert begun.status_code == 302, begun.text
        return await self.visit(begun.headers["location"])

    async def sign_in(self, provider: str, **query: str) -> httpx.Response:
        return await self.client.get(await self.come_back(provider, **query))

    async def link(self, provider: str, headers: dict[str, str], **body: str) -> httpx.Response:
        path = f"{API}/settings/linked-identities/{provider}/start"
        begun = await self.client.post(path, headers=headers, json=body)
        assert begun.status_code == 200, begun.text
        return await self.client.get(await self.visit(begun.json()["authorization_url"]))
