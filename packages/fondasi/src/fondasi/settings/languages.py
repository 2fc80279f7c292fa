"""The languages of messages."""

from typing import Literal

Language = Literal["ar", "de", "en", "es", "fr", "hi", "id", "it", "pt"]
"""By their two letters (ISO 639-1)."""
