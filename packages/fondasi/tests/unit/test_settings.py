"""Settings: groups from the environment, `.env`, and what production refuses."""

import pytest
from pydantic import SecretStr, ValidationError

from fondasi.settings import (
    Environment,
    Settings,
    UnsafeSettingsError,
    interpreter_fault,
    refuse_unsafe,
    unknown_names,
)

STRONG = "0123456789abcdef" * 4
SAFE = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": STRONG,
    "DATABASE_URL": "postgresql://app@db/app",
    "DATABASE_OWNER_URL": "postgresql://owner@db/app",
    "HTTP_CORS_ORIGINS": "https://a.example,https://b.example:8443",
}


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Settings from these variables alone."""
    monkeypatch.chdir(tmp_path)

    def read(**variables: str) -> Settings:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return Settings()

    return read


def test_group_field_is_read_from_group_underscore_field(environment):
    settings = environment(
        DATABASE_POOL_SIZE="3",
        HTTP_BODY_LIMIT="2048",
        TOKEN_ACCESS_MINUTES="5",
        JOB_IN_PROCESS="true",
        METRICS_TOKEN="scrape",
        LOG_LEVEL="DEBUG",
        EMBEDDING_API_KEY="key",
    )
    assert settings.database.pool_size == 3
    assert settings.http.body_limit == 2048
    assert settings.token.access_minutes == 5
    assert settings.job.in_process
    assert settings.metrics.token == SecretStr("scrape")
    assert settings.log.level == "DEBUG"
    assert settings.embedding.api_key == SecretStr("key")


def test_data_folder_has_the_name_of_the_platform(environment, tmp_path):
    assert environment(FONDASI_DATA_DIR=str(tmp_path / "here")).data_dir == tmp_path / "here"


def test_values_come_from_the_dotenv_file_and_the_environment_wins(environment, tmp_path):
    (tmp_path / ".env").write_text("PORT=9000\nAPP_NAME=From file\nDATABASE_POOL_SIZE=7\nUNRELATED=1\n")
    settings = environment(PORT="9001")
    assert (settings.port, settings.app_name, settings.database.pool_size) == (9001, "From file", 7)


def test_empty_variable_means_the_default(environment):
    settings = environment(MODULES="", DATABASE_URL="", SECRET_KEY="", PORT="")
    assert settings.modules is None
    assert settings.embedded_database
    assert settings.secret_key is None
    assert settings.port == 8000


def test_lists_are_separated_by_commas(environment):
    settings = environment(
        MODULES="posts, courtsight", HTTP_CORS_ORIGINS="https://a.example, https://b.example,"
    )
    assert settings.modules == ["posts", "courtsight"]
    assert settings.http.cors_origins == ["https://a.example", "https://b.example"]


def test_proxy_of_the_machine_is_no_setting_of_ours(environment):
    assert environment(HTTP_PROXY="http://proxy.example").http.cors_origins == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("ENVIRONMENT", "prod"),
        ("API_PREFIX", "api/"),
        ("DATABASE_POOL_SIZE", "0"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_wrong_value_is_refused(environment, name, value):
    with pytest.raises(ValidationError):
        environment(**{name: value})


class TestTypingErrors:
    @pytest.mark.parametrize("name", ["development", "dev", "LOCAL"])
    def test_another_name_for_local_is_understood_well_enough_to_say_so(self, environment, name):
        with pytest.raises(ValidationError, match=r"local, staging or production\. Did you mean local\?"):
            environment(ENVIRONMENT=name)

    def test_level_of_the_log_may_be_written_small(self, environment):
        assert environment(LOG_LEVEL="debug").log.level == "DEBUG"

    @pytest.mark.parametrize(
        "origin", ["http://localhost:3000/", '["http://localhost:3000"]', "localhost:3000"]
    )
    def test_origin_as_other_frameworks_write_it_is_refused_with_the_right_form(self, environment, origin):
        with pytest.raises(ValidationError, match="http://localhost:3000"):
            environment(HTTP_CORS_ORIGINS=origin)

    def test_unknown_names_are_told_with_the_nearest_setting(self, environment, tmp_path):
        (tmp_path / ".env").write_text("DATABSE_URL=x\nHTTP_WORKER=2\nOTHER=1\nPORT=9000\n")
        settings = environment(DATABASE_POOLSIZE="3", OTHER_PROGRAM="1")
        assert unknown_names(settings) == [
            "DATABASE_POOLSIZE in the environment is no setting; did you mean DATABASE_POOL_SIZE?",
            "DATABSE_URL in .env is no setting; did you mean DATABASE_URL?",
            "HTTP_WORKER in .env is no setting; did you mean HTTP_WORKERS?",
            "OTHER in .env is no setting; `fondasi settings` lists them.",
        ]

    def test_names_that_opentelemetry_reads_itself_are_known_in_the_environment(self, environment, tmp_path):
        (tmp_path / ".env").write_text("OTEL_SERVICE_NAME=shop\nOTEL_BSP_SCHEDULE_DELAY=1\n")
        settings = environment(
            OTEL_BSP_MAX_QUEUE_SIZE="9", OTEL_EXPORTER_OTLP_TRACES_TIMEOUT="9", OTEL_SERVCE_NAME="x"
        )
        assert settings.otel.service_name == "shop"
        assert unknown_names(settings) == [
            "OTEL_BSP_SCHEDULE_DELAY in .env is read by OpenTelemetry, from the environment alone.",
            "OTEL_SERVCE_NAME in the environment is no setting; did you mean OTEL_SERVICE_NAME?",
        ]

    def test_settings_of_a_sign_in_provider_are_known(self, environment, tmp_path):
        (tmp_path / ".env").write_text(
            "OAUTH_PROVIDERS=google\nOAUTH_GOOGLE_CLIENT_ID=x\nOAUTH_GOOGLE_CLIENT_SECRET=y\n"
        )
        assert unknown_names(environment()) == []


class TestTraces:
    def test_address_is_the_endpoint_with_the_path_of_traces_or_the_one_for_traces(self, environment):
        assert environment().otel.traces_url is None
        settings = environment(OTEL_EXPORTER_OTLP_ENDPOINT="http://collector:4318/")
        assert settings.otel.traces_url == "http://collector:4318/v1/traces"
        settings = environment(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="https://traces.example/in")
        assert settings.otel.traces_url == "https://traces.example/in"
        assert environment(OTEL_TRACES_EXPORTER="none").otel.traces_url is None

    def test_headers_are_written_as_the_specification_says_and_are_secret(self, environment):
        settings = environment(OTEL_EXPORTER_OTLP_HEADERS="Authorization=Basic%20aHVudGVyMg==, x-team=a%2Cb")
        assert settings.otel.headers == {"authorization": "Basic aHVudGVyMg==", "x-team": "a,b"}
        assert "aHVudGVyMg" not in repr(settings)

    @pytest.mark.parametrize(
        ("name", "value", "says"),
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318", "must be an address: http://localhost:4318"),
            (
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://a:hunter2@collector",
                "put what the collector asks for into",
            ),
            ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2", "must be written name=value"),
            (
                "OTEL_EXPORTER_OTLP_PROTOCOL",
                "grpc",
                "must be http/protobuf, which collectors take at port 4318",
            ),
            ("OTEL_TRACES_SAMPLER", "some", "parentbased_traceidratio"),
        ],
    )
    def test_wrong_value_is_told_without_it(self, environment, name, value, says):
        with pytest.raises(ValidationError) as refused:
            environment(**{name: value})
        assert says in str(refused.value)
        assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "dsn", ["hunter2", "https://sentry.example/1", "https://hunter2@sentry.example/shop"]
)
def test_wrong_dsn_is_told_without_it(environment, dsn):
    assert environment().sentry.dsn is None
    with pytest.raises(ValidationError) as refused:
        environment(SENTRY_DSN=dsn)
    assert "must be a DSN as Sentry shows it: https://KEY@HOST/PROJECT" in str(refused.value)
    assert "hunter2" not in str(refused.value)


class TestProduction:
    def test_safe_values_pass(self, environment):
        settings = environment(**SAFE)
        assert settings.unsafe_values() == []
        refuse_unsafe(settings)

    def test_every_unsafe_value_is_named_at_once(self, environment):
        settings = environment(ENVIRONMENT="production", HTTP_CORS_ORIGINS="*,http://a.example")
        with pytest.raises(UnsafeSettingsError) as refused:
            refuse_unsafe(settings)
        message = str(refused.value)
        assert "SECRET_KEY is missing" in message
        assert "DATABASE_URL is missing" in message
        assert "'*'" in message
        assert "'http://a.example'" in message

    @pytest.mark.parametrize("secret", ["short", "a" * 64, "abcabcabc" * 8])
    def test_weak_secret_is_refused_and_not_shown(self, environment, secret):
        with pytest.raises(UnsafeSettingsError, match="SECRET_KEY is weak") as refused:
            refuse_unsafe(environment(**{**SAFE, "SECRET_KEY": secret}))
        assert secret not in str(refused.value)

    def test_one_role_for_everything_is_refused(self, environment):
        with pytest.raises(UnsafeSettingsError, match="DATABASE_OWNER_URL"):
            refuse_unsafe(environment(**{**SAFE, "DATABASE_OWNER_URL": ""}))

    @pytest.mark.parametrize("origin", ["https://*.example", "null", "https://a.example/", "a.example", "*"])
    def test_origin_that_is_not_exact_is_refused(self, environment, origin):
        with pytest.raises((UnsafeSettingsError, ValidationError), match=r"exact https origins|is no origin"):
            refuse_unsafe(environment(**{**SAFE, "HTTP_CORS_ORIGINS": origin}))

    def test_local_starts_with_them(self, environment):
        refuse_unsafe(environment(ENVIRONMENT=Environment.LOCAL))

    def test_staging_asks_for_a_secret_key_alone(self, environment):
        with pytest.raises(
            UnsafeSettingsError, match=r"ENVIRONMENT=staging:\n  - SECRET_KEY is missing[^\n]*$"
        ):
            refuse_unsafe(environment(ENVIRONMENT=Environment.STAGING))
        refuse_unsafe(environment(ENVIRONMENT=Environment.STAGING, SECRET_KEY=STRONG))


def test_secrets_are_not_printed(environment):
    settings = environment(**SAFE, METRICS_TOKEN="scrape-me")
    assert STRONG not in repr(settings)
    assert "scrape-me" not in repr(settings)


def test_proxies_are_exact_networks(environment):
    settings = environment(HTTP_TRUSTED_PROXIES="10.0.0.5/32, 2001:db8::/48")
    assert [str(network) for network in settings.http.trusted_proxies] == ["10.0.0.5/32", "2001:db8::/48"]


@pytest.mark.parametrize("wrong", ["10.0.0.5/24", "*", "proxy.example"])
def test_proxies_that_are_no_networks_are_refused(environment, wrong):
    with pytest.raises(ValidationError):
        environment(HTTP_TRUSTED_PROXIES=wrong)


def test_production_does_not_trust_everybody(environment):
    with pytest.raises(UnsafeSettingsError, match="HTTP_TRUSTED_PROXIES contains ::/0"):
        refuse_unsafe(environment(**SAFE, HTTP_TRUSTED_PROXIES="::/0"))


def test_address_of_redis_needs_its_scheme(environment):
    with pytest.raises(ValidationError, match="redis://"):
        environment(REDIS_URL="localhost:6379")


class TestProviders:
    def test_names_are_listed_and_what_belongs_to_one_carries_its_name(self, environment, tmp_path):
        (tmp_path / ".env").write_text(
            "OAUTH_PROVIDERS=google, keycloak\nOAUTH_GOOGLE_CLIENT_ID=ours\nOAUTH_GOOGLE_CLIENT_SECRET=hidden\n"
            "OAUTH_KEYCLOAK_ISSUER=https://sso.example.com/realms/main\nOAUTH_KEYCLOAK_CLIENT_ID=fondasi\n"
        )
        settings = environment(
            OAUTH_KEYCLOAK_LABEL="Staff", OAUTH_KEYCLOAK_SCOPES="openid,email", OAUTH_TIMEOUT="3"
        )
        google, keycloak = settings.oauth.providers.values()
        assert (google.issuer, google.label, google.trust_email) == (
            "https://accounts.google.com",
            "Google",
            True,
        )
        assert google.scopes == ["openid", "email", "profile"]
        assert google.client_secret == SecretStr("hidden")
        assert (keycloak.client_id, keycloak.label, keycloak.trust_email) == ("fondasi", "Staff", False)
        assert keycloak.scopes == ["openid", "email"]
        assert settings.oauth.timeout == 3
        assert "hidden" not in repr(settings)

    @pytest.mark.parametrize(
        ("variables", "message"),
        [
            (
                {"PROVIDERS": "google"},
                "OAUTH_GOOGLE_CLIENT_ID is missing; OAUTH_GOOGLE_CLIENT_SECRET is missing",
            ),
            ({"PROVIDERS": "sso", "SSO_CLIENT_ID": "x"}, "OAUTH_SSO_ISSUER is missing"),
            ({"PROVIDERS": "my sso"}, "small letters and digits"),
            ({"GITHUB_CLIENT_SECRET": "hidden"}, "OAUTH_GITHUB_CLIENT_SECRET is set, but OAUTH_PROVIDERS"),
            ({"PROVIDERS": "sso", "SSO_CLIENT_ID": "hidden", "SSO_ISSUER": "sso.example"}, "pattern"),
            ({"PUBLIC_URL": "example.com/app"}, "pattern"),
        ],
    )
    def test_misconfiguration_is_named_and_secrets_are_not_shown(self, environment, variables, message):
        with pytest.raises(ValidationError, match=message) as refused:
            environment(**{f"OAUTH_{name}": value for name, value in variables.items()})
        assert "hidden" not in str(refused.value)

    def test_production_wants_https_all_the_way(self, environment):
        provider = {
            "OAUTH_PROVIDERS": "sso",
            "OAUTH_SSO_CLIENT_ID": "x",
            "OAUTH_SSO_ISSUER": "http://sso.example",
        }
        found = environment(**SAFE, **provider).unsafe_values()
        assert [sentence.partition(" is ")[0] for sentence in found] == [
            "OAUTH_SSO_ISSUER",
            "OAUTH_PUBLIC_URL",
        ]
        secure = {"OAUTH_SSO_ISSUER": "https://sso.example", "OAUTH_PUBLIC_URL": "https://example.com"}
        assert environment(**secure).unsafe_values() == []


def test_mailbox_of_a_login_shell_is_no_setting(monkeypatch):
    monkeypatch.setenv("MAIL", "/var/mail/ani")
    monkeypatch.setenv("MAIL_HOST", "smtp.example.com")
    assert Settings(_env_file=None).mail.host == "smtp.example.com"


@pytest.mark.parametrize(
    ("version", "wanted"),
    [
        ((3, 11, 9), "3.11.10"),
        ((3, 12, 5), "3.12.6"),
        ((3, 11, 10), None),
        ((3, 12, 6), None),
        ((3, 13, 0), None),
    ],
)
def test_interpreter_with_a_known_hole_is_warned_of(version, wanted):
    advice = interpreter_fault(version)
    assert (wanted in advice) if wanted else advice is None
