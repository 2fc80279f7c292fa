"""Who may call what by declaration: the golden table, and what a declaration may say."""

import runpy
from pathlib import Path

import pytest

from fondasi.access import Permission, PermissionRegistry, SeededGroup

GOLDEN = runpy.run_path(str(Path(__file__).parents[2] / "golden" / "write.py"))


def test_golden_table_is_what_the_rooms_declare():
    assert GOLDEN["FILE"].read_text() == GOLDEN["table"](), "review the difference, then run `make golden`"
    assert GOLDEN["ADMIN_FILE"].read_text() == GOLDEN["table"](admin=True), "likewise"


def test_super_admin_holds_everything_and_others_what_names_them():
    registry = PermissionRegistry([Permission("a.b", "One.", ("user",)), Permission("a.c", "Two.")])
    assert registry.defaults_of("super_admin") == {"a.b", "a.c"} == registry.codes
    assert registry.defaults_of("user") == {"a.b"}
    assert registry.defaults_of("admin") == registry.defaults_of("unknown") == frozenset()


@pytest.mark.parametrize("group", ["users", "super_admin", ""])
def test_default_group_is_one_of_those_that_can_be_chosen(group):
    with pytest.raises(ValueError, match=r"a\.b names the default group"):
        PermissionRegistry([Permission("a.b", "One.", (group,))])


@pytest.mark.parametrize("code", ["a", "A.b", "a.", ".b", "a b.c", "a.b\n"])
def test_code_is_room_and_action(code):
    with pytest.raises(ValueError, match="not named like"):
        PermissionRegistry([Permission(code, "One.")])


def test_golden_table_has_a_column_for_every_seeded_group():
    assert GOLDEN["table"]().split("\n")[0].split()[-5:] == [group.value for group in SeededGroup]
