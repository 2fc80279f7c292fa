"""`fondasi new resource`: for each scope and each type it writes what is guarded, tested and well written."""

import json

import pytest

TYPES = (
    "title:str(200)!",
    "text:text",
    "size:int",
    "price:decimal?",
    "open:bool",
    "day:date",
    "moment:datetime?",
    "key:uuid",
    "state:enum(draft,published)",
    "extra:json?",
    "picture:file?",
)
LONG = "a_name_of_thirty_characters_xy"
RESOURCES = (
    ("memo", *TYPES, "--plural", "memos", "--scope", "tenant", "--soft-delete", "--job"),
    ("entry", *TYPES, "--plural", "entries", "--scope", "owner", "--soft-delete", "--job", "--admin"),
    ("notice", *TYPES, "--plural", "notices", "--scope", "public", "--admin"),
    ("remark", "text:text", "memo:ref(shop.Memo)", "notice:ref(Notice)?", "--plural", "remarks", "--scope", "tenant"),
    ("line", "text:str!", "entry:ref(shop.Entry)?", "proof:file!", "--plural", "lines", "--scope", "owner"),
    ("answer", "text:str", "remark:ref(Remark)", "--plural", "answers", "--scope", "tenant"),
    (LONG, "text:str!", "remark:ref(Remark)?", "--plural", "many_of_thirty_characters_long", "--scope", "tenant"),
    (f"{LONG[:-1]}z", f"{LONG[:-3]}:str!", "--plural", LONG.replace("name", "list"), "--scope", "owner", "--job"),
)  # fmt: skip


@pytest.mark.long
def test_every_type_in_every_scope_is_sound_tested_and_well_written(new_project):
    project = new_project("shop")
    for arguments in RESOURCES:
        project.run("fondasi", "new", "resource", *arguments)
    written = project.files()
    long = {name for name, text in written.items() if name.startswith("src/") and text.count("\n") > 60}
    # Ten fields are more than the one or two of most resources; a route takes the same lines with each. Rules wrap
    # their lines where names are long.
    assert all(name.endswith(("schemas.py", "routes.py", "service.py", "pages.py")) for name in long), long
    assert all(written[name].count("\n") <= 80 for name in long if name.endswith("service.py")), long
    project.run("ruff", "check", ".")
    project.run("ruff", "format", "--check", ".")
    project.run("mypy")
    project.run("lint-imports")
    assert project.down_and_up() == f"{sorted(words[0] for words in RESOURCES)} True"
    project.run("fondasi", "migrate")
    assert "ok" in project.run("fondasi", "doctor")
    project.run("pytest", "-q", "-p", "no:schemathesis")
    assert project.files() == written


def test_a_trial_touches_nothing_and_twice_is_once(shop):
    words = ("new", "resource", "memo", "title:str", "--plural", "memos", "--scope", "tenant")
    before = shop.snapshot()
    tried = shop(*words, "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert "+    rooms=[\n+        memos.room,\n+    ],\n" in tried.stdout
    assert shop.snapshot() == before
    told = json.loads(shop(*words, "--json").stdout)
    assert told["edited"] == ["src/shop/__init__.py", ".fondasi/generated.json"]
    assert told["next"] == ["pytest tests/test_memos.py", "fondasi migrate", "fondasi demo"]
    once = shop.snapshot()
    assert set(told["wrote"]) == once.keys() - before.keys()
    assert shop(*words).stdout == "Nothing to do: all of it is there.\n"
    other = shop("new", "resource", "entry", "title:str", "--plural", "entries", "--scope", "owner")
    assert other.returncode == 0, other.stderr
    assert shop(*words).stdout == "Nothing to do: all of it is there.\n"
    assert "from shop import entries, memos\n" in shop.snapshot()["src/shop/__init__.py"]


def test_what_is_there_is_not_overwritten(shop):
    words = ("new", "resource", "memo", "title:str", "--plural", "memos", "--scope", "tenant")
    shop(*words)
    before = shop.snapshot()
    refused = shop(*words, "more:int")
    assert refused.returncode == 1
    assert "src/shop/memos/models.py" in refused.stderr
    assert "src/shop/memos/repository.py" not in refused.stderr
    assert shop.snapshot() == before


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("memo", "title:str", "--plural", "memos"), "Say who may see it: --scope tenant"),
        (("memo", "title:str", "--plural", "memos", "--scope", "all"), "Say who may see it: --scope tenant"),
        (("memo", "title:str", "--scope", "tenant"), "Say what many of it are called: --plural"),
        (("memo", "title:str", "--plural", "memo", "--scope", "tenant"), "One and many are both called memo"),
        (("Memo", "title:str", "--plural", "memos", "--scope", "tenant"), "Try memo."),
        (("../memo", "title:str", "--plural", "memos", "--scope", "tenant"), "Try memo."),
        (("memo", "title:str", "--plural", "mémos", "--scope", "tenant"), "lower-case letters"),
        (("class", "title:str", "--plural", "classes", "--scope", "tenant"), "word of Python"),
        (("table", "title:str", "--plural", "tables", "--scope", "tenant"), "word of SQL: try table_item"),
        (("post", "title:str", "--plural", "notes", "--scope", "tenant"), "a table post already"),
        (("membership", "title:str", "--plural", "ms", "--scope", "tenant"), "a table membership already"),
        (("person", "title:str", "--plural", "users", "--scope", "public"), "routes at /users already"),
        (("writing", "title:str", "--plural", "posts", "--scope", "owner"), "posts already"),
        (("member", "title:str", "--plural", "crew", "--scope", "tenant"), "Try 'shop_member'"),
        (("wanted", "title:str", "--plural", "sought", "--scope", "tenant"), "the name Wanted already. Try 'shop"),
        (("memo", "title:str", "--plural", "tests", "--scope", "tenant"), "Try --plural shop_tests."),
        (("memo", "title:str", "--plural", "memos2", "--scope", "tenant"), "digits"),
        (("memo", "title:str", "--plural", "memos", "--scope", "tenant", "--admin"), "--scope owner or public"),
    ],
)  # fmt: skip
def test_a_name_or_a_scope_that_cannot_be_is_refused_in_a_sentence(shop, arguments, reason):
    assert_refused(shop, arguments, reason)


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("title", "is no field. Write NAME:TYPE"),
        ("title:str:str", "is no field"),
        ("title:str??", "is no field"),
        (":str", "cannot name a field"),
        ("Title:str", "Try title."),
        ("title:varchar", "There is no type varchar"),
        ("title:int(4)", "There is no type int(4)"),
        ("title:str(0)", "a number from 1 to 10000"),
        ("title:str(٣)", "a number from 1 to 10000"),
        ("title:str(501)!", "from 1 to 500 as it is unique"),
        ("text:text(9)", "A text has no length of its own"),
        ("text:text!", "a text is no key"),
        ("state:enum(draft)", "two or more lower-case words"),
        ("state:enum(a,a)", "two or more lower-case words"),
        ("state:enum(a,b'--)", "two or more lower-case words"),
        ("memo:ref(shop.Nothing)", "There is no shop.Nothing"),
        ("who:ref(fondasi.User)", "There is no fondasi.User"),
        ("picture:file(png)", "There is no type file(png)"),
        ("owner_id:uuid", "would say whose a row is"),
        ("created_by:uuid", "would say whose a row is"),
        (
            "tenant_id:uuid",
            "cannot be named tenant_id: every row has something of that name already. Try tenant_id_value",
        ),
        ("id:uuid", "cannot be named id: every row has"),
        ("model_dump:int", "cannot be named model_dump: Pydantic keeps"),
        ("metadata:json", "cannot be named metadata: every row has"),
        ("date:date", "cannot be named date: that is a name in the code of every model"),
        ("mapped_column:decimal", "cannot be named mapped_column: that is a name in the code of every model"),
        (
            "self:str(20)",
            "cannot be named self: functions that are given all fields have an argument of that name",
        ),
        ("cls:int", "cannot be named cls: functions"),
        ("request:bool", "cannot be named request: functions"),
        ("order:int", "word of SQL"),
        ("password:str", "named like a secret"),
    ],
)
def test_a_field_that_cannot_be_is_refused_in_a_sentence(shop, field, reason):
    assert_refused(shop, ("memo", field, "--plural", "memos", "--scope", "tenant"), reason)


def test_a_field_twice_and_none_at_all_are_refused(shop):
    options = ("--plural", "memos", "--scope", "tenant")
    assert_refused(shop, ("memo", "title:str", "title:int", *options), "two fields named title")
    assert shop("new", "resource", "memo", *options).returncode != 0


def test_a_reference_that_would_tell_of_hidden_rows_is_refused(shop):
    shop("new", "resource", "memo", "title:str", "--plural", "memos", "--scope", "tenant")
    shop("new", "resource", "entry", "title:str", "--plural", "entries", "--scope", "owner")
    for target, scope in (("Memo", "owner"), ("Memo", "public"), ("Entry", "public"), ("Entry", "tenant")):
        words = ("remark", f"it:ref(shop.{target})", "--plural", "remarks", "--scope", scope)
        assert_refused(shop, words, "would tell of rows that its readers may not see")


def test_a_row_of_a_tenant_does_not_go_when_the_owner_of_a_public_one_wants(shop):
    shop("new", "resource", "notice", "title:str", "--plural", "notices", "--scope", "public")
    for scope in ("tenant", "owner"):
        words = ("remark", "it:ref(shop.Notice)", "--plural", "remarks", "--scope", scope)
        assert_refused(shop, words, "Let it be empty: 'it:ref(shop.Notice)?'.")
    words = ("remark", "it:ref(shop.Notice)", "--plural", "remarks", "--scope", "public")
    assert shop("new", "resource", *words).returncode == 0


def test_outside_of_an_application_it_says_where_to_go(tmp_path, fondasi):
    words = ("new", "resource", "memo", "title:str", "--plural", "memos", "--scope", "tenant")
    assert "is in no application: go into the folder of one" in fondasi(tmp_path, *words).stderr
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "other"\n')
    assert "is that of no application" in fondasi(tmp_path, *words).stderr
    (tmp_path / "pyproject.toml").write_text("[project\n")
    assert "cannot be read" in fondasi(tmp_path, *words).stderr


@pytest.mark.parametrize(
    "module",
    [
        "from fondasi.module import Module\n\nmodule = Module(name='shop', migrations='shop.migrations')\n",
        "from fondasi.module import Module\n\nROOMS = []\n\nmodule = Module(\n    name='shop',\n    rooms=ROOMS,\n)\n",
        "def module():\n    pass\n",
    ],
)
def test_an_unusual_module_is_left_alone_and_said_what_to_write(shop, module):
    (shop.folder / "src/shop/__init__.py").write_text(module)
    words = ("memo", "title:str", "--plural", "memos", "--scope", "tenant")
    assert_refused(shop, words, "with `from shop import memos` and `Module(..., rooms=[memos.room])`")


def test_a_template_of_the_projects_own_goes_first(shop):
    own = shop.folder / ".fondasi/templates/resource/{{ app.folder }}/{{ plural.snake }}"
    own.mkdir(parents=True)
    (own / "errors.py.jinja").write_text('"""What can go wrong with {{ plural.words }}."""\n')
    words = ("new", "resource", "memo", "title:str", "--plural", "memos", "--scope", "tenant")
    told = json.loads(shop(*words, "--json").stdout)
    assert "src/shop/memos/errors.py" in told["wrote"]


def assert_refused(shop, arguments, reason):
    before = shop.snapshot()
    refused = shop("new", "resource", *arguments)
    assert refused.returncode == 1, refused.stdout
    assert reason in refused.stderr
    assert "Traceback" not in refused.stderr
    assert shop.snapshot() == before
