"""Statements that are built once serve the values of whoever asks."""

from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, or_, select

from fondasi.kit.db import prepared
from fondasi.kit.db.prepared import Prepared

THINGS = Table("thing", MetaData(), Column("owner", Integer), Column("name", Text))


def asked(statements, *conditions, shape="page"):
    def make():
        return select(THINGS.c.name).where(*conditions).limit(bindparam("limit"))

    statement, values = statements(shape, conditions, make)
    compiled = statement.compile()
    return statement, str(compiled), compiled.construct_params(values | {"limit": 5})


def test_the_values_are_those_of_who_asks_each_time():
    statements = Prepared()
    first, _, of_first = asked(statements, THINGS.c.owner == 1, THINGS.c.name.in_(["a"]))
    second, _, of_second = asked(statements, THINGS.c.owner == 2, THINGS.c.name.in_(["b", "c"]))
    assert second is first
    assert of_first == {"owner_1": 1, "name_1": ["a"], "limit": 5}
    assert of_second == {"owner_1": 2, "name_1": ["b", "c"], "limit": 5}


def test_one_value_in_two_conditions_is_not_taken_for_two():
    statements = Prepared()
    owner = bindparam("owner", 1)
    asked(statements, THINGS.c.owner == owner, or_(THINGS.c.owner > owner, THINGS.c.name == "a"))
    other = bindparam("owner", 2)
    _, _, values = asked(
        statements, THINGS.c.owner == other, or_(THINGS.c.owner > other, THINGS.c.name == "b")
    )
    assert values == {"owner": 2, "name_1": "b", "limit": 5}


def test_other_conditions_and_other_shapes_are_other_statements():
    statements = Prepared()
    known = {
        text
        for conditions in ([THINGS.c.owner == 1], [THINGS.c.owner != 1], [THINGS.c.owner.is_(None)], [])
        for _, text, _ in [asked(statements, *conditions)]
    }
    assert len(known) == 4
    first, _, _ = asked(statements, THINGS.c.owner == 1)
    assert asked(statements, THINGS.c.owner == 1, shape="count")[0] is not first


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(prepared, "MOST", 2)
    statements = Prepared()
    for shape in range(5):
        asked(statements, THINGS.c.owner == shape, shape=shape)
        assert len(statements._known) <= 2
