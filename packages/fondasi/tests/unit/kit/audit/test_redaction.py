"""Secrets do not reach the trail, and what does reads back the same."""

from time import process_time

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondasi.kit.audit import clean, clean_text, content_hash
from fondasi.kit.audit.redaction import is_secret

TOKEN = "fkLw8VdQ0f2yXcJbq9-ZtHn5uR7aE1oGsPmI3x4KvYw"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "key",
    ["password", "new_password", "newPassword", "passwd", "pwd", "secret", "client_secret", "token", "refresh-token",
     "accessToken", "Authorization", "Cookie", "Set-Cookie", "api_key", "apiKey", "X-API-Key", "APIKey", "code", "otp",
     "otp_code", "verification_code", "recoveryCodes", "pin", "csrf", "private_key", "credentials"],
)  # fmt: skip
def test_names_of_secrets(key):
    assert is_secret(key)
    assert clean({key: "value"}) == {key: "[redacted]"}
    assert clean({"deep": [{key: {"inside": 1}}]}) == {"deep": [{key: "[redacted]"}]}


@pytest.mark.parametrize(
    "key",
    ["status_code", "errorCode", "postal_code", "country_code", "shipping", "footprint", "key", "keyboard", "spinner",
     "encoded", "codename", "username", "message"],
)  # fmt: skip
def test_names_of_other_things(key):
    assert not is_secret(key)


@pytest.mark.parametrize(
    "secret",
    [TOKEN, JWT, "fnd_" + "0" * 22 + "_" + "7" * 49, f"Bearer {JWT}", "Basic dXNlcjpwYXNz",
     "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA",
     "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"],
)  # fmt: skip
def test_values_that_look_like_secrets(secret):
    cleaned = clean_text(f"before {secret} after")
    assert cleaned == "before [redacted] after"
    assert secret not in str(clean({"note": [secret]}))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("postgresql://app:hunter2@db/shop", "postgresql://[redacted]@db/shop"),
        ("/verify?token=abc&next=/", "/verify?[redacted]&next=/"),
        ("019aa0b2-7c1e-7def-8abc-0123456789ab", "019aa0b2-7c1e-7def-8abc-0123456789ab"),
        ("José O'Brien paid 7", "José O'Brien paid 7"),
        ("nul\0 and \ud800", "nul and ?"),
        ("x" * 2000, "x" * 999 + "…"),
    ],
)
def test_rest_of_a_text_stays(text, cleaned):
    assert clean_text(text) == cleaned


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    "piece", ["a-", "eyJ", "A1a-eyJ.", "://a:", "&token", "$argon2$", "bearer ", "-----BEGIN A", "?\\w"]
)
def test_hostile_text_takes_no_longer_than_its_length(piece):
    started = process_time()
    clean_text(piece * 20_000)
    assert process_time() - started < 1


@given(values)
def test_hash_survives_the_way_through_json(value):
    content = {"metadata": clean({"value": value})}
    text = orjson.dumps(content)
    assert "\\u0000" not in text.decode()
    assert content_hash(orjson.loads(text)) == content_hash(content)


@given(values)
def test_cleaning_twice_changes_nothing(value):
    once = clean(value)
    assert clean(once) == once
