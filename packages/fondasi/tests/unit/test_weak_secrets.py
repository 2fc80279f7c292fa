"""Secrets that can be guessed: production refuses them, and `local` says so."""

import pytest
from structlog.testing import CapturingLogger

from fondasi import checks
from fondasi.checks import advise, weak_secrets
from fondasi.settings import Settings

STRONG = "0123456789abcdef" * 4


@pytest.fixture
def with_secrets(monkeypatch):
    def made(secret_key: str, admin_password: str) -> Settings:
        monkeypatch.setenv("ENVIRONMENT", "local")
        monkeypatch.setenv("SECRET_KEY", secret_key)
        monkeypatch.setenv("ADMIN_PASSWORD", admin_password)
        return Settings(_env_file=None)

    return made


@pytest.mark.parametrize(
    ("secret_key", "admin_password", "named"),
    [
        (STRONG, "correct horse battery staple", []),
        ("abc", "correct horse battery staple", ["SECRET_KEY"]),
        ("a" * 64, "abc", ["SECRET_KEY", "ADMIN_PASSWORD"]),
        (STRONG, "password123", ["ADMIN_PASSWORD"]),
    ],
)
def test_weak_secrets_are_named(with_secrets, secret_key, admin_password, named):
    found = weak_secrets(with_secrets(secret_key, admin_password))
    assert [sentence.partition(" ")[0] for sentence in found] == named


def test_start_says_so(with_secrets, monkeypatch):
    log = CapturingLogger()  # whatever another test has made of the real one
    monkeypatch.setattr(checks, "log", log)
    advise(with_secrets("abc", "abc"))
    said = str(log.calls)
    assert "SECRET_KEY is weak" in said
    assert "ADMIN_PASSWORD take 8 characters or more" in said
