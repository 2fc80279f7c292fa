"""Limits over HTTP: who is counted, by which rule, and what the answer says."""

import asyncio
import re

import pytest

from fondasi.quotas import rules
from fondasi.settings import HttpSettings

OPEN, GUESS, MINE = "/api/v1/probe/open", "/api/v1/probe/guess", "/api/v1/probe/mine"
TIERS = "/api/v1/tiers"
ACTS_WITHIN = 2.0
LEFT = re.compile(r'"(\w+)";r=(\d+);t=(\d+)')


async def statuses(client, path, count, **options) -> list[int]:
    return [(await client.get(path, **options)).status_code for _ in range(count)]


async def until_limit_is(client, path, headers, limit) -> None:
    """Wait for a changed rule."""
    async with asyncio.timeout(60):
        while f";q={limit};" not in (await client.get(path, headers=headers)).headers["ratelimit-policy"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


class TestAnswer:
    async def test_headers_count_down(self, limited):
        answers = [await limited.get(OPEN) for _ in range(3)]
        left = [LEFT.fullmatch(answer.headers["ratelimit"]).groups() for answer in answers]
        assert [(name, remaining) for name, remaining, _ in left] == [
            ("address", "2"),
            ("address", "1"),
            ("address", "0"),
        ]
        assert all(1 <= int(seconds) <= 60 for _, _, seconds in left)
        assert answers[0].headers["ratelimit-policy"] == '"address";q=3;w=60'

    async def test_refusal_is_a_problem_that_says_when_to_come_back(self, limited):
        await statuses(limited, OPEN, 3)
        answer = await limited.get(OPEN, headers={"Accept-Language": "id"})
        assert answer.status_code == 429
        assert answer.headers["content-type"] == "application/problem+json"
        wait = int(answer.headers["retry-after"])
        assert 1 <= wait <= 60
        assert answer.json()["error_code"] == "RATE_LIMITED"
        assert answer.json()["detail"] == f"Terlalu banyak permintaan. Coba lagi dalam {wait} detik."
        assert LEFT.fullmatch(answer.headers["ratelimit"])[2] == "0"

    async def test_refused_before_the_body_is_read(self, limited, user):
        headers = await user("ani")
        for _ in range(4):
            assert (await limited.post(MINE, json={"a": 1}, headers=headers)).status_code == 200
        sent = []

        async def body():
            sent.append(1)
            yield b"{"

        assert (await limited.post(MINE, content=body(), headers=headers)).status_code == 429
        assert len(sent) <= 1

    async def test_openapi_document_tells_of_it(self, limited):
        paths = (await limited.get("/openapi.json")).json()["paths"]
        answer = paths[OPEN]["get"]["responses"]["429"]
        assert set(answer["headers"]) == {"Retry-After", "RateLimit", "RateLimit-Policy"}
        assert "429" not in paths["/health"]["get"]["responses"]

    async def test_other_problems_carry_the_headers_too(self, limited):
        answer = await limited.get(MINE)
        assert answer.status_code == 401
        assert answer.headers["ratelimit-policy"] == '"address";q=3;w=60'


class TestWhoIsCounted:
    async def test_users_are_counted_apart_behind_one_address(self, limited, user):
        ani, budi = await user("ani"), await user("budi")
        assert await statuses(limited, MINE, 5, headers=ani) == [200] * 4 + [429]
        assert await statuses(limited, MINE, 1, headers=budi) == [200]

    async def test_a_new_session_is_the_same_user(self, limited, client, user):
        first = await user("ani")
        await statuses(limited, MINE, 4, headers=first)
        credentials = {"username": "ani", "password": "correct horse battery staple"}
        token = (await client.post("/api/v1/login", json=credentials)).json()["access_token"]
        second = {"Authorization": f"Bearer {token}"}
        assert await statuses(limited, MINE, 1, headers=second) == [429]

    async def test_callers_without_a_token_are_counted_by_address(self, limited):
        assert await statuses(limited, MINE, 4) == [401, 401, 401, 429]

    async def test_routes_are_counted_apart(self, limited):
        assert await statuses(limited, OPEN, 4) == [200, 200, 200, 429]
        assert await statuses(limited, f"{OPEN}/a", 1) == [200]

    async def test_methods_are_counted_apart_and_head_counts_as_get(self, limited, user):
        headers = await user("ani")
        assert (await limited.head(MINE, headers=headers)).status_code == 200
        assert await statuses(limited, MINE, 4, headers=headers) == [200, 200, 200, 429]
        assert (await limited.post(MINE, json={}, headers=headers)).status_code == 200

    async def test_where_secrets_can_be_guessed_the_limit_is_lower(self, limited):
        answers = [(await limited.post(GUESS)).status_code for _ in range(3)]
        assert answers == [200, 200, 429]

    async def test_login_is_such_a_route(self, limited):
        wrong = {"username": "nobody", "password": "x"}
        answers = [(await limited.post("/api/v1/login", json=wrong)).status_code for _ in range(3)]
        assert answers == [401, 401, 429]

    @pytest.mark.parametrize("path", ["/health", "/health/ready", "/metrics", "/api/v1/probe/unlimited"])
    async def test_probes_are_not_counted(self, limited, path):
        assert await statuses(limited, path, 10) == [200] * 10
        assert "ratelimit" not in (await limited.get(path)).headers

    async def test_preflights_are_not_counted(self, small, running, probe, tiers):
        http = HttpSettings(cors_origins=["https://app.example"])
        headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
        async with running(small.model_copy(update={"http": http}), probe) as client:
            answers = [(await client.options(OPEN, headers=headers)).status_code for _ in range(10)]
            assert answers == [200] * 10
            answer = await client.get(OPEN, headers={"Origin": "https://app.example"})
        exposed = answer.headers["access-control-expose-headers"]
        assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(exposed.split(", "))


class TestTiers:
    @pytest.fixture(autouse=True)
    def _impatient(self, monkeypatch):
        """Rules are read as often as is promised, and here more often."""
        assert rules.REFRESH_SECONDS <= ACTS_WITHIN
        monkeypatch.setattr(rules, "REFRESH_SECONDS", 0.02)

    async def test_limit_of_the_tier_acts_soon_and_ends_with_it(self, limited, user):
        admin, ani = await user("root", superuser=True), await user("ani")
        await limited.post(TIERS, json={"name": "pro"}, headers=admin)
        new = {"method": "GET", "path": MINE, "limit": 1000, "period": 60}
        limit = (await limited.post(f"{TIERS}/pro/rate-limits", json=new, headers=admin)).json()["id"]
        await limited.patch("/api/v1/users/ani/tier", json={"tier": "pro"}, headers=admin)
        await until_limit_is(limited, MINE, ani, 1000)
        assert await statuses(limited, MINE, 10, headers=ani) == [200] * 10
        one = f"{TIERS}/pro/rate-limits/{limit}"
        assert (await limited.patch(one, json={"limit": 3}, headers=admin)).status_code == 200
        await until_limit_is(limited, MINE, ani, 3)
        assert await statuses(limited, MINE, 1, headers=ani) == [429]
        assert (await limited.delete(one, headers=admin)).status_code == 204
        await until_limit_is(limited, MINE, ani, 4)

    async def test_limit_of_the_default_tier_holds_for_users_without_one(self, limited, user):
        admin, ani = await user("root", superuser=True), await user("ani")
        new = {"path": MINE, "limit": 1, "period": 60}
        assert (await limited.post(f"{TIERS}/free/rate-limits", json=new, headers=admin)).status_code == 201
        await until_limit_is(limited, MINE, ani, 1)
        assert await statuses(limited, MINE, 1, headers=ani) == [429]
        assert (await limited.get(f"{MINE}/a", headers=ani)).status_code == 200

    async def test_another_tier_counts_from_the_next_request(self, limited, user):
        admin, ani = await user("root", superuser=True), await user("ani")
        await limited.post(TIERS, json={"name": "pro"}, headers=admin)
        new = {"path": MINE, "limit": 7, "period": 60}
        await limited.post(f"{TIERS}/pro/rate-limits", json=new, headers=admin)
        await limited.patch("/api/v1/users/ani/tier", json={"tier": "pro"}, headers=admin)
        await until_limit_is(limited, MINE, ani, 7)
        await limited.patch("/api/v1/users/ani/tier", json={"tier": None}, headers=admin)
        assert ";q=4;" in (await limited.get(MINE, headers=ani)).headers["ratelimit-policy"]
        await limited.patch("/api/v1/users/ani/tier", json={"tier": "pro"}, headers=admin)
        assert ";q=7;" in (await limited.get(MINE, headers=ani)).headers["ratelimit-policy"]
