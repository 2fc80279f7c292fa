"""Messages: complete in every language, in the language of who reads them, and no translation can break an answer."""

from pathlib import Path

import pytest

import fondasi
from fondasi.kit import i18n
from fondasi.kit.i18n import LANGUAGES, direction, negotiate, set_language, t, tn, translate, translate_number
from fondasi.runtime import platform_modules
from fondasi.translations import faults, messages_in, update

SOURCE = Path(fondasi.__file__).parent
OTHERS = [language for language in LANGUAGES if language != "en"]
CODE = """
from fondasi.kit.http import NotFound
from fondasi.kit.i18n import noted, t, tn

WORDS = {1: noted("kept for later")}


class NoSuchShelf(NotFound):
    code, title = "NO_SUCH_SHELF", "Shelf not found"

    def __init__(self, detail: str = "There is no such shelf."):
        super().__init__(detail)


def read(number, name):
    if not number:
        raise NoSuchShelf("The shelves are empty.")
    message = "a message that has a name"
    print(t(message), t("one {name}" if name else "one without", name=name), "not said to people")
    return tn("{number} book", "{number} books", number, number=number)
"""
TEMPLATE = """{% extends layout %}
{% block body %}{{ p(_("Come to {place}.")) }}{{ _n("{n} day", "{n} days", n) }}{% endblock %}
"""


@pytest.fixture(autouse=True)
def _english_again():
    yield
    set_language("en")


def test_every_message_is_translated_into_every_language():
    found = [str(fault) for fault in faults(SOURCE, OTHERS)]
    assert found == [], "Run `make messages`, then fill in what is empty in locale/*.po (docs/languages.md)."


def test_names_in_the_admin_panel_and_purposes_of_permissions_are_messages():
    found = messages_in(SOURCE)
    assert {view.plural for module in platform_modules() for view in module.admin_views} <= found
    for module in platform_modules():
        assert {item.description for item in [*module.permissions, *module.tenant_permissions]} <= found
    assert {"Rate limits", "Last used at", "Suspended", "Name of the tier."} <= found


@pytest.fixture
def package(tmp_path):
    (tmp_path / "room.py").write_text(CODE)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/visit.jinja").write_text(TEMPLATE)
    return tmp_path


def test_messages_are_found_wherever_they_are_said(package):
    assert messages_in(package) == {
        "kept for later",
        "Shelf not found",
        "There is no such shelf.",
        "The shelves are empty.",
        "a message that has a name",
        "one {name}",
        "one without",
        ("{number} book", "{number} books"),
        "Come to {place}.",
        ("{n} day", "{n} days"),
    }


def test_catalogue_that_lacks_something_is_told(package):
    catalogue = package / "locale/id.po"
    assert update(package, ["id"]) == {"id": 10}
    text = catalogue.read_text()
    for message, translation in (
        ("Shelf not found", "Rak tidak ada"),
        ("one {name}", "satu {nama}"),
        ("kept for later", "nanti"),
        ("one without", "satu"),
    ):
        text = text.replace(f'msgid "{message}"\nmsgstr ""', f'msgid "{message}"\nmsgstr "{translation}"')
    text = text.replace('msgid "one without"', '#, fuzzy\nmsgid "one without"')
    catalogue.write_text(text.replace("{n} day", "{n} week"))
    told = {(fault.message, fault.what) for fault in faults(package, ["id"])}
    assert ("one {name}", "other places than the message") in told
    assert ("one without", "unsure (fuzzy)") in told
    assert ("Come to {place}.", "no text") in told
    assert ("('{n} week', '{n} weeks')", "not said any more") in told
    assert not {message for message, _ in told} & {"Shelf not found", "kept for later"}
    update(package, ["id"])
    assert 'msgid "Shelf not found"\nmsgstr "Rak tidak ada"' in catalogue.read_text()
    assert "week" not in catalogue.read_text()


def test_message_is_in_the_language_of_the_request():
    assert t("Not found") == "Not found"
    set_language("id-ID")
    assert t("Not found") == "Tidak ditemukan"
    assert t("No such message, {name}", name="Ani") == "No such message, Ani"


@pytest.mark.parametrize(
    ("language", "number", "text"),
    [
        ("en", 1, "Too many requests. Try again in 1 second."),
        ("en", 2, "Too many requests. Try again in 2 seconds."),
        ("fr", 0, "Trop de requêtes. Réessayez dans 0 seconde."),
        ("de", 5, "Zu viele Anfragen. Versuchen Sie es in 5 Sekunden noch einmal."),
        ("id", 1, "Terlalu banyak permintaan. Coba lagi dalam 1 detik."),
        ("ar", 2, "طلبات كثيرة جدًا. حاول مجددًا بعد ثانيتين."),
        ("ar", 3, "طلبات كثيرة جدًا. حاول مجددًا بعد 3 ثوانٍ."),
        ("ar", 11, "طلبات كثيرة جدًا. حاول مجددًا بعد 11 ثانية."),
    ],
)
def test_number_takes_the_form_of_its_language(language, number, text):
    one, many = (f"Too many requests. Try again in {{seconds}} second{end}." for end in ("", "s"))
    assert translate_number(language, one, many, number, seconds=number) == text
    set_language(language)
    assert tn(one, many, number, seconds=number) == text


@pytest.mark.parametrize("message", ["{", "{unknown}", "{0}", "{name!x}", "{name.real}"])
def test_message_that_cannot_be_filled_is_given_as_it_is(message):
    assert t(message, name="x") == message


def test_translation_that_cannot_be_filled_falls_back_to_english(monkeypatch):
    broken = i18n.Catalogue()
    broken.texts["fine {name}"] = "rusak {typo}"
    monkeypatch.setattr(i18n, "catalogue", lambda _: broken)
    assert t("fine {name}", name="x") == "fine x"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("id", "id"),
        ("ID-id", "id"),
        ("pt-BR", "pt"),
        ("nl,id;q=0.1", "id"),
        ("en;q=0.1,id;q=0.2", "id"),
        ("id;q=nan", "en"),
        (",;", "en"),
    ],
)
def test_language_that_fits_best_is_chosen(header, language):
    assert negotiate(header) == language


def test_address_goes_before_the_header_and_that_before_the_default():
    assert set_language("id", b"page=1&lang=de-AT", "fr") == ("de", True)
    assert set_language("id", b"language=de&slang=es", "fr") == ("id", False)
    assert set_language("nl", b"lang=nl", "fr") == ("fr", False)


def test_arabic_is_written_from_right_to_left():
    assert [language for language in LANGUAGES if direction(language) == "rtl"] == ["ar"]
    assert translate("ar", "Not found") == "غير موجود"
