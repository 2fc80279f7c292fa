"""Pages that the commands declare: in a browser, with fields of every type, in an application that they wrote."""

import pytest
from fixtures.browser import AXE, ROOT, manifest

from fondasi.testing.browser import chromium_path

JOURNEYS = ROOT / "frontend" / "tests" / "generated" / "journeys.py"
NOTICE = ("notice", "title:str(200)!", "text:text", "--plural", "notices", "--scope", "public")
ENTRY = ("entry", "text:text?", "size:int", "--plural", "entries", "--scope", "owner")
MEMO = (
    "memo", "title:str(200)!", "text:text", "size:int", "price:decimal?", "open:bool", "day:date", "moment:datetime?",
    "key:uuid", "state:enum(draft,published)", "extra:json?", "picture:file?", "notice:ref(Notice)?",
    "--plural", "memos", "--scope", "tenant", "--soft-delete",
)  # fmt: skip


@pytest.mark.long
@pytest.mark.browser
def test_pages_of_every_type_and_scope_are_used_in_a_browser(new_project):
    manifest()
    chromium_path()
    project = new_project("shop")
    for arguments in (NOTICE, ENTRY, MEMO):
        project.run("fondasi", "new", "resource", *arguments)
    (project.root / "tests" / "test_journeys.py").write_text(JOURNEYS.read_text())
    project.variables["AXE"] = str(AXE)
    project.run("pytest", "-q", "-p", "no:schemathesis", "tests/test_journeys.py")


@pytest.fixture
def pages(shop):
    """The declaration of a resource, after a command."""
    words = ("new", "resource", "memo", "title:str", "--plural", "memos", "--scope", "tenant")
    assert shop(*words).returncode == 0
    return shop.folder / "src/shop/memos/pages.py"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("size:int", ['form=["title", "size"],', '        "size": noted("Size"),\n']),
        ("state:enum(draft,in_use)?", ['"state.in_use": noted("In use"),', 'form=["title", "state"],']),
        ("picture:file?", ['files=["picture_id"],', '"picture_id": noted("Picture"),']),
        ("memo:ref(Folder)?", ['        "memo_id": "/tenants/{tenant_id}/folders",\n']),
    ],
)
def test_a_field_that_is_added_is_in_the_form_and_has_a_label(shop, pages, spec, said):
    if "Folder" in spec:
        made = shop("new", "resource", "folder", "name:str", "--plural", "folders", "--scope", "tenant")
        assert made.returncode == 0, made.stderr
    added = shop("new", "field", "memo", spec)
    assert added.returncode == 0, added.stderr
    for part in said:
        assert part in pages.read_text()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("labels={", "labels=LABELS | {"),
        ('form=["title"],', 'form=["title"],  # no more'),
        ("PAGES = Pages(", "def pages():\n    return Pages("),
    ],
)
def test_a_declaration_of_an_unusual_form_is_left_alone_and_said_what_to_write(shop, pages, before, after):
    text = pages.read_text()
    assert before in text
    pages.write_text(text.replace(before, after))
    kept = pages.read_text()
    added = shop("new", "field", "memo", "size:int")
    assert "Add size to form and labels in src/shop/memos/pages.py" in added.stdout
    assert pages.read_text() == kept


def test_a_resource_cannot_take_the_name_of_its_pages(shop):
    refused = shop("new", "resource", "leaf", "title:str", "--plural", "pages", "--scope", "owner")
    assert refused.returncode == 1
    assert "uses the name PAGES already. Try --plural shop_pages." in refused.stderr
