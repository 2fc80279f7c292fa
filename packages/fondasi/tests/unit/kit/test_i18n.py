"""Messages: every one has its Indonesian text, and no translation can break an answer."""

import ast
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

import fondasi
from fondasi.kit import i18n
from fondasi.kit.i18n import negotiate, set_language, t

SOURCE = Path(fondasi.__file__).parent
CATALOGUE = read_po((SOURCE / "locale" / "id.po").open("rb"), locale="id")


def messages() -> set[str]:
    """The literal messages that the platform's code translates."""
    calls = (
        node
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t"
    )
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.fixture(autouse=True)
def _english_again():
    yield
    set_language("en")


def test_every_message_is_translated():
    assert messages() - {item.id for item in CATALOGUE if item.string} == set()


def test_translations_have_the_places_of_their_messages():
    assert [item.id for item in CATALOGUE if item.id and places(item.id) != places(item.string)] == []


def test_message_is_in_the_language_of_the_request():
    assert t("Not found") == "Not found"
    set_language("id-ID")
    assert t("Not found") == "Tidak ditemukan"
    assert t("No such message, {name}", name="Ani") == "No such message, Ani"


@pytest.mark.parametrize("message", ["{", "{unknown}", "{0}", "{name!x}", "{name.real}"])
def test_message_that_cannot_be_filled_is_given_as_it_is(message):
    assert t(message, name="x") == message


def test_translation_that_cannot_be_filled_falls_back_to_english(monkeypatch):
    class Broken:
        def gettext(self, _message):
            return "rusak {typo}"

    monkeypatch.setattr(i18n, "_catalogue", lambda _: Broken())
    assert t("fine {name}", name="x") == "fine x"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("id", "id"),
        ("ID-id", "id"),
        ("fr,id;q=0.1", "id"),
        ("en;q=0.1,id;q=0.2", "id"),
        ("id;q=nan", "en"),
        (",;", "en"),
    ],
)
def test_language_that_fits_best_is_chosen(header, language):
    assert negotiate(header) == language
