"""Every setting of the platform, in groups, with defaults that work on a developer's machine.

Values come from the environment and from `.env`; a group's field is written `GROUP_FIELD`, for example
`DATABASE_URL` is `settings.database.url`. Nothing else in the platform reads the environment.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MINIMUM_SECRET_LENGTH = 32
LOCAL_LIMIT = 60_000
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PROVIDER_NAME = re.compile(r"[a-z][a-z0-9]{0,29}")
OIDC_SCOPES = ["openid", "email", "profile"]
KNOWN_PROVIDERS: dict[str, dict[str, Any]] = {
    "google": {"issuer": "https://accounts.google.com", "label": "Google", "trust_email": True},
    "github": {
        "issuer": "https://github.com",
        "label": "GitHub",
        "scopes": ["read:user", "user:email"],
        "trust_email": True,
    },
}
EXACT_ORIGIN = re.compile(r"https://[\w.-]+(:\d+)?")


class Environment(StrEnum):
    """Where the service runs. `production` refuses unsafe values, `local` needs none."""

    LOCAL = "local"
    STAGING = "staging"
    PRODUCTION = "production"


def _split(value: object) -> object:
    """Accept `a,b,c` from the environment where a list is meant."""
    return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value


class DatabaseSettings(BaseModel):
    """PostgreSQL: a server by address, or the embedded one when no address is given."""

    url: SecretStr | None = Field(
        None, description="Address for the app's role (postgresql://...). Empty: the embedded PostgreSQL."
    )
    owner_url: SecretStr | None = Field(
        None, description="Address for the role that owns the tables and migrates. Empty: DATABASE_URL."
    )
    replica_url: SecretStr | None = Field(
        None, description="Address of a read replica; read sessions go there. Empty: DATABASE_URL."
    )
    pool_size: int = Field(10, ge=1, le=200, description="Connections kept per process and engine.")
    pool_overflow: int = Field(10, ge=0, le=200, description="Connections opened beyond the pool at a peak.")
    pool_timeout: float = Field(10, gt=0, description="Seconds to wait for a free connection before a 503.")
    guard_pool_size: int = Field(
        4, ge=1, le=50, description="More connections per process, for checking the session of each request."
    )
    statement_timeout: float = Field(30, ge=0, description="Seconds a statement may run; 0 for no limit.")
    connect_timeout: float = Field(5, gt=0, description="Seconds to wait for a new connection.")


class HttpSettings(BaseModel):
    """What the web side accepts and says."""

    cors_origins: Annotated[list[str], NoDecode] = Field(
        default_factory=list, description="Exact origins that browsers may call from, comma-separated."
    )
    body_limit: int = Field(16 * 1024 * 1024, ge=1024, description="Largest request body in bytes.")
    hsts_seconds: int = Field(
        31_536_000,
        ge=0,
        description="How long browsers use https alone, told outside `local`; 0 to not say it.",
    )
    access_log: bool = Field(True, description="Write a log line per request (health and metrics excepted).")
    trusted_proxies: Annotated[list[IPv4Network | IPv6Network], NoDecode] = Field(
        default_factory=list,
        description="Networks of the proxies whose X-Forwarded-For counts, comma-separated: 10.0.0.5/32. "
        "Empty: nobody's.",
    )
    workers: int = Field(1, ge=1, le=64, description="Processes that `fondasi serve` starts.")

    _split_lists = field_validator("cors_origins", "trusted_proxies", mode="before")(_split)


class TokenSettings(BaseModel):
    """Sessions and their tokens."""

    access_minutes: int = Field(15, ge=1, le=24 * 60, description="Life of an access token in minutes.")
    session_days: int = Field(7, ge=1, le=365, description="Life of a session token in days.")
    refresh_days: int = Field(
        30, ge=1, le=365, description="Life of a refresh token, and of a session that is not used, in days."
    )
    absolute_days: int = Field(
        90, ge=1, le=3650, description="Life of a session in days, however much it is used."
    )
    issuer: str = Field("fondasi", description="The `iss` claim, checked on every request.")
    audience: str = Field("fondasi", description="The `aud` claim, checked on every request.")


class OneTimePasswordSettings(BaseModel):
    """One-time passwords by e-mail, SMS and WhatsApp."""

    digits: int = Field(6, ge=6, le=10, description="Length of a code.")
    minutes: int = Field(10, ge=1, le=10, description="Life of a code in minutes.")
    tries: int = Field(5, ge=1, le=5, description="Wrong tries after which a code is void.")
    resend_seconds: int = Field(
        60, ge=1, le=3600, description="Wait before the next code for the same purpose."
    )
    per_hour: int = Field(5, ge=1, le=20, description="Codes that an account or contact is sent in an hour.")
    per_day: int = Field(15, ge=1, le=50, description="Codes that an account or contact is sent in a day.")


class ApiSettings(BaseModel):
    """API keys."""

    key_days: int = Field(90, ge=1, le=3650, description="Life of an API key in days, when not said.")
    key_max_days: int = Field(365, ge=1, le=3650, description="Longest life of an API key in days.")
    key_limit: int = Field(20, ge=1, le=1000, description="API keys that a user may have at the same time.")
    key_keep_days: int = Field(
        30,
        ge=0,
        le=3650,
        description="Days that an ended API key stays in the table; expired ones are listed.",
    )

    @model_validator(mode="after")
    def _default_fits(self) -> Self:
        self.key_days = min(self.key_days, self.key_max_days)
        return self


class ExportSettings(BaseModel):
    """Archives of everything that is kept about a user, for himself."""

    days: int = Field(7, ge=1, le=365, description="Days that an archive can be fetched.")
    limit: int = Field(
        64 * 1024 * 1024, ge=1024, description="Largest archive in bytes, compressed; a larger one fails."
    )


class JobSettings(BaseModel):
    """Background jobs."""

    concurrency: int = Field(4, ge=1, le=256, description="Jobs that one worker runs at the same time.")
    stale_after: float = Field(
        30, ge=1, description="Seconds without a heartbeat after which another worker takes a job over."
    )
    poll_interval: float = Field(
        5, gt=0, description="Seconds after which a worker looks for jobs even if no notification came."
    )
    grace: float = Field(20, ge=0, description="Seconds that running jobs get to finish when a worker stops.")
    in_process: bool = Field(False, description="Run jobs inside the web process, as `fondasi demo` does.")
    keep_days: int = Field(30, ge=1, description="Days that finished jobs stay listed.")


class MailSettings(BaseModel):
    """E-mail. Without a host `local` keeps mail in the outbox, and other environments refuse to send any."""

    host: str = Field("", description="SMTP server. Empty: the outbox in `local`, no e-mail elsewhere.")
    port: int = Field(587, ge=1, le=65535, description="Port of the SMTP server.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="starttls (587), tls from the first byte (465), or none (a relay on this machine).",
    )
    username: str = Field("", description="User name for the SMTP server. Empty: it asks for none.")
    password: SecretStr | None = Field(None, description="Password for the SMTP server.")
    sender: str = Field("Fondasi <no-reply@localhost>", description="What mail comes from: `Name <address>`.")
    timeout: float = Field(20, gt=0, description="Seconds to wait for the SMTP server.")


class TwilioSettings(BaseModel):
    """SMS and WhatsApp through Twilio. Without an account `local` keeps them in the outbox."""

    account_sid: str = Field(
        "", description="Twilio account. Empty: the outbox in `local`, no SMS elsewhere."
    )
    auth_token: SecretStr | None = Field(None, description="Token of that account.")
    sms_sender: str = Field("", description="Number that SMS come from, in E.164 form. Empty: no SMS.")
    whatsapp_sender: str = Field(
        "", description="Number that WhatsApp messages come from. Empty: no WhatsApp."
    )
    base_url: str = Field("https://api.twilio.com", description="Address of Twilio's API.")
    timeout: float = Field(20, gt=0, description="Seconds to wait for Twilio.")


class OAuthProvider(BaseModel):
    """A service that people sign in with; `google` and `github` need client id and secret alone."""

    issuer: str = Field(
        "",
        pattern=r"^https?://[^\s/?#]+[^\s?#]*$",
        description="Address of the OpenID Connect issuer, as its discovery document writes it; of GitHub "
        "Enterprise Server for `github`. Empty: Google's, GitHub's.",
    )
    client_id: str = Field("", min_length=1, description="What the provider calls this service.")
    client_secret: SecretStr | None = Field(None, description="Secret for that. Empty: a public client.")
    scopes: Annotated[list[str], NoDecode] = Field(
        default_factory=list, description="What to ask for, comma-separated. Empty: openid, email, profile."
    )
    label: str = Field("", max_length=50, description="What the button says. Empty: the provider's name.")
    trust_email: bool = Field(
        False,
        description="Whether an address counts as proven when the provider says so. Empty: yes for Google and GitHub.",
    )

    _split_lists = field_validator("scopes", mode="before")(_split)


class OAuthSettings(BaseModel):
    """Signing in with Google, GitHub or any OpenID Connect issuer. NAME is a provider's name in capitals."""

    providers: Annotated[dict[str, OAuthProvider], NoDecode] = Field(
        default_factory=dict,
        description="Names of the providers, comma-separated: google, github, and names of your own.",
    )
    public_url: str = Field(
        "",
        pattern=r"^https?://[^\s/?#@]+$",
        description="Where browsers reach this service: https://example.com. Empty: what the request says.",
    )
    timeout: float = Field(5, gt=0, le=30, description="Seconds to wait for a provider.")

    @model_validator(mode="before")
    @classmethod
    def _fold(cls, values: Any) -> Any:
        """`OAUTH_PROVIDERS=keycloak` and `OAUTH_KEYCLOAK_ISSUER=...` make a provider."""
        if not isinstance(values, dict) or isinstance(values.get("providers"), dict):
            return values
        names: list[str] = list(_split(values.get("providers") or []))  # type: ignore[call-overload]
        kept = {name: value for name, value in values.items() if name in {"public_url", "timeout"}}
        rest = {name: value for name, value in values.items() if name not in {*kept, "providers"}}
        folded = {name: _provider(name, rest) for name in names}
        faults = [fault for name in names for fault in _missing(name, folded[name])]
        faults += [
            f"OAUTH_{left.upper()} is set, but OAUTH_PROVIDERS does not name its provider"
            for left in rest
            if left.endswith(("_issuer", "_client_id", "_client_secret"))
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return {**kept, "providers": folded}


def _provider(name: str, rest: dict[str, Any]) -> dict[str, Any]:
    """What belongs to a provider, taken out of `rest`, upon what is known of it."""
    fields = {field: rest.pop(f"{name}_{field}", None) for field in OAuthProvider.model_fields}
    given = {field: value for field, value in fields.items() if value is not None}
    return {"label": name.capitalize(), "scopes": OIDC_SCOPES, **KNOWN_PROVIDERS.get(name, {}), **given}


def _missing(name: str, provider: dict[str, Any]) -> list[str]:
    if not PROVIDER_NAME.fullmatch(name):
        return [f"OAUTH_PROVIDERS names {name!r}: use small letters and digits, a letter first"]
    needed = ["issuer", "client_id", *(["client_secret"] if name in KNOWN_PROVIDERS else [])]
    return [f"OAUTH_{name.upper()}_{field.upper()} is missing" for field in needed if not provider.get(field)]


class ActivitySettings(BaseModel):
    """The audit trail."""

    keep_months: int = Field(
        24, ge=3, le=1200, description="Months that the audit trail keeps; whole months are removed."
    )


class AdminSettings(BaseModel):
    """The admin panel at /admin."""

    enabled: bool = Field(True, description="Serve the admin panel.")
    allowed_addresses: Annotated[list[IPv4Network | IPv6Network], NoDecode] = Field(
        default_factory=list,
        description="Networks that may reach the admin panel, comma-separated: 10.0.0.0/8. Empty: all. Behind a proxy "
        "set HTTP_TRUSTED_PROXIES too.",
    )
    session_minutes: int = Field(
        30,
        ge=2,
        le=24 * 60,
        description="Minutes without a click after which the panel asks to sign in again.",
    )

    _split_lists = field_validator("allowed_addresses", mode="before")(_split)


class LogSettings(BaseModel):
    """Logging."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Lowest level written.")


class MetricsSettings(BaseModel):
    """Prometheus metrics at /metrics."""

    token: SecretStr | None = Field(
        None, description="Bearer token that /metrics asks for. Required outside `local` to serve it at all."
    )


class RedisSettings(BaseModel):
    """Redis, for what several processes must count together. Needs `pip install fondasi[redis]`."""

    url: SecretStr | None = Field(
        None,
        description="Address (redis://..., rediss://..., unix://...). Empty: the memory of each process.",
    )
    timeout: float = Field(0.5, gt=0, le=30, description="Seconds to wait for Redis.")

    @field_validator("url")
    @classmethod
    def _has_a_scheme(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return url


class QuotaSettings(BaseModel):
    """Requests that are let through, for each route, where the caller's tier says nothing of the route."""

    user_limit: int = Field(
        600, ge=1, description="Requests of a signed-in user to one route in a period; 60,000 in `local`."
    )
    address_limit: int = Field(
        300, ge=1, description="Requests of an address to one public route in a period; 60,000 in `local`."
    )
    login_limit: int = Field(
        20, ge=1, description="Requests of an address to one route where secrets can be guessed, in a period."
    )
    period: int = Field(60, ge=1, le=86400, description="The period in seconds; it moves with the clock.")
    default_tier: str = Field("free", description="Tier of the users who have none.")


class EmbeddingSettings(BaseModel):
    """Text embeddings (see fondasi.ai.embeddings)."""

    provider: str = Field("static", description="static, sentence-transformers, openai or google.")
    model: str = Field("", description="Model of the provider. Empty: the provider's default.")
    dimension: int | None = Field(
        None, ge=8, le=4000, description="Size of the vectors. Empty: the model's own."
    )
    base_url: str = Field(
        "", description="Endpoint of an OpenAI-compatible or Google server. Empty: the provider's."
    )
    api_key: SecretStr | None = Field(None, description="Key for a remote provider.")
    batch_size: int = Field(64, ge=1, le=2048, description="Texts per request to a remote provider.")
    timeout: float = Field(30, gt=0, description="Seconds to wait for a remote provider.")


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

    environment: Environment = Field(Environment.LOCAL, description="local, staging or production.")
    app_name: str = Field("Fondasi", description="Name shown in the API documentation.")
    secret_key: SecretStr | None = Field(
        None,
        description="Signs tokens; 32+ random characters. Empty in `local`: made once, kept in the data folder.",
    )
    api_prefix: str = Field("/api/v1", description="Where the API lives.", pattern=r"^(/[\w.-]+)*$")
    modules: Annotated[list[str] | None, NoDecode] = Field(
        None, description="Installed modules to switch on, comma-separated. Empty: all of them."
    )
    data_dir: Path = Field(
        Path("data"),
        description="Folder of the embedded PostgreSQL and of local files (FONDASI_DATA_DIR).",
        validation_alias=AliasChoices("FONDASI_DATA_DIR", "data_dir"),
    )
    signup: Literal["open", "invite", "closed"] | None = Field(
        None,
        description="Who may make an account: everybody (open), those who were invited (invite), or nobody by "
        "himself (closed). Empty: open in `local`, closed elsewhere.",
    )
    account_grace_days: int = Field(
        30, ge=0, le=3650, description="Days after which a deleted account is anonymised for good."
    )
    invitation_days: int = Field(
        7, ge=1, le=90, description="Days in which an invitation to a tenant can be accepted."
    )
    step_up_minutes: int = Field(
        10,
        ge=1,
        le=24 * 60,
        description="Minutes after which what is dangerous asks its user to prove again who he is.",
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
    api: ApiSettings = Field(default_factory=ApiSettings)
    export: ExportSettings = Field(default_factory=ExportSettings)
    job: JobSettings = Field(default_factory=JobSettings)
    mail: MailSettings = Field(default_factory=MailSettings)
    twilio: TwilioSettings = Field(default_factory=TwilioSettings)
    oauth: OAuthSettings = Field(default_factory=OAuthSettings)
    activity: ActivitySettings = Field(default_factory=ActivitySettings)
    admin: AdminSettings = Field(default_factory=AdminSettings)
    log: LogSettings = Field(default_factory=LogSettings)
    metrics: MetricsSettings = Field(default_factory=MetricsSettings)
    redis: RedisSettings = Field(default_factory=RedisSettings)
    quota: QuotaSettings = Field(default_factory=QuotaSettings)
    embedding: EmbeddingSettings = Field(default_factory=EmbeddingSettings)

    _split_modules = field_validator("modules", mode="before")(_split)

    @model_validator(mode="after")
    def _generous_locally(self) -> Self:
        """A developer's own machine is not to be protected from him: limits that nobody set hardly bind there."""
        if self.environment is Environment.LOCAL:
            unset = {"user_limit", "address_limit"} - self.quota.model_fields_set
            self.quota = self.quota.model_copy(update=dict.fromkeys(unset, LOCAL_LIMIT))
        return self

    @property
    def embedded_database(self) -> bool:
        """Whether the platform runs its own PostgreSQL."""
        return self.database.url is None

    @property
    def signup_mode(self) -> Literal["open", "invite", "closed"]:
        """Who may make an account: what SIGNUP says, or else open in `local` and closed elsewhere."""
        return self.signup or ("open" if self.environment is Environment.LOCAL else "closed")

    def unsafe_values(self) -> list[str]:
        """What must not go to production, one sentence each with what to do. Empty when all is safe."""
        found: list[str] = []
        secret = self.secret_key.get_secret_value() if self.secret_key else ""
        if not secret:
            found.append("SECRET_KEY is missing: set it to the output of `openssl rand -hex 32`.")
        elif len(secret) < MINIMUM_SECRET_LENGTH or len(set(secret)) < MINIMUM_SECRET_LENGTH // 3:
            found.append("SECRET_KEY is weak: set it to the output of `openssl rand -hex 32`.")
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
            f"HTTP_TRUSTED_PROXIES contains {network}, which is everybody: name the proxies' own networks."
            for network in self.http.trusted_proxies
            if network.prefixlen == 0
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
    """Production was asked for with unsafe settings; the message lists all of them."""

    def __init__(self, found: list[str]) -> None:
        lines = "\n".join(f"  - {sentence}" for sentence in found)
        super().__init__(f"Refusing to start with ENVIRONMENT=production:\n{lines}")


def refuse_unsafe(settings: Settings) -> None:
    """Raise `UnsafeSettingsError` naming every unsafe value at once, in production only."""
    if settings.environment is Environment.PRODUCTION and (found := settings.unsafe_values()):
        raise UnsafeSettingsError(found)


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
