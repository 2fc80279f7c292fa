"""Pages of a resource in the web UI: a list, a form and the page of one row, told what to show by a declaration.

A room writes no more than this::

    PAGES = Pages(
        POSTS, PostWrite, path="/posts", title=noted("Posts"), new=noted("New post"), name="title",
        columns=["title", "created_at"], form=["title", "text"],
        labels={"title": noted("Title"), "text": noted("Text")}, edit=CREATE,
    )

Types, limits, what is required, what can be sorted, filtered and looked for: all of it is what the list (`Listing`) and
the schemas say already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pydantic import BaseModel

    from fondasi.kit.http import Listing

INSIDE = "/tenants/{tenant_id}/"
LONG = 300  # characters, from which on a text is written in some lines
KINDS = {
    "date": "day",
    "date-time": "moment",
    "uuid": "id",
    "email": "email",
    "uri": "url",
    "integer": "integer",
    "number": "number",
    "boolean": "flag",
    "object": "json",
    "array": "json",
}
OWNER, AMOUNT = "owner_id", "[0-9]{1,4})?$"  # how the pattern of `fondasi.kit.http.Amount` ends


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a resource.

    Attributes:
        listing: what its list can be asked for.
        write: the schema of a row as it is written; None where nobody writes one by these pages.
        path: of its list, below `API_PREFIX`: `/posts`, `/tenants/{tenant_id}/memos`. Its last part names the pages.
        title: what many of it are called.
        new: what the page for a new one is called.
        name: the field that a row is called by.
        columns: fields that the list shows, the name first.
        form: fields that are written, in their order.
        details: fields that the page of a row shows; without any those of the form, and when it was made and changed.
        labels: what fields are called, by name; and their values, by `field.value`.
        references: paths of the pages of what fields refer to.
        files: fields that keep the id of a file; `GET PATH/{id}/NAME` leads to the content of `NAME_id`.
        view: the permission to see it; None for what everybody sees.
        edit: the permission to write.
        moderate: the permission to write rows of others, where a row names its owner (`owner_id`).

    Raises:
        ValueError: a field is none of the schema's, or one that has to be written is not in the form.
    """

    listing: Listing[Any]
    write: type[BaseModel] | None
    path: str
    title: str
    new: str
    name: str
    columns: Sequence[str]
    form: Sequence[str] = ()
    details: Sequence[str] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    files: Collection[str] = ()
    view: str | None = None
    edit: str | None = None
    moderate: str | None = None

    def __post_init__(self) -> None:
        read, written = self.listing.read.model_fields, self.write.model_fields if self.write else {}
        asked = {"columns": self.columns, "details": self.details, "name": [self.name]}
        faults = [f"{name} in {part}" for part, names in asked.items() for name in names if name not in read]
        faults += [f"{name} in form" for name in self.form if name not in written]
        if faults:
            raise ValueError(f"Pages of {self.path}: no field of the schema is {', '.join(faults)}.")
        missing = [name for name, about in written.items() if about.is_required() and name not in self.form]
        if missing:
            raise ValueError(f"Pages of {self.path}: {', '.join(missing)} has to be written: add it to form.")

    @property
    def key(self) -> str:
        """What addresses call them: `posts`."""
        return self.path.rpartition("/")[2]

    @property
    def in_tenant(self) -> bool:
        """Whether its rows are of a tenant."""
        return self.path.startswith(INSIDE)

    @property
    def shown(self) -> Sequence[str]:
        """The fields that the page of a row shows."""
        times = ("created_at", "updated_at")
        read = self.listing.read.model_fields
        return self.details or [*self.form, *(name for name in times if name in read)]


def pages_faults(
    pages: Sequence[Pages], operations: Collection[str], permissions: Collection[str]
) -> Iterator[str]:
    """What of the declarations leads nowhere.

    Args:
        pages: of all modules.
        operations: method and path of every route, below the prefix: `GET /posts/{post_id}`, its parameters unnamed.
        permissions: all codes.
    """
    known: dict[str, Pages] = {}
    for item in pages:
        if (other := known.setdefault(item.key, item)) is not item:
            yield f"the pages of {item.path} have the address of those of {other.path}: rename one of the paths"
        one = f"{unnamed(item.path)}/{{}}"
        written = [f"POST {unnamed(item.path)}", f"PUT {one}", f"DELETE {one}"] if item.write else []
        for operation in (f"GET {unnamed(item.path)}", f"GET {one}", *written):
            if operation not in operations:
                yield f"the pages of {item.path} need the route {operation}, which there is not"
        for code in filter(None, (item.view, item.edit, item.moderate)):
            if code not in permissions:
                yield f"the pages of {item.path} ask for {code}, which no module declares"
        for name, path in item.references.items():
            if not any(other.path == path for other in pages):
                yield f"the pages of {item.path} say that {name} refers to {path}, which has no pages"


def unnamed(path: str) -> str:
    """A path without the names of its parameters."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


def described(
    pages: Pages, *, prefix: str, operations: Collection[str], changes: Collection[str]
) -> dict[str, Any]:
    """What the pages are told, in the language of the request.

    Args:
        pages: which.
        prefix: of the API.
        operations: as `pages_faults` takes them.
        changes: resources whose changes are told.
    """
    read = _Schema(pages.listing.read, "serialization")
    written = _Schema(pages.write, "validation") if pages.write else read
    listing = pages.listing
    names = dict.fromkeys(
        [pages.name, *pages.columns, *pages.form, *pages.shown, *listing.filters, *_searched(listing)]
    )

    def about(name: str) -> dict[str, Any]:
        schema = written if name in written.properties else read
        found = schema.about(name)
        found["label"] = t(pages.labels[name]) if name in pages.labels else None
        if "choices" in found:
            found["choices"] = [
                [each, t(label) if (label := pages.labels.get(f"{name}.{each}")) else None]
                for each in found["choices"]
            ]
        if name in pages.references:
            found |= {"kind": "reference", "of": pages.references[name].rpartition("/")[2]}
        elif name in pages.files:
            thing = name.removesuffix("_id").replace("_", "-")
            leads = f"GET {unnamed(pages.path)}/{{}}/{thing}" in operations
            found |= {"kind": "file", "content": thing if leads else None}
        if name in listing.sortable:
            found["sorts"] = True
        return found

    return {
        "name": pages.key,
        "path": f"{prefix}{pages.path}",
        "tenant": pages.in_tenant,
        "title": t(pages.title),
        "new": t(pages.new),
        "called": pages.name,
        "columns": list(pages.columns),
        "form": list(pages.form) if pages.write else [],
        "kept": [name for name in written.properties if name not in pages.form and name in read.properties],
        "details": list(pages.shown),
        "filters": list(listing.filters),
        "searched": _searched(listing),
        "searches": bool(listing.search),
        "sort": listing.sort,
        "fields": {name: about(name) for name in names},
        "view": pages.view,
        "edit": pages.edit if pages.write else None,
        "writes": pages.write is not None,
        "moderate": pages.moderate,
        "owned": OWNER in read.properties,
        "changes": pages.key if pages.key in changes else None,
    }


def _searched(listing: Listing[Any]) -> list[str]:
    return [] if callable(listing.search) else list(listing.search)


class _Schema:
    """The JSON schema of a model, read field by field."""

    def __init__(self, model: type[BaseModel], mode: Any) -> None:
        whole = model.model_json_schema(mode=mode)
        self.properties: dict[str, Any] = whole.get("properties", {})
        self._required = set(whole.get("required", ()))
        self._shared = whole.get("$defs", {})

    def about(self, name: str) -> dict[str, Any]:
        """The kind of a field, whether it has to be written, and its limits."""
        kinds = self._kinds(self.properties.get(name, {}))
        nullable = any(kind.get("type") == "null" for kind in kinds)
        schema = next((kind for kind in kinds if kind.get("type") != "null"), {})
        limits = {
            key: schema[word]
            for key, word in (
                ("least", "minimum"),
                ("most", "maximum"),
                ("shortest", "minLength"),
                ("longest", "maxLength"),
            )
            if word in schema
        }
        default = self.properties.get(name, {}).get("default")
        choices = schema.get("enum")
        found: dict[str, Any] = {
            "kind": "choice" if choices else _kind(schema),
            "required": name in self._required,
            "nullable": nullable,
            **limits,
        }
        if choices:
            found["choices"] = choices
        if default is not None:
            found["usual"] = default
        return found

    def _kinds(self, schema: dict[str, Any]) -> list[dict[str, Any]]:
        """What a value may be: one schema, or one of several."""
        if "$ref" in schema:
            schema = {**self._shared[schema["$ref"].rpartition("/")[2]], **schema}
        parts = schema.get("anyOf") or schema.get("allOf")
        return [kind for part in parts for kind in self._kinds(part)] if parts else [schema]


def _kind(schema: dict[str, Any]) -> str:
    known = KINDS.get(schema.get("format", "")) or KINDS.get(schema.get("type", ""))
    if known:
        return known
    if schema.get("pattern", "").endswith(AMOUNT):
        return "amount"
    return "long" if schema.get("maxLength", 0) > LONG else "text"
