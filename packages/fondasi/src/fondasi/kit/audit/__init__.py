"""The audit trail's pen: rows written in the transaction of the change, cleaned of secrets, sealed at its commit.

The room `fondasi.activity` shows the trail, proves it and shortens it.
"""

from fondasi.kit.audit.canonical import GENESIS, content_hash, link
from fondasi.kit.audit.edits import Edit, last_edit
from fondasi.kit.audit.models import (
    PLATFORM_CHAIN,
    ActivityCheckpoint,
    ActivityRecord,
    ActivityRetention,
    ActivitySeal,
    Level,
)
from fondasi.kit.audit.origin import Origin, Source, current_origin, set_source, shell
from fondasi.kit.audit.redaction import clean, clean_text, is_secret
from fondasi.kit.audit.trail import concerns, record, record_mutation

__all__ = [
    "GENESIS",
    "PLATFORM_CHAIN",
    "ActivityCheckpoint",
    "ActivityRecord",
    "ActivityRetention",
    "ActivitySeal",
    "Edit",
    "Level",
    "Origin",
    "Source",
    "clean",
    "clean_text",
    "concerns",
    "content_hash",
    "current_origin",
    "is_secret",
    "last_edit",
    "link",
    "record",
    "record_mutation",
    "set_source",
    "shell",
]
