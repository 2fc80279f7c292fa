"""Whatever users do with tenants, groups and sessions: an owner is there, nobody rises, what was revoked is 401.

The machine keeps its own account of who is what, and compares it with what the guards let through.
"""

import re
from uuid import UUID

import httpx
import pytest
from fixtures.worlds import World, explore
from hypothesis import strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fondasi.messages import Messenger
from fondasi.tenancy import TenantPermissions
from fondasi.tenancy.models import Membership
from fondasi.tenancy.registry import RANK

API = "/api/v1"
USERS = ("root", "ani", "budi", "citra", "dewi")
TENANTS = {  # with those who are in them at first
    "red": {"ani": "owner", "budi": "admin", "citra": "member"},
    "blue": {"budi": "owner", "citra": "owner", "ani": "admin", "dewi": "member"},
}
actors = strategies.integers(0, 9)  # of the members, in the order of what they may
people = strategies.sampled_from(USERS[1:])
tenants = strategies.sampled_from(tuple(TENANTS))
roles = strategies.sampled_from(("member", "admin", "owner"))
codes = strategies.sets(
    strategies.sampled_from(("view_analytics", "manage_users", "assign_roles", "manage_tenant")), max_size=2
)


def machine(world: World) -> type[RuleBasedStateMachine]:  # noqa: C901 - a class, not branches
    class Tenancy(RuleBasedStateMachine):
        succeeded = 0  # of what was tried, lest everything be refused at the door

        @initialize()
        def begin(self):
            self.headers = world.run(world.people(USERS))
            self.ids = {name: self.call(name, "GET", "/users/me").json()["id"] for name in USERS}
            registry = world.app.state.platform.get(TenantPermissions)
            self.effective_of = registry.effective
            self.revoked, self.tenant, self.members = [], {}, {}
            self.touched = set(TENANTS)
            for name, first in TENANTS.items():
                creator = next(iter(first))
                self.tenant[name] = self.call(creator, "POST", "/tenants", json={"name": name}).json()["id"]
                self.members[name] = {who: (role, frozenset()) for who, role in first.items()}
                world.run(self.fill(name))

        async def fill(self, tenant: str) -> None:
            tenant_id = UUID(self.tenant[tenant])
            async with world.app.state.platform.database.unit_of_work(tenant=tenant_id) as session:
                for who, (role, _) in list(self.members[tenant].items())[1:]:
                    session.add(Membership(tenant_id=tenant_id, user_id=UUID(self.ids[who]), role=role))

        def actor(self, number: int, tenant: str) -> str:
            """A member, most often one who may do something; sometimes nobody of the tenant."""
            found = sorted(self.members[tenant].items(), key=lambda item: -RANK[item[1][0]])
            names = [name for name, _ in found] * 3
            return names[number] if number < len(names) else "dewi"

        def call(self, who: str, method: str, path: str, **options) -> httpx.Response:
            answer = world.run(world.client.request(method, API + path, headers=self.headers[who], **options))
            assert answer.status_code < 500, answer.text
            return answer

        def rights(self, tenant: str) -> dict[str, frozenset[str]]:
            return {name: self.effective_of(*held) for name, held in self.members[tenant].items()}

        def act(
            self, actor: str, tenant: str, call: tuple[str, str], after: dict, body: dict | None = None
        ) -> bool:
            """Try something; when it succeeds, the tenant's members are `after`, and nobody got what they must not."""
            before, old = self.rights(tenant), self.members[tenant]
            path = f"/tenants/{self.tenant[tenant]}{call[1]}"
            answer = self.call(actor, call[0], path, **({} if body is None else {"json": body}))
            done = answer.is_success
            Tenancy.succeeded += done
            assert not (done and actor not in old)
            self.touched.add(tenant)
            if not done:
                assert answer.status_code in {403, 404, 409}, answer.text
                return False
            self.members[tenant] = {name: held for name, held in after.items() if held is not None}
            now = self.rights(tenant)
            owned = old[actor][0] == "owner"
            for name in set(now) | set(before):
                gained = now.get(name, frozenset()) - before.get(name, frozenset())
                lost = before.get(name, frozenset()) - now.get(name, frozenset())
                assert owned or gained <= before[actor], (actor, name, gained)
                assert owned or lost <= before[actor], (actor, name, lost)
                assert name != actor or not gained, "rose by their own hand"
                was_owner = old.get(name, ("",))[0] == "owner"
                assert owned or was_owner == (self.members[tenant].get(name, ("",))[0] == "owner")
            return True

        @rule(number=actors, tenant=tenants, whom=people, role=roles)
        def change_role(self, number, tenant, whom, role):
            actor = self.actor(number, tenant)
            members = self.members[tenant]
            after = {**members, whom: (role, members[whom][1])} if whom in members else members
            self.act(actor, tenant, ("PATCH", f"/members/{self.ids[whom]}"), after, {"role": role})

        @rule(number=actors, tenant=tenants, whom=people, chosen=codes)
        def set_permissions(self, number, tenant, whom, chosen):
            actor = self.actor(number, tenant)
            members = self.members[tenant]
            after = {**members, whom: (members[whom][0], frozenset(chosen))} if whom in members else members
            rest = f"/members/{self.ids[whom]}/permissions"
            self.act(actor, tenant, ("PUT", rest), after, {"permissions": sorted(chosen)})

        @rule(number=actors, tenant=tenants, whom=people)
        def remove(self, number, tenant, whom):
            actor = self.actor(number, tenant)
            after = {**self.members[tenant], whom: None}
            rest = "/members/me" if actor == whom else f"/members/{self.ids[whom]}"
            self.act(actor, tenant, ("DELETE", rest), after)

        @rule(number=actors, tenant=tenants, whom=people)
        def hand_over(self, number, tenant, whom):
            actor = self.actor(number, tenant)
            members = self.members[tenant]
            after = members
            if whom in members and actor in members and whom != actor:
                after = {**members, whom: ("owner", members[whom][1]), actor: ("admin", members[actor][1])}
            self.act(actor, tenant, ("POST", "/ownership"), after, {"user_id": self.ids[whom]})

        @rule(number=actors, tenant=tenants, whom=people, role=strategies.sampled_from(("member", "admin")))
        def invite(self, number, tenant, whom, role):
            actor = self.actor(number, tenant)
            before = self.members[tenant]
            body = {"email": f"{whom}@example.com", "role": role}
            if not self.act(actor, tenant, ("POST", "/invitations"), before, body):
                return
            token = world.run(self.newest_token(f"{whom}@example.com"))
            assert self.call("root", "POST", f"/invitations/{token}/accept").status_code == 404
            answer = self.call(whom, "POST", f"/invitations/{token}/accept")
            assert answer.status_code == 200, answer.text
            self.members[tenant] = {**before, whom: (role, frozenset())}

        async def newest_token(self, email: str) -> str:
            platform = world.app.state.platform
            async with platform.database.read_session() as session:
                letters = await platform.get(Messenger).letters(session)
            return re.search(r"Token: (\S+)", [item for item in letters if item.recipient == email][-1].text)[
                1
            ]

        @rule(who=people)
        def sign_out_and_in(self, who):
            self.revoked.append(self.headers[who])
            assert self.call(who, "POST", "/logout").is_success
            self.headers[who] = world.run(world.sign_in(who))

        @rule(tenant=tenants)
        def suspend_and_resume(self, tenant):
            path = f"/tenants/{self.tenant[tenant]}"
            assert self.call("root", "POST", f"{path}/suspend", json={}).is_success
            for name in self.members[tenant]:
                for method, rest in (("GET", "/members"), ("DELETE", ""), ("DELETE", "/members/me")):
                    answer = self.call(name, method, f"{path}{rest}")
                    assert answer.json()["error_code"] == "TENANT_SUSPENDED"
            assert self.call("root", "POST", f"{path}/resume").is_success

        @rule(whom=people, groups=strategies.sets(strategies.sampled_from(("user", "admin")), max_size=2))
        def change_groups(self, whom, groups):
            """Rights on the platform are none inside a tenant."""
            self.touched.update(TENANTS)
            found = self.call("root", "GET", "/groups?items_per_page=100").json()["data"]
            ids = [group["id"] for group in found if group["name"] in groups]
            assert self.call("root", "PUT", f"/users/{whom}/groups", json={"group_ids": ids}).is_success

        @invariant()
        def an_owner_is_there(self):
            for members in self.members.values():
                assert "owner" in {role for role, _ in members.values()}

        @invariant()
        def everybody_is_what_he_was_made_and_no_more(self):
            touched, self.touched = self.touched, set()
            for tenant in touched:
                members = self.members[tenant]
                for name in USERS:
                    answer = self.call(name, "GET", f"/tenants/{self.tenant[tenant]}/members/me")
                    if name not in members:
                        assert answer.status_code == 404
                        continue
                    mine = answer.json()
                    assert (mine["role"], frozenset(mine["permissions"])) == members[name]
                    assert frozenset(mine["effective"]) == self.effective_of(*members[name])

        @invariant()
        def revoked_session_is_refused(self):
            for headers in self.revoked[-1:]:
                path = f"{API}/tenants/{self.tenant['red']}/members/me"
                assert world.run(world.client.get(path, headers=headers)).status_code == 401

    return Tenancy


@pytest.mark.long
def test_invariants_hold_whatever_users_do(world):
    tried = machine(world)
    explore(tried, examples=8)
    assert tried.succeeded > 15
