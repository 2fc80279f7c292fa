"""Each variable that documents of the replaced systems print works, or the start says what stands for it."""

import os
import re
from pathlib import Path

import pytest

from fondasi.settings import KEPT, REPLACED, Settings, unknown_names
from fondasi.settings.unknown import setting_names

HERE = Path(__file__).parent
ROOT = HERE.parents[4]
DOCUMENTS = Path(os.environ.get("FONDASI_REPLACED_DOCUMENTS", ROOT / "../shared/seeds"))
ASSIGNED = re.compile(r"^[ \t]*(?:#[ \t]*)?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)=(?!=)", re.MULTILINE)
NAMED = re.compile(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`")
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `([A-Z0-9_]+)` \| (.+) \|$", re.MULTILINE)
# Named in prose as codes of problems, not as variables.
CODES = {"VALIDATION_ERROR", "VALIDATION_FAILED", "REQUEST_TOO_LARGE"}


def test_names_that_are_kept_are_settings():
    names = setting_names(Settings(_env_file=None))
    assert set(KEPT) <= names
    assert not names & set(REPLACED)


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the documents of the replaced systems are not here")
def test_each_printed_variable_is_known():
    printed = set()
    for path in DOCUMENTS.glob("*.md"):
        text = path.read_text()
        printed |= {name for block in FENCE.findall(text) for name in ASSIGNED.findall(block)}
        printed |= set(NAMED.findall(text)) - CODES
    assert len(printed) > 60
    assert printed == set(KEPT) | set(REPLACED)


def test_guide_lists_all_of_them_in_the_same_words():
    rows = dict(ROW.findall((ROOT / "docs/migrating.md").read_text()))
    assert rows == {**dict.fromkeys(KEPT, "the same"), **REPLACED}


@pytest.mark.parametrize("name", sorted(REPLACED))
def test_start_and_doctor_say_what_stands_for_it(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    sentence = f"is no setting here: {REPLACED[name]}"
    (tmp_path / ".env").write_text(f"{name}=1\n")
    assert f"{name} in .env {sentence}" in unknown_names(Settings())
    (tmp_path / ".env").unlink()
    monkeypatch.setenv(name, "1")
    assert f"{name} in the environment {sentence}" in unknown_names(Settings())


def test_sentences_name_settings_that_there_are():
    known = (
        setting_names(Settings(_env_file=None))
        | set(REPLACED)
        | {"USER", "PASSWORD", "SERVER", "PORT", "NAME", "HOST"}
    )
    named = {
        name for text in REPLACED.values() for name in re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b", text)
    }
    assert named <= known
