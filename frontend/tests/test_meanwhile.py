"""What happens elsewhere while a page is open: in another tab, by another owner, to the network and to a list."""

import re

from fixtures.browser import API, PASSWORD
from playwright.async_api import expect
from teams import renamed_meanwhile


def asked_for_a_proof(page):
    return page.get_by_role("dialog", name="Is it you?")


async def sign_in(page, username: str) -> None:
    await page.get_by_label("User name, e-mail or phone number").fill(username)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def test_a_proof_is_not_asked_of_the_next_account_for_what_the_last_one_pressed(team_of):
    team = await team_of(siti="owner", budi="owner")
    page = await team.page("siti")
    await page.goto(team.at("/settings"))
    await team.asks_for_a_proof("siti")
    exports = []
    page.on("request", lambda request: exports.append(request.url) if "/export" in request.url else None)
    await page.get_by_role("button", name="Download everything").click()
    await expect(asked_for_a_proof(page)).to_be_visible()
    before = len(exports)

    other = await page.context.new_page()
    await other.goto("/en/account")
    await other.get_by_role("banner").get_by_role("button", name="Person siti").click()
    await other.get_by_role("menuitem", name="Sign out").click()
    await expect(asked_for_a_proof(page)).to_have_count(0)
    await other.goto("/en/sign-in")
    await sign_in(other, team.people["budi"])
    await expect(page.get_by_role("banner").get_by_role("button", name="Person budi")).to_be_visible()
    await expect(asked_for_a_proof(page)).to_have_count(0)
    assert len(exports) == before == 1


async def test_who_has_no_password_is_led_from_the_proof_to_sign_in_again(team_of):
    team = await team_of(siti="owner")
    page = await team.page("siti")
    await page.goto(team.at("/settings"))
    await team.asks_for_a_proof("siti")
    await page.get_by_role("button", name="Download everything").click()
    await asked_for_a_proof(page).get_by_role("link", name="I have no password: sign in again").click()
    await page.wait_for_url("**/en/sign-in?again=1&return=*")
    await expect(asked_for_a_proof(page)).to_have_count(0)
    await sign_in(page, team.people["siti"])
    await page.wait_for_url(lambda url: "/en/tenant/settings?" in url)
    async with page.expect_download():
        await page.get_by_role("button", name="Download everything").click()


async def test_what_another_owner_changed_is_read_before_the_team_is_closed(team_of):
    page, _ = await renamed_meanwhile(await team_of(siti="owner", budi="owner"))
    await page.get_by_role("button", name="Close the team").click()
    dialog = page.get_by_role("alertdialog")
    await dialog.get_by_role("button", name="Close the team").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("Somebody changed the team meanwhile.")
    await expect(dialog).to_contain_text("Close Their name?")
    await dialog.get_by_role("button", name="Close the team").click()
    await expect(page.locator("main")).to_contain_text("This team is closed")


async def test_what_is_written_outlives_a_refresh_that_fails(team_of, faults):
    faults.allow("ERR_INTERNET_DISCONNECTED|ERR_FAILED")
    team = await team_of(siti="owner")
    page = await team.page("siti")
    await page.goto(team.at("/settings"))
    about = page.get_by_label("What it is for")
    await about.fill("Reading")
    itself = re.compile(rf"{API}/tenants/{team.id}(\?.*)?$")

    async def cut(route):
        await (route.abort() if route.request.method == "GET" else route.continue_())

    await page.route(itself, cut)
    await page.get_by_role("button", name="Close the team").click()
    dialog = page.get_by_role("alertdialog")
    await dialog.get_by_role("button", name="Close the team").click()
    await expect(dialog).to_have_count(0)
    note = page.get_by_role("status").filter(has_text="There is no connection.")
    await expect(note).to_be_visible()
    await expect(about).to_have_value("Reading")
    await page.unroute(itself)
    await note.get_by_role("button", name="Try again").click()
    await expect(page.locator("main")).to_contain_text("This team is closed")
    await expect(note).to_have_count(0)
    await expect(about).to_have_value("Reading")


async def test_a_page_past_the_end_leads_to_the_last(team_of):
    team = await team_of(siti="owner", budi="member")
    page = await team.page("siti")
    await page.goto(team.at("/members", page="9", sort="-created_at"))
    await expect(page.get_by_role("link", name="Person budi")).to_be_visible()
    await page.wait_for_url(lambda url: "page=" not in url and "sort=-created_at" in url)


async def test_settings_name_those_who_hold_the_right_to_them(team_of):
    team = await team_of(siti="owner", budi="admin")
    page = await team.page("budi")
    await page.goto(team.at("/settings"))
    await expect(page.locator("main")).to_contain_text("Person siti (Owner)")
    await expect(page.locator("main")).not_to_contain_text("Person budi (Administrator)")


async def test_nobody_to_hand_a_team_over_to_is_said(team_of):
    team = await team_of(siti="owner")
    page = await team.page("siti")
    await page.goto(team.at("/ownership"))
    await expect(page.locator("main")).to_contain_text("Nobody else is in the team.")
