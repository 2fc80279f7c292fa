"""What a wrong setting says: variable, value and the form that it has to have, of all settings at once."""

from typing import get_args

import pytest

from fondasi.misconfiguration import setting_faults, what_is_wrong
from fondasi.settings import Settings, setting_groups

SECRET = "hunter2"
NETWORK = "must be a network, as in 10.0.0.0/8 or 10.0.0.5/32; several are separated by commas"


@pytest.fixture
def faults(monkeypatch, tmp_path):
    """What is wrong with these variables alone."""
    monkeypatch.chdir(tmp_path)

    def told(**variables: str) -> list[str]:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return setting_faults()

    return told


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (
            {"OUTGOING_NETWORKS": "foo"},
            f"OUTGOING_NETWORKS=foo: {NETWORK}.",
        ),
        (
            {"HTTP_TRUSTED_PROXIES": "10.0.0.0/8,10.0.0.5/24,proxy"},
            f"HTTP_TRUSTED_PROXIES=10.0.0.5/24,proxy: {NETWORK}.",
        ),
        ({"OUTGOING_PORTS": "80,web"}, "OUTGOING_PORTS=web: must be a whole number."),
        ({"PORT": "70000"}, "PORT=70000: must be 65535 or less."),
        ({"HTTP_ACCESS_LOG": "perhaps"}, "HTTP_ACCESS_LOG=perhaps: must be true or false."),
        ({"MAIL_SECURITY": "ssl"}, "MAIL_SECURITY=ssl: must be one of 'starttls', 'tls', 'none'."),
        ({"API_PREFIX": "api/"}, "API_PREFIX=api/: must be written as in /api/v1."),
        (
            {"OAUTH_PUBLIC_URL": "example.com"},
            "OAUTH_PUBLIC_URL=example.com: must be written as in https://example.com.",
        ),
        (
            {"OAUTH_PROVIDERS": "sso", "OAUTH_SSO_CLIENT_ID": "us", "OAUTH_SSO_ISSUER": "sso"},
            "OAUTH_SSO_ISSUER=sso: must be written as in https://sso.example.com/realms/main.",
        ),
        (
            {"OAUTH_PROVIDERS": "google", "OAUTH_GOOGLE_CLIENT_ID": "us"},
            "OAUTH_GOOGLE_CLIENT_SECRET is missing.",
        ),
        (
            {"ENVIRONMENT": "prod"},
            "ENVIRONMENT=prod: must be local, staging or production. Did you mean production?",
        ),
        ({"HTTP": "foo"}, "HTTP is set, but it is a group of settings: set HTTP_... instead, or unset it."),
    ],
    ids=lambda value: "" if isinstance(value, str) else "+".join(value),
)
def test_wrong_setting_is_one_sentence_with_variable_value_and_form(faults, variables, sentence):
    assert faults(**variables) == [sentence]


def test_every_setting_that_does_not_take_any_text_says_what_it_takes(faults, monkeypatch):
    tried = 0
    for group in setting_groups():
        for setting in group.settings:
            if "NAME" in setting.name or setting.name.startswith("OAUTH_PROVIDERS"):
                continue
            monkeypatch.setenv(setting.name, "w:r@ng")
            told = faults()
            monkeypatch.setenv(setting.name, "~wr%ng~")
            told += faults()
            monkeypatch.delenv(setting.name)
            for sentence in told:
                tried += 1
                assert sentence.startswith(setting.name), sentence
                assert "\n" not in sentence
                assert not any(word in sentence for word in ("pydantic", "Input", "validat", "IPv4")), (
                    sentence
                )
    assert tried > 100


def test_patterns_of_settings_have_an_example_to_show():
    def fields(model):
        for field in model.model_fields.values():
            yield field
            for kind in (field.annotation, *get_args(field.annotation)):
                if hasattr(kind, "model_fields"):
                    yield from fields(kind)

    patterns = [
        field for field in fields(Settings) if any(getattr(item, "pattern", None) for item in field.metadata)
    ]
    assert patterns
    assert all(field.examples for field in patterns)


def test_all_that_is_wrong_is_told_at_once(faults, tmp_path):
    """What is looked at last, too: the start refused it only when the rest was mended."""
    (tmp_path / ".env").write_text("PORT=here\nOAUTH_PROVIDERS=google\n")
    told = faults(
        ENVIRONMENT="production", SECRET_KEY="short", LOG_LEVEL="loud", DATABASE_URL="mysql://x@y/z"
    )
    assert [sentence.split("=")[0].split()[0].rstrip(":") for sentence in told] == [
        "PORT", "DATABASE_URL", "OAUTH_GOOGLE_CLIENT_ID", "LOG_LEVEL", "SECRET_KEY",
    ]  # fmt: skip
    assert what_is_wrong() == "\n  - ".join(["These settings are wrong:", *told])


@pytest.mark.parametrize(
    "variables",
    [
        {"DATABASE_URL": f"mysql://a:{SECRET}@b/c"},
        {"REDIS_URL": SECRET},
        {"SENTRY_DSN": SECRET},
        {"OTEL_EXPORTER_OTLP_HEADERS": SECRET},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://a:{SECRET}@collector"},
        {"TOKEN": SECRET},
        {"OAUTH_GITHUB_CLIENT_SECRET": SECRET},
    ],
    ids=lambda value: next(iter(value)),
)
def test_value_that_is_or_holds_a_secret_is_not_shown(faults, variables):
    (sentence,) = faults(**variables)
    assert sentence.startswith(next(iter(variables)))
    assert SECRET not in sentence
