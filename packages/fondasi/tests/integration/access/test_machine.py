"""Whatever users do with groups and grants: nobody rises on their own, a super admin is there, gone is gone.

The machine keeps its own account of who holds what, and compares it with what the guards let through.
"""

import httpx
import pytest
from fixtures.worlds import World, explore
from hypothesis import strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

API = "/api/v1"
USERS = ("root", "adi", "budi", "citra")
GROUPS = ("red", "blue")
SEEDED = ("super_admin", "admin", "user")
CODES = ("groups.view", "groups.assign", "permissions.view", "permissions.grant", "system.view")
PROBES = {
    "groups.view": f"{API}/groups",
    "permissions.view": f"{API}/permissions",
    "system.view": "/health/system",
}
users = strategies.sampled_from(USERS)
actors = strategies.sampled_from(("root", "adi", *USERS))  # those who may do something, more often
some_codes = strategies.sets(strategies.sampled_from(CODES), max_size=4)
some_groups = strategies.sets(strategies.sampled_from(SEEDED + GROUPS), max_size=3)


def machine(world: World) -> type[RuleBasedStateMachine]:  # noqa: C901 - a class, not branches
    class Access(RuleBasedStateMachine):
        @initialize()
        def begin(self):
            self.headers = world.run(world.people(USERS))
            self.everything = set(self.rights("root")["effective"])
            self.ids, self.held = {}, {}
            for group in self.call("root", "GET", "/groups?items_per_page=100").json()["data"]:
                self.ids[group["name"]] = group["id"]
                details = self.call("root", "GET", f"/groups/{group['id']}").json()
                self.held[group["name"]] = set(details["permissions"])
            for name in GROUPS:
                self.ids[name] = self.call("root", "POST", "/groups", name=name).json()["id"]
                self.held[name] = set()
            self.member = {name: {"user"} for name in USERS}
            self.member["root"].add("super_admin")
            self.direct = {name: set() for name in USERS}
            # Someone to delegate, or most of what is tried is refused at the door.
            self.settle("root", "adi", {"user", "admin"})

        def call(self, who: str, method: str, path: str, **body) -> httpx.Response:
            json = {"json": body} if body else {}
            answer = world.run(world.client.request(method, API + path, headers=self.headers[who], **json))
            assert answer.status_code < 500, answer.text
            return answer

        def rights(self, who: str) -> dict:
            return self.call(who, "GET", "/users/me/permissions").json()

        def effective(self, who: str) -> set[str]:
            return set().union(self.direct[who], *(self.held[group] for group in self.member[who]))

        def settle(self, actor: str, whom: str, groups: set[str]) -> None:
            """Try to set somebody's groups."""
            before = {name: self.effective(name) for name in USERS}
            ids = [self.ids[name] for name in groups]
            answer = self.call(actor, "PUT", f"/users/{whom}/groups", group_ids=ids)
            if answer.status_code == 200:
                self.member[whom] = set(groups)
            self.judge(actor, before, answer)

        def judge(self, actor: str, before: dict[str, set[str]], answer: httpx.Response) -> None:
            """Nobody got what the actor lacked, the actor least of all."""
            assert answer.status_code in {200, 403, 409}, answer.text
            assert answer.status_code != 409 or before[actor] == self.everything
            if before[actor] != self.everything:
                assert self.effective(actor) <= before[actor]
            for name in USERS:
                assert self.effective(name) - before[name] <= before[actor]
                assert before[name] - self.effective(name) <= before[actor]

        @rule(actor=actors, whom=users, groups=some_groups)
        def set_groups(self, actor, whom, groups):
            self.settle(actor, whom, groups)

        @rule(actor=actors, whom=users, codes=some_codes)
        def set_grants(self, actor, whom, codes):
            before = {name: self.effective(name) for name in USERS}
            answer = self.call(actor, "PUT", f"/users/{whom}/permissions", permissions=sorted(codes))
            if answer.status_code == 200:
                self.direct[whom] = set(codes)
            self.judge(actor, before, answer)

        @rule(actor=actors, group=strategies.sampled_from((*GROUPS, "user", "admin")), codes=some_codes)
        def set_permissions(self, actor, group, codes):
            before = {name: self.effective(name) for name in USERS}
            path = f"/groups/{self.ids[group]}/permissions"
            answer = self.call(actor, "PUT", path, permissions=sorted(codes))
            if answer.status_code == 200:
                self.held[group] = set(codes)
            self.judge(actor, before, answer)

        @invariant()
        def a_super_admin_is_there(self):
            assert any("super_admin" in groups for groups in self.member.values())

        @invariant()
        def everybody_holds_what_he_was_given_and_no_more(self):
            world.run(self.compare())

        async def compare(self):
            """What the service says and does against the machine's own account."""
            for name in USERS:
                headers = self.headers[name]
                rights = (await world.client.get(f"{API}/users/me/permissions", headers=headers)).json()
                assert set(rights["effective"]) == self.effective(name)
                assert set(rights["groups"]) == self.member[name]
                assert rights["is_superuser"] == ("super_admin" in self.member[name])
                for code, path in PROBES.items():
                    answer = await world.client.get(path, headers=headers)
                    assert answer.status_code == (200 if code in self.effective(name) else 403), (name, code)

    return Access


@pytest.mark.long
def test_invariants_hold_whatever_users_do(world):
    explore(machine(world), examples=8)
