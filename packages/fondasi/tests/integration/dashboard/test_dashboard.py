"""The dashboard: who sees it, what is counted, and whose days they are."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from sqlalchemy import select, text

from fondasi.identity import User, create_user
from fondasi.identity.models import AuthType, UserStatus, UserType
from fondasi.identity.sessions.models import UserSession
from fondasi.kit import clock
from fondasi.kit.i18n import LANGUAGES
from fondasi.kit.jobs import JobRecord, JobStatus
from fondasi.messages.models import MessageRecord, MessageStatus
from fondasi.runtime import platform_modules

DASHBOARD = "/api/v1/dashboard"
ROUTES = (
    "overview",
    "users-by-status",
    "users-by-type",
    "users-by-auth-type",
    "users-by-country",
    "users-by-language",
    "user-growth",
    "role-statistics",
    "recent-sign-ins",
    "all-statistics",
)
OF_DAYS = ("user-growth", "usage")
COUNTED = ("sign_ins", "signed_in", "jobs_succeeded", "jobs_failed", "messages_sent", "messages_failed")
QUIET = dict.fromkeys(COUNTED, 0)


@pytest.fixture
async def admin(sign_in):
    return await sign_in("admin", superuser=True)


@pytest.fixture
def read(client, admin):
    async def get(route: str, **params) -> dict:
        answer = await client.get(f"{DASHBOARD}/{route}", params=params, headers=admin)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


@pytest.fixture
def accounts(clean_database):
    """Accounts made (and deleted) at given moments."""

    async def make(*created: str, deleted: str | None = None, **fields) -> None:
        async with clean_database.unit_of_work() as session:
            for number, moment in enumerate(created):
                at = datetime.fromisoformat(moment)
                name = f"user-{at.timestamp():.0f}-{number}"
                user = await create_user(session, username=name, password=None, created_at=at, **fields)
                if deleted is not None:
                    user.status, user.deleted_at = UserStatus.DELETED, datetime.fromisoformat(deleted)

    return make


def counts(found: dict) -> dict[str | None, int]:
    return {item["value"]: item["count"] for item in found["data"]}


class TestWhoSeesIt:
    @pytest.mark.parametrize("route", [*ROUTES, "usage"])
    async def test_anonymous_and_ordinary_users_do_not(self, client, sign_in, route):
        assert (await client.get(f"{DASHBOARD}/{route}")).status_code == 401
        headers = await sign_in("ani")
        assert (await client.get(f"{DASHBOARD}/{route}", headers=headers)).status_code == 403

    def test_the_admin_group_holds_the_permission(self):
        (permission,) = next(item for item in platform_modules() if item.name == "dashboard").permissions
        assert (permission.code, permission.default_groups) == ("dashboard.view", ("admin",))


class TestCounts:
    async def test_every_value_is_there_also_without_accounts(self, read):
        assert counts(await read("users-by-status")) == dict.fromkeys(UserStatus, 0) | {"active": 1}
        assert counts(await read("users-by-type")) == dict.fromkeys(UserType, 0) | {"customer": 1}
        assert counts(await read("users-by-auth-type")) == dict.fromkeys(AuthType, 0) | {"username": 1}
        assert counts(await read("users-by-language")) == dict.fromkeys(LANGUAGES, 0) | {"en": 1}

    async def test_deleted_accounts_count_by_status_alone(self, read, accounts):
        await accounts("2026-01-01T00:00:00Z", deleted="2026-01-02T00:00:00Z", language="id", country="ID")
        assert counts(await read("users-by-status"))["deleted"] == 1
        assert counts(await read("users-by-language"))["id"] == 0
        overview = await read("overview")
        assert (overview["total_users"], overview["deleted_users"]) == (1, 1)

    async def test_countries_come_by_frequency_and_unknown_ones_as_null(self, read, accounts):
        await accounts("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", country="ID")
        await accounts("2026-01-02T00:00:00Z", country="FR")
        found = await read("users-by-country")
        assert [tuple(item.values()) for item in found["data"]] == [("ID", 2), ("FR", 1), (None, 1)]
        assert found["total_count"] == 4

    async def test_groups_without_users_are_there(self, read):
        found = await read("role-statistics")
        users = {item["group"]: item["users"] for item in found["data"]}
        assert users == {"admin": 0, "moderator": 0, "super_admin": 1, "user": 1, "vendor": 0}

    async def test_recent_sign_ins_name_device_and_no_address(self, client, read, sign_in):
        await sign_in("ani")
        found = (await read("recent-sign-ins", limit=1))["data"]
        assert [item["username"] for item in found] == ["ani"]
        assert set(found[0]) == {"user_id", "username", "name", "signed_in_at", "device", "browser"}
        assert len((await read("recent-sign-ins"))["data"]) == 2

    async def test_all_statistics_are_the_single_ones(self, read):
        found = await read("all-statistics", timezone="Asia/Jakarta")
        single = {
            route.replace("-", "_"): await read(route) for route in ROUTES[:-1] if route != "user-growth"
        }
        single["user_growth"] = await read("user-growth", timezone="Asia/Jakarta")
        assert found == {"timezone": "Asia/Jakarta", **single}

    @pytest.mark.parametrize("route", ["user-growth", "usage", "all-statistics"])
    async def test_each_is_one_statement(self, read, route, statements):
        """Besides the one that checks the session; rights are read once for a version."""
        await read(route)
        with statements() as sent:
            await read(route)
        assert len(sent) == 2


class TestUsage:
    @pytest.fixture
    async def a_day(self, clean_database, accounts):
        """What happened on 1 March 2026 at half past six in the evening (UTC)."""
        at = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
        await accounts("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")
        async with clean_database.unit_of_work(audited=False) as session:
            first, second = (
                await session.scalars(select(User.id).where(User.username.startswith("user-")))
            ).all()
            session.add_all(
                UserSession(user_id=one, expires_at=at + timedelta(days=9), created_at=at)
                for one in (first, first, second)
            )
            session.add_all(
                JobRecord(
                    name="probe", arguments={}, status=status, max_attempts=1, scheduled_for=at, created_at=at
                )
                for status in (JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.FAILED, JobStatus.CANCELLED)
            )
            session.add_all(
                MessageRecord(
                    channel="email",
                    recipient="",
                    template="probe",
                    language="en",
                    status=status,
                    created_at=at,
                )
                for status in (
                    MessageStatus.SENT,
                    MessageStatus.OUTBOX,
                    MessageStatus.FAILED,
                    MessageStatus.EXPIRED,
                )
            )

    async def test_every_day_counts_what_began_on_it(self, read, a_day):
        found = await read("usage", **{"from": "2026-02-28", "to": "2026-03-02"})
        busy = dict(zip(COUNTED, (3, 2, 1, 2, 2, 1), strict=True))
        assert found == {
            "timezone": "UTC",
            "data": [
                {"day": "2026-02-28", **QUIET},
                {"day": "2026-03-01", **busy},
                {"day": "2026-03-02", **QUIET},
            ],
        }

    async def test_days_are_those_of_the_viewer(self, read, a_day):
        found = await read("usage", timezone="Asia/Jakarta", **{"from": "2026-03-01", "to": "2026-03-02"})
        assert [day["sign_ins"] for day in found["data"]] == [0, 3]


class TestDays:
    """31: days are the viewer's, not the server's."""

    async def test_a_moment_belongs_to_another_day_elsewhere(self, read, accounts):
        await accounts("2026-05-31T18:30:00Z")
        span = {"from": "2026-05-31", "to": "2026-06-01"}
        for zone, expected in (("UTC", [1, 0]), ("Asia/Jakarta", [0, 1]), ("America/New_York", [1, 0])):
            found = await read("user-growth", timezone=zone, **span)
            assert [item["new_users"] for item in found["data"]] == expected, zone
        assert found["data"][-1]["total_users"] == 1

    @pytest.mark.parametrize(
        ("day", "moments"),
        [
            # 29 March 2026 has 23 hours in Berlin, from 23:00Z to 22:00Z; 25 October has 25, from 22:00Z to 23:00Z.
            ("2026-03-29", ["2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"]),
            ("2026-10-25", ["2026-10-24T21:59:59Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"]),
        ],
    )
    async def test_days_on_which_the_clock_changes(self, read, accounts, day, moments):
        await accounts(*moments)
        found = await read("user-growth", timezone="Europe/Berlin", **{"from": day, "to": day})
        assert found["data"] == [{"day": day, "new_users": 1, "deleted_users": 0, "total_users": 2}]

    async def test_growth_goes_down_on_the_day_of_a_deletion(self, read, accounts):
        await accounts("2026-02-01T12:00:00Z", deleted="2026-02-03T12:00:00Z")
        found = await read("user-growth", **{"from": "2026-01-31", "to": "2026-02-04"})
        assert [item["total_users"] for item in found["data"]] == [0, 1, 1, 0, 0]
        assert (found["new_users"], found["deleted_users"]) == (1, 1)
        later = await read("user-growth", **{"from": "2026-02-02", "to": "2026-02-03"})
        assert [item["total_users"] for item in later["data"]] == [1, 0]

    async def test_today_is_that_of_the_account(self, client, admin, read):
        """The two islands never have the same date."""
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            await client.patch("/api/v1/settings", json={"timezone": zone}, headers=admin)
            found = await read("user-growth")
            today = datetime.now(UTC).astimezone(ZoneInfo(zone)).date()
            assert found["timezone"] == zone
            assert len(found["data"]) == 30
            assert found["data"][-1] == {
                "day": str(today),
                "new_users": 1,
                "deleted_users": 0,
                "total_users": 1,
            }

    async def test_the_overview_counts_from_midnight_of_the_viewer(self, read, accounts):
        zone = ZoneInfo("Asia/Kathmandu")
        midnight = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        await accounts(str(midnight), str(midnight - timedelta(seconds=1)))
        overview = await read("overview", timezone=zone.key)
        assert overview["new_users_today"] == 2  # the admin, and the one of midnight
        assert overview["new_users_last_7_days"] == 3

    @pytest.mark.parametrize(
        "params",
        [
            {"timezone": "Mars/Olympus"},
            {"from": "2026-01-02", "to": "2026-01-01"},
            {"from": "2024-12-31", "to": "2026-01-01"},
            {"from": "0001-01-01"},
            {"to": "tomorrow"},
        ],
    )
    @pytest.mark.parametrize("route", OF_DAYS)
    async def test_other_windows_are_refused(self, client, admin, route, params):
        answer = await client.get(f"{DASHBOARD}/{route}", params=params, headers=admin)
        assert answer.status_code == 422
        assert answer.json()["field_errors"][0]["field"].startswith("query.")

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
    async def test_the_ends_of_the_calendar(self, read, day):
        for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
            found = await read("user-growth", timezone=zone, **{"from": day, "to": day})
            assert [item["day"] for item in found["data"]] == [day]

    async def test_the_database_knows_every_timezone_that_is_accepted(self, clean_database):
        async with clean_database.read_session() as session:
            query = text("SELECT count(now() AT TIME ZONE zone) FROM unnest(CAST(:zones AS text[])) AS zone")
            zones = sorted(filter(clock.is_timezone, available_timezones()))
            assert await session.scalar(query, {"zones": zones}) == len(zones)
