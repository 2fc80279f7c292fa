"""What the administration shows of the service itself: what was done, how it is used, jobs, messages and tiers."""

import re

import asyncpg
import httpx
from fixtures.browser import ADMINISTRATOR, API, PASSWORD, accessible, fits, settled
from playwright.async_api import expect

from fondasi.kit.clock import now
from fondasi.kit.jobs.models import JobRecord, JobStatus

HOME = "/en/administration"


async def call(service, method: str, path: str, **options) -> dict:
    """An answer of the API, as the administrator with a session of their own."""
    async with httpx.AsyncClient(base_url=f"{service.url}{API}") as client:
        who = {"username": ADMINISTRATOR, "password": PASSWORD}
        token = (await client.post("/login", json=who)).json()["access_token"]
        answer = await client.request(method, path, headers={"Authorization": f"Bearer {token}"}, **options)
    assert answer.is_success, answer.text
    return answer.json()


async def rewritten(owner, entry_id, message: str) -> None:
    """Give an entry of the trail another text, as only the owner of the database can."""
    await owner.execute("ALTER TABLE activity DISABLE TRIGGER append_only")
    await owner.execute("UPDATE activity SET message = $1 WHERE id = $2", message, entry_id)
    await owner.execute("ALTER TABLE activity ENABLE TRIGGER append_only")


async def test_what_somebody_did_is_found_and_the_trail_is_whole(open_page, service):
    person = await service.person(name="Dewi")
    theirs = await open_page(person=person)
    await theirs.goto("/en/account/profile")
    await theirs.get_by_label("Name", exact=True).fill("Dewi Lestari")
    await theirs.get_by_role("button", name="Save").first.click()
    await expect(theirs.get_by_role("status").filter(has_text="Saved.")).to_be_visible()

    page = await open_page(person=ADMINISTRATOR)
    await page.goto(f"{HOME}/activity")
    chain = page.get_by_role("region", name="Is the trail whole?")
    await expect(chain).to_contain_text(re.compile(r"Unbroken up to entry \d+"))
    await page.get_by_text("Narrow by person, time").click()
    who = page.get_by_role("textbox", name="Who")
    await who.fill("nobody-is-called-so")
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator("main")).to_contain_text("There is no such user.")
    await expect(who).to_be_focused()
    await who.fill(person)
    await page.get_by_role("button", name="Show").click()
    await page.wait_for_url(re.compile(r"user_id="))
    table = page.get_by_role("table", name="Activity")
    await expect(table).not_to_contain_text("the service itself")
    await expect(table).to_contain_text("Signed in.")
    await settled(page)
    for row in (await table.get_by_role("row").all())[1:]:
        await expect(row).to_contain_text(person)
    await table.get_by_role("link", name="Change: Signed in.", exact=True).click()
    await expect(page.get_by_label("Entry", exact=True)).to_contain_text("login")
    await expect(page.get_by_label("Request", exact=True)).to_contain_text("POST /api/v1/login")
    await page.locator("main").get_by_role("link", name="Activity").click()
    await expect(table).not_to_contain_text("the service itself")
    await page.get_by_role("link", name=f"Remove By {person}").click()
    await page.wait_for_url(f"**{HOME}/activity")


async def test_days_of_the_person_narrow_the_trail(open_page):
    page = await open_page(person=ADMINISTRATOR)
    await page.goto(f"{HOME}/activity?from=2020-01-01&to=2020-01-31")
    await expect(page.locator("main")).to_contain_text("Nothing was recorded of this.")
    await page.get_by_role("link", name="Remove To January 31, 2020").click()
    await expect(page.get_by_role("table", name="Activity").get_by_role("row").nth(1)).to_be_visible()


async def test_an_entry_that_was_altered_is_named(open_page, service):
    page = await open_page(person=ADMINISTRATOR)
    owner = await asyncpg.connect(service.platform.settings.database.owner_url.get_secret_value())
    newest = "SELECT id, message FROM activity WHERE tenant_id IS NULL ORDER BY created_at DESC LIMIT 1"
    entry = await owner.fetchrow(newest)
    try:
        await rewritten(owner, entry["id"], "Nothing happened.")
        await page.goto(f"{HOME}/activity")
        chain = page.get_by_role("region", name="Is the trail whole?")
        await expect(chain.get_by_role("alert")).to_have_text("▲ 1 entry is not as it was written.")
        await expect(chain).to_contain_text(str(entry["id"]))
        await accessible(page)
    finally:
        await rewritten(owner, entry["id"], entry["message"])
        await owner.close()
    await page.reload()
    await expect(chain).to_contain_text("Unbroken up to entry")


async def test_figures_are_those_of_the_service_and_charts_are_tables(open_page, service):
    page = await open_page(person=ADMINISTRATOR)
    await page.goto(HOME)
    figures = page.get_by_label("Figures")
    await expect(figures).to_contain_text("Accounts")
    told = await call(service, "GET", "/dashboard/overview")
    total = figures.locator("div").filter(has=page.get_by_text("Accounts", exact=True))
    await expect(total.get_by_role("link")).to_have_text(str(told["total_users"]))
    chart = page.get_by_role("figure", name="Sign-ins")
    await expect(chart.get_by_role("table")).to_have_count(0)
    await chart.get_by_text("As a table").click()
    rows = chart.get_by_role("row")
    await expect(rows).to_have_count(31)
    usage = await call(service, "GET", "/dashboard/usage", params={"timezone": "Asia/Jakarta"})
    shown = int(await rows.last.locator("td").inner_text())
    assert (
        usage["data"][-1]["sign_ins"] - 2 <= shown <= usage["data"][-1]["sign_ins"]
    )  # two for the calls here
    await page.get_by_role("navigation", name="Time").get_by_role("link", name="Last 365 days").click()
    await page.wait_for_url(f"**{HOME}?days=365")
    await expect(chart).to_contain_text("sign-ins per month")
    await settled(page)
    assert await rows.count() in {13, 14}  # the head, and the months that 365 days are in
    await page.reload()
    await expect(page.get_by_role("figure", name="Jobs")).to_contain_text("jobs per month")
    await page.get_by_role("figure", name="Accounts by state").get_by_role("link", name="Active").click()
    await page.wait_for_url("**/users?status=active")


async def test_a_job_that_failed_is_run_again(open_page, service):
    async with service.platform.database.unit_of_work() as session:
        job = JobRecord(
            name="tasks.count_slowly",
            arguments={"message": "Hello", "steps": 2, "seconds": 0.1},
            status=JobStatus.FAILED,
            attempt=1,
            max_attempts=1,
            error="TimeoutError: it took too long",
            scheduled_for=now(),
            finished_at=now(),
        )
        session.add(job)
    page = await open_page(person=ADMINISTRATOR)
    await page.goto(HOME)
    await page.get_by_role("link", name=re.compile("jobs? failed in this time")).click()
    await page.wait_for_url("**/jobs?status=failed")
    await expect(page.get_by_role("list", name="Jobs by state")).to_contain_text("1 failed")
    row = page.get_by_role("row").filter(has_text="it took too long")
    await expect(row).to_contain_text("1 of 1")
    await row.get_by_role("link", name="tasks.count_slowly").click()
    await expect(page.get_by_label("What went wrong")).to_have_text("TimeoutError: it took too long")
    await accessible(page)
    await page.get_by_role("button", name="Run it again").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Run it again").click()
    await expect(page.get_by_label("Facts")).to_contain_text("Done")
    await expect(page.get_by_label("Result")).to_contain_text("Hello")
    await page.goto(f"{HOME}/jobs/scheduled")
    await expect(page.get_by_role("table", name="By the clock")).to_contain_text("tasks.purge")


async def test_a_job_that_runs_is_cancelled(open_page, service):
    page = await open_page(person=ADMINISTRATOR)
    job = await call(service, "POST", "/tasks", json={"steps": 100, "seconds": 60})
    await page.goto(f"{HOME}/jobs/job?id={job['id']}")
    await page.get_by_role("button", name="Cancel the job").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Cancel the job").click()
    await expect(page.get_by_label("Facts")).to_contain_text("Cancelled")
    await expect(page.get_by_role("button", name="Run it again")).to_be_visible()


async def test_messages_are_told_without_what_they_say(open_page, service):
    await service.person(email="eka@example.com")
    page = await open_page(person=ADMINISTRATOR)
    await page.goto("/en/forgot")
    answer = await page.request.post(
        f"{service.url}{API}/auth/otp", data={"identifier": "eka@example.com", "purpose": "login"}
    )
    assert answer.ok, await answer.text()
    (letter,) = await service.letters("eka@example.com")
    (code,) = set(re.findall(r"\b\d{6}\b", letter.text))
    await page.goto(f"{HOME}/messages?search=eka%40example.com")
    table = page.get_by_role("table", name="Messages")
    await expect(table).to_contain_text("eka@example.com")
    await expect(table).to_contain_text("In the outbox")
    await expect(page.locator("main")).to_contain_text("What they say nobody sees")
    await settled(page)
    assert code not in await page.content()


async def test_a_tier_is_made_limited_given_and_taken_away(open_page, service):
    person = await service.person(name="Fajar")
    page = await open_page(person=ADMINISTRATOR)
    await page.goto(f"{HOME}/tiers")
    await page.get_by_role("link", name="New tier").click()
    await expect(page.locator("main h1")).to_have_text("New tier")
    await page.get_by_label("Name").fill("gold")
    await page.get_by_label("Room for files, in megabytes").fill("2500")
    await page.get_by_role("button", name="Make the tier").click()
    await expect(page.locator("main h1")).to_have_text("gold")
    await expect(page.get_by_label("Facts")).to_contain_text("2.5 GB")
    await page.get_by_role("button", name="New limit").click()
    await page.get_by_label("Route").select_option("GET /api/v1/users/me")
    await page.get_by_label("Requests").fill("0")
    await page.get_by_role("button", name="Add the limit").click()
    await expect(page.get_by_label("Requests")).to_have_attribute("aria-invalid", "true")
    await page.get_by_label("Requests").fill("50")
    await page.get_by_role("button", name="Add the limit").click()
    await expect(page.get_by_role("table", name="Limits")).to_contain_text("50 in 60 s")

    await page.goto(f"{HOME}/users?search={person}")
    await page.get_by_role("link", name="Fajar", exact=True).click()
    await page.get_by_role("button", name="Give another tier").click()
    await page.get_by_label("Tier").select_option("gold")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("link", name="gold").click()
    await page.get_by_role("button", name="Delete the tier").click()
    asked = page.get_by_role("alertdialog")
    await asked.get_by_role("button", name="Delete the tier").click()
    await expect(asked.get_by_role("alert")).to_be_visible()  # somebody has it
    await call(service, "PATCH", f"/users/{person}/tier", json={"tier": None})
    await asked.get_by_role("button", name="Delete the tier").click()
    await page.wait_for_url(f"**{HOME}/tiers")
    await expect(page.get_by_role("link", name="gold")).to_have_count(0)


async def test_a_phone_shows_figures_and_jobs(open_page):
    page = await open_page(width=360, height=640, theme="dark", person=ADMINISTRATOR, has_touch=True)
    for path in ("", "/activity", "/jobs", "/messages", "/tiers"):
        await page.goto(HOME + path)
        await settled(page)
        await fits(page)
