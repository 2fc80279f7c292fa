"""Words as they are compared."""

import re

_WORD = re.compile(r"[^\W_]+")


def plain_words(text: str) -> str:
    """The words of a text as phrases are compared: lower-case, without punctuation, single spaces."""
    return " ".join(_WORD.findall(text.lower()))
