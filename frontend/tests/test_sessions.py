"""Signing in and up, forgotten passwords, second factors and sessions, as people go through them in a browser."""

import re
import time

from fixtures.browser import API, PASSWORD, settled
from playwright.async_api import expect
from teams import prove

from fondasi.identity.factors import totp

FRESH = "another horse battery staple"
REFRESH = f"{API}/refresh"


async def sign_in(page, username: str, password: str = PASSWORD) -> None:
    await page.get_by_label("User name, e-mail or phone number").fill(username)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def signed_in_as(page, username: str) -> None:
    await expect(page.get_by_role("banner").get_by_role("button", name=username)).to_be_visible()


async def with_factor(page, service, username: str) -> str:
    """Set up a second factor on the page of one's account; its secret."""
    await page.goto("/en/account/second-factor")
    await page.get_by_role("button", name="Set up a second factor").click()
    dialog = page.get_by_role("dialog", name="Is it you?")
    code = page.get_by_label("Code of the app")
    await expect(dialog.or_(code)).to_be_visible()
    if await dialog.count():
        await prove(page)
    await expect(page.get_by_role("img", name="QR code")).to_be_visible()
    secret = (await page.locator("main code").inner_text()).replace(" ", "")
    await code.fill(now(secret))
    await page.get_by_role("button", name="Switch on").click()
    await expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    return secret


def now(secret: str, steps: int = 0) -> str:
    return totp.code_at(secret, int(time.time()) // totp.PERIOD + steps)


async def test_signing_in_leads_back_to_the_page_that_asked_for_it(page, service):
    name = await service.person()
    await page.goto("/en/account/profile")
    await page.wait_for_url("**/en/sign-in?return=*")
    await sign_in(page, name, "not the password")
    await expect(page.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_be_visible()
    await expect(page.get_by_label("User name, e-mail or phone number")).to_have_value(name)
    await sign_in(page, name)
    await page.wait_for_url("**/en/account/profile")
    await signed_in_as(page, name)
    await page.reload()
    await signed_in_as(page, name)


async def test_no_page_is_led_to_on_another_server(page, service):
    name = await service.person()
    for target in ("https://example.com/", "//example.com/", "/\\example.com", "javascript:alert(1)"):
        await page.context.clear_cookies()
        await page.goto(f"/en/sign-in?return={target}")
        await settled(page)
        other = page.get_by_role("button", name="Sign in as somebody else")
        if await other.count():
            await other.click()
        await sign_in(page, name)
        await page.wait_for_url(f"{service.url}/en")


async def test_a_sent_code_signs_in(page, service):
    name = await service.person(email="kode@example.com")
    await page.goto("/en/sign-in")
    await page.get_by_role("button", name="Sign in with a code").click()
    await page.get_by_label("User name, e-mail or phone number").fill("kode@example.com")
    await page.get_by_role("button", name="Send a code").click()
    await expect(page.get_by_text("a code is on its way")).to_be_visible()
    await page.get_by_label("Code", exact=True).fill(await service.code_for("kode@example.com"))
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url(f"{service.url}/en")
    await signed_in_as(page, name)


async def test_a_forgotten_password_is_replaced_by_a_sent_code(page, service):
    name = await service.person(email="lupa@example.com")
    await page.goto("/en/sign-in")
    await page.get_by_role("link", name="I forgot my password").click()
    await expect(page.get_by_role("heading", name="A new password")).to_be_visible()
    await page.get_by_label("User name, e-mail or phone number").fill("lupa@example.com")
    await page.get_by_role("button", name="Send a code").click()
    await page.get_by_label("Code", exact=True).fill(await service.code_for("lupa@example.com"))
    await page.get_by_label("New password").fill("short")
    await page.get_by_role("button", name="Set the new password").click()
    await expect(page.get_by_label("New password")).to_be_focused()
    await expect(page.get_by_label("New password")).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("New password").fill(FRESH)
    await page.get_by_role("button", name="Set the new password").click()
    await expect(page.get_by_text("Your password is new.")).to_be_visible()
    await sign_in(page, name, FRESH)
    await signed_in_as(page, name)


async def test_signing_up_confirms_the_address(page, service):
    await page.goto("/en/sign-up")
    await page.get_by_label("User name").fill("baru.sekali")
    await page.get_by_label("Name", exact=False).nth(1).fill("Baru Sekali")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_label("E-mail or phone number").fill("baru@example.com")
    await page.get_by_role("button", name="Sign up").click()
    await page.get_by_label("Code", exact=True).fill(await service.code_for("baru@example.com"))
    await page.get_by_role("button", name="Confirm").click()
    await page.wait_for_url(f"{service.url}/en")
    await page.goto("/en/account/contacts")
    await expect(page.locator("main")).to_contain_text(re.compile("baru@example.com\\W*confirmed"))


async def test_a_taken_name_is_said_under_its_field_and_nothing_is_lost(page, service):
    taken = await service.person()
    await page.goto("/en/sign-up")
    await page.get_by_label("User name").fill(taken)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign up").click()
    field = page.get_by_label("User name")
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Password", exact=True)).to_have_value(PASSWORD)


async def test_a_second_factor_is_set_up_and_asked_for_with_the_keyboard_alone(open_page, service):
    name = await service.person()
    owner = await open_page(person=name)
    secret = await with_factor(owner, service, name)

    page = await open_page()
    await page.goto("/en/sign-in")
    await expect(page.get_by_label("User name, e-mail or phone number")).to_be_focused()
    await page.keyboard.type(name)
    for _ in range(10):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.type") == "password":
            break
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Code of your authenticator app")).to_be_focused()
    await page.keyboard.type("000000")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Code of your authenticator app")).to_have_attribute(
        "aria-invalid", "true"
    )
    await page.get_by_label("Code of your authenticator app").press("ControlOrMeta+a")
    await page.keyboard.type(now(secret, 1))  # the one of this step has switched the factor on
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{service.url}/en")
    await signed_in_as(page, name)


async def test_a_recovery_code_signs_in_once(open_page, service):
    name = await service.person()
    owner = await open_page(person=name)
    await with_factor(owner, service, name)
    codes = await owner.locator("main li").all_inner_texts()
    assert len(codes) >= 8

    for spent in (False, True):
        page = await open_page()
        await page.goto("/en/sign-in")
        await sign_in(page, name)
        await page.get_by_role("button", name="Use a recovery code").click()
        await page.get_by_label("Recovery code").fill(codes[0].strip())
        await page.get_by_role("button", name="Sign in", exact=True).click()
        if spent:
            await expect(page.get_by_label("Recovery code")).to_have_attribute("aria-invalid", "true")
        else:
            await signed_in_as(page, name)


async def test_signing_out_is_seen_in_all_tabs(open_page, service):
    name = await service.person()
    first = await open_page(person=name)
    await first.goto("/en/account/profile")
    await signed_in_as(first, name)
    second = await first.context.new_page()
    await second.goto("/en/account/devices")
    await signed_in_as(second, name)
    await second.get_by_role("banner").get_by_role("button", name=name).click()
    await second.get_by_role("menuitem", name="Sign out").click()
    for page in (first, second):
        await page.wait_for_url(f"{service.url}/en")
        await expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()


async def test_signing_in_is_seen_in_all_tabs(open_page, service):
    name = await service.person()
    first = await open_page()
    await first.goto("/en")
    await expect(first.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()
    second = await first.context.new_page()
    await second.goto("/en/sign-in")
    await sign_in(second, name)
    for page in (first, second):
        await signed_in_as(page, name)


async def test_twenty_tabs_that_wake_at_once_refresh_once(open_page, service):
    name = await service.person()
    first = await open_page(person=name)
    context = first.context
    asked = []
    context.on("request", lambda request: asked.append(request.url) if REFRESH in request.url else None)
    await first.goto("/en/account/profile")
    await signed_in_as(first, name)
    tabs = [first] + [await context.new_page() for _ in range(19)]
    for page in tabs[1:]:
        await page.goto("/en/account/profile", wait_until="commit")
    for page in tabs:
        await signed_in_as(page, name)
    assert len(asked) == 1, asked  # all others took the token of the first

    # An hour later, as after a lid was opened: no tab has a token that lasts.
    await context.clock.set_system_time(time.time() + 3600)
    asked.clear()
    for page in tabs:
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    for page in tabs:
        await page.evaluate("new Promise(done => navigator.locks.request('session-refresh', done))")
        await expect(page.get_by_label("User name")).to_have_value(name)
    assert len(asked) == 1, asked


async def test_what_was_written_outlives_the_end_of_the_session(open_page, service):
    name = await service.person()
    page = await open_page(person=name)
    await page.goto("/en/account/profile")
    about = page.get_by_label("About you")
    await about.fill("Reads decisions at night.")
    other = await open_page(person=name)
    await other.goto("/en/account/devices")
    await other.get_by_role("button", name="End all others").click()
    dialog = other.get_by_role("alertdialog")
    await dialog.get_by_role("button", name="End all others").click()
    await expect(dialog).to_have_count(0)

    await page.get_by_role("button", name="Save").first.click()
    ended = page.get_by_role("dialog", name="Your session has ended")
    await expect(ended).to_be_visible()
    await ended.get_by_label("User name, e-mail or phone number").fill(name)
    await ended.get_by_label("Password", exact=True).fill(PASSWORD)
    await ended.get_by_role("button", name="Sign in", exact=True).click()
    await expect(ended).to_have_count(0)
    await expect(about).to_have_value("Reads decisions at night.")
    await expect(page.get_by_text("Saved.")).to_be_visible()


async def test_an_account_elsewhere_signs_in_and_is_linked_and_removed(page, service, providers, faults):
    faults.allow(f"asked another origin: {re.escape(providers.url)}/")
    providers.keycloak.user |= {"sub": "sari-1", "email": "sari@example.com", "preferred_username": "sari"}
    await page.goto("/en/sign-in?return=%2Fen%2Faccount%2Fidentities")
    await page.get_by_role("link", name="Sign in with Staff").click()
    await page.wait_for_url("**/en/account/identities")
    await expect(page.locator("main tbody")).to_contain_text("sari@example.com")
    # It is the only way in.
    await page.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("alertdialog")
    await dialog.get_by_role("button", name="Remove", exact=True).click()
    await expect(dialog.get_by_role("alert")).to_contain_text(re.compile(r"\w"))
    await expect(page.locator("main tbody")).to_contain_text("sari@example.com")


async def test_a_provider_that_refuses_leads_back_with_the_reason(page, providers, faults):
    faults.allow(f"asked another origin: {re.escape(providers.url)}/")
    providers.keycloak.redirect = {"error": "access_denied", "code": ""}
    await page.goto("/en/sign-in?return=%2Fen%2Faccount")
    await page.get_by_role("link", name="Sign in with Staff").click()
    await page.wait_for_url("**/en/sign-in?*")
    await expect(
        page.get_by_role("alert").filter(has_text="The provider did not let you sign in here")
    ).to_be_visible()
    await expect(page.get_by_label("User name, e-mail or phone number")).to_be_visible()
