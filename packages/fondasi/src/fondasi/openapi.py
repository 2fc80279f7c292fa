"""The OpenAPI document: FastAPI's, in words that people and generators of clients understand.

It lists the problems of each operation with their codes, says in words what an answer is, and keeps to the words of
JSON Schema.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

from fondasi.access import describe_permissions
from fondasi.kit.http.forms import FormOrJson
from fondasi.kit.http.problems import MEDIA_TYPE, ProblemDetails
from fondasi.kit.http.raising import problems_of
from fondasi.kit.http.routing import Around, calls_of
from fondasi.kit.i18n import LANGUAGES, PARAMETER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import BaseModel

    from fondasi.kit.http.problems import Problem
    from fondasi.kit.http.routing import Route
    from fondasi.kit.http.table import RouteTable

DESCRIPTION = """\
Sign in with `POST /login`, and send the access token as `Authorization: Bearer ...`; programs send an API key.

- Errors are `application/problem+json` (RFC 9457). `error_code` is for programs: each operation lists its codes.
- Lists take `page` and `items_per_page`. Those that grow while they are read take `cursor` and `limit`.
- Unknown parameters and fields are refused. Times are in UTC (RFC 3339), ids are UUIDs.
- `X-Request-ID` is in every answer: quote it when you report something.
- Every address takes `lang` (`?lang=id`), the language of messages: see the parameter `lang` in the components.
"""
ERROR_CODE = "ErrorCode"
REF = "#/components/schemas/"
NO_WORDS = "Successful Response"
NOTHING_TO_SAY = "Done; there is no more to say."
NOT_OURS = "Validation Error"  # FastAPI's own form of it, which no route answers with
# Pydantic writes its own words where a validator of ours stands between a type and its bounds.
WORDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "Language of messages.",
    "schema": {"type": "string", "examples": ["id"]},
}
LANG = {
    "name": PARAMETER,
    "in": "query",
    "required": False,
    "description": "Language of messages. It goes before the one that the caller has chosen in their settings, and "
    "that before `Accept-Language`. Every operation takes it.",
    "schema": {"type": "string", "enum": list(LANGUAGES)},
}
CATCH_ALL = {
    "4XX": "Another refusal; `error_code` says why.",
    "5XX": "The service failed or is unavailable.",
}


def openapi_document(
    table: RouteTable, *, title: str, version: str, tags: Mapping[str, str], vocabulary: Mapping[str, str]
) -> dict[str, Any]:
    """The document.

    Args:
        table: the routes that it describes, and what stands before them.
        title: name of the service.
        version: of the service.
        tags: what the routes of a tag are about, in the order in which pages show them.
        vocabulary: what fields and parameters mean that say nothing themselves, by name or by `Model.name`.
    """
    document = get_openapi(
        title=title,
        version=version,
        description=DESCRIPTION,
        routes=table.routes,
        servers=[{"url": "/", "description": "This service."}],
        separate_input_output_schemas=False,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    describe_permissions(document, table.routes)
    codes: dict[str, str] = {}
    used = set()
    for route, operation in _operations(document, table.routes):
        used.update(operation.get("tags", ()))
        _describe_body(route, operation, schemas)
        _describe_answers(operation, schemas)
        problems = {*problems_of(route)}.union(*(gate.problems_at(route) for gate in table.gates))
        _describe_problems(operation, problems, schemas)
        codes |= {problem.code: _sentence(problem.__doc__) for problem in problems}
        for gate in table.gates:
            gate.document(route, operation)
        for marker in route.markers:
            if isinstance(marker, Around):
                marker.document(route, operation)
    _add_model(ProblemDetails, schemas)
    schemas[ERROR_CODE] = _error_codes(codes)
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    document["components"]["parameters"] = {PARAMETER: LANG}
    document["tags"] = [{"name": name, "description": text} for name, text in tags.items() if name in used]
    names = {name: _name_of(name, schema) for name, schema in schemas.items()}
    for schema in _schemas_in(document):
        _in_json_schema_words(schema)
        if "$ref" in schema:
            schema["$ref"] = REF + names[schema["$ref"].removeprefix(REF)]
    document["components"]["schemas"] = dict(
        sorted((names[name], schema) for name, schema in schemas.items())
    )
    _describe_fields(document, vocabulary)
    return document


def _describe_fields(document: dict[str, Any], vocabulary: Mapping[str, str]) -> None:
    for model, schema in document["components"]["schemas"].items():
        for name, field in schema.get("properties", {}).items():
            words = vocabulary.get(f"{model}.{name}") or vocabulary.get(name)
            if "description" not in field and words:
                field["description"] = words
    for item in document["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                if "description" not in parameter and (words := vocabulary.get(parameter["name"])):
                    parameter["description"] = words


def _operations(document: dict[str, Any], routes: Iterable[Route]) -> Iterator[tuple[Route, dict[str, Any]]]:
    for route in routes:
        for method in route.methods if route.include_in_schema else ():
            yield route, document["paths"][route.path_format][method.lower()]


def _describe_body(route: Route, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """A body that comes as a form or as JSON: one schema for both."""
    for call in calls_of(route.dependant):
        if isinstance(call, FormOrJson):
            _add_model(call.model, schemas)
            schema = {"$ref": REF + call.model.__name__}
            content = {media_type: {"schema": dict(schema)} for media_type in call.media_types}
            operation["requestBody"] = {"required": True, "content": content}
            # Beside two kinds of body openapi-python-client 0.29 imports what it needs for an optional parameter only.
            operation.setdefault("parameters", []).append(LANGUAGE)


def _describe_answers(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """What FastAPI calls a successful response, in the words of the model that is answered with."""
    for answer in operation["responses"].values():
        if answer.get("description") == NO_WORDS:
            schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
            answer["description"] = _words_of(schema, schemas) or NOTHING_TO_SAY


def _words_of(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    name = schema.get("$ref") or schema.get("items", {}).get("$ref") or ""
    words = _sentence(schemas.get(name.removeprefix(REF), {}).get("description"))
    return f"A list. {words}" if "items" in schema else words


def _describe_problems(
    operation: dict[str, Any], problems: Iterable[type[Problem]], schemas: dict[str, Any]
) -> None:
    answers = operation["responses"]
    if answers.get("422", {}).get("description") == NOT_OURS:
        del answers["422"]
    ordered = sorted(problems, key=lambda problem: (problem.status, problem.code, problem.__name__))
    for status, group in groupby(ordered, key=lambda problem: problem.status):
        those = list(group)
        details = next((item.details for item in those if item.details is not ProblemDetails), ProblemDetails)
        _add_model(details, schemas)
        answer = answers.setdefault(str(status), {"description": ""})
        said = [answer["description"], *(f"`{item.code}`: {_sentence(item.__doc__)}" for item in those)]
        answer["description"] = "\n\n".join(filter(None, said))
        answer["x-error-codes"] = list(dict.fromkeys(item.code for item in those))
        answer.setdefault("content", {})[MEDIA_TYPE] = {"schema": {"$ref": REF + details.__name__}}
    for status_range, words in CATCH_ALL.items():
        content = {MEDIA_TYPE: {"schema": {"$ref": REF + ProblemDetails.__name__}}}
        answers[status_range] = {"description": words, "content": content}
    operation["responses"] = dict(sorted(answers.items()))


def _error_codes(codes: dict[str, str]) -> dict[str, Any]:
    return {
        "title": ERROR_CODE,
        "description": "What went wrong, for programs. More may come: go by the status of an unknown one.",
        "type": "string",
        "enum": sorted(codes),
        "x-enum-descriptions": [codes[code] for code in sorted(codes)],
    }


def _add_model(model: type[BaseModel], schemas: dict[str, Any]) -> None:
    if model.__name__ not in schemas:
        schema = model.model_json_schema(ref_template=REF + "{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema
        if issubclass(model, ProblemDetails):
            # Open: a client that was made from an older document takes a new code for a string.
            code = schema["properties"]["error_code"]
            code["anyOf"] = [{"$ref": REF + ERROR_CODE}, {"type": code.pop("type")}]


def _schemas_in(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every schema of the document, those inside others too."""
    waiting = list(document["components"]["schemas"].values())
    for item in document["paths"].values():
        for operation in item.values():
            waiting += [parameter["schema"] for parameter in operation.get("parameters", ())]
            for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
                waiting += [kind["schema"] for kind in holder.get("content", {}).values() if "schema" in kind]
    while waiting:
        schema = waiting.pop()
        yield schema
        waiting += schema.get("properties", {}).values()
        for word in ("anyOf", "allOf", "oneOf", "prefixItems"):
            waiting += schema.get(word, ())
        waiting += [
            schema[word] for word in ("items", "additionalProperties") if _is_schema(schema.get(word))
        ]


def _is_schema(value: object) -> bool:
    return isinstance(value, dict)


def _name_of(name: str, schema: dict[str, Any]) -> str:
    """The name of a model: FastAPI writes `Page_UserRead_` for what is titled `UserPage`."""
    title = schema.get("title", name)
    return title if "[" not in title and name.endswith("_") else name


def _in_json_schema_words(schema: dict[str, Any]) -> None:
    for word in WORDS.keys() & schema.keys():
        schema[WORDS[word]] = schema.pop(word)


def _sentence(text: str | None) -> str:
    """The first paragraph of a docstring, in one line."""
    return " ".join((text or "").strip().partition("\n\n")[0].split())
