"""The OpenAPI document: one that people read and that clients can be made from."""

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from fondasi.access import public, step_up
from fondasi.app import create_app
from fondasi.kit.http import NotFound, Route, Router, raises
from fondasi.kit.http.raising import UndeclaredProblemWarning, problems_of
from fondasi.module import Module
from fondasi.vocabulary import VOCABULARY

GUIDE = Path(__file__).parents[4] / "docs" / "http.md"
WORDS = {
    *("type", "title", "description", "default", "examples", "enum", "const", "format", "pattern", "$ref"),
    *("items", "prefixItems", "properties", "required", "additionalProperties", "propertyNames"),
    *("anyOf", "allOf", "oneOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
    *("writeOnly", "readOnly", "deprecated", "contentMediaType", "contentEncoding"),
}
REF = "#/components/schemas/"
# What pages show of a format is clear without an example.
CLEAR = {
    "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "date": "2026-08-24",
    "date-time": "2026-08-24T14:15:22Z",
}


@pytest.fixture(scope="module")
def document(app):
    return app.openapi()


@pytest.fixture(scope="module")
def operations(document):
    return {
        operation["operationId"]: (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def schemas_in(value, place=""):
    """Every schema below a schema, with its place."""
    yield place, value
    for name, item in value.get("properties", {}).items():
        yield from schemas_in(item, f"{place}.{name}")
    for word in ("anyOf", "allOf", "oneOf", "prefixItems"):
        for item in value.get(word, ()):
            yield from schemas_in(item, place)
    for word in ("items", "additionalProperties"):
        if isinstance(value.get(word), dict):
            yield from schemas_in(value[word], f"{place}[]")


def example_of(schema, document, place="body"):
    """What Swagger UI shows of a schema, and the places where it has to make something up."""
    if "$ref" in schema:
        schema = {**document["components"]["schemas"][schema["$ref"].removeprefix(REF)], **schema}
    said = [*schema.get("examples", ()), *schema.get("enum", ()), schema.get("const"), schema.get("default")]
    if "examples" in schema or any(value is not None for value in said):
        return said[0] if "examples" in schema else next(v for v in said if v is not None), []
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], document, place)
    if schema.get("type") == "array":
        item, missing = example_of(schema["items"], document, f"{place}[]")
        return [item], missing
    shown, missing = {}, []
    for name, item in schema.get("properties", {}).items():
        shown[name], made_up = example_of(item, document, f"{place}.{name}")
        missing += made_up
    if not shown:
        missing = [] if schema.get("format") in CLEAR else [place]
    return shown or CLEAR.get(schema.get("format"), "string"), missing


def all_schemas(document):
    for name, schema in document["components"]["schemas"].items():
        yield from schemas_in(schema, name)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for parameter in operation.get("parameters", ()):
                yield from schemas_in(parameter["schema"], f"{method} {path} {parameter['name']}")


class TestModels:
    def test_document_is_valid(self, document):
        assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []

    def test_names_are_names_and_no_two_titles_are_the_same(self, document):
        schemas = document["components"]["schemas"]
        assert [name for name in schemas if not re.fullmatch(r"[A-Z][A-Za-z0-9]+", name)] == []
        assert {name: schema["title"] for name, schema in schemas.items() if schema["title"] != name} == {}

    def test_schemas_speak_json_schema(self, document):
        strange = {
            f"{place} {word}"
            for place, schema in all_schemas(document)
            for word in schema.keys() - WORDS
            if not word.startswith("x-")
        }
        assert strange == set()

    def test_every_field_says_what_it_means(self, document):
        silent = [
            f"{model}.{name}"
            for model, schema in document["components"]["schemas"].items()
            for name, field in schema.get("properties", {}).items()
            if not field.get("description")
        ]
        assert silent == [], "give them a description, or their names one in the module's vocabulary"

    def test_every_parameter_says_what_it_means(self, operations):
        silent = [
            f"{name}: {parameter['name']}"
            for name, (_, _, operation) in operations.items()
            for parameter in operation.get("parameters", ())
            if not parameter.get("description")
        ]
        assert silent == []

    def test_the_vocabulary_has_no_word_that_nobody_uses(self, document, operations):
        fields = {
            word
            for model, schema in document["components"]["schemas"].items()
            for name in schema.get("properties", {})
            for word in (name, f"{model}.{name}")
        }
        parameters = {
            parameter["name"]
            for _, _, operation in operations.values()
            for parameter in operation.get("parameters", ())
        }
        assert VOCABULARY.keys() - fields - parameters == set()

    def test_bounds_of_numbers_are_told(self, document):
        schemas = document["components"]["schemas"]
        number = schemas["ApiKeyCreate"]["properties"]["expires_in_days"]["anyOf"][0]
        assert (number["minimum"], number["maximum"]) == (1, 3650)

    def test_defaults_and_examples_meet_their_own_schema(self, document):
        faults = []
        for place, schema in all_schemas(document):
            whole = {**schema, "components": document["components"]}
            values = [*schema.get("examples", ()), *([schema["default"]] if "default" in schema else [])]
            faults += [
                f"{place}: {value!r}" for value in values if not Draft202012Validator(whole).is_valid(value)
            ]
        assert faults == []

    def test_a_change_has_no_defaults_that_a_client_would_send(self, document, operations):
        for name, (method, _, operation) in operations.items():
            if method == "PATCH":
                body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
                fields = document["components"]["schemas"][body.removeprefix(REF)]["properties"]
                assert {
                    field for field, schema in fields.items() if schema.get("default") is not None
                } == set(), name

    def test_a_body_of_two_kinds_is_one_model(self, operations):
        content = operations["login"][2]["requestBody"]["content"]
        assert set(content) == {"application/json", "application/x-www-form-urlencoded"}
        assert {kind["schema"]["$ref"] for kind in content.values()} == {REF + "Credentials"}


class TestOperations:
    def test_ids_begin_with_the_verbs_of_the_guide(self, operations):
        table = dict(
            re.findall(r"^\| (GET|POST|PUT|PATCH|DELETE) \| (.*?) \|", GUIDE.read_text(), re.MULTILINE)
        )
        verbs = {method: set(re.findall(r"`([a-z_]+)`", words)) for method, words in table.items()}
        assert set(verbs) == {"GET", "POST", "PUT", "PATCH", "DELETE"}
        wrong = [
            f"{method} {name}"
            for name, (method, _, _) in operations.items()
            if not any(re.fullmatch(f"{verb}(_[a-z_]+)?", name) for verb in verbs[method])
        ]
        assert wrong == []
        used = {
            (method, verb)
            for method, known in verbs.items()
            for verb in known
            for name, (of, _, _) in operations.items()
            if of == method and re.fullmatch(f"{verb}(_[a-z_]+)?", name)
        }
        assert used == {(method, verb) for method, known in verbs.items() for verb in known}

    def test_summaries_are_sentences_of_our_own(self, operations):
        for name, (_, _, operation) in operations.items():
            summary = operation["summary"]
            assert summary.lower() != name.replace("_", " ")
            assert summary != " ".join(word.capitalize() for word in name.split("_"))
            assert 3 <= len(summary) <= 100, (name, summary)
            assert summary[0].isupper(), (name, summary)
            assert not summary.endswith("."), (name, summary)

    def test_answers_are_described_in_words(self, operations):
        for name, (_, _, operation) in operations.items():
            for status, answer in operation["responses"].items():
                assert answer["description"] not in {
                    "",
                    "Successful Response",
                    "Validation Error",
                }, (
                    name,
                    status,
                )

    def test_tags_are_described_and_look_alike(self, document, operations):
        used = {tag for _, _, operation in operations.values() for tag in operation["tags"]}
        assert {tag["name"] for tag in document["tags"] if tag["description"]} == used
        assert [tag for tag in used if not re.fullmatch(r"[a-z]+(-[a-z]+)*", tag)] == []
        assert all(len(operation["tags"]) == 1 for _, _, operation in operations.values())

    def test_document_says_what_it_is_about(self, document):
        assert document["info"]["title"]
        assert "RFC 9457" in document["info"]["description"]
        assert document["servers"] == [{"url": "/", "description": "This service."}]

    def test_lists_are_paged_in_one_of_two_ways(self, document, operations):
        for name, (method, _, operation) in operations.items():
            parameters = {item["name"] for item in operation.get("parameters", ()) if item["in"] == "query"}
            assert ("page" in parameters) == ("items_per_page" in parameters), name
            if "cursor" in parameters:
                assert "limit" in parameters, name
            answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
            model = answer.get("schema", {}).get("$ref", "").removeprefix(REF)
            fields = document["components"]["schemas"].get(model, {}).get("properties", {})
            if method == "GET" and "total_pages" in fields:
                assert "items_per_page" in parameters, name
            if method == "GET" and "next_cursor" in fields:
                assert "cursor" in parameters, name
        search = document["components"]["schemas"]["SearchRequest"]["properties"]
        assert {"page", "items_per_page"} <= search.keys()
        assert "limit" not in search

    def test_bodies_show_an_example_that_is_right(self, document, operations):
        """Pages make it of what the fields say, and people send it as it stands."""
        for name, (method, _, operation) in operations.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                schema = content["schema"]
                shown, missing = example_of(schema, document)
                assert missing == [], (method, name)
                validator = Draft202012Validator({**schema, "components": document["components"]})
                assert [error.message for error in validator.iter_errors(shown)] == [], (name, shown)

    def test_an_account_is_named_in_one_way(self, operations):
        paths = {path for _, path, _ in operations.values() if path.startswith("/api/v1/users/{")}
        assert {path.split("/")[4] for path in paths} == {"{username}"}


class TestProblems:
    def test_operations_list_their_codes(self, operations):
        def codes(name, status):
            return operations[name][2]["responses"][str(status)]["x-error-codes"]

        assert codes("create_user", 409) == ["USERNAME_TAKEN"]
        assert codes("login", 401) == ["SECOND_FACTOR_REQUIRED", "WRONG_CREDENTIALS"]
        assert codes("login", 429) == ["RATE_LIMITED", "TOO_MANY_TRIES"]
        assert codes("delete_user", 403) == [
            "FORBIDDEN",
            "LACKS_PERMISSION",
            "SESSION_REQUIRED",
            "STEP_UP_REQUIRED",
        ]
        assert codes("list_users", 403) == ["FORBIDDEN"]
        assert codes("read_document", 404) == ["DECISION_NOT_FOUND"]
        assert codes("read_tenant", 404) == ["NOT_FOUND"]
        assert codes("create_post", 413) == ["REQUEST_TOO_LARGE"]

    def test_codes_are_told_once_and_stay_open(self, document, operations):
        code = document["components"]["schemas"]["ErrorCode"]
        assert len(code["enum"]) == len(code["x-enum-descriptions"])
        assert all(code["x-enum-descriptions"])
        listed = {
            item
            for _, _, operation in operations.values()
            for answer in operation["responses"].values()
            for item in answer.get("x-error-codes", ())
        }
        assert listed == set(code["enum"])
        field = document["components"]["schemas"]["ProblemDetails"]["properties"]["error_code"]
        assert field["anyOf"] == [{"$ref": REF + "ErrorCode"}, {"type": "string"}]

    def test_problems_of_a_route_are_those_of_its_code_and_of_its_guards(self):
        router = Router()

        @router.delete("/things", dependencies=[public, step_up, raises(NotFound)])
        async def delete_thing() -> None:
            """Delete a thing."""

        (route,) = router.routes
        assert isinstance(route, Route)
        assert [item.code for item in problems_of(route)] == [
            "UNAUTHENTICATED",
            "SESSION_REQUIRED",
            "STEP_UP_REQUIRED",
            "NOT_FOUND",
            "VALIDATION_ERROR",
            "UNAVAILABLE",
        ]

    async def test_a_problem_that_a_route_does_not_declare_is_warned_of(self, settings, running):
        router = Router()

        @router.get("/gone", dependencies=[public], operation_id="read_gone")
        async def read_gone() -> None:
            raise NotFound("Gone.")

        async with running(settings, Module(name="gone", routers=[router])) as client:
            with pytest.warns(
                UndeclaredProblemWarning, match=r"GET /api/v1/gone answers 404 NOT_FOUND: add raises"
            ):
                answer = await client.get("/api/v1/gone")
        assert answer.status_code == 404

    def test_models_of_one_name_in_two_modules_are_told_apart(self, settings, modules):
        document = create_app(settings, modules).openapi()
        assert not [name for name in document["components"]["schemas"] if "__" in name]
