"""All settings together: what concerns the whole service, the groups, and what production refuses."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self
from urllib.parse import urlsplit

from dotenv.parser import parse_stream
from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from fondasi.settings.accounts import (
    ApiSettings,
    ExportSettings,
    OneTimePasswordSettings,
    PasskeySettings,
    TokenSettings,
)
from fondasi.settings.files import ClamavSettings, FileSettings, StorageSettings
from fondasi.settings.groups import (
    ActivitySettings,
    AdminSettings,
    CacheSettings,
    ClientSettings,
    DatabaseSettings,
    EmbeddingSettings,
    HttpSettings,
    IdempotencySettings,
    JobSettings,
    LiveSettings,
    LogSettings,
    MailSettings,
    MetricsSettings,
    QuotaSettings,
    RedisSettings,
    TwilioSettings,
    UiSettings,
    split_list,
)
from fondasi.settings.languages import Language
from fondasi.settings.oauth import OAuthSettings
from fondasi.settings.outgoing import OutgoingSettings, WebhookSettings
from fondasi.settings.telemetry import OtelSettings, SentrySettings

if TYPE_CHECKING:
    from collections.abc import Iterable

MINIMUM_SECRET_LENGTH = 32
NO_SECRET_KEY = "SECRET_KEY is missing: set it to the output of `openssl rand -hex 32`."  # noqa: S105 - a sentence
WEAK_SECRET_KEY = "SECRET_KEY is weak: set it to the output of `openssl rand -hex 32`."  # noqa: S105 - a sentence
LOCAL_LIMIT = 60_000
DOTENV = Path(".env")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
OTHER_NAMES = {
    "development": "local",
    "dev": "local",
    "test": "local",
    "stage": "staging",
    "prod": "production",
}
EXACT_ORIGIN = re.compile(r"https://[\w.-]+(:\d+)?")


class Environment(StrEnum):
    """Where the service runs. `production` refuses unsafe values, `local` needs none."""

    LOCAL = "local"
    STAGING = "staging"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """All settings. `Settings()` reads the environment and `.env`; tests pass values as keywords."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_nested_delimiter="_",
        env_nested_max_split=1,
        env_ignore_empty=True,
        hide_input_in_errors=True,  # the rejected value may be a secret, or stand beside one
        extra="ignore",
        populate_by_name=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The usual sources, less `MAIL`: login programs set it to the user's mailbox, which is no setting of ours."""
        if isinstance(env_settings, EnvSettingsSource):
            kept = {name: value for name, value in env_settings.env_vars.items() if name.lower() != "mail"}
            env_settings.env_vars = kept
        return init_settings, env_settings, dotenv_settings, file_secret_settings

    environment: Environment = Field(Environment.LOCAL, description="local, staging or production.")
    app_name: str = Field("Fondasi", description="Name shown in the API documentation and in messages.")
    default_language: Language = Field(
        "en",
        description="Language of messages for those who say none that there is; two letters (ISO 639-1).",
    )
    secret_key: SecretStr | None = Field(
        None,
        description="Signs tokens; 32+ random characters. Empty in `local`: made once, kept in the data folder.",
    )
    api_prefix: str = Field(
        "/api/v1", description="Where the API lives.", pattern=r"^(/[\w.-]+)*$", examples=["/api/v1"]
    )
    modules: Annotated[list[str] | None, NoDecode] = Field(
        None,
        description="Installed modules to switch on, comma-separated; `-NAME` leaves one out, or a feature of the "
        "platform (`files`, `live`, `webhooks`, `tasks`, `dashboard`, `admin`). Empty: all of them.",
    )
    data_dir: Path = Field(
        Path("data"),
        description="Folder of the embedded PostgreSQL and of local files (FONDASI_DATA_DIR).",
        validation_alias=AliasChoices("FONDASI_DATA_DIR", "data_dir"),
    )
    signup: Literal["open", "invite", "closed"] | None = Field(
        None,
        description="Who may make an account: everybody (open), those who were invited (invite), or nobody by "
        "themselves (closed). Empty: open in `local`, closed elsewhere.",
    )
    account_grace_days: int = Field(
        30, ge=0, le=3650, description="Days after which a deleted account is anonymised for good."
    )
    invitation_days: int = Field(
        7, ge=1, le=90, description="Days in which an invitation to a tenant can be accepted."
    )
    invitation_per_day: int = Field(
        100, ge=1, description="Invitations that one person may send in a day, for all tenants together."
    )
    invitation_recipient_per_day: int = Field(
        10, ge=1, description="Invitations that an e-mail address is sent in a day, by all tenants together."
    )
    step_up_minutes: int = Field(
        10,
        ge=1,
        le=24 * 60,
        description="Minutes after which what is dangerous asks its user to prove again who they are.",
    )
    admin_username: str = Field(
        "admin", description="Name of the first administrator that `fondasi demo` creates."
    )
    admin_password: SecretStr | None = Field(
        None, description="That administrator's password. Empty: a random one, kept in the data folder."
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(
        8000, ge=0, le=65535, description="Port to listen on; `fondasi demo` takes the next free one."
    )

    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    http: HttpSettings = Field(default_factory=HttpSettings)
    token: TokenSettings = Field(default_factory=TokenSettings)
    otp: OneTimePasswordSettings = Field(default_factory=OneTimePasswordSettings)
    passkey: PasskeySettings = Field(default_factory=PasskeySettings)
    api: ApiSettings = Field(default_factory=ApiSettings)
    export: ExportSettings = Field(default_factory=ExportSettings)
    file: FileSettings = Field(default_factory=FileSettings)
    storage: StorageSettings = Field(default_factory=StorageSettings)
    clamav: ClamavSettings = Field(default_factory=ClamavSettings)
    job: JobSettings = Field(default_factory=JobSettings)
    live: LiveSettings = Field(default_factory=LiveSettings)
    mail: MailSettings = Field(default_factory=MailSettings)
    twilio: TwilioSettings = Field(default_factory=TwilioSettings)
    oauth: OAuthSettings = Field(default_factory=OAuthSettings)
    outgoing: OutgoingSettings = Field(default_factory=OutgoingSettings)
    webhook: WebhookSettings = Field(default_factory=WebhookSettings)
    activity: ActivitySettings = Field(default_factory=ActivitySettings)
    ui: UiSettings = Field(default_factory=UiSettings)
    admin: AdminSettings = Field(default_factory=AdminSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    metrics: MetricsSettings = Field(default_factory=MetricsSettings)
    otel: OtelSettings = Field(default_factory=OtelSettings)
    sentry: SentrySettings = Field(default_factory=SentrySettings)
    redis: RedisSettings = Field(default_factory=RedisSettings)
    cache: CacheSettings = Field(default_factory=CacheSettings)
    client: ClientSettings = Field(default_factory=ClientSettings)
    idempotency: IdempotencySettings = Field(default_factory=IdempotencySettings)
    quota: QuotaSettings = Field(default_factory=QuotaSettings)
    embedding: EmbeddingSettings = Field(default_factory=EmbeddingSettings)

    _split_modules = field_validator("modules", mode="before")(split_list)

    @field_validator("environment", mode="before")
    @classmethod
    def _is_known(cls, value: object) -> object:
        if not isinstance(value, str) or value in set(Environment):
            return value
        near = OTHER_NAMES.get(value.lower(), value.lower())
        hint = f" Did you mean {near}?" if near in set(Environment) else ""
        raise ValueError(f"must be local, staging or production.{hint}")

    @model_validator(mode="after")
    def _generous_locally(self) -> Self:
        """A developer's own machine is not to be protected from them: limits that nobody set hardly bind there."""
        if self.environment is Environment.LOCAL:
            unset = {"user_limit", "address_limit"} - self.quota.model_fields_set
            self.quota = self.quota.model_copy(update=dict.fromkeys(unset, LOCAL_LIMIT))
        return self

    @model_validator(mode="after")
    def _passkeys_belong_to_pages(self) -> Self:
        local = self.environment is Environment.LOCAL
        self.passkey = self.passkey.completed(self.oauth.public_url, local=local)
        return self

    @property
    def embedded_database(self) -> bool:
        """Whether the platform runs its own PostgreSQL."""
        return self.database.url is None

    @property
    def signup_mode(self) -> Literal["open", "invite", "closed"]:
        """Who may make an account: what SIGNUP says, or else open in `local` and closed elsewhere."""
        return self.signup or ("open" if self.environment is Environment.LOCAL else "closed")

    @property
    def has_weak_secret_key(self) -> bool:
        """Whether there is a SECRET_KEY, and one that can be guessed."""
        secret = self.secret_key.get_secret_value() if self.secret_key else ""
        weak = len(secret) < MINIMUM_SECRET_LENGTH or len(set(secret)) < MINIMUM_SECRET_LENGTH // 3
        return bool(secret) and weak

    def unsafe_values(self) -> list[str]:
        """What must not go to production, one sentence each with what to do. Empty when all is safe."""
        found: list[str] = []
        if self.secret_key is None or not self.secret_key.get_secret_value():
            found.append(NO_SECRET_KEY)
        elif self.has_weak_secret_key:
            found.append(WEAK_SECRET_KEY)
        if self.embedded_database:
            found.append(
                "DATABASE_URL is missing: the embedded PostgreSQL is for one machine, name a server."
            )
        elif self.database.owner_url is None:
            found.append(
                "DATABASE_OWNER_URL is missing: the app's role must not own its tables; name the owner's address too."
            )
        found += [
            f"HTTP_CORS_ORIGINS contains {origin!r}: name exact https origins."
            for origin in self.http.cors_origins
            if not EXACT_ORIGIN.fullmatch(origin)
        ]
        if self.mail.host and self.mail.security == "none" and self.mail.host not in LOOPBACK:
            found.append("MAIL_SECURITY is none: codes would travel in plain text; set starttls or tls.")
        endpoint = self.storage.endpoint
        if endpoint.startswith("http://") and urlsplit(endpoint).hostname not in LOOPBACK:
            found.append("STORAGE_ENDPOINT is not https: files would travel in plain text; use https.")
        if not self.twilio.base_url.startswith("https://"):
            found.append("TWILIO_BASE_URL is not https: codes would travel in plain text; use https.")
        found += [
            f"OAUTH_{name.upper()}_ISSUER is not https: whoever is in between could sign in as anybody."
            for name, provider in self.oauth.providers.items()
            if not provider.issuer.startswith("https://")
        ]
        if self.oauth.providers and not EXACT_ORIGIN.fullmatch(self.oauth.public_url):
            found.append(
                "OAUTH_PUBLIC_URL is missing: providers send browsers back there; https://example.com."
            )
        found += [
            f"PASSKEY_ORIGINS contains {origin!r}: name exact https origins."
            for origin in self.passkey.origins
            if not EXACT_ORIGIN.fullmatch(origin)
        ]
        found += [
            f"HTTP_TRUSTED_PROXIES contains {network}, which is everybody: name the proxies' own networks."
            for network in self.http.trusted_proxies
            if network.prefixlen == 0
        ]
        found += [
            f"OUTGOING_NETWORKS contains {network}, where this machine itself can be asked: leave it out."
            for network in self.outgoing.unsafe_networks()
        ]
        if self.http.workers > 1 and self.redis.url is None:
            found.append(
                f"{self.http.workers} workers count requests each in its own memory: set REDIS_URL, or serve with one."
            )
        return found


class StartError(RuntimeError):
    """Keeps a service or a command from starting, for a reason that its operator can mend: the message says how.

    It is shown as it is, without a traceback.
    """


class UnsafeSettingsError(StartError):
    """The settings are not safe for the environment; the message lists all that is wrong."""

    def __init__(self, found: list[str], environment: Environment = Environment.PRODUCTION) -> None:
        lines = "\n".join(f"  - {sentence}" for sentence in found)
        super().__init__(f"Refusing to start with ENVIRONMENT={environment.value}:\n{lines}")


def refuse_unsafe(settings: Settings) -> None:
    """Refuse what production must not have, naming all of it at once; staging has to have a secret key.

    Raises:
        UnsafeSettingsError: there is such a value.
    """
    if found := refused_values(settings):
        raise UnsafeSettingsError(found, settings.environment)


def refused_values(settings: Settings) -> list[str]:
    """What the environment refuses, one sentence each: of production all that is unsafe, of staging a missing key."""
    if settings.environment is Environment.PRODUCTION:
        return settings.unsafe_values()
    missing = settings.environment is Environment.STAGING and settings.secret_key is None
    return [NO_SECRET_KEY] if missing else []


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        StartError: a line of `.env` is none; it would be passed over.
    """
    refuse_broken_lines(DOTENV)
    return Settings()


def settings_without(names: Iterable[str]) -> Settings:
    """The settings as if some variables were not set, nor any that begin like them: what else may be wrong.

    Raises:
        pydantic.ValidationError: something else is.
    """
    without = tuple(name.lower() for name in names)

    class Rest(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            sources = super().settings_customise_sources(
                settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings
            )
            for source in sources:
                if isinstance(source, EnvSettingsSource):
                    kept = source.env_vars.items()
                    source.env_vars = {name: value for name, value in kept if not _begins(name, without)}
            return sources

    return Rest()


def _begins(variable: str, names: tuple[str, ...]) -> bool:
    return any(variable == name or variable.startswith(f"{name}_") for name in names)


def refuse_broken_lines(path: Path) -> None:
    """Refuse a file of settings that has lines which are no `NAME=value`.

    Raises:
        StartError: names the lines, and not what stands there: it may be a secret.
    """
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        broken = [item.original.line for item in parse_stream(file) if item.error]
    if broken:
        lines = f"line{'s' if len(broken) > 1 else ''} {', '.join(map(str, broken))}"
        raise StartError(
            f"{path}, {lines}: a line is NAME=value, and a value in quotes ends with the same quote."
        )
