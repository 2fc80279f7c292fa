"""Every list of the platform: pages and walks agree, filters keep what they say, CSV runs no formula.

What comes otherwise is named in docs/http.md, with the reason.
"""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import delete

from fondasi.app import create_app
from fondasi.files.models import File, ObjectState, StoredObject, TenantFile
from fondasi.identity.api_keys.models import ApiKey
from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.ids import new_id
from fondasi.kit.jobs import JobRecord, JobStatus
from fondasi.messages import Channel
from fondasi.messages.models import MessageRecord, MessageStatus
from fondasi.quotas.models import Tier, TierRateLimit
from fondasi.runtime import platform_modules
from fondasi.tenancy.models import Invitation, InvitationStatus, Tenant
from fondasi.webhooks.models import TenantWebhook, TenantWebhookDelivery, Webhook, WebhookDelivery

GUIDE = Path(__file__).parents[4] / "docs" / "http.md"
COUNT = 7
FORMULA = '=HYPERLINK("https://example.com","x")'
CHANGING = {"url", "thumbnails"}  # signed links
ASKED_OF_ALL = {"page", "items_per_page", "cursor", "limit", "total", "format", "sort", "search"}
RANGE = re.compile(r"(?P<name>\w+)__(?P<how>gte|lt)")


class World:
    """A platform's administrator who owns a tenant, and rows for every list."""

    def __init__(self, town, admin, tenant):
        self.town, self.admin, self.tenant = town, admin, tenant
        self.webhook = new_id()

    async def add(self, *rows):
        async with self.town.database.unit_of_work(tenant=self.tenant, audited=False) as session:
            for row in rows:
                session.add(row)
                await session.flush()

    async def list_users(self):
        for number in range(COUNT):
            await self.town.person(f"user{number}")

    async def list_groups(self):
        """Those that every installation has."""

    async def list_group_members(self):
        await self.list_users()

    async def list_messages(self):
        states = [MessageStatus.SENT, MessageStatus.FAILED]
        await self.add(
            *(
                MessageRecord(
                    channel=Channel.EMAIL if number % 2 else Channel.SMS,
                    recipient=f"=cmd{number}@example.com",
                    template=f"probe-{number % 3}",
                    language="id" if number % 3 else "en",
                    status=states[number % 2],
                    sent_at=None if number % 2 else clock.now() - timedelta(minutes=number % 4),
                )
                for number in range(COUNT)
            )
        )

    async def list_tiers(self):
        await self.add(*(Tier(name=f"probe-{number}", description=FORMULA) for number in range(COUNT)))

    async def list_rate_limits(self):
        tier = Tier(id=new_id(), name="probe-gold")
        limits = (
            TierRateLimit(
                tier_id=tier.id, name=FORMULA, method="GET", path=f"/p{number}", limit=number + 1, period=60
            )
            for number in range(COUNT)
        )
        await self.add(tier, *limits)

    async def list_tasks(self):
        statuses = [JobStatus.SUCCEEDED, JobStatus.FAILED]
        await self.add(
            *(
                JobRecord(
                    name=f"probe.{number % 3}",
                    arguments={},
                    status=statuses[number % 2],
                    max_attempts=1,
                    result={"number": number, "text": FORMULA},
                    error=FORMULA,
                    enqueued_by=self.admin.id,
                    scheduled_for=clock.now(),
                    finished_at=None if number == 2 else clock.now() - timedelta(minutes=number % 4),
                )
                for number in range(COUNT)
            )
        )

    def _files(self, model, **owner):
        for number in range(COUNT):
            key, size = new_id(), number % 3
            yield StoredObject(id=key, owner_id=self.admin.id, state=ObjectState.KEPT, size=size)
            yield model(
                id=key, owner_id=self.admin.id, name=FORMULA, media_type="text/plain", size=size, **owner
            )

    async def list_files(self):
        await self.add(*self._files(File))

    async def list_tenant_files(self):
        await self.add(*self._files(TenantFile, tenant_id=self.tenant))

    async def list_tenants(self):
        for number in range(COUNT):
            tenant = Tenant(id=new_id(), name=f"{FORMULA}{number % 3}", created_by=self.admin.id)
            async with self.town.database.unit_of_work(tenant=tenant.id, audited=False) as session:
                session.add(tenant)
            await self.town.join(tenant.id, self.admin, "owner")

    list_all_tenants = list_tenants

    async def list_members(self):
        for number in range(COUNT):
            person = await self.town.person(f"member{number}")
            await self.town.join(self.tenant, person, "admin" if number % 2 else "member", "view_analytics")

    async def list_invitations(self):
        await self.add(
            *(
                Invitation(
                    tenant_id=self.tenant,
                    email=f"=cmd{number}@example.com",
                    role="member",
                    status=InvitationStatus.REVOKED if number % 2 else InvitationStatus.PENDING,
                    token_hash=new_id().bytes,
                    expires_at=clock.now() + timedelta(days=number - 3),
                    invited_by=self.admin.id,
                )
                for number in range(COUNT)
            )
        )

    def _webhooks(self, model, **owner):
        for number in range(COUNT):
            yield model(
                id=self.webhook if number == 0 else new_id(),
                url=f"https://example.com/{number % 3}",
                description=FORMULA,
                events=["*"],
                sealed_secret=b"",
                disabled_because="by_hand" if number % 2 else None,
                created_by=self.admin.id,
                **owner,
            )

    def _deliveries(self, model, **owner):
        tried = {"at": "2026-01-01T00:00:00Z", "status_code": 500, "duration_ms": 1, "error": FORMULA}
        for number in range(COUNT):
            yield model(
                webhook_id=self.webhook,
                event="user.created" if number % 2 else "webhook.ping",
                body="{}",
                status="failed",
                tries=[tried] if number else [],
                **owner,
            )

    async def list_webhooks(self):
        await self.add(*self._webhooks(Webhook))

    async def list_tenant_webhooks(self):
        await self.add(*self._webhooks(TenantWebhook, tenant_id=self.tenant))

    async def list_webhook_deliveries(self):
        await self.add(*self._webhooks(Webhook), *self._deliveries(WebhookDelivery))

    async def list_tenant_webhook_deliveries(self):
        owner = {"tenant_id": self.tenant}
        await self.add(
            *self._webhooks(TenantWebhook, **owner), *self._deliveries(TenantWebhookDelivery, **owner)
        )

    async def list_api_keys(self):
        await self.add(
            *(
                ApiKey(
                    user_id=self.admin.id,
                    name=FORMULA,
                    permissions=["tasks.create"],
                    secret_hash=b"",
                    expires_at=clock.now() + timedelta(days=number % 3),
                    last_used_at=clock.now() if number % 2 else None,
                )
                for number in range(COUNT)
            )
        )

    async def list_activity(self):
        other = await self.town.person("other")
        async with self.town.database.unit_of_work(tenant=self.tenant, audited=False) as session:
            for number in range(COUNT):
                people = [(self.admin.id, None), (other.id, self.admin.id), (self.admin.id, self.admin.id)]
                by, subject = people[number % 3]
                await record(session, f"probe.{number % 2}", "probe", FORMULA, user_id=by, subject_id=subject)

    list_own_activity = list_tenant_activity = list_activity

    async def path(self, path: str) -> str:
        groups = (await self.admin.get("/groups", params={"search": "user"})).json()["data"]
        group = next(one["id"] for one in groups if one["name"] == "user")
        return path.format(tenant_id=self.tenant, name="probe-gold", webhook_id=self.webhook, group_id=group)


@pytest_asyncio.fixture
async def world(town):
    admin = await town.person("admin", superuser=True)
    yield World(town, admin, UUID(await admin.creates("readers")))
    async with town.database.unit_of_work(audited=False) as session:
        await session.execute(delete(Tier).where(Tier.name.startswith("probe-")))


@pytest.fixture(scope="module")
def document(settings):
    return create_app(settings, platform_modules()).openapi()


def operations(document):
    """Those whose name says that they list: name, path, and their parameters by name."""
    for path, item in document["paths"].items():
        described = item.get("get", {"operationId": ""})
        if described["operationId"].startswith("list_"):
            asked = (one for one in described.get("parameters", ()) if one["in"] == "query")
            parameters = {one["name"]: one["schema"] for one in asked}
            yield described["operationId"], path.removeprefix("/api/v1"), parameters


LISTS = [name for name in vars(World) if name.startswith("list_")]


def test_every_list_is_declared_or_the_guide_says_why_not(document):
    declared = {name for name, _, parameters in operations(document) if "cursor" in parameters}
    assert declared == set(LISTS)
    guide = GUIDE.read_text().partition("\n### Lists that come whole")[2].partition("\n## ")[0]
    plain = {path for name, path, _ in operations(document) if name not in declared}
    assert {path for path in re.findall(r"`GET (\S+)`", guide) if "legal-search" not in path} == plain


def comparable(rows):
    return [{name: value for name, value in row.items() if name not in CHANGING} for row in rows]


@pytest.mark.parametrize("name", LISTS)
async def test_list_can_be_asked_as_every_list_can(world, document, statements, name):
    await getattr(world, name)()
    path, parameters = next((path, asked) for listed, path, asked in operations(document) if listed == name)

    place = await world.path(path)

    async def ask(**query):
        answer = await world.admin.get(place, params=query)
        assert answer.status_code == 200, (query, answer.text)
        return answer

    page = await ask(items_per_page=100)
    assert "+00:00" not in page.text  # times end with a Z, as in single answers
    rows = comparable(page.json()["data"])
    assert len(rows) >= 5
    await pages_and_walks_agree_in_every_order(ask, parameters, rows)
    await filters_keep_what_they_say(ask, parameters, rows)
    await csv_has_every_row_and_runs_no_formula(ask, rows)
    await long_pages_take_no_more_statements_than_short_ones(ask, statements)


async def pages_and_walks_agree_in_every_order(ask, parameters, rows):
    names = re.search(r"\((.*?)\)", parameters["sort"]["pattern"])[1].split("|")
    for sort in [*names, *(f"-{name}" for name in names)]:
        page = (await ask(sort=sort, items_per_page=100)).json()
        assert page["total_count"] == len(page["data"]) == len(rows)
        walked, cursor = [], ""
        while cursor is not None:
            part = (await ask(sort=sort, cursor=cursor, limit=3)).json()
            walked += part["data"]
            cursor = part["next_cursor"]
            assert part.keys() == {"data", "next_cursor", "has_more"}
        assert comparable(walked) == comparable(page["data"]), sort
    assert (await ask(limit=1, total="true")).json()["total_count"] == len(rows)
    assert (await ask(page=1, total="false")).json()["total_count"] is None


async def filters_keep_what_they_say(ask, parameters, rows):
    for name in parameters.keys() & rows[0].keys() - ASKED_OF_ALL:
        for value in {str(row[name]).lower() if row[name] in {True, False} else row[name] for row in rows}:
            if value is not None:
                kept = (await ask(items_per_page=100, **{name: value})).json()["data"]
                expected = [row for row in rows if row[name] == value or str(row[name]).lower() == value]
                assert comparable(kept) == expected, (name, value)
    for parameter in parameters:
        if found := RANGE.fullmatch(parameter):
            name, bound = (
                found["name"],
                next(row[found["name"]] for row in rows if row[found["name"]] is not None),
            )
            kept = (await ask(items_per_page=100, **{parameter: bound})).json()["data"]
            valued = [row for row in rows if row[name] is not None]
            wanted = [row for row in valued if (row[name] >= bound) == (found["how"] == "gte")]
            assert comparable(kept) == wanted, parameter
    if "search" in parameters:
        assert (await ask(search="no-such-thing", items_per_page=1)).json()["total_count"] == 0


async def csv_has_every_row_and_runs_no_formula(ask, rows):
    answer = await ask(format="csv")
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(table) == len(rows)
    assert table[0].keys() - CHANGING == rows[0].keys()
    cells = [cell for row in table for cell in row.values()]
    assert not [cell for cell in cells if cell[:1] in set("=+-@")]
    assert ("=" in str(rows)) == any("'=" in cell or '"=' in cell for cell in cells)


async def long_pages_take_no_more_statements_than_short_ones(ask, statements):
    sent = []
    for size in (1, 100):
        with statements() as noted:
            await ask(items_per_page=size, total="false")
        sent.append(len(noted))
    assert sent[0] == sent[1] <= 5
