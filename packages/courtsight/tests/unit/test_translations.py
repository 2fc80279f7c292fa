"""What CourtSight says, in every language."""

from pathlib import Path

import courtsight
from fondasi.kit.i18n import LANGUAGES
from fondasi.translations import faults


def test_every_message_is_translated_into_every_language():
    found = faults(Path(courtsight.__file__).parent, [language for language in LANGUAGES if language != "en"])
    assert [str(fault) for fault in found] == [], (
        "Run `make messages`, then fill in what is empty in locale/*.po."
    )
