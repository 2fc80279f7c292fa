"""Teams with members of every role and names of every script, beside what the demo fills in, and those that tests make.

All of it is invented.
"""

import json
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING
from uuid import UUID

from fixtures.browser import API, PASSWORD
from oddities import LONG_NAME, NAMES
from playwright.async_api import Page, expect
from sqlalchemy import text

from fondasi.identity import create_user
from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.ids import new_id
from fondasi.tenancy.models import Invitation, InvitationStatus, Membership, MembershipPermission, Tenant

if TYPE_CHECKING:
    from fondasi.platform import Platform

# What addresses in places.py have in braces, by the name of the team or the user name of the person.
TEAMS = {"team": "Pembaca Putusan أحمد", "closed": "Arsip Lama", "suspended": "Regu Ditangguhkan"}
MEMBERS = {"teammate": "teammate0"}
_numbers = count(1)
HELPER = "Siti Purnama"  # an owner, whom those ask who may not see something


async def add(platform: "Platform", member: UUID) -> None:
    """Make the teams: `member` owns the first and the closed one, and is a member of the suspended one."""
    async with platform.database.unit_of_work() as session:
        people = [
            await create_user(session, username=f"teammate{place}", password=PASSWORD, name=name[:100])
            for place, name in enumerate([*NAMES, LONG_NAME])
        ]
        helper = await create_user(session, username="helper", password=PASSWORD, name=HELPER)
    for name, status in zip(TEAMS.values(), ("active", "inactive", "disabled"), strict=True):
        tenant = Tenant(id=new_id(), name=name, description="Who reads decisions together.", status=status)
        own = status != "disabled"
        async with platform.database.unit_of_work(tenant=tenant.id, audited=False) as session:
            session.add(tenant)
            await session.flush()
            roles = {member: "owner" if own else "member", helper.id: "owner", people[0].id: "member"}
            if status == "active":
                roles |= {
                    person.id: "admin" if place % 2 else "member" for place, person in enumerate(people)
                }
            session.add_all(
                Membership(tenant_id=tenant.id, user_id=person, role=role) for person, role in roles.items()
            )
            await session.flush()
            if status != "active":
                continue
            session.add(
                MembershipPermission(tenant_id=tenant.id, user_id=people[0].id, permission="view_analytics")
            )
            session.add_all(
                Invitation(
                    tenant_id=tenant.id,
                    email=f"invited{place}@example.com",
                    role="member",
                    status=state,
                    token_hash=new_id().bytes,
                    expires_at=clock.now() + timedelta(days=days),
                    invited_by=member,
                )
                for place, (state, days) in enumerate(
                    [
                        (InvitationStatus.PENDING, 7),
                        (InvitationStatus.PENDING, -1),
                        (InvitationStatus.ACCEPTED, 1),
                        (InvitationStatus.DECLINED, 1),
                    ]
                )
            )
            for action, details in (
                ("tenant.created", {"name": name}),
                ("tenant.member.role_changed", {"from": "member", "to": "admin"}),
                ("tenant.of_a_module", {}),
            ):
                subject = people[1].id if details.get("to") else None
                message = "Something of a module was done."
                await record(
                    session, action, "tenancy", message, user_id=member, subject_id=subject, metadata=details
                )


class Team:
    """A team of a test, and the people in it."""

    def __init__(self, service, open_page) -> None:
        self.service, self.open_page = service, open_page
        self.name = f"Regu {next(_numbers)}"
        self.id = ""
        self.people: dict[str, str] = {}

    def at(self, path: str = "", **more: str) -> str:
        """The address of a page of the team."""
        return f"/en/tenant{path}?id={self.id}" + "".join(f"&{name}={value}" for name, value in more.items())

    async def page(self, who: str, **options):
        return await self.open_page(person=self.people[who], **options)

    async def user_id(self, who: str) -> str:
        async with self.service.platform.database.read_session() as session:
            found = text('SELECT id FROM "user" WHERE username = :name')
            return str(await session.scalar(found, {"name": self.people[who]}))

    async def joins(self, who: str, role: str, *permissions: str, name: str = "") -> None:
        """Make somebody a member without an invitation."""
        self.people[who] = await self.service.person(name=name or f"Person {who}")
        user = await self.user_id(who)
        async with self.service.platform.database.unit_of_work(
            tenant=UUID(self.id), audited=False
        ) as session:
            values = {"tenant": self.id, "user": user, "role": role}
            member = "INSERT INTO membership (tenant_id, user_id, role) VALUES (:tenant, :user, :role)"
            await session.execute(text(member), values)
            right = "INSERT INTO membership_permission (tenant_id, user_id, permission) VALUES (:tenant, :user, :code)"
            for code in permissions:
                await session.execute(text(right), {**values, "code": code})

    async def asks_for_a_proof(self, who: str) -> None:
        """Let the last proof of who they are lie long back."""
        user = await self.user_id(who)
        async with self.service.platform.database.unit_of_work(audited=False) as session:
            old = "UPDATE session SET authenticated_at = now() - interval '1 day' WHERE user_id = :user"
            await session.execute(text(old), {"user": user})

    async def call(self, page, method: str, path: str, **body):
        """A call of the API in the name of whoever uses the page, past all that the page hides."""
        token = await (
            await page.request.post(f"{API}/refresh", headers={"X-Requested-With": "fetch"})
        ).json()
        headers = {"Authorization": f"Bearer {token['access_token']}", "Content-Type": "application/json"}
        address = f"{self.service.url}{API}/tenants/{self.id}{path}"
        return await page.request.fetch(
            address, method=method, headers=headers, data=json.dumps(body) if body else None
        )


async def renamed_meanwhile(team: Team) -> tuple[Page, Page]:
    """A team's settings before siti, who does not know yet that budi, at the other page, has named it anew."""
    page, other = await team.page("siti"), await team.page("budi")
    for each in (page, other):
        await each.goto(team.at("/settings"))
        await expect(each.get_by_role("textbox", name="Name")).to_have_value(team.name)
    await other.get_by_role("textbox", name="Name").fill("Their name")
    await other.get_by_role("button", name="Save").click()
    await expect(other.get_by_text("Saved.")).to_be_visible()
    return page, other


async def prove(page) -> None:
    """Give the proof that is asked for."""
    dialog = page.get_by_role("dialog", name="Is it you?")
    await dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    await dialog.get_by_role("button", name="Go on").click()
    await expect(dialog).to_have_count(0)
