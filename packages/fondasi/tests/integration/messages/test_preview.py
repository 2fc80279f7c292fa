"""The pages that show every message: in `local` alone, complete, and without a script."""

import re
from importlib.resources import files

import pytest

from fondasi.kit.i18n import LANGUAGES
from fondasi.messages.templates import Templates, UnknownTemplateError
from fondasi.settings import Environment

KINDS = Templates().kinds("fondasi")


def test_every_template_of_a_message_has_a_sample():
    found = {
        file.name.removesuffix(".jinja")
        for room in ("messages", "tenancy", "webhooks")
        for file in files(f"fondasi.{room}").joinpath("templates").iterdir()
        if "{% extends layout %}" in file.read_text()
    }
    assert found == {kind.name for kind in KINDS}


@pytest.mark.long
async def test_every_kind_is_shown_in_every_language(client):
    for language in LANGUAGES:
        page = await client.get(f"/message-previews?lang={language}")
        assert page.text.count("/text?lang=") == len(KINDS)
        for kind in KINDS:
            address = f"/message-previews/{kind.package}/{kind.name}"
            mail = await client.get(f"{address}?lang={language}")
            text = await client.get(f"{address}/text?lang={language}")
            assert (mail.status_code, text.status_code) == (200, 200)
            assert text.headers["content-type"] == "text/plain; charset=utf-8"
            assert f'<html lang="{language}" dir="' in mail.text
            assert not re.search(r"[{}]", text.text), text.text


async def test_pages_run_no_script_and_ask_no_other_server(client):
    for address in ("/message-previews", "/message-previews/fondasi.messages/one-time-password"):
        answer = await client.get(address)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "script-src" not in policy
        assert not re.search(r"<script|<img|(?:src|href)=\"(?:https?:)?//", answer.text)


async def test_backticks_are_code_and_languages_stand_apart(client):
    page = (await client.get("/message-previews")).text
    assert "<code>local</code>" in page
    assert "`" not in page
    assert "nav { display: flex;" in page


async def test_links_of_the_list_lead_to_pages(client):
    page = await client.get("/message-previews")
    links = re.findall(r'href="([^"]*/[^"]*)"', page.text)
    assert len(links) == 2 * len(KINDS)
    for link in links[:2]:
        assert (await client.get(page.url.join(link))).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["fondasi.messages/nothing", "fondasi.messages/layout.html", "os/path", "fondasi.messages/..%2f"],
)
async def test_what_is_no_message_is_not_shown(client, address):
    assert (await client.get(f"/message-previews/{address}")).status_code == 404


async def test_elsewhere_there_are_no_such_pages(settings, running):
    async with running(settings.model_copy(update={"environment": Environment.STAGING})) as client:
        assert (await client.get("/message-previews")).status_code == 404
        assert (await client.get("/message-previews/fondasi.messages/one-time-password")).status_code == 404


def test_folder_of_an_application_goes_first(tmp_path):
    text = (
        "{% extends layout %}{% block subject %}Kode{% endblock %}{% block body %}{{ p(code) }}{% endblock %}"
    )
    (tmp_path / "one-time-password.jinja").write_text(text)
    (tmp_path / "layout.html.jinja").write_text("<main>{% block body %}{% endblock %}</main>")
    templates = Templates([tmp_path])
    shown = templates.render("fondasi.messages", "one-time-password", "en", {"code": "1&2"}, html=True)
    assert (shown.subject, shown.body) == ("Kode", "1&2\n")
    assert "".join(shown.html.split()) == "<main><p>1&amp;2</p></main>"
    with pytest.raises(UnknownTemplateError):
        templates.render("fondasi.messages", "nothing", "en", {})
