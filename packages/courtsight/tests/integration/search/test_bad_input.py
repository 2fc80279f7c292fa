"""Whatever is sent, the answer is 200 or a 422 that names the field; never a 500."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SEARCH = "/api/v1/legal-search/search"
ODD = {
    "SQL": "'; DROP TABLE decision; --",
    "more SQL": "1' OR '1'='1' UNION SELECT * FROM pg_user",
    "tsquery": "pencurian & !sepeda | (motor <-> 'malam':*)",
    "percent": "%_%\\",
    "emoji": "🎉👩‍⚖️⚖️",
    "emoji and a word": "pencurian 🎉",
    "combining": "pencurian" + "\u0301" * 300,
    "right to left": "\u202epencurian\u202c שלום",
    "full width": "\uff50\uff45\uff4e\uff43\uff55\uff52\uff49",
    "bell": "pencurian\x07\x1b[31m",
    "NUL": "pencurian\x00sepeda",
    "lone quote": '"',
    "three quotes": '"""',
    "open phrase": '"barang bukti',
    "empty phrase": '"" "  "',
    "phrase of signs": '"!!!"',
    "dash": "-",
    "dashes": "-- --- -",
    "excluded nothing": '-""',
    "field alone": "court:",
    "field and space": "court: PN",
    "empty field": 'court:""',
    "unknown field": "banana:split",
    "address": "https://example.org/?q=1&r=2",
    "colon": ":",
    "many colons": "court:judge:article:x",
    "article of nothing": "pasal",
    "huge number": "9" * 500,
    "huge article": "pasal 99999999999999999999 kuhp",
    "huge case number": "99999999999999999999 K/Pid/2019",
    "one letter": "a",
    "underscores": "___",
    "new lines": "\n\r\t\n pencurian \u2028 sepeda",
    "long word": "a" * 9000,
    "many words": "menimbang bahwa terdakwa " * 390,
    "brackets": "(" * 3000,
    "deep regex": "a*" * 2000 + "b",
}
WRONG = {
    "empty": ({"query": ""}, "body.query"),
    "blank": ({"query": " \t\n "}, "body.query"),
    "too long": ({"query": "a" * 10_001}, "body.query"),
    "missing": ({}, "body.query"),
    "number": ({"query": 5}, "body.query"),
    "list": ({"query": ["a"]}, "body.query"),
    "null": ({"query": None}, "body.query"),
    "limit 0": ({"query": "a", "limit": 0}, "body.limit"),
    "limit -1": ({"query": "a", "limit": -1}, "body.limit"),
    "limit huge": ({"query": "a", "limit": 10**9}, "body.limit"),
    "limit text": ({"query": "a", "limit": "ten"}, "body.limit"),
    "limit float": ({"query": "a", "limit": 1.5}, "body.limit"),
    "page 0": ({"query": "a", "page": 0}, "body.page"),
    "page huge": ({"query": "a", "page": 10**9}, "body.page"),
    "page deep": ({"query": "a", "page": 10_000}, "body.page"),
    "strategy": ({"query": "a", "strategy": "magic"}, "body.strategy"),
    "threshold": ({"query": "a", "similarity_threshold": 1.1}, "body.similarity_threshold"),
    "threshold text": ({"query": "a", "similarity_threshold": "high"}, "body.similarity_threshold"),
    "unknown field": ({"query": "a", "banana": 1}, "body.banana"),
    "unknown filter": ({"query": "a", "filters": {"banana": 1}}, "body.filters.banana"),
    "filters list": ({"query": "a", "filters": []}, "body.filters"),
    "empty filter": ({"query": "a", "filters": {"court": " "}}, "body.filters.court"),
    "long filter": ({"query": "a", "filters": {"court": "x" * 301}}, "body.filters.court"),
    "level": ({"query": "a", "filters": {"level": "nonsense"}}, "body.filters.level"),
    "year": ({"query": "a", "filters": {"year": "soon"}}, "body.filters.year"),
    "year huge": ({"query": "a", "filters": {"year": 10**12}}, "body.filters.year"),
    "day": ({"query": "a", "filters": {"date_from": "yesterday"}}, "body.filters.date_from"),
    "days": ({"query": "a", "filters": {"date_from": "2020-01-02", "date_to": "2020-01-01"}}, "body.filters"),
    "article": ({"query": "a", "filters": {"article": "xyz"}}, "body.filters.article"),
    "number filter": ({"query": "a", "filters": {"case_number": "xyz"}}, "body.filters.case_number"),
    "NUL filter": ({"query": "a", "filters": {"court": "PN\x00"}}, "body"),
    "year in query": ({"query": "year:soon"}, "body.query"),
    "level in query": ({"query": "level:nonsense"}, "body.query"),
    "article in query": ({"query": "article:xyz"}, "body.query.article"),
    "number in query": ({"query": "nomor:xyz"}, "body.query.case_number"),
    "quotes only": ({"query": '"'}, "body.query"),
    "dash only": ({"query": "-"}, "body.query"),
    "signs only": ({"query": "?!"}, "body.query"),
    "many phrases": ({"query": '"a b" -c ' * 600}, None),
    "too many phrases": ({"query": " ".join(f'"{number}"' for number in range(40))}, "body.query"),
}


@pytest.mark.parametrize("strategy", ["hybrid", "lexical", "vector", "parent-child"])
@pytest.mark.parametrize("name", ODD)
async def test_an_odd_query_is_answered_or_refused_with_its_field(corpus, name, strategy):
    response = await corpus.ask(ODD[name], strategy=strategy)
    assert response.status_code in {200, 422}, response.text
    if response.status_code == 422:
        assert response.json()["field_errors"][0]["field"] == ("body" if name == "NUL" else "body.query")


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_wrong_is_refused_and_named(corpus, name):
    body, field = WRONG[name]
    response = await corpus.client.post(SEARCH, json=body)
    if field is None:
        assert response.status_code == 200
        return
    assert response.status_code == 422, response.text
    problem = response.json()
    assert problem["error_code"] == "VALIDATION_ERROR"
    assert field in {error["field"] for error in problem["field_errors"]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'"query"',
        b'{"query": "a"',
        b'{"query": "\xff\xfe"}',
        b'{"query": "\\ud800"}',
        b'{"query": "a", "filters": {"court": "\\udfff"}}',
        b'{"query": "a", "limit": NaN}',
        b'{"query": "a", "limit": 1e400}',
        b'{"a":' * 5000,
    ],
)
async def test_what_is_no_valid_json_is_refused(corpus, body):
    response = await corpus.client.post(SEARCH, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in {400, 422}, response.text


TEXT_FILTERS = ["court", "jurisdiction", "case_type", "legal_area", "judge", "party", "outcome"]


@pytest.mark.parametrize("name", TEXT_FILTERS)
@pytest.mark.parametrize("odd", ["SQL", "percent", "emoji", "right to left", "bell", "brackets", "NUL"])
async def test_odd_filters_are_compared_as_they_are_or_refused(corpus, name, odd):
    value = ODD[odd][:300]
    for path in ("documents", "facets"):
        response = await corpus.client.get(f"/api/v1/legal-search/{path}", params={name: value})
        assert response.status_code in {200, 422}, response.text
    response = await corpus.ask("pencurian", filters={name: value})
    assert response.status_code in {200, 422}, response.text
    if response.status_code == 200:
        assert response.json()["total_count"] == 0


@pytest.mark.parametrize(
    "query",
    [
        *("page=0", "page=-1", "page=1000001", "page=x", "items_per_page=0", "items_per_page=1000000000"),
        *(
            "sort=banana",
            "banana=1",
            "year=soon",
            "level=nonsense",
            "date_from=soon",
            "article=xyz",
            "court=%00",
        ),
        *("year=99999999999999999999", "case_number=xyz", "court=", "date_to=0000-00-00"),
    ],
)
async def test_a_wrong_parameter_of_the_list_is_refused_and_named(corpus, query):
    response = await corpus.client.get(f"/api/v1/legal-search/documents?{query}")
    assert response.status_code == 422, response.text
    assert response.json()["field_errors"][0]["field"] == f"query.{query.partition('=')[0]}"


@pytest.mark.parametrize(
    "path", ["suggest", "suggest?q=", f"suggest?q={'a' * 201}", "suggest?q=%00", "suggest?q=a&b=1"]
)
async def test_suggest_refuses_what_it_cannot_complete(corpus, path):
    response = await corpus.client.get(f"/api/v1/legal-search/{path}")
    assert response.status_code == 422, response.text


@pytest.mark.parametrize("name", [name for name in ODD if name != "NUL"])
async def test_suggest_takes_anything_that_can_be_typed(corpus, name):
    response = await corpus.client.get("/api/v1/legal-search/suggest", params={"q": ODD[name][:200]})
    assert response.status_code in {200, 422}, response.text


async def test_pages_far_behind_the_end_are_empty(corpus):
    answer = await corpus.get("documents", page=1_000_000, items_per_page=100)
    assert answer["data"] == []
    assert answer["total_count"] == len(corpus.drafts)


async def test_the_first_and_the_last_day_are_days(corpus):
    everything = await corpus.get("documents", date_from=str(date.min), date_to=str(date.max))
    assert everything["total_count"] == len(corpus.drafts)


PIECES = st.sampled_from([
    *('"', "-", ":", "court:", "year:", "-level:", "article:", "pasal ", "363", " ", "ayat (1)", "kuhp"),
    *("K/Pid/2019", "pencurian", "\\", "%", "'", "(", "\u0000", "\u201c", "\U0001f389", "\n", "jo", "/", "."),
])  # fmt: skip
QUERIES = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join))


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=QUERIES, strategy=st.sampled_from(["hybrid", "lexical", "vector", "parent-child"]))
async def test_no_query_is_a_fault_of_ours(corpus, query, strategy):
    body = json.dumps({"query": query, "strategy": strategy}).encode()
    response = await corpus.client.post(SEARCH, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in {200, 422}, response.text
    if response.status_code == 422:
        assert response.json()["field_errors"][0]["field"].startswith("body")
