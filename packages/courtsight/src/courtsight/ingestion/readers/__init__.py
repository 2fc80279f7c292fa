"""Readers: a file or folder of decisions becomes a stream of drafts, and of errors that name what was unreadable."""

from courtsight.ingestion.readers.base import DEFAULT_LIMITS, READER_VERSION, Limits, ReadError, ReadResult
from courtsight.ingestion.readers.dispatch import Format, detect, files, read
from courtsight.ingestion.readers.drafting import read_again
from courtsight.ingestion.readers.html import read_html
from courtsight.ingestion.readers.json_lines import read_json_lines, read_numbered_lines
from courtsight.ingestion.readers.pdf import read_pdf
from courtsight.ingestion.readers.plain_text import read_text

__all__ = [
    "DEFAULT_LIMITS",
    "READER_VERSION",
    "Format",
    "Limits",
    "ReadError",
    "ReadResult",
    "detect",
    "files",
    "read",
    "read_again",
    "read_html",
    "read_json_lines",
    "read_numbered_lines",
    "read_pdf",
    "read_text",
]
