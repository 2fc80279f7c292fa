"""The routes of tiers: as anonymous, as a user, as an administrator."""

from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from fondasi.quotas.models import Tier

TIERS, LIMITS = "/api/v1/tiers", "/api/v1/tiers/free/rate-limits"
NOBODYS = UUID(int=1)
TASKS = "/api/v1/tasks"
LIMIT = {"method": "POST", "path": TASKS, "limit": 5, "period": 3600}
CALLS = [
    ("GET", TIERS, None),
    ("POST", TIERS, {"name": "pro"}),
    ("GET", f"{TIERS}/free", None),
    ("PATCH", f"{TIERS}/free", {"description": "x"}),
    ("DELETE", f"{TIERS}/free", None),
    ("GET", LIMITS, None),
    ("POST", LIMITS, LIMIT),
    ("GET", f"{LIMITS}/{NOBODYS}", None),
    ("PATCH", f"{LIMITS}/{NOBODYS}", {"limit": 1}),
    ("DELETE", f"{LIMITS}/{NOBODYS}", None),
    ("GET", "/api/v1/users/ani/tier", None),
    ("PATCH", "/api/v1/users/ani/tier", {"tier": "free"}),
]


@pytest.fixture
async def admin(user, tiers):
    return await user("root", superuser=True)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: " ".join(call[:2]))
async def test_only_holders_of_the_permission_are_served(client, user, tiers, call):
    """The path names the caller's own account too: nobody changes their own tier."""
    method, path, body = call
    assert (await client.request(method, path, json=body)).status_code == 401
    answer = await client.request(method, path, json=body, headers=await user("ani"))
    assert answer.status_code == 403
    assert "tiers." in answer.json()["detail"]


class TestTiers:
    async def test_free_tier_is_there_from_the_start(self, client, admin):
        page = (await client.get(TIERS, headers=admin)).json()
        assert [tier["name"] for tier in page["data"]] == ["free"]
        assert page["total_count"] == 1

    async def test_tier_is_created_read_changed_and_deleted(self, client, admin):
        created = await client.post(TIERS, json={"name": "pro", "description": "Paid."}, headers=admin)
        assert created.status_code == 201
        assert (await client.get(f"{TIERS}/pro", headers=admin)).json() == created.json()
        changed = await client.patch(f"{TIERS}/pro", json={"name": "plus"}, headers=admin)
        assert (changed.json()["name"], changed.json()["description"]) == ("plus", "Paid.")
        assert (await client.get(f"{TIERS}/pro", headers=admin)).status_code == 404
        assert (await client.delete(f"{TIERS}/plus", headers=admin)).status_code == 204
        assert (await client.get(f"{TIERS}/plus", headers=admin)).status_code == 404

    async def test_names_are_unique(self, client, admin):
        await client.post(TIERS, json={"name": "pro"}, headers=admin)
        for answer in (
            await client.post(TIERS, json={"name": "pro"}, headers=admin),
            await client.patch(f"{TIERS}/pro", json={"name": "free"}, headers=admin),
        ):
            assert answer.status_code == 409
            assert answer.json()["error_code"] == "TIER_NAME_TAKEN"

    async def test_default_tier_stays(self, client, admin):
        for answer in (
            await client.delete(f"{TIERS}/free", headers=admin),
            await client.patch(f"{TIERS}/free", json={"name": "gratis"}, headers=admin),
        ):
            assert answer.status_code == 409
            assert answer.json()["error_code"] == "TIER_IN_USE"

    async def test_tier_of_a_user_stays(self, client, admin, user):
        await user("ani")
        await client.post(TIERS, json={"name": "pro"}, headers=admin)
        await client.patch("/api/v1/users/ani/tier", json={"tier": "pro"}, headers=admin)
        assert (await client.delete(f"{TIERS}/pro", headers=admin)).status_code == 409
        await client.patch("/api/v1/users/ani/tier", json={"tier": None}, headers=admin)
        assert (await client.delete(f"{TIERS}/pro", headers=admin)).status_code == 204

    @pytest.mark.parametrize(
        "wrong", [{}, {"name": "Pro"}, {"name": ""}, {"name": "a b"}, {"name": "-a"}, {"name": "a", "id": 1}]
    )
    async def test_wrong_input_is_refused(self, client, admin, wrong):
        assert (await client.post(TIERS, json=wrong, headers=admin)).status_code == 422

    async def test_no_name_that_would_break_a_header_can_be_stored(self, tiers):
        with pytest.raises(IntegrityError):
            async with tiers.unit_of_work() as session:
                session.add(Tier(name='x"\r\nSet-Cookie: a=b'))


class TestRateLimits:
    async def test_limit_is_created_read_changed_and_deleted(self, client, admin):
        created = await client.post(LIMITS, json=LIMIT, headers=admin)
        assert created.status_code == 201
        assert created.json()["name"] == f"POST {TASKS}"
        one = f"{LIMITS}/{created.json()['id']}"
        assert (await client.get(one, headers=admin)).json() == created.json()
        changed = await client.patch(one, json={"limit": 9, "name": "jobs"}, headers=admin)
        assert (changed.json()["limit"], changed.json()["period"], changed.json()["name"]) == (
            9,
            3600,
            "jobs",
        )
        page = (await client.get(LIMITS, headers=admin)).json()
        assert [limit["limit"] for limit in page["data"]] == [9]
        assert (await client.delete(one, headers=admin)).status_code == 204
        assert (await client.get(one, headers=admin)).status_code == 404

    async def test_one_limit_for_each_route(self, client, admin):
        await client.post(LIMITS, json=LIMIT, headers=admin)
        answer = await client.post(LIMITS, json={**LIMIT, "limit": 6}, headers=admin)
        assert answer.status_code == 409
        assert answer.json()["error_code"] == "RATE_LIMIT_EXISTS"
        assert (await client.post(LIMITS, json={**LIMIT, "method": "GET"}, headers=admin)).status_code == 201

    async def test_limit_of_another_tier_is_not_found(self, client, admin):
        await client.post(TIERS, json={"name": "pro"}, headers=admin)
        limit = (await client.post(LIMITS, json=LIMIT, headers=admin)).json()["id"]
        other = f"{TIERS}/pro/rate-limits/{limit}"
        assert (await client.get(other, headers=admin)).status_code == 404
        assert (await client.delete(other, headers=admin)).status_code == 404

    async def test_limits_go_with_their_tier(self, client, admin):
        await client.post(TIERS, json={"name": "pro"}, headers=admin)
        await client.post(f"{TIERS}/pro/rate-limits", json=LIMIT, headers=admin)
        assert (await client.delete(f"{TIERS}/pro", headers=admin)).status_code == 204

    @pytest.mark.parametrize(
        "wrong",
        [
            {"limit": 0},
            {"limit": 10**7},
            {"limit": "5"},
            {"period": 0},
            {"method": "TRACE"},
            {"path": f"{TASKS}/{NOBODYS}"},  # a path, not a template
            {"path": "/api/v1/nowhere"},
            {"tier_id": str(NOBODYS)},
        ],
    )
    async def test_wrong_input_is_refused(self, client, admin, wrong):
        answer = await client.post(LIMITS, json={**LIMIT, **wrong}, headers=admin)
        assert answer.status_code == 422

    async def test_route_of_a_limit_can_only_change_to_a_real_one(self, client, admin):
        limit = (await client.post(LIMITS, json=LIMIT, headers=admin)).json()["id"]
        answer = await client.patch(f"{LIMITS}/{limit}", json={"path": "/nowhere"}, headers=admin)
        assert answer.status_code == 422
        assert (await client.get(f"{LIMITS}/{limit}", headers=admin)).json()["path"] == TASKS


class TestUsers:
    async def test_user_without_a_tier_has_the_default_one(self, client, admin, user):
        await user("ani")
        answer = (await client.get("/api/v1/users/ani/tier", headers=admin)).json()
        assert (answer["username"], answer["tier"], answer["is_default"]) == ("ani", "free", True)

    async def test_user_gets_another_tier(self, client, admin, user):
        await user("ani")
        await client.post(TIERS, json={"name": "pro"}, headers=admin)
        answer = await client.patch("/api/v1/users/ani/tier", json={"tier": "pro"}, headers=admin)
        assert answer.status_code == 200
        assert (answer.json()["tier"], answer.json()["is_default"]) == ("pro", False)

    async def test_unknown_user_and_unknown_tier_are_told(self, client, admin, user):
        await user("ani")
        assert (await client.get("/api/v1/users/nobody/tier", headers=admin)).status_code == 404
        wrong = await client.patch("/api/v1/users/nobody/tier", json={"tier": "free"}, headers=admin)
        assert wrong.status_code == 404
        wrong = await client.patch("/api/v1/users/ani/tier", json={"tier": "gold"}, headers=admin)
        assert wrong.status_code == 422
        assert wrong.json()["field_errors"][0]["code"] == "unknown_tier"

    async def test_user_sees_his_own_limits_and_no_one_elses(self, client, admin, user):
        ani = await user("ani")
        await client.post(LIMITS, json=LIMIT, headers=admin)
        own = (await client.get("/api/v1/users/ani/rate-limits", headers=ani)).json()
        assert own["tier"] == "free"
        assert [(item["method"], item["path"], item["limit"]) for item in own["rate_limits"]] == [
            ("POST", TASKS, 5)
        ]
        assert own["default"] == {"limit": 10**6, "period": 60}
        foreign = await client.get("/api/v1/users/root/rate-limits", headers=ani)
        missing = await client.get("/api/v1/users/nobody/rate-limits", headers=ani)
        assert (foreign.status_code, missing.status_code) == (404, 404)
        assert foreign.json()["detail"] == missing.json()["detail"]
        assert (await client.get("/api/v1/users/ani/rate-limits", headers=admin)).status_code == 200
