"""Whatever goes wrong is a problem (RFC 9457) that tells the caller what to do and nothing of the inside."""

import json
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import UniqueConstraint, text

from fondasi.identity.factors.models import RecoveryCode
from fondasi.identity.models import User

NOTES = "/api/v1/probe/notes"
SECRET = "the-secret-in-the-exception"


def problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["error_code"], body["type"]) == (status, code, "about:blank")
    assert body["request_id"] == answer.headers["x-request-id"]
    assert datetime.fromisoformat(body["timestamp"]).tzinfo
    assert body["title"]
    assert body["detail"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    return body


class TestRouting:
    async def test_unknown_path_is_not_found(self, probe):
        body = problem(await probe.get("/api/v1/nowhere?a=1"), 404, "NOT_FOUND")
        assert body["instance"] == "/api/v1/nowhere"

    async def test_wrong_method_names_all_methods_of_the_path(self, probe):
        answer = await probe.delete(NOTES)
        problem(answer, 405, "METHOD_NOT_ALLOWED")
        assert answer.headers["allow"] == "GET, HEAD, POST"

    async def test_head_is_get_without_a_body(self, probe):
        get, head = await probe.get(f"{NOTES}/one"), await probe.head(f"{NOTES}/one")
        assert head.status_code == 200
        assert head.content == b""
        assert head.headers["content-length"] == get.headers["content-length"]
        assert head.headers["etag"] == get.headers["etag"]

    async def test_options_without_origin_names_the_methods(self, probe):
        answer = await probe.options(f"{NOTES}/one")
        problem(answer, 405, "METHOD_NOT_ALLOWED")
        assert answer.headers["allow"] == "GET, HEAD"

    async def test_trailing_slash_leads_to_the_route(self, probe):
        assert (await probe.get(f"{NOTES}/")).status_code == 200


class TestBodyLimit:
    async def test_declared_length_over_the_limit_is_refused(self, probe):
        body = problem(await probe.post(NOTES, content=b"x" * 5000), 413, "REQUEST_TOO_LARGE")
        assert "4,096" in body["detail"]

    async def test_chunked_body_over_the_limit_is_refused_while_it_streams(self, probe):
        sent = 0

        async def endless():
            nonlocal sent
            while True:
                sent += 1000
                yield b"x" * 1000

        answer = await probe.post(NOTES, content=endless(), headers={"content-type": "application/json"})
        problem(answer, 413, "REQUEST_TOO_LARGE")
        assert sent <= 6000

    @pytest.mark.parametrize("length", ["9" * 30, "9" * 5000])
    async def test_absurd_length_is_refused(self, probe, length):
        answer = await probe.post(NOTES, content=b"{}", headers={"content-length": length})
        problem(answer, 413, "REQUEST_TOO_LARGE")

    async def test_body_at_the_limit_passes(self, probe):
        body = json.dumps({"text": "x"}).ljust(4096).encode()
        answer = await probe.post(NOTES, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 200


class TestValidation:
    async def test_fields_are_named_and_values_are_not_repeated(self, probe):
        rejected = {"text": 5, "stars": 9, "password": "hunter2", "extra": "also-secret"}
        body = problem(await probe.post(NOTES, json=rejected), 422, "VALIDATION_ERROR")
        assert {error["field"] for error in body["field_errors"]} == {
            "body.text",
            "body.stars",
            "body.password",
            "body.extra",
        }
        assert all(error["message"] and error["code"] for error in body["field_errors"])
        assert "hunter2" not in json.dumps(body)
        assert "also-secret" not in json.dumps(body)

    @pytest.mark.parametrize("name", ["y" * 41, '{"password":"hunter2"}', "a b", "<b>", "é", "1a", ""])
    async def test_name_that_is_no_plain_name_is_not_repeated(self, probe, name):
        answer = await probe.post(NOTES, json={"text": "x", name: 1})
        error = problem(answer, 422, "VALIDATION_ERROR")["field_errors"][0]
        assert error == {"field": "body", "message": "unknown field", "code": "extra_forbidden"}

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"", "missing"),
            (b"null", "model_attributes_type"),
            (b"[]", "model_attributes_type"),
            (b'"text"', "model_attributes_type"),
            (b"{", "json_invalid"),
            (b"{'text': 1}", "json_invalid"),
            (b'{"text": NaN}', "json_invalid"),
            (b'{"text": "\xff\xfe"}', "json_invalid"),
            (b'{"text": "\\ud800"}', "json_invalid"),
            (b'{"text": "a\x00b"}', "json_invalid"),
            (b'{"text": "a\\u0000b"}', "nul_character"),
            (b'{"text": "a", "more": {"\\u0000": 1}}', "nul_character"),
            (b'{"text": "a", "more": ' + b"[" * 30 + b'"\\u0000"' + b"]" * 30 + b"}", "nul_character"),
            (b'{"text": "a", "more": ' + b"[" * 33 + b"]" * 33 + b"}", "too_deep"),
            (b'{"text": "a", "more": [' + b"0," * 999 + b"0]}", "too_many_values"),
            (b"[" * 2000, "json_invalid"),
            (b'{"text": "a", "more": ' + b'{"a":' * 700 + b"1", "json_invalid"),
        ],
    )
    async def test_body_that_is_no_note_is_refused(self, probe, body, code):
        answer = await probe.post(NOTES, content=body, headers={"content-type": "application/json"})
        assert problem(answer, 422, "VALIDATION_ERROR")["field_errors"][0]["code"] == code

    async def test_thousands_of_brackets_are_refused(self, client, sign_in):
        headers = {**await sign_in("ani"), "content-type": "application/json"}
        for body in (b"[" * 60_000, b"[" * 30_000 + b"]" * 30_000, b'{"a":' * 12_000):
            answer = await client.post("/api/v1/tasks", content=body, headers=headers)
            problem(answer, 422, "VALIDATION_ERROR")

    @pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/jsonp", "nonsense", ""])
    async def test_wrong_content_type_is_refused(self, probe, kind):
        answer = await probe.post(NOTES, content=b'{"text": "x"}', headers={"content-type": kind})
        problem(answer, 422, "VALIDATION_ERROR")

    async def test_escaped_backslash_is_no_nul(self, probe):
        answer = await probe.post(
            NOTES, content=b'{"text": "\\\\u0000"}', headers={"content-type": "application/json"}
        )
        assert answer.json()["text"] == "\\u0000"

    @pytest.mark.parametrize("name", ["José", "O'Brien", "Робърт'); DROP TABLE", "<script>", "🙂", "日本"])
    async def test_ordinary_text_is_no_attack(self, probe, name):
        assert (await probe.post(NOTES, json={"text": name})).json()["text"] == name
        assert (await probe.get(f"{NOTES}/{name}")).json()["name"] == name


class TestQuery:
    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("page=0", "query.page"),
            ("page=-1", "query.page"),
            ("page=99999999999999999999999999", "query.page"),
            ("page=1.5", "query.page"),
            ("page=", "query.page"),
            ("page=one", "query.page"),
            ("items_per_page=0", "query.items_per_page"),
            ("items_per_page=101", "query.items_per_page"),
            ("sort=password_hash", "query.sort"),
            ("sort=", "query.sort"),
            ("sort=name,,email", "query.sort"),
            ("sort=--name", "query.sort"),
            ("sort=name%3B%20DROP%20TABLE%20x", "query.sort"),
            ("sort=" + "name," * 100, "query.sort"),
            ("unknown=1", "query.unknown"),
            ("page[]=1", "query"),
            ("page=1%00", "query.page"),
            ("sort=%00", "query.sort"),
            ("%00=1", "query"),
            ("page=%ff", "query"),
            ("sort=%c3%28", "query"),
            ("unknown" * 100 + "=1", "query"),
        ],
    )
    async def test_parameter_out_of_range_or_unknown_is_refused(self, probe, query, field):
        body = problem(await probe.get(f"{NOTES}?{query}"), 422, "VALIDATION_ERROR")
        assert body["field_errors"][0]["field"] == field

    async def test_many_unknown_parameters_give_few_errors(self, probe):
        query = "&".join(f"p{number}=1" for number in range(100))
        body = problem(await probe.get(f"{NOTES}?{query}"), 422, "VALIDATION_ERROR")
        assert len(body["field_errors"]) == 20

    async def test_more_parameters_than_any_route_has_are_not_looked_at(self, probe):
        body = problem(await probe.get(f"{NOTES}?{'a=1&' * 100}"), 422, "VALIDATION_ERROR")
        assert [error["code"] for error in body["field_errors"]] == ["too_many_parameters"]

    async def test_sort_takes_named_columns_in_both_directions(self, probe):
        answer = await probe.get(f"{NOTES}?sort=-email,name&page=3")
        assert answer.json() == {"page": 3, "order": ['"user".email DESC NULLS LAST', '"user".name ASC']}

    @pytest.mark.parametrize(
        "cursor",
        ["x", "%20", "!!", "W10", "eyJhIjoxfQ", "WzEsMl0", "WyIyMDI2IiwieCJd", "é", "=" * 10, "A" * 501],
    )
    async def test_cursor_that_is_not_ours_is_refused(self, probe, cursor):
        body = problem(await probe.get(f"/api/v1/probe/walk?cursor={cursor}"), 422, "VALIDATION_ERROR")
        assert body["field_errors"][0]["field"] == "query.cursor"

    async def test_cursor_gives_its_key_back(self, probe):
        from fondasi.kit.http import Cursor

        key = (datetime.fromisoformat("2026-01-01T00:00:00+00:00"), UUID(int=7))
        answer = await probe.get("/api/v1/probe/walk", params={"cursor": Cursor.encode(*key)})
        assert str(UUID(int=7)) in answer.json()["data"][0]


class TestPath:
    async def test_nul_in_the_path_is_refused(self, probe):
        body = problem(await probe.get(f"{NOTES}/a%00b"), 422, "VALIDATION_ERROR")
        assert body["field_errors"][0]["code"] == "nul_character"

    async def test_invalid_utf8_in_the_path_is_refused(self, probe):
        body = problem(await probe.get(f"{NOTES}/a%ffb"), 422, "VALIDATION_ERROR")
        assert body["field_errors"][0]["code"] == "encoding"

    async def test_id_that_is_no_uuid_is_refused(self, client, sign_in):
        answer = await client.get("/api/v1/tasks/1", headers=await sign_in("ani"))
        assert problem(answer, 422, "VALIDATION_ERROR")["field_errors"][0]["field"] == "path.task_id"


class TestOurFault:
    @pytest.mark.parametrize("path", ["broken", "broken-statement", "missing-file"])
    async def test_unexpected_error_tells_nothing_of_itself(self, probe, path):
        answer = await probe.get(f"/api/v1/probe/{path}")
        problem(answer, 500, "INTERNAL_ERROR")
        assert SECRET not in answer.text
        assert "Traceback" not in answer.text
        assert "SELECT" not in answer.text

    async def test_browser_of_an_allowed_origin_can_read_it(self, probe):
        answer = await probe.get("/api/v1/probe/broken", headers={"origin": "https://app.example"})
        problem(answer, 500, "INTERNAL_ERROR")
        assert answer.headers["access-control-allow-origin"] == "https://app.example"

    async def test_unexpected_error_rolls_the_unit_of_work_back(self, probe, database):
        problem(await probe.post("/api/v1/probe/broken-write"), 500, "INTERNAL_ERROR")
        async with database.read_session() as session:
            assert await session.scalar(text('SELECT count(*) FROM "user"')) == 0

    async def test_statement_over_its_time_is_unavailable_not_broken(self, probe):
        answer = await probe.get("/api/v1/probe/slow-statement")
        problem(answer, 503, "UNAVAILABLE")
        assert int(answer.headers["retry-after"]) > 0

    async def test_full_disk_of_the_database_is_called_that(self, probe):
        body = problem(await probe.get("/api/v1/probe/full-disk"), 503, "UNAVAILABLE")
        assert body["detail"] == "The disk of the database is full. Nothing was changed; tell its operator."


class TestBrokenReference:
    async def test_what_is_not_there_is_a_conflict_that_tells_no_value(self, probe):
        body = problem(await probe.post("/api/v1/probe/orphans"), 409, "CONFLICT")
        assert body["detail"] == "It names something that is not there, or something else still needs it."

    async def test_model_gives_it_words(self, probe, monkeypatch):
        words = "There is no such account."
        monkeypatch.setitem(RecoveryCode.__table__.c.user_id.info, "conflict", words)
        answer = await probe.post("/api/v1/probe/orphans")
        assert problem(answer, 409, "CONFLICT")["detail"] == words

    async def test_the_field_that_was_sent_is_named(self, probe):
        body = problem(await probe.post("/api/v1/probe/named-orphans", json={}), 409, "CONFLICT")
        assert body["detail"] == "body.user_id: it names something that is not there."


class TestBrokenUnique:
    async def test_the_field_that_was_sent_is_named(self, probe):
        body = problem(await probe.post("/api/v1/probe/named-twins", json={}), 409, "CONFLICT")
        assert (
            body["detail"] == "body.username: there is one like this already. Choose another name or value."
        )

    async def test_what_exists_already_is_a_conflict_that_tells_no_value(self, probe, database):
        body = problem(await probe.post("/api/v1/probe/twins"), 409, "CONFLICT")
        assert body["detail"] == "There is one like this already. Choose another name or value."
        assert "twin" not in json.dumps(body["detail"])
        async with database.read_session() as session:
            assert await session.scalar(text('SELECT count(*) FROM "user"')) == 0

    @pytest.mark.parametrize("place", ["constraint", "column"])
    async def test_model_gives_it_words(self, probe, monkeypatch, place):
        column = User.__table__.c.username
        unique = next(
            item
            for item in [*User.__table__.constraints, *User.__table__.indexes]
            if list(item.columns) == [column] and (isinstance(item, UniqueConstraint) or item.unique)
        )
        words = "Somebody has this user name. Choose another."
        monkeypatch.setitem((unique if place == "constraint" else column).info, "conflict", words)
        answer = await probe.post("/api/v1/probe/twins")
        assert problem(answer, 409, "CONFLICT")["detail"] == words
