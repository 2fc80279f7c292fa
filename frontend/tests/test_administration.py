"""The administration, as people with more and fewer permissions use it."""

from datetime import timedelta

import pytest
from fixtures.browser import ADMINISTRATOR, API, PASSWORD, accessible, fits, settled
from playwright.async_api import expect
from sqlalchemy import select, update

from fondasi.access.models import Group, GroupPermission, UserGroup
from fondasi.identity.models import User
from fondasi.identity.sessions.models import UserSession

HOME = "/en/administration"


async def member_of(service, *groups: str, **fields) -> str:
    """The name of a new user who is in these groups."""
    username = await service.person(**fields)
    async with service.platform.database.unit_of_work() as session:
        user_id = await session.scalar(select(User.id).where(User.username == username))
        for group_id in await session.scalars(select(Group.id).where(Group.name.in_(groups))):
            session.add(UserGroup(user_id=user_id, group_id=group_id))
    return username


async def with_permissions(service, *codes: str) -> str:
    """The name of a new user who may do this and nothing else."""
    name = f"group{await service.person()}"
    async with service.platform.database.unit_of_work() as session:
        group = Group(name=name, description="For a test.")
        session.add(group)
        await session.flush()
        session.add_all(GroupPermission(group_id=group.id, permission=code) for code in codes)
    return await member_of(service, name)


async def proof_is_old(service, username: str) -> None:
    """Let the last proof of somebody be a day old."""
    async with service.platform.database.unit_of_work() as session:
        user_id = await session.scalar(select(User.id).where(User.username == username))
        earlier = UserSession.authenticated_at - timedelta(days=1)
        own = UserSession.user_id == user_id
        await session.execute(update(UserSession).where(own).values(authenticated_at=earlier))


def rail(page):
    return page.get_by_role("navigation", name="Administration")


async def test_a_user_is_found_suspended_and_let_in_again(open_page, service):
    target = await service.person(name="Nguyễn O'Brien", email="nguyen@example.com")
    page = await open_page(person=await member_of(service, "admin"))
    await page.goto("/en/account")
    await expect(page.locator("main")).to_contain_text("Where you are signed in")
    await page.get_by_role("banner").get_by_role("button").last.click()
    await page.get_by_role("menuitem", name="Administration").click()
    await rail(page).get_by_role("link", name="Users").click()
    search = page.get_by_role("searchbox", name="Find: Name, user name or e-mail")
    await search.fill("nguyen@example.com")
    await search.press("Enter")
    await page.wait_for_url("**/users?search=nguyen%40example.com")
    await page.get_by_role("link", name="Nguyễn O'Brien").click()
    await expect(page.locator("main h1")).to_have_text("Nguyễn O'Brien")
    await page.get_by_role("button", name="Suspend").click()
    asked = page.get_by_role("alertdialog")
    await expect(asked).to_contain_text("Suspend Nguyễn O'Brien?")
    await accessible(page)
    await asked.get_by_role("button", name="Suspend").click()
    await expect(page.get_by_label("Facts")).to_contain_text("Suspended")
    sign_in = {"username": target, "password": PASSWORD}
    refused = await page.request.post(
        f"{service.url}{API}/login", data=sign_in, headers={"Origin": service.url}
    )
    assert refused.status in {401, 403}
    await page.get_by_role("button", name="Activate").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Activate").click()
    await expect(page.get_by_label("Facts")).to_contain_text("Active")
    await page.locator("main").get_by_role("link", name="Users").click()
    await page.wait_for_url("**/users?search=nguyen%40example.com")


async def test_an_account_is_deleted_after_a_question_and_a_proof(open_page, service):
    target = await service.person(name="Budi")
    chief = await service.person(superuser=True)
    page = await open_page(person=chief)
    await page.goto(f"{HOME}/users?search={target}")
    await page.get_by_role("link", name="Budi", exact=True).click()
    await proof_is_old(service, chief)
    await page.get_by_role("button", name="Delete the account").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete the account").click()
    proof = page.get_by_role("dialog", name="Is it you?")
    await proof.get_by_label("Password", exact=True).fill(PASSWORD)
    await proof.get_by_role("button", name="Go on").click()
    await page.wait_for_url(f"**/users?search={target}")
    await expect(page.locator("main")).to_contain_text("Nothing fits these filters.")
    await page.get_by_role("combobox", name="State").select_option("deleted")
    await expect(page.get_by_role("cell", name="Budi")).to_be_visible()
    await expect(page.get_by_role("link", name="Budi", exact=True)).to_have_count(0)


async def test_what_somebody_is_called_and_may_do_changes(open_page, service):
    target = await service.person(name="Citra")
    page = await open_page(person=ADMINISTRATOR)
    await page.goto(f"{HOME}/users?search={target}")
    await page.get_by_role("link", name="Citra", exact=True).click()
    await page.get_by_role("button", name="Edit").click()
    await page.get_by_label("User name").fill("!")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("User name")).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("User name").fill(target)
    await page.get_by_label("Name", exact=True).fill("أحمد")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("main h1")).to_have_text("أحمد")

    await page.get_by_role("button", name="Change the groups").click()
    await page.get_by_role("checkbox", name="moderator").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("link", name="moderator")).to_be_visible()
    await page.get_by_role("button", name="Change what they hold directly").click()
    await page.get_by_role("checkbox", name="See everybody's account.").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("main")).to_contain_text("See everybody's account. (given to them directly)")
    await page.get_by_role("link", name="moderator").click()
    await expect(page.get_by_role("table", name="Members")).to_contain_text("أحمد")


async def test_a_group_is_made_filled_and_deleted(open_page, service):
    page = await open_page(person=ADMINISTRATOR)
    await page.goto(f"{HOME}/groups")
    await page.get_by_role("link", name="New group").click()
    await page.get_by_label("Name", exact=True).fill("Not a name")
    await page.get_by_role("button", name="Make the group").click()
    await expect(page.get_by_label("Name", exact=True)).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("Name", exact=True).fill("reporters")
    await page.get_by_label("Description").fill("Those who write reports.")
    await page.get_by_role("button", name="Make the group").click()
    await expect(page.locator("main h1")).to_have_text("reporters")
    await expect(page.locator("main")).to_contain_text("It holds nothing yet.")
    await page.get_by_role("button", name="Change what it holds").click()
    await page.get_by_role("checkbox", name="See groups and who is in them.").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("main dl").last).to_contain_text("See groups and who is in them.")
    await page.get_by_role("button", name="Delete the group").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Delete the group").click()
    await page.wait_for_url(f"**{HOME}/groups")
    await expect(page.get_by_role("table", name="Groups")).not_to_contain_text("reporters")


async def test_of_two_who_change_a_group_the_second_sees_both(open_page, service):
    async with service.platform.database.unit_of_work() as session:
        group = Group(name="both", description="As it was.")
        session.add(group)
        await session.flush()
    page = await open_page(person=ADMINISTRATOR)
    await page.goto(f"{HOME}/groups/group?id={group.id}")
    await page.get_by_role("button", name="Edit").click()
    await page.get_by_label("Description").fill("Mine.")
    async with service.platform.database.unit_of_work() as session:
        (await session.get(Group, group.id)).description = "Theirs."
        session.add(GroupPermission(group_id=group.id, permission="users.view"))
    await page.get_by_role("button", name="Save").click()
    meanwhile = page.locator("main form").first
    await expect(meanwhile).to_contain_text("Theirs.")
    await expect(meanwhile).to_contain_text("See everybody's account.")
    await expect(page.get_by_label("Description")).to_have_value("Mine.")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("Facts")).to_contain_text("Mine.")


async def test_somebody_is_invited(open_page, service):
    page = await open_page(person=ADMINISTRATOR)
    await page.goto(f"{HOME}/users")
    await page.get_by_role("link", name="Invite somebody").click()
    await page.get_by_role("textbox", name="E-mail").fill("new@example.com")
    await page.get_by_role("button", name="Send the invitation").click()
    await expect(page.get_by_role("status")).to_have_text("The invitation is on its way.")
    await expect(page.get_by_role("textbox", name="E-mail")).to_have_value("")
    assert len(await service.letters("new@example.com")) == 1


async def test_each_person_sees_what_they_may(open_page, service):
    page = await open_page(person=await with_permissions(service, "users.view"))
    await page.goto(HOME)
    await expect(rail(page).get_by_role("link", name="Users")).to_be_visible()
    await expect(rail(page).get_by_role("link", name="Groups")).to_have_count(0)
    await rail(page).get_by_role("link", name="Users").click()
    await page.get_by_role("searchbox", name="Find: Name, user name or e-mail").fill("ani@example.com")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="Invite somebody")).to_have_count(0)
    await page.get_by_role("link", name="ani", exact=True).click()
    await expect(page.get_by_label("Facts")).to_contain_text("ani@example.com")
    await settled(page)
    assert await page.locator("main").get_by_role("button").count() == 0
    # The service is the guard, not what the page shows.
    await page.goto(f"{HOME}/groups")
    alert = page.locator("main").get_by_role("alert")
    await expect(alert).to_contain_text("You may not see this.")
    await expect(alert).to_contain_text("An administrator, or an owner of the team, can give you the right.")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_phone_shows_all_of_it(open_page, theme):
    page = await open_page(width=360, height=640, theme=theme, person=ADMINISTRATOR, has_touch=True)
    await page.goto(f"{HOME}/users?search=ani%40example.com")
    await expect(page.get_by_role("table", name="Users")).to_contain_text("ani@example.com")
    await fits(page)
    await page.get_by_role("link", name="ani", exact=True).tap()
    await expect(page.get_by_label("Facts")).to_contain_text("ani@example.com")
    await settled(page)
    await fits(page)
    await accessible(page)
