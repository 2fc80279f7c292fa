"""Pictures of the web UI for README.md, of fictitious decisions: `make screenshots`. It starts a demo of its own."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
PATIENCE = 120  # seconds
COLOURS = 48
WIDE = {"viewport": {"width": 1280, "height": 760}}
PHONE = {"viewport": {"width": 360, "height": 700}, "color_scheme": "dark"}
QUESTION = "pengemudi+mengantuk+menabrak+pengendara+hingga+meninggal+dunia"


def main() -> None:
    """Take them all."""
    PICTURES.mkdir(exist_ok=True)
    with demo() as url, sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path)
        for name, options in (("wide", WIDE), ("phone", PHONE)):
            context = browser.new_context(base_url=url, locale="en-US", reduced_motion="reduce", **options)
            page = context.new_page()
            page.goto(f"/en/search?q={QUESTION}")
            page.locator("main ol li a").first.wait_for()
            take(page, f"search-{name}.png")
            page.locator("main ol li a").first.click()
            page.locator("[data-passage]").wait_for()
            take(page, f"decision-{name}.png")
        browser.close()


def take(page: Any, name: str) -> None:
    """A picture of what the page shows now, with as few colours as it needs."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # the passage comes to the middle
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    few = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(PICTURES / name, optimize=True)
    print(f"{name}: {(PICTURES / name).stat().st_size / 1000:.0f} kB")


@contextmanager
def demo() -> Iterator[str]:
    """The address of a demo on an empty folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        variables = {**os.environ, "FONDASI_DATA_DIR": folder, "PORT": str(port)}
        command = [sys.executable, "-m", "fondasi", "demo"]
        with subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL) as process:
            try:
                _wait(f"http://127.0.0.1:{port}")
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()
                process.wait(PATIENCE)


def _wait(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/health"):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("The demo did not start.")


if __name__ == "__main__":
    main()
