"""Environment variables of the replaced systems, as their documents print them, and what stands for each here."""

from __future__ import annotations

_POSTGRES = (
    "DATABASE_URL=postgresql://USER:PASSWORD@SERVER:PORT/NAME says it all; without it PostgreSQL is embedded."
)
_REDIS = "REDIS_URL=redis://HOST:PORT/0 serves the cache and the limits; without it they are in memory."
_QUEUE = "jobs wait in PostgreSQL, and need no Redis."
_PGADMIN = "the admin panel at /admin is built in; pgAdmin reads its own environment."
_DOCUMENT = "the API's documents take their name from APP_NAME, and say no more about who runs it."
_TESTS = "the pytest plugin makes users and databases for tests."
_PANEL_SESSION = "the panel uses the sessions of the service, which are recorded and can be ended one by one."
_SOURCE = "decisions are imported from files: `courtsight import`."
_MODEL = "no language model is asked: answers quote their sources."
_SIZES = "each field says its own length; HTTP_BODY_LIMIT bounds the body."

REPLACED = {
    "ACCESS_TOKEN_EXPIRE_MINUTES": "TOKEN_ACCESS_MINUTES.",
    "ADMIN_EMAIL": "`fondasi users create-superuser NAME` makes administrators.",
    "ADMIN_NAME": "ADMIN_USERNAME; the administrator writes their own name in their profile.",
    "ALGORITHM": "tokens are signed with HS256, and nothing else is accepted.",
    "ALLOWED_ORIGINS": "HTTP_CORS_ORIGINS.",
    "API_TITLE": "APP_NAME.",
    "API_VERSION": _DOCUMENT,
    "APP_DESCRIPTION": _DOCUMENT,
    "APP_VERSION": _DOCUMENT,
    "BATCH_SIZE": "EMBEDDING_BATCH_SIZE; an import chooses its own.",
    "CONTACT_EMAIL": _DOCUMENT,
    "CONTACT_NAME": _DOCUMENT,
    "CRUD_ADMIN_ENABLED": "ADMIN_ENABLED.",
    "CRUD_ADMIN_MAX_SESSIONS": _PANEL_SESSION,
    "CRUD_ADMIN_MOUNT_PATH": "the panel is at /admin; a proxy can give it another path.",
    "CRUD_ADMIN_REDIS_ENABLED": _PANEL_SESSION,
    "CRUD_ADMIN_REDIS_HOST": _PANEL_SESSION,
    "CRUD_ADMIN_REDIS_PORT": _PANEL_SESSION,
    "CRUD_ADMIN_SESSION_TIMEOUT": "ADMIN_SESSION_MINUTES.",
    "CRUD_ADMIN_TRACK_EVENTS": "the audit trail records what is done in the panel, always.",
    "CRUD_ADMIN_TRACK_SESSIONS": _PANEL_SESSION,
    "DAILY_PROCESSING_LIMIT": _SOURCE,
    "DAILY_PROCESSING_TIME": "a job says its time itself: `@job(cron=...)`, in UTC.",
    "DAILY_PROCESSING_TIMEZONE": "a job says its time itself: `@job(cron=...)`, in UTC.",
    "DATA_COUNT": "`fondasi demo` fills an empty database.",
    "DEBUG": "ENVIRONMENT=local, and LOG_LEVEL=DEBUG.",
    "DEFAULT_RATE_LIMIT_LIMIT": "QUOTA_USER_LIMIT, and QUOTA_ADDRESS_LIMIT for callers who are not signed in.",
    "DEFAULT_RATE_LIMIT_PERIOD": "QUOTA_PERIOD.",
    "ENABLE_AUTO_SCHEDULING": "jobs with `cron` run wherever a worker does.",
    "ENABLE_DETAILED_LOGGING": "LOG_LEVEL=DEBUG.",
    "GOOGLE_STORAGE_BUCKET_NAME": "STORAGE_URL, with gs:// before the name.",
    "LICENSE_NAME": _DOCUMENT,
    "LLM_MAX_TOKENS": _MODEL,
    "LLM_MODEL": _MODEL,
    "LLM_PROVIDER": _MODEL,
    "MAHKAMAH_AGUNG_BASE_URL": _SOURCE,
    "MAX_CONCURRENT_DOWNLOADS": _SOURCE,
    "MAX_DESCRIPTION_LENGTH": _SIZES,
    "MAX_REQUEST_SIZE": "HTTP_BODY_LIMIT.",
    "MAX_STRING_LENGTH": _SIZES,
    "MODE": "API_PREFIX, with a slash before it: MODE=prod/v1 is API_PREFIX=/prod/v1.",
    "PGADMIN_DEFAULT_EMAIL": _PGADMIN,
    "PGADMIN_DEFAULT_PASSWORD": _PGADMIN,
    "PGADMIN_LISTEN_PORT": _PGADMIN,
    "POSTGRES_DB": _POSTGRES,
    "POSTGRES_DB_TEST": _TESTS,
    "POSTGRES_PASSWORD": _POSTGRES,
    "POSTGRES_PORT": _POSTGRES,
    "POSTGRES_SERVER": _POSTGRES,
    "POSTGRES_USER": _POSTGRES,
    "REDIS_CACHE_HOST": _REDIS,
    "REDIS_CACHE_PORT": _REDIS,
    "REDIS_QUEUE_HOST": _QUEUE,
    "REDIS_QUEUE_PORT": _QUEUE,
    "REDIS_RATE_LIMIT_HOST": _REDIS,
    "REDIS_RATE_LIMIT_PORT": _REDIS,
    "REFRESH_TOKEN_EXPIRE_DAYS": "TOKEN_REFRESH_DAYS.",
    "REQUEST_DELAY_SECONDS": _SOURCE,
    "SCRAPING_USER_AGENT": _SOURCE,
    "SESSION_SECURE_COOKIES": "cookies are `Secure` outside `local`, always.",
    "SUPABASE_ANON_KEY": _POSTGRES,
    "SUPABASE_SERVICE_ROLE_KEY": _POSTGRES,
    "SUPABASE_URL": _POSTGRES,
    "TEST_EMAIL": _TESTS,
    "TEST_NAME": _TESTS,
    "TEST_PASSWORD": _TESTS,
    "TEST_USERNAME": _TESTS,
    "TIER_NAME": "QUOTA_DEFAULT_TIER; the tier `free` is there from the start.",
    "VECTOR_SIMILARITY_THRESHOLD": "each search says its own `similarity_threshold`.",
}

# Printed, and settings under the same name.
KEPT = (
    "ADMIN_PASSWORD",
    "ADMIN_USERNAME",
    "APP_NAME",
    "CLIENT_CACHE_MAX_AGE",
    "DATABASE_URL",
    "EMBEDDING_DIMENSION",
    "EMBEDDING_MODEL",
    "ENVIRONMENT",
    "LOG_LEVEL",
    "SECRET_KEY",
)
