"""Every setting of the platform, in groups, with defaults that work on a developer's machine.

Values come from the environment and from `.env`; a group's field is written `GROUP_FIELD`, for example
`DATABASE_URL` is `settings.database.url`. Nothing else in the platform reads the environment.
"""

from fondasi.settings.accounts import ApiSettings, ExportSettings, OneTimePasswordSettings, TokenSettings
from fondasi.settings.addresses import host_of
from fondasi.settings.files import MOST_FILE_BYTES, ClamavSettings, FileSettings, StorageSettings
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
)
from fondasi.settings.interpreter import interpreter_fault
from fondasi.settings.listing import Group as SettingGroup
from fondasi.settings.listing import Setting
from fondasi.settings.listing import groups as setting_groups
from fondasi.settings.oauth import OAuthProvider, OAuthSettings
from fondasi.settings.outgoing import OutgoingSettings, WebhookSettings
from fondasi.settings.replaced import KEPT, REPLACED
from fondasi.settings.settings import (
    WEAK_SECRET_KEY,
    Environment,
    Settings,
    StartError,
    UnsafeSettingsError,
    get_settings,
    refuse_unsafe,
    refused_values,
    settings_without,
)
from fondasi.settings.telemetry import READ_BY_SDK, OtelSettings, SentrySettings
from fondasi.settings.unknown import unknown_names

__all__ = [
    "KEPT",
    "MOST_FILE_BYTES",
    "READ_BY_SDK",
    "REPLACED",
    "WEAK_SECRET_KEY",
    "ActivitySettings",
    "AdminSettings",
    "ApiSettings",
    "CacheSettings",
    "ClamavSettings",
    "ClientSettings",
    "DatabaseSettings",
    "EmbeddingSettings",
    "Environment",
    "ExportSettings",
    "FileSettings",
    "HttpSettings",
    "IdempotencySettings",
    "JobSettings",
    "LiveSettings",
    "LogSettings",
    "MailSettings",
    "MetricsSettings",
    "OAuthProvider",
    "OAuthSettings",
    "OneTimePasswordSettings",
    "OtelSettings",
    "OutgoingSettings",
    "QuotaSettings",
    "RedisSettings",
    "SentrySettings",
    "Setting",
    "SettingGroup",
    "Settings",
    "StartError",
    "StorageSettings",
    "TokenSettings",
    "TwilioSettings",
    "UiSettings",
    "UnsafeSettingsError",
    "WebhookSettings",
    "get_settings",
    "host_of",
    "interpreter_fault",
    "refuse_unsafe",
    "refused_values",
    "setting_groups",
    "settings_without",
    "unknown_names",
]
