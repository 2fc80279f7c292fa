"""`fondasi upgrade-check`: what a version changes for an application that is there; and the example, which is one."""

import asyncio
import json
import runpy
from pathlib import Path

import pytest

from fondasi.kit import clock
from fondasi.kit.db.migrations import downgrade
from fondasi.scaffold import template_faults

ROOT = Path(__file__).parents[5]
GOLDEN = runpy.run_path(str(ROOT / "packages/fondasi/tests/golden/write.py"))
MEMO = ("memo", "title:str", "--plural", "memos", "--scope", "tenant")
OWN = ".fondasi/templates/resource/{{ app.folder }}/{{ plural.snake }}"
PERMISSIONS = (
    '"""Of {{ plural.words }}."""\n\nVIEW, EDIT = "view_{{ plural.snake }}", "edit_{{ plural.snake }}"\n'
)


@pytest.fixture
def shop(shop):
    """An application with one resource."""
    assert shop("new", "resource", *MEMO).returncode == 0
    return shop


def check(shop, *options, **variables):
    return json.loads(shop("upgrade-check", "--json", *options, **variables).stdout)["found"]


def own_template(shop, name, text):
    folder = shop.folder / OWN
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.jinja").write_text(text)


def test_a_new_application_is_up_to_date_whatever_was_written_into_it(shop):
    service = shop.folder / "src/shop/memos/service.py"
    service.write_text(service.read_text() + "\n\nMINE = 1\n")
    shop("new", "field", "memo", "size:int")
    told = shop("upgrade-check")
    assert (told.returncode, told.stdout[:35]) == (0, "shop is up to date with Fondasi 0.1"), told.stdout


def test_names_and_arguments_that_are_gone_are_told_with_their_place(shop, monkeypatch):
    monkeypatch.setattr(clock.now, "__deprecated__", "call `soon`.", raising=False)
    (shop.folder / "src/shop/old.py").write_text(
        "from fondasi.kit import clock, nothing\n"
        "from fondasi.kit.http import Member\n"
        "from fondasi.module import Room\n"
        "import fondasi.cellar\n"
        "room = Room(router=[])\n"
        "print(clock.now(), clock.then())\n"
    )
    told = [(item["about"], item["place"].rpartition("/")[2], item["text"]) for item in check(shop)]
    assert told == [
        ("code", "old.py:1", "fondasi.kit has no nothing."),
        ("code", "old.py:2", "fondasi.kit.http has no Member. It is in fondasi.tenancy."),
        ("code", "old.py:4", "There is no fondasi.cellar any more."),
        ("code", "old.py:5", told[3][2]),
        ("code", "old.py:6", "fondasi.kit.clock has no then."),
        ("code", "old.py:6", "fondasi.kit.clock.now is going to go: call `soon`."),
    ]
    assert told[3][2].startswith("Room has no argument router. It takes: routers, ")


def test_settings_that_are_none_are_told(shop):
    (shop.folder / ".env").write_text("LOG_LEVL=INFO\n")
    (found,) = check(shop)
    assert (found["about"], found["text"]) == (
        "setting",
        "LOG_LEVL in .env is no setting; did you mean LOG_LEVEL?",
    )


def test_a_template_that_changed_is_told_until_it_was_looked_at(shop):
    own_template(shop, "permissions.py", PERMISSIONS)
    (found,) = check(shop)
    assert found["place"] == "src/shop/memos/permissions.py"
    assert found["text"] == "would be written otherwise today, and is as it was written."
    assert '+"""Of memos."""' in shop("upgrade-check", "--diff").stdout
    path = shop.folder / found["place"]
    before = path.read_text()
    path.write_text(before + "# mine\n")
    (found,) = check(shop)
    assert "and was edited" in found["text"]
    shop("new", "field", "memo", "size:int")
    assert check(shop) == [found]
    assert check(shop, "--seen") == []
    assert check(shop) == []
    assert path.read_text() == before + "# mine\n"


def test_a_file_that_is_written_newly_is_told_and_one_that_was_taken_is_not(shop):
    own_template(shop, "errors.py", '"""What can go wrong with {{ plural.words }}."""\n')
    (found,) = check(shop)
    assert (found["place"], found["text"]) == ("src/shop/memos/errors.py", "would be written today.")
    (shop.folder / found["place"]).write_text('"""What can go wrong with memos."""\n')
    assert check(shop) == []


def test_a_removed_resource_and_a_removed_file_are_told_no_more(shop):
    own_template(shop, "permissions.py", PERMISSIONS)
    (shop.folder / "src/shop/memos/permissions.py").unlink()
    assert check(shop) == []
    shop("remove", "resource", "memo", "--yes")
    assert json.loads((shop.folder / ".fondasi/generated.json").read_text())["resources"] == {}


def test_revisions_that_the_database_lacks_are_told_with_their_titles(shop, scratch_database):
    asyncio.run(downgrade(scratch_database.owner, "posts.migrations"))
    variables = {"DATABASE_URL": scratch_database.app, "DATABASE_OWNER_URL": scratch_database.owner}
    found = check(shop, **variables)
    assert [item["place"] for item in found] == [f"posts_000{number}" for number in (1, 2, 3, 4)]
    assert found[1] == {
        "about": "migration", "place": "posts_0002", "text": "Posts count their changes.", "patch": "",
    }  # fmt: skip


def test_a_record_that_is_none_is_a_sentence(shop):
    (shop.folder / ".fondasi/generated.json").write_text("{")
    refused = shop("upgrade-check")
    assert refused.returncode == 1
    assert "generated.json cannot be read: bring it back, or delete it." in refused.stderr


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ nothing }}\n", "'nothing' is undefined"),
        ("{% if admin %}\nname = {{ name.words }} of\n{% endif %}\n", "makes no Python: invalid syntax"),
    ],
)
def test_a_template_of_the_projects_own_that_is_broken_fails_its_tests(shop, text, reason):
    assert template_faults(shop.folder) == []
    own_template(shop, "errors.py", '"""What can go wrong."""\n')
    assert template_faults(shop.folder) == []
    own_template(shop, "errors.py", text)
    (fault,) = template_faults(shop.folder)
    assert reason in fault
    assert "errors.py" in fault


def test_the_example_is_what_the_commands_make_and_its_hand_written_part(fondasi):
    told = fondasi(ROOT / "examples/posts", "upgrade-check", "--diff", FONDASI_DATA_DIR="/nowhere")
    assert told.returncode == 0, (
        f"bring examples/posts to the templates, then `fondasi upgrade-check --seen` there:\n{told.stdout}"
    )
    assert GOLDEN["POSTS_FILE"].read_text() == GOLDEN["by_hand"](), (
        "review the difference, then run `make golden`"
    )
