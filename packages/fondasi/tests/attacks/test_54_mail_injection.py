"""Attack 54: names that others choose put headers, HTML, templates or hidden directions into mail in our name."""

from html.parser import HTMLParser

import pytest

from fondasi.messages.templates import Templates

NAMES = [
    "<img src=x onerror=alert(1)>",
    "</p><a href=https://evil.example>Sign in</a>",
    "{{ 7 * 7 }}{% include 'mail.css' %}",
    "{app_name.__class__} {token} %(app_name)s",
    "Toko &amp; <!-- Maju -->",
    "A" * 2000,
]
OWN = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "div",
    "p",
    "h1",
    "bdi",
    "dl",
    "dt",
    "dd",
    "ul",
    "li",
}
UNSEEN = "Ani\u202emoc.elpmaxe\u202c\r\nBcc: eve@example.com\n\n\x00\u2028Pay now"


class Tags(HTMLParser):
    """The tags of a page, what they say, and all attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.attributes, self.text = set(), set(), ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("name", NAMES)
async def test_name_of_a_tenant_is_text_in_its_invitation(client, account, letters, name):
    headers = await account("ani")
    made = await client.post("/api/v1/tenants", json={"name": name}, headers=headers)
    if made.status_code == 422:
        assert "query" not in made.text
        return
    tenant = made.json()["id"]
    invitation = {"email": "budi@example.com", "role": "member"}
    sent = await client.post(f"/api/v1/tenants/{tenant}/invitations", json=invitation, headers=headers)
    assert sent.status_code == 201
    (letter,) = await letters("budi@example.com")
    shown = Tags(letter.html)
    assert shown.tags <= OWN
    assert not {item for item in shown.attributes if item.startswith("on") or item in {"href", "src"}}
    assert name in letter.text
    assert name in shown.text
    assert "49" not in letter.subject.replace(name, "")
    assert "\n" not in letter.subject


def test_no_value_of_any_message_adds_a_line_or_turns_the_direction():
    templates = Templates(app_name="Fondasi")
    for kind in templates.kinds("fondasi"):
        plain = templates.render(kind.package, kind.name, "en", kind.sample, html=True)
        values = {
            key: UNSEEN if isinstance(value, str) and key not in {"kind", "role"} else value
            for key, value in kind.sample.items()
        }
        shown = templates.render(kind.package, kind.name, "en", values, html=True)
        assert shown.body.count("\n") == plain.body.count("\n"), kind
        assert not set("\u202e\u202c\r\x00\u2028") & set(shown.subject + shown.body + shown.html), kind
        assert "\n" not in shown.subject
        assert len(shown.subject) <= 200
