"""What can go wrong with the lexicon."""

from __future__ import annotations

from fondasi.kit.http import Conflict, NotFound
from fondasi.kit.i18n import t


class EntryNotFound(NotFound):
    """The lexicon has no such entry."""

    def __init__(self) -> None:
        super().__init__(t("The lexicon has no such entry."))


class EntryExists(Conflict):
    """The lexicon has an entry of that kind for the term."""

    code, title = "LEXICON_ENTRY_EXISTS", "Lexicon entry exists"

    def __init__(self) -> None:
        super().__init__(t("The lexicon has an entry of that kind for this term. Change that one."))
