"""`fondasi new app`: what it writes installs, is sound and well written; what it must not do, it does not."""

import json

import pytest

WRITTEN = [
    ".github/workflows/ci.yml",
    ".gitignore",
    "README.md",
    "pyproject.toml",
    "src/shop/__init__.py",
    "src/shop/migrations/__init__.py",
    "src/shop/migrations/versions/__init__.py",
    "src/shop/py.typed",
    "tests/test_application.py",
    ".fondasi/generated.json",
]


@pytest.mark.long
def test_a_new_application_is_installed_sound_and_tested(new_project):
    project = new_project("shop")
    before = project.files()
    assert sorted(before) == sorted(WRITTEN)
    project.run("ruff", "check", ".")
    project.run("ruff", "format", "--check", ".")
    project.run("lint-imports")
    project.run("fondasi", "migrate")
    assert "ok" in project.run("fondasi", "doctor")
    assert "2 passed" in project.run("pytest", "-q", "-p", "no:schemathesis")
    assert project.files() == before


def test_a_trial_prints_the_patch_and_touches_nothing(tmp_path, fondasi):
    tried = fondasi(tmp_path, "new", "app", "shop", "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert "+++ b/src/shop/__init__.py" in tried.stdout
    assert list(tmp_path.iterdir()) == []
    told = json.loads(fondasi(tmp_path, "new", "app", "shop", "--dry-run", "--json").stdout)
    assert (told["wrote"], told["dry_run"]) == (WRITTEN, True)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_and_twice_is_once(tmp_path, fondasi):
    first = json.loads(fondasi(tmp_path, "new", "app", "shop", "--json").stdout)
    assert first["wrote"] == WRITTEN
    assert first["next"] == ["cd shop", "pip install -e '.[dev]'", "pytest"]
    assert fondasi(tmp_path, "new", "app", "shop").stdout == "Nothing to do: all of it is there.\n"
    (tmp_path / "shop/README.md").write_text("Mine.\n")
    (tmp_path / "shop/pyproject.toml").unlink()
    refused = fondasi(tmp_path, "new", "app", "shop")
    assert refused.returncode == 1
    assert "shop/README.md" in refused.stderr
    assert (tmp_path / "shop/README.md").read_text() == "Mine.\n"
    assert not (tmp_path / "shop/pyproject.toml").exists()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Web Shop", "Try web_shop."),
        ("webShop", "Try web_shop."),
        ("web-shop", "Try web_shop."),
        ("toko_é", "lower-case letters"),
        ("../shop", "Try shop."),
        ("", "lower-case letters"),
        ("shop\n", "Try shop."),
        ("x" * 31, "at most 30 characters"),
        ("class", "word of Python"),
        ("select", "word of SQL"),
        ("json", "Python package named json exists"),
        ("fondasi", "Python package named fondasi exists"),
        ("sqlalchemy", "Python package named sqlalchemy exists"),
        ("tests", "Python package named tests exists"),
        ("tenants", "The platform has a module named tenants"),
    ],
)
def test_a_name_that_cannot_be_taken_is_refused_in_a_sentence(tmp_path, fondasi, name, reason):
    refused = fondasi(tmp_path, "new", "app", name)
    assert refused.returncode == 1
    assert reason in refused.stderr
    assert "Traceback" not in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_a_sentence_and_leaves_nothing(tmp_path, fondasi):
    (tmp_path / "shop").write_text("a file")
    assert "is no folder" in fondasi(tmp_path, "new", "app", "shop").stderr
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked/tests").write_text("a file where a folder has to be")
    refused = fondasi(tmp_path, "new", "app", "blocked")
    assert refused.returncode == 1
    assert "cannot be written" in refused.stderr
    assert [path.name for path in (tmp_path / "blocked").rglob("*") if path.is_file()] == ["tests"]


def test_a_template_of_the_projects_own_goes_first(tmp_path, fondasi):
    own = tmp_path / ".fondasi/templates/app"
    own.mkdir(parents=True)
    (own / "README.md.jinja").write_text("{{ name.pascal }} of the house.\n")
    assert fondasi(tmp_path, "new", "app", "shop").returncode == 0
    assert (tmp_path / "shop/README.md").read_text() == "Shop of the house.\n"
    assert (tmp_path / "shop/pyproject.toml").exists()
    (own / "README.md.jinja").write_text("{{ nothing }}\n")
    refused = fondasi(tmp_path, "new", "app", "other")
    assert "The template app/README.md.jinja is broken: 'nothing' is undefined" in refused.stderr
