"""Passkeys, with an authenticator that Chromium plays (CDP, WebAuthn): a platform one, which its owner unlocks."""

import time
from datetime import timedelta

import pytest
from fixtures.browser import PASSWORD, accessible, fits, settled
from playwright.async_api import expect
from sqlalchemy import select, update

from fondasi.identity.factors import totp
from fondasi.identity.models import User
from fondasi.identity.sessions.models import UserSession
from fondasi.kit import clock


class Device:
    """The authenticator of a page."""

    def __init__(self, cdp, name):
        self.cdp, self.name = cdp, name

    async def credentials(self) -> list[dict]:
        """The passkeys that it keeps."""
        answer = await self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.name})
        return answer["credentials"]

    async def unlocks(self, whether: bool) -> None:
        """Whether its owner unlocks it when it asks."""
        values = {"authenticatorId": self.name, "isUserVerified": whether}
        await self.cdp.send("WebAuthn.setUserVerified", values)

    async def move_to(self, page, *, offers: bool = False) -> "Device":
        """The same passkeys in the authenticator of another page.

        `offers`: its browser offers them where a user name is typed; Chromium's authenticator takes those at once.
        """
        if not offers:
            await page.add_init_script(
                "PublicKeyCredential.isConditionalMediationAvailable = async () => false"
            )
        other = await device_of(page)
        for credential in await self.credentials():
            values = {"authenticatorId": other.name, "credential": credential}
            await other.cdp.send("WebAuthn.addCredential", values)
        return other


async def device_of(page) -> Device:
    """Give a page an authenticator, which is touched at once when it asks."""
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return Device(cdp, made["authenticatorId"])


@pytest.fixture
async def ani(service):
    """A user of the test's own."""
    return await service.person(name="Ani", email=f"ani{time.time_ns()}@example.com")


@pytest.fixture
def change(service):
    """Change the rows of a user in the database: `await change(ani, User, password_hash=None)`."""

    async def write(username: str, table, **values) -> None:
        async with service.platform.database.unit_of_work(audited=False) as session:
            user_id = await session.scalar(select(User.id).where(User.username == username))
            whose = User.id if table is User else table.user_id
            await session.execute(update(table).where(whose == user_id).values(**values))

    return write


async def add(page, name: str = "Phone") -> None:
    """Add a passkey in one's account."""
    await page.goto("/en/account/passkeys")
    await page.get_by_role("button", name="Add a passkey").click()
    await page.get_by_role("textbox", name="Name").fill(name)
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_role("status")).to_have_text(f"The passkey {name} is added.")


def row(page, name: str):
    return page.get_by_role("row").filter(has_text=name)


async def test_a_passkey_is_added_named_used_and_removed(open_page, service, ani):
    page = await open_page(named=True, person=ani)
    device = await device_of(page)
    await page.goto("/en/account/passkeys")
    await expect(page.get_by_text("You have no passkeys.")).to_be_visible()
    await add(page, "José 電話")
    await expect(row(page, "José 電話")).to_contain_text("on this one device")
    await expect(row(page, "José 電話")).to_contain_text("never")
    await accessible(page)
    await row(page, "José 電話").get_by_role("button", name="Rename").click()
    name = page.get_by_role("textbox", name="Name")
    await name.fill("")
    await page.get_by_role("button", name="Save").click()
    await expect(name).to_have_attribute("aria-invalid", "true")
    await accessible(page)
    await name.fill("Telephone")
    await page.get_by_role("button", name="Save").click()
    await expect(row(page, "Telephone")).to_be_visible()

    other = await open_page(named=True)
    await device.move_to(other)
    await other.goto("/en/sign-in?return=%2Fen%2Faccount%2Fpasskeys")
    await other.get_by_role("button", name="Sign in with a passkey").click()
    await expect(row(other, "Telephone")).to_be_visible()
    await expect(row(other, "Telephone")).not_to_contain_text("never")
    await row(other, "Telephone").get_by_role("button", name="Remove").click()
    question = other.get_by_role("alertdialog")
    await expect(question).to_contain_text("Remove the passkey Telephone?")
    await question.get_by_role("button", name="Remove").click()
    await expect(other.get_by_text("You have no passkeys.")).to_be_visible()


async def test_browser_offers_it_where_the_user_name_is_typed(open_page, ani):
    page = await open_page(named=True, person=ani)
    device = await device_of(page)
    await add(page)
    other = await open_page(named=True)
    await device.move_to(other, offers=True)
    await other.goto("/en/sign-in?return=%2Fen%2Faccount%2Fpasskeys")
    await expect(row(other, "Phone")).not_to_contain_text("never")


async def test_one_that_is_declined_leaves_the_form_and_other_ways(open_page, ani):
    page = await open_page(named=True, person=ani, width=360)
    device = await device_of(page)
    await add(page)
    other = await open_page(named=True, width=360)
    moved = await device.move_to(other)
    await moved.unlocks(False)
    await other.goto("/en/sign-in")
    field = other.get_by_label("User name, e-mail or phone number")
    await field.fill(ani)
    await other.get_by_role("button", name="Sign in with a passkey").click()
    await expect(other.get_by_role("main").get_by_role("alert")).to_contain_text("No passkey was used.")
    await expect(field).to_have_value(ani)
    await settled(other)
    await accessible(other)
    await fits(other)


async def test_one_for_nobody_is_refused_in_words(open_page, ani):
    page = await open_page(named=True, person=ani)
    device = await device_of(page)
    await add(page)
    await row(page, "Phone").get_by_role("button", name="Remove").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    await expect(page.get_by_text("You have no passkeys.")).to_be_visible()
    other = await open_page(named=True)
    await device.move_to(other)
    await other.goto("/en/sign-in")
    await other.get_by_role("button", name="Sign in with a passkey").click()
    await expect(other.get_by_role("main").get_by_role("alert")).to_contain_text(
        "This passkey is not accepted."
    )


async def test_device_that_has_one_makes_no_second(open_page, ani):
    page = await open_page(named=True, person=ani)
    device = await device_of(page)
    await add(page)
    await page.get_by_role("button", name="Add a passkey").click()
    await page.get_by_role("textbox", name="Name").fill("Again")
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_role("alert")).to_contain_text("has a passkey for your account already")
    await expect(page.get_by_role("textbox", name="Name")).to_have_value("Again")
    await accessible(page)
    await page.get_by_role("button", name="Cancel").click()
    assert len(await device.credentials()) == 1


async def test_it_is_the_second_factor_and_a_code_is_asked_of_nobody_who_signs_in_with_it(open_page, ani):
    page = await open_page(named=True, person=ani)
    device = await device_of(page)
    await add(page)
    await page.goto("/en/account/second-factor")
    await page.get_by_role("button", name="Set up a second factor").click()
    secret = "".join((await page.locator("code").inner_text()).split())
    await page.get_by_label("Code of the app").fill(totp.code_at(secret, int(time.time()) // totp.PERIOD))
    await page.get_by_role("button", name="Switch on").click()
    await expect(page.get_by_role("heading", name="recovery codes")).to_be_visible()

    other = await open_page(named=True)
    moved = await device.move_to(other)
    await other.goto("/en/sign-in?return=%2Fen%2Faccount")
    await other.get_by_label("User name, e-mail or phone number").fill(ani)
    await other.get_by_label("Password", exact=True).fill(PASSWORD)
    await other.get_by_role("button", name="Sign in", exact=True).click()
    await expect(other.get_by_role("heading", name="One more step")).to_be_visible()
    await settled(other)
    await accessible(other)
    await other.get_by_role("button", name="Use a passkey").click()
    await expect(other.get_by_role("heading", name="Account", exact=True)).to_be_visible()

    third = await open_page(named=True)
    await moved.move_to(third)
    await third.goto("/en/sign-in?return=%2Fen%2Faccount")
    await third.get_by_role("button", name="Sign in with a passkey").click()
    await expect(third.get_by_role("heading", name="Account", exact=True)).to_be_visible()


async def test_it_proves_who_one_is_and_what_was_begun_goes_on(open_page, ani, change):
    page = await open_page(named=True, person=ani)
    await device_of(page)
    await add(page)
    await change(ani, UserSession, authenticated_at=clock.now() - timedelta(minutes=11))
    await row(page, "Phone").get_by_role("button", name="Remove").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    proof = page.get_by_role("dialog", name="Is it you?")
    await expect(proof.get_by_role("button", name="Use a passkey")).to_be_visible()
    await accessible(page)
    await proof.get_by_role("button", name="Use a passkey").click()
    await expect(page.get_by_text("You have no passkeys.")).to_be_visible()


async def test_last_way_to_sign_in_stays_and_says_why(open_page, ani, change):
    page = await open_page(named=True, person=ani)
    await device_of(page)
    await add(page)
    await change(ani, User, password_hash=None, email=None)
    await row(page, "Phone").get_by_role("button", name="Remove").click()
    question = page.get_by_role("alertdialog")
    await question.get_by_role("button", name="Remove").click()
    await expect(question.get_by_role("alert")).to_contain_text("You could not sign in any more.")
    await question.get_by_role("button", name="Cancel").click()
    await expect(row(page, "Phone")).to_be_visible()


async def test_address_in_numbers_offers_none(open_page, ani):
    page = await open_page(person=ani)
    await page.goto("/en/account/passkeys")
    await expect(page.get_by_text("There are no passkeys at this address.")).to_be_visible()
    await expect(page.get_by_role("button", name="Add a passkey")).to_have_count(0)
    other = await open_page()
    await other.goto("/en/sign-in")
    await settled(other)
    await expect(other.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_right_to_left_and_small(open_page, ani, theme):
    page = await open_page(named=True, person=ani, width=320, theme=theme)
    await device_of(page)
    await add(page, "Ponsel " + "panjang " * 10)
    for language in ("ar", "id"):
        await page.goto(f"/{language}/account/passkeys")
        await expect(row(page, "Ponsel")).to_be_visible()
        await settled(page)
        await accessible(page)
        await fits(page)
