"""Every page in every state that somebody may be sent (`places.py`)."""

import pytest
from fixtures.browser import accessible, fits, manifest, settled
from places import PLACES, Place
from playwright.async_api import Page, expect

LANGUAGE = "en"
RIGHT_TO_LEFT = "ar"

each_place = pytest.mark.parametrize("place", PLACES, ids=str)


def address(place: Place, ids, language: str = LANGUAGE) -> str:
    return f"/{language}{place.path.format_map(ids)}"


async def assert_shows(page: Page, place: Place) -> None:
    await expect(page.locator("main")).to_contain_text(place.shows)
    await settled(page)


@pytest.mark.browser
def test_every_page_has_a_place():
    """So that no page goes without a look at its addresses, and by axe."""
    pages = {path for path, file in manifest()["files"].items() if file["path"].endswith(".html")}
    known = {f"/{LANGUAGE}{place.path.partition('?')[0]}" for place in PLACES}
    own = {path for path in pages if path == f"/{LANGUAGE}" or path.startswith(f"/{LANGUAGE}/")}
    assert own <= known, f"add {own - known} to frontend/tests/places.py"
    assert known <= own, f"there is no page at {known - own}"


@each_place
async def test_a_state_survives_a_pasted_link_reload_and_back(open_page, service, place):
    page = await open_page(person=place.person, remembered=place.person is not None)
    await page.goto(address(place, service.ids))
    await assert_shows(page, place)
    pasted, seen = page.url, await page.locator("main").inner_text()
    assert pasted == f"{service.url}{address(place, service.ids)}"

    await page.reload()
    await assert_shows(page, place)
    if not place.changes:
        await expect(page.locator("main")).to_have_text(seen, use_inner_text=True)
    assert page.url == pasted

    away = page.get_by_role("banner").get_by_role("link", name="CourtSight")
    await (away if place.path else page.locator("main a[href^='/']").first).click()
    await page.wait_for_url(lambda url: url != pasted, wait_until="commit")
    await settled(page)
    await page.go_back()
    await assert_shows(page, place)
    if not place.changes:
        await expect(page.locator("main")).to_have_text(seen, use_inner_text=True)
    assert page.url == pasted


@each_place
async def test_axe_finds_nothing_in_light_dark_and_on_a_narrow_screen(open_page, service, place):
    page = await open_page(person=place.person, remembered=place.person is not None)
    await page.goto(address(place, service.ids))
    await assert_shows(page, place)
    await accessible(page)
    await page.emulate_media(color_scheme="dark")
    await accessible(page)
    await page.set_viewport_size({"width": 320, "height": 640})
    await accessible(page)
    await fits(page)
    if RIGHT_TO_LEFT in manifest()["languages"]:
        await page.goto(address(place, service.ids, RIGHT_TO_LEFT))
        await settled(page)
        assert await page.evaluate("document.documentElement.dir") == "rtl"
        await accessible(page)
        await fits(page)


async def test_another_language_keeps_what_one_looked_for(page, service):
    await page.goto("/en/search?q=menggali+sumur&year=2021")
    await settled(page)
    await page.get_by_role("banner").get_by_role("button", name="Menu").click()
    await page.get_by_role("menuitemradio", name="Bahasa Indonesia").click()
    await page.wait_for_url(f"{service.url}/id/search?q=menggali+sumur&year=2021", wait_until="commit")
    await expect(page.locator("main")).to_contain_text("ditemukan")
    assert await page.evaluate("document.documentElement.lang") == "id"
