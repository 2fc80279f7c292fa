"""My account, as its owner goes through it: each act is done on its page and seen to be done."""

import json
import re

from fixtures.browser import API, PASSWORD
from playwright.async_api import expect

FRESH = "another horse battery staple"


async def saved(page) -> None:
    await expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


async def sign_in_fails(page, service, name: str, password: str = PASSWORD) -> bool:
    answer = await page.request.post(
        f"{service.url}{API}/login",
        data={"username": name, "password": password},
        headers={"Origin": service.url},
    )
    return answer.status in {401, 403}


async def test_the_first_page_leads_to_every_part(open_page, service):
    page = await open_page(person=await service.person())
    await page.goto("/en/account")
    links = page.locator("main a[href*='/account/']")
    await expect(links.first).to_be_visible()
    parts = {await each.get_attribute("href") for each in await links.all()}
    assert len(parts) >= 10
    for part in sorted(parts):
        await page.goto(part)
        await expect(page.locator("main h1")).not_to_be_empty()


async def test_a_profile_is_changed_and_what_is_wrong_is_said_under_its_field(open_page, service):
    page = await open_page(person=await service.person())
    await page.goto("/en/account/profile")
    await page.get_by_label(re.compile("^Name")).fill("Siân d'Été")
    await page.get_by_label("Day of birth").fill("2999-01-01")
    await page.get_by_role("button", name="Save").click()
    born = page.get_by_label("Day of birth")
    await expect(born).to_be_focused()
    await expect(born).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label(re.compile("^Name"))).to_have_value("Siân d'Été")
    await born.fill("1990-02-03")
    await page.get_by_role("button", name="Save").click()
    await saved(page)
    await expect(page.get_by_role("banner").get_by_role("button", name="Siân d'Été")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Day of birth")).to_have_value("1990-02-03")


async def test_a_picture_is_chosen_and_removed(open_page, service):
    page = await open_page(person=await service.person())
    await page.goto("/en/account/profile")
    png = await page.screenshot(clip={"x": 0, "y": 0, "width": 64, "height": 64})
    field = page.locator("input[type=file]")
    await field.set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": png})
    await expect(page.get_by_role("img", name="Your profile picture")).to_be_visible()
    await page.get_by_role("button", name="Remove the picture").click()
    await expect(page.get_by_role("img", name="Your profile picture")).to_have_count(0)
    await field.set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": b"not a picture"})
    await expect(page.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_be_visible()


async def test_a_new_address_is_confirmed_by_the_code_that_it_gets(open_page, service):
    page = await open_page(person=await service.person(email="lama@example.com"))
    await page.goto("/en/account/contacts")
    await page.get_by_role("button", name="Change the e-mail address").click()
    await page.get_by_label("New e-mail address").fill("segar@example.com")
    await page.get_by_label("Present password").fill("wrong")
    await page.get_by_role("button", name="Change the e-mail address").click()
    await expect(page.get_by_label("Present password")).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("Present password").fill(PASSWORD)
    await page.get_by_role("button", name="Change the e-mail address").click()
    await expect(page.get_by_label("Code", exact=True)).to_be_focused()
    await page.get_by_label("Code", exact=True).fill(await service.code_for("segar@example.com"))
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.locator("main")).to_contain_text(re.compile(r"segar@example.com\W*confirmed"))


async def test_a_password_is_changed_after_the_present_one(open_page, service):
    name = await service.person()
    page = await open_page(person=name)
    await page.goto("/en/account/password")
    await page.get_by_label("Present password").fill("wrong")
    await page.get_by_label("New password").fill(FRESH)
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_label("Present password")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("New password")).to_have_value(FRESH)
    await page.get_by_label("Present password").fill(PASSWORD)
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_text("Changed. Your other sessions have ended.")).to_be_visible()
    await expect(page.get_by_label("Present password")).to_have_value("")
    assert await sign_in_fails(page, service, name)
    assert not await sign_in_fails(page, service, name, FRESH)


async def test_devices_are_listed_and_ended(open_page, service):
    name = await service.person()
    other = await open_page(person=name)
    await other.goto("/en/account/profile")
    page = await open_page(person=name)
    await page.goto("/en/account/devices")
    await expect(page.locator("main tbody tr")).to_have_count(2)
    await expect(page.locator("main tbody")).to_contain_text("this device")
    await page.get_by_role("button", name="End", exact=True).click()
    await page.get_by_role("alertdialog").get_by_role("button", name="End", exact=True).click()
    await expect(page.locator("main tbody tr")).to_have_count(1)
    await other.reload()
    await other.wait_for_url("**/en/sign-in*")


async def test_an_api_key_is_shown_once_works_and_is_revoked(open_page, service):
    page = await open_page(person=await service.person())
    await page.goto("/en/account/keys")
    await page.get_by_role("button", name="New key").click()
    await page.get_by_label("Name", exact=True).fill("Nightly report")
    await page.get_by_role("button", name="Make the key").click()
    await expect(page.get_by_role("alert").or_(page.locator("#scope-error")).first).to_be_visible()
    await page.get_by_role("checkbox", name="profile.view").check()
    await page.get_by_role("button", name="Make the key").click()
    await expect(page.get_by_text("Nightly report")).to_be_visible()
    key = await page.locator("main code").inner_text()
    headers = {"X-API-Key": key}
    assert (await page.request.get(f"{service.url}{API}/users/me/permissions", headers=headers)).ok
    await page.get_by_role("button", name="Done").click()
    await expect(page.locator("main")).not_to_contain_text(key)
    await page.get_by_role("button", name="Revoke").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    await expect(page.locator("main")).not_to_contain_text("Nightly report")
    assert (await page.request.get(f"{service.url}{API}/users/me/permissions", headers=headers)).status == 401


async def test_language_and_theme_are_kept(open_page, service):
    page = await open_page(person=await service.person())
    await page.goto("/en/account/preferences")
    await page.get_by_label("Language", exact=True).select_option("id")
    await page.get_by_role("button", name="Save").click()
    await page.wait_for_url("**/id/account/preferences")
    await page.get_by_role("banner").get_by_role("button").last.click()
    await page.get_by_role("menuitemradio", name="Gelap").click()
    await page.keyboard.press("Escape")
    await page.reload()
    await expect(page.locator("main h1")).not_to_be_empty()
    assert await page.evaluate("document.documentElement.dataset.theme") == "dark"


async def test_what_was_done_is_in_my_activity(open_page, service):
    page = await open_page(person=await service.person())
    await page.goto("/en/account/profile")
    await page.get_by_label("About you").fill("Reads at night.")
    await page.get_by_role("button", name="Save").click()
    await saved(page)
    await page.goto("/en/account/activity")
    await expect(page.locator("main tbody tr").first).to_be_visible()
    await expect(page.locator("main")).to_contain_text(re.compile("profile|account", re.IGNORECASE))


async def test_my_data_can_be_taken_along(open_page, service):
    name = await service.person(email="ambil@example.com")
    page = await open_page(person=name)
    await page.goto("/en/account/data")
    await page.get_by_role("button", name="Make the archive").click()
    async with page.expect_download() as waited:
        await page.get_by_role("button", name="Download the archive").click()
    path = await (await waited.value).path()
    assert name in json.dumps(json.loads(path.read_text()))


async def test_an_account_is_deleted_after_one_question_that_names_it(open_page, service):
    name = await service.person()
    page = await open_page(person=name)
    await page.goto("/en/account/data")
    await page.get_by_role("button", name="Delete my account").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text(name)
    await dialog.get_by_label("Present password").fill("wrong")
    await dialog.get_by_role("button", name="Delete my account").click()
    await expect(dialog.get_by_label("Present password")).to_have_attribute("aria-invalid", "true")
    await dialog.get_by_label("Present password").fill(PASSWORD)
    await dialog.get_by_role("button", name="Delete my account").click()
    await page.wait_for_url(f"{service.url}/en")
    assert await sign_in_fails(page, service, name)
