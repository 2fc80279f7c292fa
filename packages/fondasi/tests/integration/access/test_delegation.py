"""Nobody grants what they lack, nobody touches who or what holds more, nobody raises their own rights."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

LACKS, OWN = (403, "LACKS_PERMISSION"), (403, "OWN_RIGHTS")


def outcome(answer) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("error_code")


@pytest.fixture
async def root(person):
    return await person("root", superuser=True)


@pytest.fixture
async def adi(root, person):
    """An administrator who lacks `groups.delete`."""
    adi = await person("adi")
    held = ["groups.view", "groups.create", "groups.edit", "groups.assign", "permissions.grant", "tasks.view"]
    await root.create_group("deputies", *held)
    assert (await root.join(adi, "user", "deputies")).status_code == 200
    return adi


class TestAdministrator:
    async def test_grants_what_he_holds(self, adi, person):
        ani = await person("ani")
        group = await adi.create_group("watchers", "tasks.view")
        assert (await adi.join(ani, "user", "watchers")).status_code == 200
        assert (await adi.grant(ani, "groups.view")).status_code == 200
        assert (await ani.get(f"/groups/{group}")).status_code == 200

    async def test_grants_nothing_that_he_lacks_in_any_way(self, root, adi, person):
        ani = await person("ani")
        mine = await adi.create_group("mine")
        answer = await adi.call("PUT", f"/groups/{mine}/permissions", permissions=["tasks.cancel"])
        assert outcome(answer) == LACKS
        assert "tasks.cancel" in answer.json()["detail"]
        assert outcome(await adi.grant(ani, "tasks.cancel")) == LACKS
        await root.create_group("cancellers", "tasks.cancel")
        assert outcome(await adi.join(ani, "user", "cancellers")) == LACKS
        assert outcome(await adi.join(ani, "user", "super_admin")) == LACKS
        assert "tasks.cancel" not in (await ani.may())["effective"]

    async def test_edits_no_group_that_holds_more(self, root, adi):
        group = await root.create_group("cancellers", "tasks.cancel", "tasks.view")
        path = f"/groups/{group}"
        assert outcome(await adi.call("PUT", f"{path}/permissions", permissions=["tasks.view"])) == LACKS
        assert outcome(await adi.call("PATCH", path, name="mine")) == LACKS
        top = await adi.group("super_admin")
        assert outcome(await adi.call("PATCH", f"/groups/{top}", description="x")) == LACKS

    async def test_deletes_no_group_that_holds_more(self, root, adi):
        adi_deletes = await root.grant(adi, "groups.delete")
        assert adi_deletes.status_code == 200
        group = await root.create_group("cancellers", "tasks.cancel")
        assert outcome(await adi.call("DELETE", f"/groups/{group}")) == LACKS

    async def test_touches_no_user_who_holds_more(self, root, adi, person):
        ani = await person("ani")
        await root.grant(ani, "tasks.cancel")
        assert outcome(await adi.join(ani)) == LACKS
        assert outcome(await adi.grant(ani)) == LACKS
        assert outcome(await adi.grant(ani, "tasks.cancel", "tasks.view")) == LACKS
        assert outcome(await adi.join(root, "user")) == LACKS
        assert outcome(await adi.grant(root, "tasks.view")) == LACKS

    async def test_does_not_raise_himself(self, adi):
        await adi.create_group("watchers", "tasks.view")
        # Even what they hold already: it would outlive the group that it comes from.
        assert outcome(await adi.grant(adi, "tasks.view")) == OWN
        assert outcome(await adi.join(adi, "user", "deputies", "watchers")) == OWN
        assert outcome(await adi.join(adi, "user", "deputies", "super_admin")) == LACKS
        # A group that they are in, with what they hold by another way.
        user = await adi.group("user")
        answer = await adi.call("PUT", f"/groups/{user}/permissions", permissions=["tasks.view"])
        assert outcome(answer) in {OWN, LACKS}

    async def test_gives_up_his_own_rights(self, adi):
        assert (await adi.join(adi, "user")).status_code == 200
        assert (await adi.get("/groups")).status_code == 403

    async def test_permission_of_a_module_that_is_switched_off_counts(
        self, root, adi, clean_database, person
    ):
        ani = await person("ani")
        await root.create_group("archivists")
        async with clean_database.unit_of_work() as session:
            await session.execute(
                text(
                    "INSERT INTO group_permission SELECT id, 'archive.burn', true FROM \"group\" "
                    "WHERE name = 'archivists'"
                )
            )
        assert outcome(await adi.join(ani, "user", "archivists")) == LACKS
        assert (await root.join(ani, "user", "archivists")).status_code == 200
        assert "archive.burn" not in (await ani.may())["effective"]
        group = await root.group("archivists")
        await root.call("PUT", f"/groups/{group}/permissions", permissions=["tasks.view"])
        assert outcome(await adi.call("PATCH", f"/groups/{group}", name="mine")) == LACKS

    async def test_two_who_dismiss_each_other_do_not_both_succeed(self, root, person):
        adi, budi = await person("adi", "user", "admin"), await person("budi", "user", "admin")
        only_user = [await root.group("user")]
        answers = await asyncio.gather(
            adi.call("PUT", f"/users/{budi.id}/groups", group_ids=only_user),
            budi.call("PUT", f"/users/{adi.id}/groups", group_ids=only_user),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 403]


class TestLastSuperAdmin:
    async def test_does_not_leave(self, root):
        answer = await root.join(root, "user")
        assert outcome(answer) == (409, "CONFLICT")
        assert "super admin has to remain" in answer.json()["detail"]
        assert (await root.may())["is_superuser"] is True

    async def test_leaves_once_there_is_another(self, root, person):
        ani = await person("ani")
        await root.join(ani, "user", "super_admin")
        assert (await root.join(root, "user")).status_code == 200
        assert (await root.get("/groups")).status_code == 403
        assert outcome(await ani.join(ani, "user")) == (409, "CONFLICT")

    async def test_sentence_comes_in_the_language_of_the_caller(self, root):
        await root.call("PATCH", "/settings", language="id")
        assert "admin super" in (await root.join(root, "user")).json()["detail"]

    async def test_two_who_dismiss_each_other_leave_one(self, root, person):
        ani = await person("ani")
        await root.join(ani, "user", "super_admin")
        only_user = [await root.group("user")]
        answers = await asyncio.gather(
            root.call("PUT", f"/users/{ani.id}/groups", group_ids=only_user),
            ani.call("PUT", f"/users/{root.id}/groups", group_ids=only_user),
        )
        assert min(answer.status_code for answer in answers) == 200
        assert (await root.may())["is_superuser"] is not (await ani.may())["is_superuser"]

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE \"user\" SET status = 'suspended'",
            'UPDATE "user" SET deleted_at = now()',
            'UPDATE "user" SET is_superuser = false',
            'DELETE FROM "user"',
            "DELETE FROM user_group",
        ],
    )
    async def test_stays_whatever_is_done_to_the_account(self, root, person, clean_database, statement):
        await person("ani")
        with pytest.raises(DBAPIError, match="super admin has to remain"):
            async with clean_database.unit_of_work() as session:
                await session.execute(text(statement))
        assert (await root.may())["is_superuser"] is True

    async def test_one_who_cannot_sign_in_does_not_count(self, root, person, clean_database):
        ani = await person("ani", superuser=True)
        async with clean_database.unit_of_work() as session:
            await session.execute(text("UPDATE \"user\" SET status = 'suspended' WHERE username = 'ani'"))
        assert outcome(await root.join(root, "user")) == (409, "CONFLICT")
        assert (await root.join(ani, "user")).status_code == 200

    async def test_of_two_transactions_that_suspend_both_one_fails(self, root, person, clean_database):
        await person("ani", superuser=True)

        async def suspend(name: str) -> bool:
            try:
                async with clean_database.unit_of_work() as session:
                    query = text("UPDATE \"user\" SET status = 'suspended' WHERE username = :name")
                    await session.execute(query, {"name": name})
                    await asyncio.sleep(0.1)
            except DBAPIError:
                return False
            return True

        assert sorted(await asyncio.gather(suspend("root"), suspend("ani"))) == [False, True]

    async def test_flag_and_membership_agree_whichever_is_written(self, root, person, clean_database):
        ani = await person("ani")
        for flag in (True, False):
            async with clean_database.unit_of_work() as session:
                query = text("UPDATE \"user\" SET is_superuser = :flag WHERE username = 'ani'")
                await session.execute(query, {"flag": flag})
            assert ("super_admin" in (await ani.may())["groups"]) is flag
            assert (await ani.get("/groups")).status_code == (200 if flag else 403)
