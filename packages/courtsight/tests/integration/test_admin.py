"""Decisions in the admin panel."""

import httpx
import pytest_asyncio

from fondasi.identity import create_user, sign_in
from fondasi.identity.sessions import Device

PASSWORD = "correct horse battery staple"


@pytest_asyncio.fixture(loop_scope="session")
async def panel(corpus):
    """A super admin's browser at the panel."""
    database = corpus.platform.database
    async with database.unit_of_work() as session:
        await create_user(session, username="root", password=PASSWORD, superuser=True)
    issued = await sign_in(corpus.platform, "root", PASSWORD, Device("Test", "127.0.0.1"))
    transport = corpus.client._transport
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as opened:
        opened.cookies.set("admin", issued.session_token, path="/admin")
        yield opened


async def test_decisions_are_listed_found_and_shown_to_read(corpus, panel):
    draft = corpus.drafts[0]
    page = await panel.get("/admin/decisions/list", params={"search": draft.case_number})
    assert page.status_code == 200
    assert draft.case_number in page.text
    details = await panel.get(f"/admin/decisions/details/{corpus.ids[draft.case_number]}")
    assert details.status_code == 200
    assert draft.case_number in details.text
    assert (await panel.get("/admin/decisions/create")).status_code == 404
    assert (await panel.get("/admin/decisions/export/json")).json()[0]["case_number"]
