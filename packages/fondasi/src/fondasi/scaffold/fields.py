"""Fields as somebody types them, `title:str(200)!`, and how they look in tables, schemas, migrations and tests."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import BaseModel

from fondasi.kit.audit import is_secret
from fondasi.kit.db import SoftDelete, TenantScoped, Versioned
from fondasi.scaffold.applications import Table
from fondasi.scaffold.changes import ScaffoldError
from fondasi.scaffold.names import Name, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Find = Callable[[str, Name], Table]

SPEC = re.compile(r"(?P<name>[^:]*):(?P<kind>\w+)(\((?P<inside>[^()]*)\))?(?P<marks>[?!]*)")
ABOUT_A_PERSON = re.compile(r"(user|owner|author|member|person|account|creator)(_id)?|\w+_by(_id)?")
TYPES = frozenset({"date", "datetime", "int", "str", "bool", "dict", "list", "mapped_column"})
ARGUMENTS = frozenset({"self", "cls", "request"})  # of functions that take the fields by their names
VALUE = re.compile(r"[a-z][a-z0-9_]{0,39}")
STR_LENGTH, LONGEST_STR, LONGEST_UNIQUE, TEXT_LENGTH = 200, 10_000, 500, 20_000
WITHOUT_KEY = ("text", "json", "bool")
EXAMPLES = (
    "str(n)",
    "text",
    "int",
    "decimal",
    "bool",
    "date",
    "datetime",
    "uuid",
    "enum(a,b)",
    "ref(APP.Model)",
    "file",
    "json",
)
BY_ID = frozenset({"ref", "file"})  # a row keeps the id of another: NAME_id


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of fields.

    Attributes:
        mapped: annotation of the column.
        column: arguments of `mapped_column`, where its type does not follow from that.
        sql: the type in a migration.
        taken: annotation in a body that comes in.
        bounds: arguments of its `Field`.
        given: annotation in an answer.
        examples: two values of a test, as Python writes them.
        default: what a new column has in rows that exist, as SQL.
    """

    mapped: str
    sql: str
    taken: str
    given: str
    examples: tuple[str, str]
    column: str = ""
    bounds: tuple[str, ...] = ()
    default: str = ""


KINDS = {
    "int": Kind(
        "int", "sa.Integer()", "Integer", "int", ("7", "8"),
        bounds=("ge=-(2**31)", "le=2**31 - 1"), default="0",
    ),
    "decimal": Kind(
        "Decimal", "sa.Numeric(18, 4)", "Amount", "Amount", ('"12.5000"', '"13.0000"'),
        column="Numeric(18, 4)", default="0",
    ),
    "bool": Kind("bool", "sa.Boolean()", "Flag", "bool", ("True", "False"), default="false"),
    "date": Kind("date", "sa.Date()", "Day", "date", ('"2026-01-31"', '"2026-02-01"')),
    "datetime": Kind(
        "datetime", "sa.DateTime(timezone=True)", "Moment", "datetime",
        ('"2026-01-31T08:00:00Z"', '"2026-02-01T08:00:00Z"'),
    ),
    "uuid": Kind(
        "UUID", "sa.Uuid()", "UUID", "UUID",
        ('"018f0000-0000-7000-8000-000000000001"', '"018f0000-0000-7000-8000-000000000002"'),
    ),
    "json": Kind(
        "dict[str, Any]", "postgresql.JSONB()", "dict[str, Any]", "dict[str, Any]",
        ('{"size": 7}', '{"size": 8}'), default="{}",
    ),
}  # fmt: skip
BY_KEY = Kind("UUID", "sa.Uuid()", "UUID", "UUID", ("", ""))


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a resource.

    Attributes:
        name: of the column.
        kind: how its type is written.
        nullable: it may be empty (`?`).
        unique: no two rows of the scope have the same (`!`).
        values: of an enumeration.
        target: the table that a reference leads to.
        file: it refers to a file of whoever the row belongs to.
        length: most characters of a text; 0 for others.
    """

    name: Name
    kind: Kind
    nullable: bool = False
    unique: bool = False
    values: Sequence[str] = ()
    target: Table | None = field(default=None)
    file: bool = False
    length: int = 0

    @property
    def mapped(self) -> str:
        """The line in the model."""
        optional = " | None" if self.nullable else ""
        column = f" = mapped_column({self.kind.column})" if self.kind.column else ""
        return f"{self.name.snake}: Mapped[{self.kind.mapped}{optional}]{column}"

    @property
    def taken(self) -> tuple[str, Sequence[str]]:
        """The line in the schema of what comes in: what stands before the arguments of `Field`, and these."""
        optional = " | None" if self.nullable else ""
        first = ("None",) if self.nullable else ()
        example = (f"examples=[{self.kind.examples[0]}]",) if self.length else ()
        head = f"{self.name.snake}: {self.kind.taken}{optional} = Field("
        return head, (*first, *self.kind.bounds, self.words, *example)

    @property
    def given(self) -> tuple[str, Sequence[str]]:
        """The same in the schema of answers."""
        optional = " | None" if self.nullable else ""
        return f"{self.name.snake}: {self.kind.given}{optional} = Field(", (self.words,)

    @property
    def words(self) -> str:
        """What the API's document says of it."""
        words = self.name.words
        thing = words.removesuffix(" id")
        sentence = f"Which {thing} it belongs to." if self.target else f"Its {words}."
        return f'description="{f"Id of its {thing}, a file." if self.file else sentence}"'

    @property
    def labels(self) -> dict[str, str]:
        """What people call it on pages, and each value of an enumeration."""
        spelled = {
            f"{self.name.snake}.{value}": value.replace("_", " ").capitalize() for value in self.values
        }
        by_id = self.target is not None
        words = self.name.words.removesuffix(" id") if by_id else self.name.words
        return {self.name.snake: words.capitalize(), **spelled}

    @property
    def thing(self) -> Name:
        """What a reference leads to, as the route to a file's content calls it."""
        return Name(self.name.snake.removesuffix("_id"))

    @property
    def check(self) -> str:
        """The condition that keeps an enumeration to its values; empty for others."""
        listed = ", ".join(f"'{value}'" for value in self.values)
        return f"{self.name.snake} IN ({listed})" if self.values else ""


def fields_of(specs: Sequence[str], scope: str, find: Find) -> list[Field]:
    """The fields, each checked.

    Args:
        specs: as typed: `name:type`, with `?` for one that may be empty and `!` for one that is unique.
        scope: of the resource.
        find: gives the table of a reference, by application and model.

    Raises:
        ScaffoldError: one is malformed, of no known type, or named as something else is; says what to write.
    """
    found = [_field(spec, scope, find) for spec in specs]
    names = [item.name.snake for item in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ScaffoldError(f"There are two fields named {twice[0]}: one is enough.")
    return found


def _field(spec: str, scope: str, find: Find) -> Field:
    match = SPEC.fullmatch(spec.strip())
    if match is None or len(set(match["marks"])) != len(match["marks"]):
        raise ScaffoldError(
            f"{spec!r} is no field. Write NAME:TYPE, with ? for one that may be empty and ! for a unique one: "
            "'title:str(200)!'."
        )
    name = _name(match["name"], match["kind"])
    nullable, unique = "?" in match["marks"], "!" in match["marks"]
    if unique and match["kind"] in WITHOUT_KEY:
        raise ScaffoldError(f"The field {name.snake} cannot be unique: a {match['kind']} is no key.")
    kind, inside = match["kind"], match["inside"]
    if kind in {"str", "text"}:
        return _text(name, kind, inside, nullable=nullable, unique=unique)
    if kind == "enum":
        return _enumeration(name, inside or "", nullable=nullable, unique=unique)
    if kind == "ref":
        field = _reference(name, inside or "", find, nullable=nullable, unique=unique)
        if not nullable and scope != "public" and field.target and field.target.scope == "public":
            raise ScaffoldError(
                f"The field {name.snake} leads to rows of the public, and whoever owns one could delete it, and this "
                f"row with it. Let it be empty: '{match['name']}:ref({inside})?'."
            )
        return field
    if kind == "file" and inside is None:
        model, table = ("TenantFile", "tenant_file") if scope == "tenant" else ("File", "file")
        return Field(name, BY_KEY, nullable, unique, target=Table(model, table, scope, "files"), file=True)
    if kind not in KINDS or inside is not None:
        raise ScaffoldError(
            f"There is no type {kind}{'(' + inside + ')' if inside is not None else ''} for the field {name.snake}. "
            f"There are: {', '.join(EXAMPLES)}."
        )
    return Field(name, KINDS[kind], nullable, unique)


def _name(text: str, kind: str) -> Name:
    name = name_of(f"{text}_id" if kind in BY_ID and text and not text.endswith("_id") else text, "a field")
    if ABOUT_A_PERSON.fullmatch(text):
        raise ScaffoldError(
            f"The field {text} would say whose a row is. That is no field: --scope decides it, and the caller is who "
            "makes it."
        )
    if is_secret(text):
        raise ScaffoldError(
            f"The field {text} is named like a secret, and would be shown to all who may read."
        )
    if clash := _clash(text):
        raise ScaffoldError(
            f"A field cannot be named {text}: {clash}. Try {text}_value, or a name that says more."
        )
    return name


def _clash(text: str) -> str:
    """What has that name already; empty for nothing."""
    if any(hasattr(owner, text) for owner in (TenantScoped, SoftDelete, Versioned)):
        return "every row has something of that name already"
    if hasattr(BaseModel, text) or text.startswith("model_"):
        return "Pydantic keeps that name to itself"
    if text in TYPES:
        return "that is a name in the code of every model"
    return "functions that are given all fields have an argument of that name" if text in ARGUMENTS else ""


def _text(name: Name, kind: str, inside: str | None, *, nullable: bool, unique: bool) -> Field:
    most = LONGEST_UNIQUE if unique else LONGEST_STR
    length = TEXT_LENGTH
    if kind == "str":
        length = int(inside) if inside is not None and inside.isascii() and inside.isdigit() else STR_LENGTH
        if (inside is not None and str(length) != inside) or not 1 <= length <= most:
            raise ScaffoldError(
                f"The length of {name.snake} is a number from 1 to {most}{' as it is unique' if unique else ''}: "
                f"'{name.snake}:str(200)'."
            )
    elif inside is not None:
        raise ScaffoldError(
            f"A text has no length of its own: write {name.snake}:text, or {name.snake}:str(200)."
        )
    bounds = ("min_length=1", f"max_length={length:_}")
    words = f"An example of {name.words}"[:length].strip(), f"Another {name.words}"[:length].strip()
    shape = Kind("str", "sa.Text()", "str", "str", (f'"{words[0]}"', f'"{words[1]}"'), bounds=bounds)
    return Field(name, shape, nullable, unique, length=length)


def _enumeration(name: Name, inside: str, *, nullable: bool, unique: bool) -> Field:
    values = [value.strip() for value in inside.split(",")]
    if len(values) < 2 or len(set(values)) < len(values) or not all(map(VALUE.fullmatch, values)):  # noqa: PLR2004
        raise ScaffoldError(
            f"The values of {name.snake} are two or more lower-case words: '{name.snake}:enum(draft,published)'."
        )
    listed = ", ".join(f'"{value}"' for value in values)
    shape = f"Literal[{listed}]"
    kind = Kind("str", "sa.Text()", shape, shape, (f'"{values[0]}"', f'"{values[1]}"'), default=values[0])
    return Field(name, kind, nullable, unique, values=values)


def _reference(name: Name, inside: str, find: Find, *, nullable: bool, unique: bool) -> Field:
    target = find(inside, name)
    return Field(name, BY_KEY, nullable, unique, target=target)
