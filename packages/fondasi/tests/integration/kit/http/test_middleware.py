"""Headers: request ids, conditional reads, origins, caching, languages; and metrics with few labels."""

import re

import pytest
from prometheus_client import REGISTRY

from fondasi.settings import Environment

NOTE = "/api/v1/probe/notes/one"
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


class TestRequestId:
    async def test_id_of_the_caller_is_kept(self, probe):
        answer = await probe.get(NOTE, headers={"x-request-id": "trace-1.a_B"})
        assert answer.headers["x-request-id"] == "trace-1.a_B"

    @pytest.mark.parametrize("sent", ["", "a b", "a\tb", "<script>", "é", "x" * 129, '","level":"fatal"'])
    async def test_id_that_could_deceive_a_log_is_replaced(self, probe, sent):
        answer = await probe.get(NOTE, headers={"x-request-id": sent.encode()})
        assert UUID7.fullmatch(answer.headers["x-request-id"])

    async def test_every_request_without_one_gets_its_own(self, probe):
        assert (await probe.get(NOTE)).headers["x-request-id"] != (await probe.get(NOTE)).headers[
            "x-request-id"
        ]


class TestConditionalRead:
    @pytest.mark.parametrize("condition", ["{etag}", '"other", {etag}', "*", "{strong}", '{etag} , "x"'])
    async def test_unchanged_answer_is_not_sent_again(self, probe, condition):
        etag = (await probe.get(NOTE)).headers["etag"]
        condition = condition.format(etag=etag, strong=etag.removeprefix("W/"))
        answer = await probe.get(NOTE, headers={"if-none-match": condition})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
        assert "content-type" not in answer.headers

    @pytest.mark.parametrize("condition", ['"other"', "", "one", 'W/"'])
    async def test_other_answer_is_sent(self, probe, condition):
        answer = await probe.get(NOTE, headers={"if-none-match": condition})
        assert answer.json() == {"name": "one"}

    async def test_answer_that_differs_has_another_tag(self, probe):
        tags = {(await probe.get(f"/api/v1/probe/notes/{name}")).headers["etag"] for name in ("one", "two")}
        assert len(tags) == 2

    async def test_errors_and_writes_have_none(self, probe):
        assert "etag" not in (await probe.get("/nowhere", headers={"if-none-match": "*"})).headers
        answer = await probe.post("/api/v1/probe/notes", json={"text": "x"}, headers={"if-none-match": "*"})
        assert answer.status_code == 200
        assert "etag" not in answer.headers


class TestOrigins:
    async def test_exact_origin_may_read_with_credentials(self, probe):
        answer = await probe.get(NOTE, headers={"origin": "https://app.example"})
        assert answer.headers["access-control-allow-origin"] == "https://app.example"
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert "origin" in answer.headers["vary"].lower()

    @pytest.mark.parametrize(
        "origin",
        [
            "https://evil.example",
            "https://app.example.evil.example",
            "http://app.example",
            "null",
            "https://APP.example",
        ],
    )
    async def test_other_origins_may_not(self, probe, origin):
        answer = await probe.get(NOTE, headers={"origin": origin, "cookie": "a=b"})
        assert "access-control-allow-origin" not in answer.headers
        preflight = await probe.options(
            NOTE, headers={"origin": origin, "access-control-request-method": "DELETE"}
        )
        assert preflight.status_code == 400
        assert "access-control-allow-origin" not in preflight.headers

    async def test_preflight_of_the_exact_origin_passes(self, probe):
        headers = {
            "origin": "https://app.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization",
        }
        answer = await probe.options("/api/v1/probe/notes", headers=headers)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://app.example"

    async def test_without_the_setting_no_origin_may(self, client):
        answer = await client.get("/health", headers={"origin": "https://app.example"})
        assert "access-control-allow-origin" not in answer.headers

    async def test_any_origin_never_comes_with_credentials(self, settings, running):
        http = settings.http.model_copy(update={"cors_origins": ["*"]})
        async with running(settings.model_copy(update={"http": http})) as client:
            answer = await client.get("/health", headers={"origin": "https://evil.example"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers


class TestHeaders:
    @pytest.mark.parametrize("path", [NOTE, "/nowhere", "/health", "/api/v1/probe/broken", "/metrics"])
    async def test_nothing_is_cached_sniffed_or_framed(self, probe, path):
        headers = (await probe.get(path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "strict-transport-security" not in headers  # `local` is plain http

    async def test_browsers_are_told_to_use_https_outside_of_local(self, settings, running):
        async with running(settings.model_copy(update={"environment": Environment.STAGING})) as client:
            headers = (await client.get("/health")).headers
        assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"

    @pytest.mark.parametrize(
        ("wanted", "language"),
        [
            ("id", "id"),
            ("id-ID,id;q=0.9,en;q=0.8", "id"),
            ("en;q=0.5, id", "id"),
            ("id;q=0", "en"),
            ("nl, sv", "en"),
            ("*", "en"),
            ("", "en"),
            ("id;q=nonsense", "en"),
            ("x" * 10_000, "en"),
            ("\xff;;;,,=", "en"),
        ],
    )
    async def test_problems_are_in_the_language_of_the_caller(self, probe, wanted, language):
        answer = await probe.get("/api/v1/users/me", headers={"accept-language": wanted.encode("latin-1")})
        assert answer.headers["content-language"] == language
        assert answer.json()["title"] == {"en": "Not signed in", "id": "Belum masuk"}[language]
        assert "accept-language" in answer.headers["vary"]


class TestMetrics:
    @staticmethod
    def labels():
        return {
            (sample.labels["method"], sample.labels["route"])
            for metric in REGISTRY.collect()
            if metric.name == "fondasi_http_requests"
            for sample in metric.samples
            if "method" in sample.labels
        }

    async def test_paths_and_methods_of_strangers_make_no_labels(self, probe):
        await probe.get("/nowhere")
        await probe.request("INVENTED", NOTE)
        await probe.request("INVENTED", "/nowhere")
        before = self.labels()
        for number in range(5):
            await probe.get(f"/nowhere/{number}")
            await probe.get(f"/api/v1/probe/notes/{number}")
            await probe.request(f"METHOD{number}", NOTE)
            await probe.request(f"METHOD{number}", "/nowhere")
        assert self.labels() - before <= {("GET", "/api/v1/probe/notes/{name}")}
        assert not any(method.startswith(("METHOD", "INVENTED")) for method, _ in self.labels())
