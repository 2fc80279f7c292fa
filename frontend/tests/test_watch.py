"""What a page must not do is seen where it does it: the fixture that watches every journey is watched here."""

import pytest
from fixtures.browser import Faults, accessible

REFUSED = "Content Security Policy"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("console.error('it broke')", "error in the console: it broke"),
        ("console.warn('it may break')", "warning in the console: it may break"),
        ("setTimeout(() => { throw new Error('thrown') })", "uncaught: thrown"),
        ("void Promise.reject(new Error('rejected'))", "uncaught: rejected"),
        ("void fetch('/nothing-is-here').catch(() => {})", "404: http"),
        ("new Image().src = 'http://localhost:9/picture.png'", "asked another origin"),
        ("document.head.append(Object.assign(document.createElement('script'), {text: '1'}))", REFUSED),
        (
            "document.head.append(Object.assign(document.createElement('style'), {textContent: 'a{}'}))",
            REFUSED,
        ),
    ],
)
async def test_it_is_seen(open_page, service, script, said, faults):
    page = await open_page()
    await page.goto("/en")
    await page.wait_for_load_state("networkidle")
    own = Faults(service.url)
    own.watch(page.context)
    faults.allow(".")
    await page.evaluate(f"() => {{ {script} }}")
    for _ in range(100):
        if own.left:
            break
        await page.wait_for_timeout(100)
    assert any(said in line for line in own.left), own.left


async def test_what_is_allowed_passes(service):
    own = Faults(service.url)
    own._found = ["503: /a", "404: /b"]
    own.allow("^503")
    assert own.left == ["404: /b"]


async def test_axe_finds_what_is_hard_to_read(page):
    await page.goto("/en")
    await page.evaluate("document.querySelector('h1').style.color = 'var(--color-line)'")
    with pytest.raises(AssertionError, match="color-contrast"):
        await accessible(page)
