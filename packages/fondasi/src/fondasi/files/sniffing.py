"""What a file is by its content, and a name that fits it: neither the caller's type nor their name is believed.

A few signatures of our own, for the types that an allow-list can name; libraries that know thousands take much for
something harmless that is not.
"""

from __future__ import annotations

import codecs
import re
import unicodedata

HEAD = 4096  # bytes that are looked at
LONGEST_NAME = 200  # characters
TEXT = "text/plain"
ZIP = "application/zip"
_OFFICE = "application/vnd.openxmlformats-officedocument."
# Endings of names by type; the first is given to a name that has none of them.
ENDINGS = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "audio/mpeg": (".mp3",),
    "audio/wav": (".wav",),
    "audio/ogg": (".ogg", ".oga", ".opus"),
    "audio/flac": (".flac",),
    "video/mp4": (".mp4", ".m4v", ".m4a"),
    "video/webm": (".webm",),
    ZIP: (".zip",),
    f"{_OFFICE}wordprocessingml.document": (".docx",),
    f"{_OFFICE}spreadsheetml.sheet": (".xlsx",),
    f"{_OFFICE}presentationml.presentation": (".pptx",),
    TEXT: (".txt", ".md", ".log"),
    "text/csv": (".csv",),
    "application/json": (".json",),
    "application/jsonl": (".jsonl", ".ndjson"),
}
KNOWN = frozenset(ENDINGS)
_SIGNATURES = (
    (rb"%PDF-1\.|%PDF-2\.", "application/pdf"),
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"RIFF.{4}WEBP", "image/webp"),
    (rb"RIFF.{4}WAVE", "audio/wav"),
    (rb"ID3|\xff[\xf2\xf3\xfa\xfb]", "audio/mpeg"),
    (rb"OggS", "audio/ogg"),
    (rb"fLaC", "audio/flac"),
    (rb".{4}ftyp(?:isom|iso[2-9]|mp4[12]|M4[AV] |avc1|dash|qt  )", "video/mp4"),
    (rb"\x1a\x45\xdf\xa3", "video/webm"),
    (rb"PK\x03\x04", ZIP),
)
_BY_CONTENT = [(re.compile(pattern, re.DOTALL), media_type) for pattern, media_type in _SIGNATURES]
# Which of the types that look the same is meant, an ending may say: all of a kind are as harmless.
_BY_ENDING = {
    ZIP: {
        ending: kind for kind, endings in ENDINGS.items() if kind.startswith(_OFFICE) for ending in endings
    },
    TEXT: {
        ending: kind
        for kind in ("text/csv", "application/json", "application/jsonl")
        for ending in ENDINGS[kind]
    },
}
_ENDINGS_OF_TEXT = frozenset({*ENDINGS[TEXT], *_BY_ENDING[TEXT]})
_MARKUP = re.compile(rb"<\s*[!?/a-z]", re.IGNORECASE)  # what browsers would take for HTML, SVG or XML
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def media_type_of(head: bytes, name: str) -> str | None:
    """The type of a file, or None for one that is not known.

    Args:
        head: its first `HEAD` bytes, or all of a shorter one.
        name: tells only types that look the same apart, such as CSV and other text.
    """
    found = next((kind for pattern, kind in _BY_CONTENT if pattern.match(head)), None)
    if found is None and _is_text(head):
        found = TEXT
    if found is None:
        return None
    return _BY_ENDING.get(found, {}).get(_ending(name), found)


def is_text_of_another_encoding(head: bytes, name: str) -> bool:
    """Whether a file of no known type looks like text that is not UTF-8, as spreadsheets and editors save it.

    Args:
        head: its first `HEAD` bytes, or all of a shorter one.
        name: only where it ends as a text's does, and the file does not begin with a mark of UTF-16.
    """
    letters = head.replace(b"\0", b"")
    if _MARKUP.search(letters):
        return False
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    wide = 2 * len(letters) >= len(head) and 3 * len(letters) <= 2 * len(head)  # UTF-16 without its mark
    text = (wide or letters == head) and not _CONTROL.search(letters)
    return text and _ending(name) in _ENDINGS_OF_TEXT


def clean_name(name: str, media_type: str) -> str:
    """A name without folders, control characters and surprises, whose ending fits the type."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    kept = " ".join(kept.split()).strip(". ")
    endings = ENDINGS[media_type]
    ending = _ending(kept)
    if ending not in endings:
        ending = endings[0]
        kept += ending
    stem = kept[: -len(ending)].rstrip(". ")[: LONGEST_NAME - len(ending)]
    return (stem or "file") + kept[-len(ending) :]


def _ending(name: str) -> str:
    _, dot, ending = name.rpartition(".")
    return (dot + ending).lower()


def _is_text(head: bytes) -> bool:
    if _CONTROL.search(head) or _MARKUP.search(head):
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:  # a character that the end of the head cuts is none
        return len(head) == HEAD and error.start >= HEAD - 3
    return True
