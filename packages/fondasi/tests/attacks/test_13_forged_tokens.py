"""Threat 13: tokens that nobody issued. Every vector is sent as a bearer token and has to get a 401."""

import base64
import hashlib
import hmac
import json
from time import time
from uuid import UUID

import pytest

from fondasi.identity.sessions import KeyRing
from fondasi.identity.sessions.models import SigningKey

ME = "/api/v1/users/me"
ACCESS, SESSION = "at+jwt", "st+jwt"


def encode(part: object) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def signed(head: object, payload: object, key: bytes, digest=hashlib.sha256) -> str:
    text = f"{encode(head)}.{encode(payload)}"
    return f"{text}.{encode(hmac.digest(key, text.encode(), digest))}"


class Forge:
    """What an attacker could not have: the right key. So every refusal is for the one thing that is wrong."""

    def __init__(self, login: dict, key_id: str, ring: KeyRing, salt: bytes, user_id: UUID) -> None:
        self.tokens = login
        self.key = ring.derive(ACCESS, salt)
        self.session_key = ring.derive(SESSION, salt)
        self.head = {"alg": "HS256", "typ": ACCESS, "kid": key_id}
        now = int(time())
        self.claims = {
            "iss": "fondasi",
            "aud": "fondasi",
            "sub": str(user_id),
            "sid": login["session_id"],
            "iat": now,
            "exp": now + 300,
        }

    def token(self, *, head=None, key=None, digest=hashlib.sha256, without=(), **claims) -> str:
        payload = {name: value for name, value in {**self.claims, **claims}.items() if name not in without}
        return signed({**self.head, **(head or {})}, payload, key or self.key, digest)


@pytest.fixture
async def forge(app, clean_database, login, ani):
    tokens = await login()
    ring = app.state.platform.get(KeyRing)
    head = json.loads(base64.urlsafe_b64decode(tokens["access_token"].split(".")[0] + "=="))
    async with clean_database.read_session() as session:
        key = await session.get_one(SigningKey, head["kid"])
    return Forge(tokens, key.id, ring, key.salt, ani.id)


async def status(client, token: str | bytes, header: str = "authorization") -> int:
    raw = token if isinstance(token, bytes) else token.encode("latin-1")
    value = raw if header == "x-session-token" else b"Bearer " + raw
    answer = await client.get(ME, headers={header: value})
    assert answer.status_code != 401 or answer.headers["www-authenticate"] == "Bearer"
    return answer.status_code


async def test_the_forge_can_make_a_good_token(client, forge):
    assert await status(client, forge.token()) == 200


def public_key_as_secret(forge: Forge) -> str:
    """HS/RS confusion: the key that an RS256 verifier publishes, used as an HMAC secret."""
    return forge.token(key=b"-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkq\n-----END PUBLIC KEY-----\n")


def repeated(forge: Forge, name: str) -> str:
    payload = json.dumps(forge.claims)
    value = json.dumps(forge.claims[name])
    return signed(forge.head, payload[:-1].encode() + f', "{name}": {value}}}'.encode(), forge.key)


def repeated_in_head(forge: Forge) -> str:
    head = json.dumps(forge.head)
    return signed(head[:-1].encode() + b', "alg": "HS256"}', forge.claims, forge.key)


def unsigned(forge: Forge, algorithm: object) -> str:
    return f"{encode({**forge.head, 'alg': algorithm})}.{encode(forge.claims)}."


def resigned(forge: Forge, **changes: object) -> str:
    """Claims changed, with the signature of the good token."""
    good = forge.token().split(".")
    return f"{good[0]}.{encode({**forge.claims, **changes})}.{good[2]}"


LONG_AGO, FAR_AWAY = 1_000_000_000, 9_000_000_000
VECTORS = {
    **{
        f"unsigned, alg {alg!r}": lambda f, alg=alg: unsigned(f, alg)
        for alg in ["none", "None", "nOnE", "", None]
    },
    "alg none with the good signature": lambda f: f.token(head={"alg": "none"}),
    "alg HS384": lambda f: f.token(head={"alg": "HS384"}, digest=hashlib.sha384),
    "alg HS512": lambda f: f.token(head={"alg": "HS512"}, digest=hashlib.sha512),
    "alg RS256 in the head, HMAC as signature": lambda f: f.token(head={"alg": "RS256"}),
    "alg as a list": lambda f: f.token(head={"alg": ["HS256"]}),
    "public key as HMAC secret": public_key_as_secret,
    "empty secret": lambda f: f.token(key=b"\0"),
    "another secret": lambda f: f.token(key=b"0" * 32),
    "key of another use": lambda f: f.token(key=f.session_key),
    "unknown kid": lambda f: f.token(head={"kid": "0123456789abcdef"}),
    "kid as a path": lambda f: f.token(head={"kid": "../../dev/null"}),
    "kid as SQL": lambda f: f.token(head={"kid": "' OR 1=1 --"}),
    "kid as a number": lambda f: f.token(head={"kid": 7}),
    "kid as a list": lambda f: f.token(head={"kid": [f.head["kid"]]}),
    "no kid": lambda f: signed({"alg": "HS256", "typ": ACCESS}, f.claims, f.key),
    "no typ": lambda f: signed({"alg": "HS256", "kid": f.head["kid"]}, f.claims, f.key),
    "no alg": lambda f: signed({"typ": ACCESS, "kid": f.head["kid"]}, f.claims, f.key),
    "typ JWT": lambda f: f.token(head={"typ": "JWT"}),
    "typ of a refresh token": lambda f: f.token(head={"typ": "rt+jwt"}),
    "typ as a list": lambda f: f.token(head={"typ": [ACCESS]}),
    "key in the head (jwk)": lambda f: f.token(head={"jwk": {"kty": "oct", "k": "AAAA"}}, key=b"\0\0\0"),
    "key by address (jku)": lambda f: f.token(head={"jku": "http://127.0.0.1/keys"}),
    "crit": lambda f: f.token(head={"crit": ["exp"]}),
    "b64 false": lambda f: f.token(head={"b64": False, "crit": ["b64"]}),
    "compressed (zip)": lambda f: f.token(head={"zip": "DEF"}),
    "alg twice": repeated_in_head,
    **{
        f"{name} twice": lambda f, name=name: repeated(f, name)
        for name in ["sub", "sid", "exp", "aud", "iss", "iat"]
    },
    **{
        f"no {name}": lambda f, name=name: f.token(without=[name])
        for name in ["sub", "sid", "exp", "aud", "iss", "iat"]
    },
    **{
        f"{name} = {value!r}"[:60]: lambda f, name=name, value=value: f.token(**{name: value})
        for name, value in [
            ("iss", "other"),
            ("iss", ""),
            ("iss", ["fondasi"]),
            ("iss", None),
            ("aud", "other"),
            ("aud", []),
            ("aud", None),
            ("aud", {"fondasi": 1}),
            ("exp", LONG_AGO),
            ("exp", 1_700_000_000.5),
            ("exp", "tomorrow"),
            ("exp", None),
            ("exp", True),
            ("exp", -1),
            ("iat", FAR_AWAY),
            ("iat", "now"),
            ("iat", None),
            ("nbf", FAR_AWAY),
            ("nbf", "now"),
            ("sub", str(UUID(int=1))),
            ("sub", "ani"),
            ("sub", ""),
            ("sub", 7),
            ("sub", None),
            ("sid", str(UUID(int=2))),
            ("sid", 7),
            ("sid", None),
            ("sid", {"a": 1}),
            ("padding", "x" * 5000),
        ]
    },
    "exp raised, old signature": lambda f: resigned(f, exp=int(time()) + 9999),
    "sub changed, old signature": lambda f: resigned(f, sub=str(UUID(int=1))),
    "no signature": lambda f: f.token().rpartition(".")[0] + ".",
    "two parts": lambda f: f.token().rpartition(".")[0],
    "four parts": lambda f: f.token() + ".x",
    "five parts, as an encrypted token": lambda f: f.token() + "..",
    "half a signature": lambda f: f.token()[:-20],
    "payload that is a list": lambda f: signed(f.head, [f.claims], f.key),
    "payload that is no JSON": lambda f: signed(f.head, b"\xff\xfe", f.key),
    "payload nested 500 deep": lambda f: signed(f.head, b"[" * 500 + b"]" * 500, f.key),
    "payload nested 2,000 deep, half open": lambda f: signed(f.head, b'{"a":' * 550, f.key),
    "head nested deep": lambda f: f"{encode(b'[' * 2900)}.e30.x",
    "head of 3,000 characters": lambda f: f.token(head={"x": "x" * 2200}),
    "head that is a list": lambda f: signed([f.head], f.claims, f.key),
    "JSON serialisation": lambda f: json.dumps({"payload": encode(f.claims), "signatures": []}),
    "the session token's claims under the access key's head": lambda f: ".".join(
        [f.token().split(".")[0], *f.tokens["session_token"].split(".")[1:]]
    ),
    "the access token's claims under the session key's head": lambda f: ".".join(
        [f.tokens["session_token"].split(".")[0], *f.tokens["access_token"].split(".")[1:]]
    ),
    "the refresh token": lambda f: f.tokens["refresh_token"],
    "nothing": lambda f: "",
    "dots": lambda f: "..",
    "many dots": lambda f: "." * 4000,
    "not ASCII": lambda f: "é.é.é",
    "4 KiB": lambda f: "x" * 4096,
    "60 kB": lambda f: "x" * 60_000,
    "a good one and spaces": lambda f: f.token().replace(".", " . "),
}


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
async def test_forged_token_is_refused(client, forge, vector):
    token = vector(forge)
    assert await status(client, token) == 401
    assert await status(client, token, "x-session-token") == 401


async def test_access_token_is_no_session_token(client, forge):
    assert await status(client, forge.tokens["access_token"], "x-session-token") == 401
    assert await status(client, forge.tokens["session_token"], "x-session-token") == 200


async def test_neither_kind_is_a_refresh_token(client, forge):
    for token in (forge.tokens["access_token"], forge.tokens["session_token"]):
        answer = await client.post("/api/v1/refresh", json={"refresh_token": token})
        assert answer.status_code in {401, 422}


async def test_accepted_token_is_refused_once_it_expires(client, forge, monkeypatch):
    token = forge.token()
    assert await status(client, token) == 200
    monkeypatch.setattr("fondasi.identity.sessions.tokens.time", lambda: time() + 360)
    assert await status(client, token) == 401


async def test_session_of_another_user_does_not_fit(client, clean_database, forge):
    """`sub` and `sid` have to belong together."""
    from fondasi.identity import create_user

    async with clean_database.unit_of_work() as session:
        budi = await create_user(session, username="budi", password="another password")
    assert await status(client, forge.token(sub=str(budi.id))) == 401
