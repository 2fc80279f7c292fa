"""Keys, checks and references of fields: as a model lists them, and as a revision makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.scaffold.imports import fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fondasi.scaffold.fields import Field
    from fondasi.scaffold.names import Name

Part = tuple[str, list[str]]
LEADERS = {"tenant": "tenant_id", "owner": "owner_id", "public": ""}  # what leads the keys of a scope
ALONE = len("    __table_args__ = (")
IDENTIFIER = 63  # longest name that PostgreSQL takes
ALIVE = 'text("deleted_at IS NULL")'


def model_parts(name: Name, fields: Sequence[Field], leader: str, *, soft_delete: bool) -> list[Part]:
    """The parts of `__table_args__` for fields: a call, and its arguments."""
    parts = [_model_key(name, item, leader, soft_delete=soft_delete) for item in fields if item.unique]
    for item in fields:
        column = item.name.snake
        if item.check:
            parts.append(("CheckConstraint(", [f'"{item.check}"', f'name="{column}"']))
        if item.target is not None:
            parts.append(("ForeignKeyConstraint(", _reference(item, leader)))
            parts.append(("Index(", [f'"{_index(name, item)}"', *_led(item, leader)]))
    return parts


def table_args(parts: Sequence[Part]) -> str:
    """The value of `__table_args__`; empty when there is none."""
    if not parts:
        return ""
    if len(parts) == 1 and "\n" not in (one := fit(parts[0][0], parts[0][1], "),)", ALONE)):
        return f"({one.strip()}"
    return "(\n" + "".join(f"{fit(head, items, '),', 8)}\n" for head, items in parts) + "    )"


def constraint_lines(name: Name, fields: Sequence[Field], leader: str, *, soft_delete: bool) -> list[str]:
    """Lines within `create_table`."""
    parts: list[Part] = []
    if leader != "tenant_id":
        parts.append(("sa.UniqueConstraint(", ['"owner_id"', '"id"']))
    for item in fields:
        if item.unique and not soft_delete:
            label, columns = _key(name, item, leader)
            parts.append(("sa.UniqueConstraint(", [*columns, f'name=op.f("{label}")']))
    for item in fields:
        if item.check:
            parts.append(("sa.CheckConstraint(", [f'"{item.check}"', f'name="{item.name.snake}"']))
        if item.target is not None:
            parts.append(("sa.ForeignKeyConstraint(", _reference(item, leader)))
    return [fit(head, items, "),", 8) for head, items in parts]


def index_lines(name: Name, fields: Sequence[Field], leader: str, *, soft_delete: bool) -> list[str]:
    """Lines behind `create_table`."""
    parts = []
    for item in fields:
        if item.unique and soft_delete:
            label, columns = _key(name, item, leader)
            where = f"postgresql_where=sa.{ALIVE}"
            listed = f"[{', '.join(columns)}]"
            parts.append([f'op.f("{label}")', f'"{name.snake}"', listed, "unique=True", where])
    for item in fields:
        if item.target is not None:
            label = f'op.f("{_index(name, item)}")'
            parts.append([label, f'"{name.snake}"', f"[{', '.join(_led(item, leader))}]"])
    return [fit("op.create_index(", items, ")", 4) for items in parts]


def revision_parts(name: Name, item: Field, leader: str, *, soft_delete: bool) -> list[str]:
    """Lines behind `add_column` for one field."""
    table, parts = f'"{name.snake}"', []
    if item.unique and not soft_delete:
        label, columns = _key(name, item, leader)
        listed = f"[{', '.join(columns)}]"
        parts.append(("op.create_unique_constraint(", [f'op.f("{label}")', table, listed]))
    if item.check:
        label = f"ck_{name.snake}_{item.name.snake}"[:IDENTIFIER]
        parts.append(("op.create_check_constraint(", [f'op.f("{label}")', table, f'"{item.check}"']))
    if item.target is not None:
        mine, theirs, *end = _reference(item, leader)
        there = theirs.replace(f"{item.target.name}.", "")
        label = f'op.f("{_foreign_key(name, item, leader)}")'
        parts.append(("op.create_foreign_key(", [label, table, f'"{item.target.name}"', mine, there, *end]))
    made = [fit(head, items, ")", 4) for head, items in parts]
    return [*made, *index_lines(name, [item], leader, soft_delete=soft_delete)]


def _model_key(name: Name, item: Field, leader: str, *, soft_delete: bool) -> Part:
    label, columns = _key(name, item, leader)
    if soft_delete:
        return "Index(", [f'"{label}"', *columns, "unique=True", f"postgresql_where={ALIVE}"]
    return "UniqueConstraint(", [*columns, f'name="{label}"']


def _index(name: Name, item: Field) -> str:
    """Name of the index of a reference."""
    return f"ix_{name.snake}_{item.name.snake}"[:IDENTIFIER]


def _key(name: Name, item: Field, leader: str) -> tuple[str, list[str]]:
    """Name and quoted columns of a unique key."""
    columns = [leader, item.name.snake] if leader else [item.name.snake]
    return f"uq_{name.snake}_{item.name.snake}"[:IDENTIFIER], [f'"{column}"' for column in columns]


def _led(item: Field, leader: str) -> list[str]:
    """The columns of a reference, quoted: led by whose the row is, where the other row is of the same scope."""
    assert item.target is not None
    whose = (leader or "owner_id") if item.file else "" if item.target.scope == "public" else leader
    return [f'"{whose}"', f'"{item.name.snake}"'] if whose else [f'"{item.name.snake}"']


def _foreign_key(name: Name, item: Field, leader: str) -> str:
    assert item.target is not None
    columns = "_".join(column.strip('"') for column in _led(item, leader))
    return f"fk_{name.snake}_{columns}_{item.target.name}"[:IDENTIFIER]


def _reference(item: Field, leader: str) -> list[str]:
    """The arguments of a foreign key. A file that is referred to cannot be deleted."""
    assert item.target is not None
    *whose, column = _led(item, leader)
    there = [*(f'"{item.target.name}.{each.strip(chr(34))}"' for each in whose), f'"{item.target.name}.id"']
    end = f"SET NULL ({item.name.snake})" if item.nullable else "CASCADE"
    columns = [f"[{', '.join([*whose, column])}]", f"[{', '.join(there)}]"]
    return columns if item.file else [*columns, f'ondelete="{end}"']
