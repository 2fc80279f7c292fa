"""Threat 42: a host below the same domain set more cookies than the service reads, and kept everybody out for good."""

import httpx
import pytest

from fondasi.app import create_app
from fondasi.kit.http.overfull import PATH
from fondasi.kit.i18n import LANGUAGES
from fondasi.runtime import platform_modules

BOMB = {"Cookie": "; ".join(f"spoil{number}={'x' * 3000}" for number in range(4))}
OVER_THE_HEAD = {"Cookie": "; ".join(f"spoil{number}={'x' * 3000}" for number in range(30))}
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "id"}


@pytest.fixture(scope="module")
def browser(settings, served):
    with served(create_app(settings, platform_modules())) as url, httpx.Client(base_url=url) as client:
        yield client


@pytest.mark.parametrize("bomb", [BOMB, OVER_THE_HEAD], ids=["cookies", "head"])
@pytest.mark.parametrize("path", ["/", "/admin/login", "/api/v1/users/me"])
def test_browser_gets_a_page_in_its_language_with_a_way_out(browser, path, bomb):
    page = browser.get(path, headers=BROWSER | bomb)
    assert page.status_code == 431
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "Terlalu banyak cookie" in page.text
    assert f'action="{PATH.decode()}"' in page.text


@pytest.mark.parametrize("bomb", [BOMB, OVER_THE_HEAD], ids=["cookies", "head"])
@pytest.mark.parametrize("sent", ["Sec-Fetch-Site", "Origin"])
def test_its_button_has_the_browser_delete_them_and_go_on(browser, bomb, sent):
    """Browsers send cookies behind one of the two headers at least."""
    value = "same-origin" if sent == "Sec-Fetch-Site" else str(browser.base_url)
    pressed = browser.post(PATH.decode(), headers={**BROWSER, sent: value, **bomb})
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/")
    assert pressed.headers["clear-site-data"] == '"cookies"'


@pytest.mark.parametrize(
    "asked",
    [
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://neighbour.example.com"},
        {"Origin": "null"},
        {},
    ],
)
def test_no_other_site_has_them_deleted(browser, asked):
    """It would sign the person out, here and everywhere below the domain."""
    headers = {**BROWSER, **asked, **BOMB}
    for answer in (browser.post(PATH.decode(), headers=headers), browser.get(PATH.decode(), headers=headers)):
        assert answer.status_code == 431
        assert "clear-site-data" not in answer.headers


def test_nobody_is_signed_out_who_sends_few_enough(browser):
    answer = browser.post(
        PATH.decode(), headers={**BROWSER, "Cookie": "a=b", "Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 404
    assert "clear-site-data" not in answer.headers


def test_programs_get_a_problem(browser):
    answer = browser.get("/api/v1/users/me", headers={"Accept": "*/*", **BOMB})
    assert (answer.status_code, answer.json()["error_code"]) == (431, "HEADERS_TOO_LARGE")
    assert "Delete those of this site" in answer.json()["detail"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_in_every_language(browser, language):
    page = browser.get("/", headers=BROWSER | BOMB | {"Accept-Language": language})
    assert f'<html lang="{language}"' in page.text
    assert ("Too many cookies" in page.text) is (language == "en")
