"""Every link, clicked: it leads somewhere, without loading everything anew and without a line in the console."""

from urllib.parse import parse_qsl, urlsplit

from fixtures.browser import manifest, settled

PAGES_AT_MOST = 60


def kind(address: str) -> tuple[str, ...]:
    """What addresses have in common that differ only in what they ask for."""
    parts = urlsplit(address)
    return (parts.path, *sorted({name for name, _ in parse_qsl(parts.query)}))


async def addresses(page) -> list[str]:
    """Where the visible links of a page lead."""
    return await page.evaluate(
        "[...document.querySelectorAll('a[href]')]"
        ".filter(link => link.checkVisibility()).map(link => link.getAttribute('href'))"
    )


async def test_every_link_leads_somewhere_without_loading_anew(page, service, faults):
    lines = []
    page.on("console", lambda line: lines.append(line.text))
    pages = {path for path, file in manifest()["files"].items() if file["path"].endswith(".html")}
    waiting, seen, clicked = ["/en"], {kind("/en")}, 0
    while waiting and clicked < PAGES_AT_MOST:
        start = waiting.pop(0)
        await page.goto(start)
        await settled(page)
        for href in await addresses(page):
            if href.startswith("#") or kind(href) in seen:
                continue
            seen.add(kind(href))
            path = urlsplit(href).path
            assert href.startswith("/"), f"{start} links to {href}"
            if path not in pages:  # of the service, such as its documentation
                answer = await page.request.get(f"{service.url}{href}")
                assert answer.ok, f"{start} links to {href}: {answer.status}"
                continue
            await page.goto(start)
            await settled(page)
            await page.evaluate("window.still = true")
            await page.locator(f'a[href="{href}"]:visible').first.click()
            await page.wait_for_url(lambda url, wanted=href: url == service.url + wanted)
            await settled(page)
            assert await page.evaluate("window.still === true"), f"{start} loads {href} anew"
            assert await page.locator("main").inner_text(), href
            waiting.append(href)
            clicked += 1
    assert clicked > 5
    assert not lines
