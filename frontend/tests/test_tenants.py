"""Teams in the browser: made, joined, led, handed over and left, each by who may and by nobody else."""

import json
import re
from uuid import UUID

import pytest
from fixtures.browser import ADMINISTRATOR, accessible, fits, settled
from playwright.async_api import expect
from sqlalchemy import text
from teams import prove, renamed_meanwhile


async def tabs(page) -> list[str]:
    return (
        await page.get_by_role("navigation", name="Parts of the team").get_by_role("link").all_inner_texts()
    )


async def test_a_team_is_made_and_somebody_joins_by_invitation(open_page, service):
    owner, guest = await service.person(name="Ani"), await service.person(email="budi7@example.com")
    page = await open_page(person=owner)
    await page.goto("/en/tenants")
    await expect(page.locator("main")).to_contain_text("You are in no team yet.")
    await page.get_by_role("link", name="New team").click()
    await page.get_by_role("button", name="Make the team").click()
    await expect(page.get_by_role("textbox", name="Name")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    await page.get_by_role("textbox", name="Name").fill("Pembaca José")
    await page.get_by_role("button", name="Make the team").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Pembaca José")
    assert await tabs(page) == [
        "Overview",
        "Members",
        "Roles",
        "Invitations",
        "Activity",
        "Ownership",
        "Settings",
    ]

    await page.get_by_role("link", name="Invitations").click()
    await expect(page.locator("main")).to_contain_text("Nobody was invited yet.")
    await page.get_by_role("link", name="Invite somebody").click()
    await page.get_by_label("E-mail").fill("no address")
    await page.get_by_role("button", name="Send the invitation").click()
    await expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("E-mail").fill("budi7@example.com")
    await page.get_by_role("combobox", name="Role").select_option(label="Administrator")
    await page.get_by_role("button", name="Send the invitation").click()
    told = page.get_by_role("status").filter(has_text="The invitation to budi7@example.com is on its way.")
    await expect(told).to_be_visible()
    row = page.get_by_role("row").filter(has_text="budi7@example.com")
    await expect(row).to_contain_text("waits for an answer")
    await row.get_by_role("button", name="Send again").click()
    await expect(row).to_contain_text("Sent again.")

    first, second = await service.letters("budi7@example.com")
    token = re.search(r"\b[\w-]{64}\b", second.text).group()
    assert token not in first.text
    other = await open_page(person=guest)
    await other.goto(f"/en/invitation#token={token}")
    await other.get_by_role("button", name="Join").click()
    await expect(other.get_by_role("status").filter(has_text="Pembaca José")).to_be_visible()
    await other.goto("/en/tenants")
    row = other.get_by_role("row").filter(has_text="Pembaca José")
    await expect(row).to_contain_text("Administrator")
    await expect(row.get_by_role("cell").nth(2)).to_contain_text("2")

    await page.reload()
    await expect(page.get_by_role("row").filter(has_text="budi7@example.com")).to_contain_text("accepted")
    await expect(told).to_have_count(0)


async def test_an_invitation_is_revoked(team_of, service):
    team = await team_of(ani="owner")
    page = await team.page("ani")
    await page.goto(team.at("/invite"))
    await page.get_by_label("E-mail").fill("nobody1@example.com")
    await page.get_by_role("button", name="Send the invitation").click()
    row = page.get_by_role("row").filter(has_text="nobody1@example.com")
    await row.get_by_role("button", name="Revoke").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    await expect(row).to_contain_text("revoked")
    await expect(row.get_by_role("button")).to_have_count(0)
    await expect(page.get_by_text("The invitation to nobody1@example.com is revoked.")).to_be_visible()


async def test_rights_show_what_is_there_and_the_others_read_who_can_help(team_of, faults):
    team = await team_of(siti="owner", budi="member")
    page = await team.page("budi")
    await page.goto(team.at())
    await expect(page.get_by_role("link", name="Members", exact=True)).to_be_visible()
    await settled(page)
    assert await tabs(page) == ["Overview", "Members", "Roles"]
    await page.goto(team.at("/activity"))
    await expect(page.locator("main")).to_contain_text("You may not see this.")
    await expect(page.locator("main")).to_contain_text("See statistics, and who did what.")
    await expect(page.locator("main")).to_contain_text("Person siti (Owner)")
    await accessible(page)
    await page.goto(team.at("/ownership"))
    await expect(page.locator("main")).to_contain_text("Only an owner can do this.")
    # What a page hides, the service refuses.
    for method, path, body in (
        ("GET", "/activity", {}),
        ("GET", "/invitations", {}),
        ("POST", "/ownership", {"user_id": await team.user_id("budi")}),
        ("PATCH", f"/members/{await team.user_id('budi')}", {"role": "owner"}),
        ("DELETE", "", {}),
    ):
        assert (await team.call(page, method, path, **body)).status == 403, path


async def test_who_may_not_make_a_team_reads_who_can_help(open_page, service):
    name = await service.person()
    async with service.platform.database.unit_of_work(audited=False) as session:
        ungrouped = 'DELETE FROM user_group WHERE user_id = (SELECT id FROM "user" WHERE username = :name)'
        await session.execute(text(ungrouped), {"name": name})
    page = await open_page(person=name)
    await page.goto("/en/tenants")
    await expect(page.locator("main")).to_contain_text("Ask somebody who is in one to invite you.")
    await expect(page.get_by_role("link", name="New team")).to_have_count(0)
    await page.goto("/en/tenants/new")
    await expect(page.locator("main")).to_contain_text(
        "An administrator of the service can give you the right to."
    )
    await expect(page.get_by_role("button", name="Make the team")).to_have_count(0)


async def test_an_owner_gives_a_role_and_a_right_and_takes_a_member_out(team_of):
    team = await team_of(siti="owner", budi="member")
    page, budi = await team.page("siti"), await team.page("budi")
    await page.goto(team.at("/members"))
    await page.get_by_role("searchbox").fill("Person b")
    await page.get_by_role("searchbox").press("Enter")
    await page.wait_for_url(lambda url: "search=Person+b" in url)
    await page.get_by_role("link", name="Person budi").click()
    rights = page.get_by_role("form", name="Rights beside the role")
    await rights.get_by_label("See statistics, and who did what.").check()
    await rights.get_by_role("button", name="Save the rights").click()
    await expect(page.get_by_role("listitem").filter(has_text="See statistics")).to_contain_text(
        ["beside the role"]
    )
    await expect(rights.get_by_role("status")).to_have_text("Saved.")
    await budi.goto(team.at("/activity"))
    await expect(budi.get_by_role("row").filter(has_text="Other rights beside the role")).to_contain_text(
        "+ See statistics, and who did what."
    )

    await page.get_by_role("combobox", name="Role").select_option(label="Administrator")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator("dl")).to_contain_text("Administrator")
    await budi.goto(team.at("/members"))
    await expect(budi.get_by_role("link", name="Invite somebody")).to_be_visible()
    await budi.goto(team.at("/member", user=await team.user_id("siti")))  # an owner, whom only owners change
    await expect(budi.get_by_role("heading", name="What they may do")).to_be_visible()
    await settled(budi)
    await expect(budi.locator("main").get_by_role("button")).to_have_count(0)

    await page.get_by_role("button", name="Remove from the team").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    await page.wait_for_url(lambda url: "/tenant/members" in url)
    await expect(page.get_by_role("link", name="Person siti")).to_be_visible()
    await expect(page.get_by_role("link", name="Person budi")).to_have_count(0)
    await expect(page.get_by_text("Person budi is not in the team any more.")).to_be_visible()
    await budi.goto(team.at())
    await expect(budi.locator("main")).to_contain_text("This does not exist, or is not yours to see.")


async def test_a_member_leaves_and_the_last_owner_cannot(team_of):
    team = await team_of(siti="owner", budi="member")
    for who, why in (("siti", "A tenant keeps an owner"), ("budi", "")):
        page = await team.page(who)
        await page.goto(team.at())
        await page.get_by_role("button", name="Leave the team").click()
        dialog = page.get_by_role("alertdialog", name=f"Leave {team.name}?")
        await dialog.get_by_role("button", name="Leave the team").click()
        if why:
            await expect(dialog.get_by_role("alert")).to_contain_text(why)
        else:
            await page.wait_for_url(lambda url: url.endswith("/en/tenants"))
            await expect(page.locator("main")).to_contain_text("You are in no team yet.")
            await page.go_back()
            await expect(page.locator("main")).to_contain_text("This does not exist")


async def test_a_team_is_handed_over_after_a_proof(team_of):
    team = await team_of(siti="owner", budi="member")
    page = await team.page("siti")
    await page.goto(team.at("/ownership"))
    await team.asks_for_a_proof("siti")
    row = page.get_by_role("row").filter(has_text="Person budi")
    await row.get_by_role("button", name="Hand over").click()
    dialog = page.get_by_role("alertdialog", name=f"Hand {team.name} over to Person budi?")
    await dialog.get_by_role("button", name="Hand over").click()
    await prove(page)
    await page.wait_for_url(lambda url: "/en/tenant?" in url)
    await expect(page.get_by_label("Overview")).to_contain_text("Administrator")
    await expect(page.get_by_text("Person budi owns the team now.")).to_be_visible()
    await settled(page)
    assert await tabs(page) == ["Overview", "Members", "Roles", "Invitations", "Activity"]
    await page.goto(team.at("/members", role="owner"))
    await expect(page.get_by_role("link", name="Person budi")).to_be_visible()


async def test_what_two_owners_write_at_once_is_shown_to_the_second(team_of):
    page, other = await renamed_meanwhile(await team_of(siti="owner", budi="owner"))
    await expect(other.get_by_role("heading", level=1)).to_have_text("Their name")

    await page.get_by_role("textbox", name="Name").fill("My name")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("main")).to_contain_text(
        "Somebody changed this meanwhile. Now it reads:Their name"
    )
    await expect(page.get_by_role("textbox", name="Name")).to_have_value("My name")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("My name")
    await page.get_by_label("What it is for").fill("Reading")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(page.locator("main")).not_to_contain_text("Somebody changed this meanwhile")


async def test_a_team_is_closed_opened_taken_along_and_deleted(team_of):
    team = await team_of(siti="owner", budi="member")
    page, budi = await team.page("siti"), await team.page("budi")
    await page.goto(team.at("/settings"))
    await page.get_by_role("button", name="Close the team").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Close the team").click()
    await expect(page.locator("main")).to_contain_text("This team is closed")
    await budi.goto(team.at("/members"))
    await expect(budi.locator("main")).to_contain_text("This team is closed")
    await page.get_by_role("button", name="Open the team again").click()
    await expect(page.get_by_role("button", name="Close the team")).to_be_visible()

    await team.asks_for_a_proof("siti")
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download everything").click()
        await prove(page)
    content = json.loads((await (await download.value).path()).read_text())
    assert content["tenant"]["name"] == team.name
    assert len(content["tables"]["membership"]) == 2

    await team.asks_for_a_proof("siti")
    await page.get_by_role("button", name="Delete the team").click()
    dialog = page.get_by_role("alertdialog", name=f"Delete {team.name} with everything in it?")
    await expect(dialog).to_contain_text("2 members")
    await dialog.get_by_role("button", name="Delete for good").click()
    await prove(page)
    await page.wait_for_url(lambda url: url.endswith("/en/tenants"))
    await expect(page.locator("main")).to_contain_text("You are in no team yet.")


async def test_the_switch_leads_to_the_same_page_of_another_team(team_of, service):
    team, other = await team_of(siti="owner"), await team_of()
    other.people = team.people
    user = await team.user_id("siti")
    async with service.platform.database.unit_of_work(tenant=UUID(other.id), audited=False) as session:
        member = "INSERT INTO membership (tenant_id, user_id, role) VALUES (:tenant, :user, 'member')"
        await session.execute(text(member), {"tenant": other.id, "user": user})
    page = await team.page("siti")
    await page.goto(team.at("/members", sort="-created_at"))
    switch = page.get_by_role("banner").get_by_role("button", name=f"Team: {team.name}")
    await switch.press("Enter")
    await expect(page.get_by_role("menuitem", name=other.name)).to_be_visible()
    await page.get_by_role("menuitem", name=other.name).click()
    await page.wait_for_url(f"{service.url}{other.at('/members')}")
    await expect(page.get_by_role("heading", level=1)).to_have_text(other.name)
    await expect(page.get_by_role("banner").get_by_role("button", name=f"Team: {other.name}")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("heading", level=1)).to_have_text(team.name)
    assert page.url == f"{service.url}{team.at('/members', sort='-created_at')}"


async def test_the_trail_tells_who_did_what_and_administrators_that_it_is_whole(team_of, service):
    team = await team_of(budi="member")
    team.people["root"] = ADMINISTRATOR
    user = await team.user_id("root")
    async with service.platform.database.unit_of_work(tenant=UUID(team.id), audited=False) as session:
        owner = "INSERT INTO membership (tenant_id, user_id, role) VALUES (:tenant, :user, 'owner')"
        await session.execute(text(owner), {"tenant": team.id, "user": user})
    page = await team.page("root")
    await page.goto(team.at("/member", user=await team.user_id("budi")))
    await page.get_by_role("combobox", name="Role").select_option(label="Administrator")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator("dl")).to_contain_text("Administrator")
    await page.get_by_role("link", name="Activity").click()
    row = page.get_by_role("row").filter(has_text="Another role")
    await expect(row).to_contain_text(f"about {team.people['budi']} · Member → Administrator")
    await expect(row).to_contain_text(ADMINISTRATOR)
    await page.get_by_role("combobox", name="Who").select_option(label="Person budi")
    await expect(page.locator("main")).to_contain_text("Nothing fits these filters.")
    await page.get_by_role("link", name="Clear all filters").first.click()
    await expect(row).to_be_visible()
    await page.get_by_role("combobox", name="Kind").select_option(label="Changes")
    await page.wait_for_url(lambda url: "level=audit" in url)
    await expect(row).to_be_visible()
    await page.get_by_text("Narrow by time").click()
    await page.get_by_label("To", exact=True).fill("2020-01-31")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.locator("main")).to_contain_text("Nothing fits these filters.")
    await page.get_by_role("link", name=re.compile("To 31 January 2020|To January 31, 2020")).click()
    await expect(row).to_be_visible()
    await page.goto(team.at("/member", user=user))
    await page.get_by_role("link", name="What they did here").click()
    await expect(row).to_be_visible()
    await expect(page.get_by_role("region", name="Is the trail whole?")).to_contain_text(
        "Unbroken up to entry"
    )
    await accessible(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_team_fits_on_a_phone_and_the_bar_leads_back(team_of, theme):
    team = await team_of(siti="owner")
    await team.joins("long", "member", name="Nguyễn" * 16)
    page = await team.page("siti", width=360, height=640, theme=theme)
    await page.goto(team.at("/members"))
    await expect(page.get_by_role("link", name="NguyễnNguyễn")).to_be_visible()
    await settled(page)
    await fits(page)
    await accessible(page)
    bar = page.get_by_role("navigation", name="Menu")
    await expect(bar.get_by_role("link", name="Teams")).to_have_attribute("aria-current", "page")
    await bar.get_by_role("link", name="Teams").click()
    await expect(page.get_by_role("link", name=team.name)).to_be_visible()
