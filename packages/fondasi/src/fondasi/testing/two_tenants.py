"""The two-tenant matrix, for tests: a member of one tenant sends ids of another, wherever an operation takes an id.

Operations and their ids come from the OpenAPI document, so a new route is covered as soon as it is documented; an id
inside a tenant for which the test knows no example is reported. Every answer has to be that for an id that does not
exist, and nothing of the other tenant may be in it::

    found = await differences(client, app.openapi(), mine, theirs)
    assert found == []
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import httpx

CHANGING = frozenset({"request_id", "timestamp", "instance"})
HEADER = "X-Tenant-ID"
MEDIA_TYPES = ("application/json", "application/x-www-form-urlencoded")
OK, INVALID, TOO_MANY = 200, 422, 429


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two tenants, with a member who holds everything in it.

    Attributes:
        headers: of that member.
        ids: an example for each name of a parameter or field that holds an id, `tenant_id` among them. Lists of ids
            (`tag_ids`) take the example of one (`tag_id`).
        marker: text in everything that the tenant has, and nowhere else.
    """

    headers: Mapping[str, str]
    ids: Mapping[str, str]
    marker: str


@dataclass(frozen=True, slots=True)
class Position:
    """A place of an operation where an id is sent.

    Attributes:
        place: `path`, `query`, `header` or `body`.
        name: of the parameter, or the dotted path of the field.
    """

    place: str
    name: str

    @property
    def key(self) -> str:
        """The name under which an example is listed."""
        last = self.name.rpartition(".")[2]
        if last == HEADER:
            return "tenant_id"
        return last[:-1] if last.endswith("_ids") else last


@dataclass(slots=True)
class Operation:
    """An operation of the document."""

    name: str
    method: str
    path: str
    parameters: list[dict[str, Any]]
    body: dict[str, Any] | None
    in_tenant: bool
    positions: list[Position] = field(default_factory=list)


async def differences(
    client: httpx.AsyncClient,
    document: Mapping[str, Any],
    mine: Side,
    theirs: Side,
    *,
    values: Mapping[str, Any] | None = None,
) -> tuple[list[str], int]:
    """What tells an id of the other tenant from one that does not exist; and how many ids were tried.

    Args:
        client: of the application.
        document: its OpenAPI document.
        mine: the caller's tenant.
        theirs: the other one.
        values: for fields that the schema does not describe well enough, by name. A UUID that stands here, and not
            among the ids of the sides, is no row's.
    """
    found: list[str] = []
    tried = 0
    for operation in operations_of(document, {**mine.ids, **theirs.ids}):
        for position in operation.positions:
            if position.key in (values or {}) and position.key not in theirs.ids:
                continue
            if operation.in_tenant and position.key not in theirs.ids:
                found.append(f"{operation.name}: list an example for the {position.place} {position.key!r}")
                continue
            if position.key in theirs.ids and mine.ids.get(position.key) == theirs.ids[position.key]:
                continue  # both refer to it: it belongs to neither
            for foreign in _foreign_ids(position, theirs):
                absent = _absent(foreign)
                answers = [
                    await _send(client, document, operation, mine, {position: value}, values or {})
                    for value in (foreign, absent)
                ]
                tried += 1
                found += _faults(operation, position, (foreign, absent), answers, theirs)
    return found, tried


async def mixed_answers(
    client: httpx.AsyncClient, reads: Sequence[tuple[Side, str]], *, total: int, concurrency: int
) -> tuple[list[str], list[str]]:
    """Of many requests at the same time, answers that hold something of another tenant, and those that hold nothing.

    Args:
        client: of the application.
        reads: a member and an address whose answer has their tenant's marker in it; they are sent in turn.
        total: requests.
        concurrency: how many are under way at the same time.
    """
    markers = {side.marker for side, _ in reads}
    waiting = iter(range(total))
    mixed: list[str] = []
    refused: list[str] = []

    async def send() -> None:
        for number in waiting:
            side, path = reads[number % len(reads)]
            headers = {**side.headers, HEADER: side.ids["tenant_id"]}
            answer = await client.get(path, headers=headers)
            seen = {marker for marker in markers if marker in answer.text}
            if seen - {side.marker}:
                mixed.append(f"{path} of {side.marker}: with {sorted(seen)}")
            elif answer.status_code != OK or not seen:
                refused.append(f"{path} of {side.marker}: {answer.status_code} {answer.text[:200]}")

    await asyncio.gather(*(send() for _ in range(concurrency)))
    return mixed, refused


def operations_of(document: Mapping[str, Any], ids: Mapping[str, str]) -> Iterator[Operation]:
    """The operations of a document, with the positions of ids in them."""
    for path, item in document["paths"].items():
        for method, described in item.items():
            content = described.get("requestBody", {}).get("content", {})
            body = next((content[kind]["schema"] for kind in MEDIA_TYPES if kind in content), None)
            parameters = described.get("parameters", [])
            operation = Operation(
                described["operationId"],
                method.upper(),
                path,
                parameters,
                body,
                described.get("x-permission-scope") == "tenant",
            )
            operation.positions = [
                Position(item["in"], item["name"])
                for item in parameters
                if item["name"] in ids or _is_id(document, item["schema"])
            ]
            if operation.in_tenant and "{tenant_id}" in path:  # taken as well, when it says the same
                operation.positions.append(Position("header", HEADER))
            if body is not None:
                operation.positions += [
                    Position("body", name) for name in _fields(document, body, ids) if name
                ]
            yield operation


def _is_id(document: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    schema = _resolved(document, schema)
    if schema.get("type") == "array":
        return _is_id(document, schema.get("items", {}))
    return schema.get("format") == "uuid"


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without reference, and of alternatives the first that is not null."""
    if reference := schema.get("$ref"):
        return _resolved(document, document["components"]["schemas"][reference.rpartition("/")[2]])
    for keyword in ("anyOf", "oneOf", "allOf"):
        for choice in schema.get(keyword, ()):
            if choice.get("type") != "null":
                return {**_resolved(document, choice), **{k: v for k, v in schema.items() if k == "format"}}
    return dict(schema)


def _fields(
    document: Mapping[str, Any], schema: Mapping[str, Any], ids: Mapping[str, str], prefix: str = ""
) -> Iterator[str]:
    schema = _resolved(document, schema)
    for name, inner in schema.get("properties", {}).items():
        if _is_id(document, inner) or (name in ids and name.endswith(("_id", "_ids"))):
            yield prefix + name
        elif _resolved(document, inner).get("type") == "object":
            yield from _fields(document, inner, ids, f"{prefix}{name}.")


def _foreign_ids(position: Position, theirs: Side) -> list[str]:
    """Ids of the other tenant that are tried: that of the name, or some where the name says nothing."""
    if position.key in theirs.ids:
        return [theirs.ids[position.key]]
    return [theirs.ids["tenant_id"], theirs.ids["user_id"]]


def _absent(like: str) -> str:
    """A value of the same form that names nothing."""
    fresh = uuid4()
    if len(like) == len(str(fresh)) and like.count("-") == str(fresh).count("-"):
        return str(fresh)
    text = fresh.hex * 4
    return text[: len(like)]


async def _send(  # noqa: PLR0917 - what a request is made of
    client: httpx.AsyncClient,
    document: Mapping[str, Any],
    operation: Operation,
    mine: Side,
    foreign: Mapping[Position, str],
    values: Mapping[str, Any],
) -> httpx.Response:
    path, query, headers = operation.path, {}, dict(mine.headers)
    for item in operation.parameters:
        position = Position(item["in"], item["name"])
        value = foreign.get(position)
        if value is None and (item.get("required") or item["in"] == "path"):
            value = mine.ids.get(position.key) or str(
                _example(document, item["name"], item["schema"], mine, values)
            )
        if item["in"] == "path":
            path = path.replace(f"{{{item['name']}}}", str(value))
        elif value is not None and item["in"] == "query":
            query[item["name"]] = value
        elif value is not None and item["in"] == "header":
            headers[item["name"]] = value
    if header := foreign.get(Position("header", HEADER)):
        headers[HEADER] = header
    body = None
    if operation.body is not None:
        body = _example(document, "", operation.body, mine, values)
        for position, value in foreign.items():
            if position.place == "body":
                _put(body, position.name.split("."), value)
    return await client.request(operation.method, path, params=query, headers=headers, json=body)


def _put(body: dict[str, Any], names: Sequence[str], value: str) -> None:
    for name in names[:-1]:
        body = body.setdefault(name, {})
    body[names[-1]] = [value] if names[-1].endswith("_ids") else value


def _example(  # noqa: PLR0911 - one for each kind of schema
    document: Mapping[str, Any], name: str, schema: Mapping[str, Any], mine: Side, values: Mapping[str, Any]
) -> Any:
    """The least value that a schema lets through."""
    if name in values:
        return values[name]
    schema = _resolved(document, schema)
    if name in mine.ids and _is_id(document, schema):
        return mine.ids[name]
    if "const" in schema or "enum" in schema:
        return schema.get("const") or schema["enum"][0]
    match schema.get("type"):
        case "object":
            wanted = schema.get("required", ())
            described = schema.get("properties", {})
            return {key: _example(document, key, described[key], mine, values) for key in wanted}
        case "array":
            count = schema.get("minItems", 0)
            return [_example(document, "", schema.get("items", {}), mine, values)] * count
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return False
        case "null":
            return None
    return str(uuid4()) if schema.get("format") == "uuid" else "x" * max(1, schema.get("minLength", 1))


def _faults(
    operation: Operation,
    position: Position,
    sent: tuple[str, str],
    answers: Sequence[httpx.Response],
    theirs: Side,
) -> list[str]:
    where = f"{operation.method} {operation.path}, {position.place} {position.name}"
    foreign, absent = (_comparable(answer, value) for answer, value in zip(answers, sent, strict=True))
    found = []
    if foreign != absent:
        found.append(f"{where}: {foreign} instead of {absent}")
    text = answers[0].text.replace(sent[0], "")
    leaked = [value for value in (theirs.marker, *theirs.ids.values()) if value in text]
    found += [f"{where}: {value!r} of the other tenant is in the answer" for value in leaked]
    if (
        operation.in_tenant
        and foreign[0] == INVALID
        and position.key not in str(foreign[1]).replace(HEADER, "tenant_id")
    ):
        found.append(f"{where}: the request is wrong elsewhere, so nothing was tried: {foreign[1]}")
    if foreign[0] == TOO_MANY:
        found.append(f"{where}: refused by a limit, so nothing was tried")
    return found


def _comparable(answer: httpx.Response, sent: str) -> tuple[int, Any]:
    """Status and body without what differs from request to request, and without the id that was sent."""
    text = re.sub(re.escape(sent), "SENT", answer.text)
    try:
        body = json.loads(text)
    except ValueError:
        return answer.status_code, text
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in CHANGING}
    return answer.status_code, body
