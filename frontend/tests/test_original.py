"""The PDF of a decision beside its text: page and boxes of the passage, from hit to hit, wide and on a phone."""

import re

import pytest
from fixtures.browser import API, settled
from playwright.async_api import expect

PASSAGE = "section=pertimbangan_hukum&start=1998&end=2338"
PHONE = {"width": 360, "height": 740}
REFUSED = {"status": 422, "error_code": "PAGE_NOT_SHOWN", "detail": "This page cannot be shown as a picture."}
BUSY = {"status": 503, "error_code": "PAGES_BUSY", "detail": "Many pages are being shown right now."}


@pytest.fixture
def address(service):
    return f"/en/decision?id={service.ids['decision']}"


def original(page):
    return page.get_by_role("region", name="Original")


def state(page):
    return original(page).get_by_role("status").filter(has_text=re.compile(r"Page \d+ of \d+"))


async def box_of(locator):
    found = await locator.bounding_box()
    assert found
    return found


async def test_the_passage_is_boxed_on_its_page_beside_the_text(page, address, service):
    await page.goto(f"{address}&{PASSAGE}")
    await page.get_by_role("button", name="Original").click()
    picture = original(page).get_by_role("img", name=re.compile(r"Page \d+ of the original"))
    await expect(picture).to_be_visible()
    boxes = original(page).locator("[data-box]")
    await expect(boxes.first).to_be_in_viewport()
    answer = await page.request.get(
        f"{service.url}{API}/legal-search/documents/{service.ids['decision']}/boxes?{PASSAGE}"
    )
    told = (await answer.json())[0]
    await expect(state(page)).to_contain_text(f"Page {told['number']} of")
    assert await boxes.count() == len(told["boxes"])
    frame, first = await box_of(picture), await box_of(boxes.first)
    left, top, right, _ = told["boxes"][0]
    scale = frame["width"] / told["width"]
    assert first["x"] - frame["x"] == pytest.approx(left * scale, abs=1)
    assert first["y"] - frame["y"] == pytest.approx(top * scale, abs=1)
    assert first["width"] == pytest.approx((right - left) * scale, abs=2)
    text = await box_of(page.locator("article"))
    assert text["x"] + text["width"] <= frame["x"]
    await expect(page.locator("[data-passage]")).to_be_in_viewport()
    await page.go_back()
    await expect(original(page)).to_have_count(0)


async def test_it_goes_along_from_hit_to_hit(page):
    await page.goto("/en/search?q=pencurian+sepeda+motor&strategy=lexical")
    await page.locator("main ol li a").first.click()
    await page.get_by_role("button", name="Original").click()
    seen = set()
    for _ in range(6):
        await page.get_by_role("button", name="Next hit").click()
        await expect(original(page).locator("[data-box]").first).to_be_in_viewport()
        seen.add(await state(page).inner_text())
    assert len(seen) > 1


async def test_an_address_opens_the_page_that_it_names(page, address):
    await page.goto(f"{address}&{PASSAGE}&original=2")
    await expect(state(page)).to_contain_text("Page 2 of")
    await expect(original(page).locator("[data-box]")).to_have_count(0)
    await original(page).get_by_role("button", name="Next page").click()
    await expect(state(page)).to_contain_text("Page 3 of")
    await page.reload()
    await expect(state(page)).to_contain_text("Page 3 of")
    await original(page).get_by_role("button", name="To the passage").click()
    await expect(original(page).locator("[data-box]").first).to_be_in_viewport()
    await original(page).get_by_role("button", name="Larger").click()
    assert "zoom=2" in page.url
    frame = original(page).get_by_role("group")
    assert await frame.evaluate("each => each.scrollWidth > 1.9 * each.clientWidth")
    await expect(original(page).locator("[data-box]").first).to_be_in_viewport()


async def test_the_first_and_last_page_are_the_ends(page, address):
    await page.goto(f"{address}&original=99999")
    last = re.fullmatch(r"Page (\d+) of (\d+)", await state(page).inner_text())
    assert last[1] == last[2]
    await expect(original(page).get_by_role("button", name="Next page")).to_be_disabled()
    await original(page).get_by_role("group").press("ArrowRight")
    await expect(state(page)).to_have_text(last[0])
    await page.goto(f"{address}&original=")
    await expect(state(page)).to_have_text(f"Page 1 of {last[2]}")


async def test_it_is_used_by_the_keyboard_alone(page, address):
    await page.goto(f"{address}&{PASSAGE}&original=1")
    await expect(original(page).get_by_role("img")).to_be_visible()
    await original(page).get_by_role("button", name="Close the original").focus()
    await page.keyboard.press("Enter")
    await expect(original(page)).to_have_count(0)
    await expect(page.get_by_role("button", name="Original", exact=True)).to_be_focused()
    await page.keyboard.press("o")
    await expect(original(page)).to_be_focused()
    await original(page).get_by_role("group").focus()
    before = int((await state(page).inner_text()).split()[1])
    await page.keyboard.press("ArrowLeft")
    await expect(state(page)).to_contain_text(f"Page {before - 1} of")
    await page.keyboard.press("ArrowRight")
    await expect(state(page)).to_contain_text(f"Page {before} of")


async def test_a_phone_shows_it_before_the_text(page, address):
    await page.set_viewport_size(PHONE)
    await page.goto(f"{address}&{PASSAGE}&q=pengemudi")
    await page.get_by_role("button", name="Original").click()
    sheet = page.get_by_role("dialog", name="Original")
    await expect(sheet.locator("[data-box]").first).to_be_in_viewport()
    box = await box_of(sheet)
    assert (box["width"], box["height"]) == (PHONE["width"], PHONE["height"])
    await sheet.get_by_role("button", name="Next hit").click()
    await expect(sheet.locator("[data-box]").first).to_be_in_viewport()
    await page.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)
    await expect(page.get_by_role("button", name="Original")).to_be_visible()
    await expect(page.locator("[data-passage]")).to_be_visible()


async def test_a_decision_without_one_says_so(page, service):
    await page.goto(f"/en/decision?id={service.ids['odd']}&original=")
    await expect(original(page)).to_contain_text("No original was kept")
    await original(page).get_by_role("button", name="Close the original").click()
    await expect(original(page)).to_have_count(0)
    await expect(page.get_by_role("button", name="Original")).to_have_count(0)


@pytest.mark.parametrize(
    ("problem", "says"), [(REFUSED, "cannot be shown as a picture"), (BUSY, "Try again")]
)
async def test_a_page_that_cannot_be_shown_leaves_the_text_and_the_way_on(
    page, address, faults, problem, says
):
    async def refuse(route):
        await route.fulfill(status=problem["status"], json=problem, content_type="application/problem+json")

    faults.allow("/pages/1")
    await page.route(re.compile(r"/pages/1\?"), refuse)
    await page.goto(f"{address}&original=1")
    await expect(original(page)).to_contain_text(says)
    await expect(page.locator(".decision-text p").first).to_be_visible()
    await original(page).get_by_role("button", name="Next page").click()
    await expect(original(page).get_by_role("img", name="Page 2 of the original")).to_be_visible()


async def test_the_print_has_the_text_alone(page, address):
    await page.goto(f"{address}&original=")
    await expect(original(page).get_by_role("img")).to_be_visible()
    await page.emulate_media(media="print")
    await expect(original(page)).to_be_hidden()
    await expect(page.locator("main h2:visible").first).to_be_visible()


async def test_from_right_to_left_the_original_is_on_the_left(page, service):
    await page.goto(f"/ar/decision?id={service.ids['decision']}&{PASSAGE}&original=")
    region = page.get_by_role("region", name="الأصل")
    await expect(region.locator("[data-box]").first).to_be_in_viewport()
    await settled(page)
    picture, text = await box_of(region.get_by_role("img")), await box_of(page.locator("article"))
    assert picture["x"] + picture["width"] <= text["x"]
    left = (await box_of(region.locator("[data-box]").first))["x"] - picture["x"]
    assert 0 < left < picture["width"] / 2


async def test_the_file_can_be_saved(page, address):
    await page.goto(f"{address}&original=")
    async with page.expect_download() as saving:
        await original(page).get_by_role("link", name="Save the PDF").click()
    saved = await saving.value
    assert saved.suggested_filename == "431-Pid.Sus-2017-PN-Lru.pdf"
