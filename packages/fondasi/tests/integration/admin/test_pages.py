"""Every page of every view."""

import pytest


async def test_all(browser, app):
    root = await browser(superuser=True)
    page = await root.get("/admin/")
    assert page.status_code == 200, page.text
    print(page.text[:6000])
    for module in app.state.platform.modules:
        for view in module.admin_views:
            p = await root.get(f"/admin/{view.path}/list")
            assert p.status_code == 200, (view.path, p.text)
            if view.create:
                p = await root.get(f"/admin/{view.path}/create")
                assert p.status_code == 200, (view.path, p.text)
    print(p.text)
