"""Teams with members of every role and names of every script, beside what the demo fills in. All of it is invented."""

from datetime import timedelta
from typing import TYPE_CHECKING

from fixtures.browser import PASSWORD
from oddities import LONG_NAME, NAMES

from fondasi.identity import create_user
from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.ids import new_id
from fondasi.tenancy.models import Invitation, InvitationStatus, Membership, MembershipPermission, Tenant

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.platform import Platform

# What addresses in places.py have in braces, by the name of the team or the user name of the person.
TEAMS = {"team": "Pembaca Putusan أحمد", "closed": "Arsip Lama", "suspended": "Regu Ditangguhkan"}
MEMBERS = {"teammate": "teammate0"}
HELPER = "Siti Purnama"  # an owner, whom those ask who may not see something


async def add(platform: "Platform", member: "UUID") -> None:
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
