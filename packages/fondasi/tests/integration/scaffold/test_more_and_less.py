"""`fondasi new field` and `fondasi remove resource`: a field that running code can live with, and a clean tree."""

import asyncio
import json

import asyncpg
import pytest

FIELDS = (
    ("memo", "size:int"),
    ("memos", "summary:text?"),
    ("memo", "state:enum(draft,published)"),
    ("memo", "price:decimal"),
    ("memo", "number:str(20)?!"),
    ("entry", "open:bool"),
    ("entry", "extra:json"),
    ("entry", "day:date?"),
    ("entry", "moment:datetime?"),
    ("entry", "key:uuid?!"),
    ("entry", "parent:ref(shop.Folder)?"),
    ("notice", "kind:enum(news,warning)?"),
    ("entry", "picture:file?"),
    ("notice", "cover:file?"),
)
MEMO = ("memo", "title:str", "--plural", "memos", "--scope", "tenant", "--soft-delete")
RESOURCES = (
    MEMO,
    ("folder", "name:str!", "--plural", "folders", "--scope", "owner"),
    ("entry", "title:str", "--plural", "entries", "--scope", "owner"),
    ("notice", "title:str", "--plural", "notices", "--scope", "public"),
)


@pytest.fixture
def shop(shop):
    """An application with one resource."""
    assert shop("new", "resource", *MEMO).returncode == 0
    return shop


@pytest.mark.long
def test_fields_of_every_type_are_added_and_the_resources_removed_again(new_project):
    project = new_project("shop")
    bare = project.files()
    for arguments in RESOURCES:
        project.run("fondasi", "new", "resource", *arguments)
    for resource, field in FIELDS:
        project.run("fondasi", "new", "field", resource, field)
    written = project.files()
    project.run("ruff", "check", ".")
    project.run("ruff", "format", "--check", ".")
    project.run("mypy")
    assert project.down_and_up() == "['entry', 'folder', 'memo', 'notice'] True"
    project.run("pytest", "-q", "-p", "no:schemathesis")
    assert project.files() == written
    project.run("fondasi", "remove", "resource", "memo", "--yes")
    project.run("ruff", "check", ".")
    project.run("ruff", "format", "--check", ".")
    without = project.down_and_up()
    assert without == "['entry', 'folder', 'notice'] True"
    project.run("pytest", "-q", "-p", "no:schemathesis")
    assert {name for name in project.files() if "memo" in name} == {
        name for name in written if "memo" in name and "versions" in name
    } | {"src/shop/migrations/versions/0019_without_memos.py"}
    assert bare.keys() < project.files().keys()
    project.run(
        "fondasi", "new", "resource", "gadget", "title:str", "--plural", "gadgets", "--scope", "public"
    )
    assert project.run("fondasi", "migrate").endswith("Applied shop_0020\nThe database is up to date.\n")
    assert "With --drop" in project.run("fondasi", "remove", "resource", "gadget", "--yes", fails=True)
    project.run("fondasi", "remove", "resource", "gadget", "--yes", "--drop")
    assert project.run("fondasi", "migrate") == "Applied shop_0021\nThe database is up to date.\n"


def test_a_resource_that_was_just_made_goes_without_a_trace(shop):
    before = shop.snapshot()
    for words in (("entry", "title:str"), ("entry", "title:str", "size:int!")):
        shop("new", "resource", *words, "--plural", "entries", "--scope", "owner", "--job", "--admin")
        shop("new", "field", "entry", "day:date?")
        assert shop.snapshot() != before
        removed = shop("remove", "resource", "entries", "--yes")
        assert removed.returncode == 0, removed.stderr
        assert (
            "The database here has no table entry. If another one has shop_0002, shop_0003, bring"
            in removed.stdout
        )
        assert shop.snapshot() == before


def test_a_revision_that_the_database_has_stays(shop, scratch_database):
    """Else the next command would find a revision without a file."""
    there = {"DATABASE_URL": scratch_database.app, "DATABASE_OWNER_URL": scratch_database.owner}
    shop("new", "field", "memo", "day:date?")
    asyncio.run(execute(scratch_database.owner, "CREATE TABLE alembic_version_shop (version_num text)"))
    assert "-class Memo" in shop("remove", "resource", "memo", "--dry-run", **there).stdout
    asyncio.run(execute(scratch_database.owner, "INSERT INTO alembic_version_shop VALUES ('shop_0001')"))
    before = shop.snapshot()
    refused = shop("remove", "resource", "memo", "--yes", **there)
    assert refused.returncode == 1
    assert "the database here has shop_0001, and with it the table memo. With --drop" in refused.stderr
    silent = shop("remove", "resource", "memo", "--yes", DATABASE_URL="postgresql://a:b@127.0.0.1:1/x")
    assert silent.returncode == 1
    assert "cannot be asked whether it has the table. Start it, or say --drop." in silent.stderr
    assert shop.snapshot() == before
    assert shop("remove", "resource", "memo", "--yes", "--drop", **there).returncode == 0
    assert {path for path in shop.snapshot() if "/versions/0" in path} == {
        f"src/shop/migrations/versions/{name}.py"
        for name in ("0001_memos", "0002_memo_day", "0003_without_memos")
    }


async def execute(url, statement):
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def test_a_removal_is_shown_and_asked_for(shop):
    before = shop.snapshot()
    asked = shop("remove", "resource", "memo")
    assert asked.returncode == 1
    assert "With --yes these files go:\n  src/shop/memos/__init__.py\n" in asked.stderr
    tried = shop("remove", "resource", "memo", "--dry-run")
    assert "-class Memo(TenantScoped, Versioned, SoftDelete):\n" in tried.stdout
    assert shop.snapshot() == before
    dropped = json.loads(shop("remove", "resource", "memo", "--yes", "--drop", "--json").stdout)
    assert dropped["wrote"] == ["src/shop/migrations/versions/0002_without_memos.py"]
    text = (shop.folder / dropped["wrote"][0]).read_text()
    assert 'op.drop_table("memo")' in text
    assert "op.create_table(" in text


def test_what_others_refer_to_stays(shop):
    shop("new", "resource", "remark", "memo:ref(Memo)?", "--plural", "remarks", "--scope", "tenant")
    before = shop.snapshot()
    refused = shop("remove", "resource", "memo", "--yes")
    assert refused.returncode == 1
    assert "src/shop/remarks/models.py\n  tests/test_remarks.py" in refused.stderr
    assert shop.snapshot() == before


def test_a_field_is_added_once_and_a_trial_adds_none(shop):
    words = ("new", "field", "memo", "size:int")
    before = shop.snapshot()
    assert "+    size: Mapped[int]\n" in shop(*words, "--dry-run").stdout
    assert shop.snapshot() == before
    told = json.loads(shop(*words, "--json").stdout)
    assert told["wrote"] == ["src/shop/migrations/versions/0002_memo_size.py"]
    assert told["edited"] == [
        "src/shop/memos/models.py",
        "src/shop/memos/schemas.py",
        "src/shop/memos/pages.py",
        ".fondasi/generated.json",
    ]
    assert told["notes"] == ["Extend EXAMPLE and OTHER in tests/test_memos.py with size."]
    once = shop.snapshot()
    assert "    size: Integer = Field(0, ge=-(2**31), le=2**31 - 1" in once["src/shop/memos/schemas.py"]
    assert 'server_default="0"' in once[told["wrote"][0]]
    assert shop(*words).stdout == "Nothing to do: all of it is there.\n"
    assert shop.snapshot() == once


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("new", "field", "nothing", "size:int"), "There is no resource nothing in shop. There are: memo."),
        (("remove", "resource", "nothing", "--yes"), "There is no resource nothing in shop. There are: memo."),
        (("new", "field", "memo", "subject:str"), "let it be empty, 'subject:...?'"),
        (("new", "field", "memo", "size:int!"), "let it be empty, 'size:...?'"),
        (("new", "field", "memo", "picture:file"), "let it be empty, 'picture_id:...?'"),
        (("new", "field", "memo", "title:int?"), "Memo has another title already"),
        (("new", "field", "memo", "owner_id:uuid?"), "would say whose a row is"),
        (("new", "field", "memo", "size"), "is no field"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_sentence(shop, arguments, reason):
    before = shop.snapshot()
    refused = shop(*arguments)
    assert refused.returncode == 1
    assert reason in refused.stderr
    assert shop.snapshot() == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("schemas.py", "class MemoWrite", "class MemoChange"),
        ("models.py", "from fondasi", "# mine\nfrom fondasi"),
    ],
)
def test_an_unusual_file_is_left_alone(shop, file, old, new):
    path = shop.folder / "src/shop/memos" / file
    path.write_text(path.read_text().replace(old, new))
    before = shop.snapshot()
    refused = shop("new", "field", "memo", "size:int")
    assert refused.returncode == 1
    assert f"memos/{file} is not of the usual form. Nothing was written" in refused.stderr
    assert shop.snapshot() == before
