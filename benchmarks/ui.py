"""The web UI: a newcomer's first and second start, Lighthouse on a phone, suggestions for eight, a very long decision.

Needs Chromium, a package index and an npm registry, or the caches of both: Lighthouse is installed into a folder of
its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from playwright.sync_api import sync_playwright

from benchmarks.harness import ROOT, environment_with, free_port, get, load

if TYPE_CHECKING:
    from collections.abc import Iterator

LIGHTHOUSE = "lighthouse@13.5.0"
TOOLS = ROOT / "frontend" / "build" / "lighthouse"
NODE = ROOT / "frontend" / "build" / "node" / "bin"
ROUNDS = 5
PAGES = {"search": "/en/search?q=pencurian+motor", "decision": ""}
METRICS = {
    "largest-contentful-paint": "LCP",
    "total-blocking-time": "blocked",
    "cumulative-layout-shift": "CLS",
}
TYPED = ("penc", "pencu", "pencuri", "pencurian", "pasal 36", "pasal 363", "pn ler", "431/pid")
CLIENTS = 8
SECONDS = 10
LONG = 2_000_000  # characters
NUMBER = "2000/Pdt.G/2024/PN Lru"
LAST_WORDS = "Bahwa mercusuar itu akhirnya padam"
WHEELED = 120  # turns of the wheel, one each 16 ms
FRAMES = """() => { let last = performance.now(); window.frames_ = [];
  (function each(now) { window.frames_.push(now - last); last = now; requestAnimationFrame(each); })(last); }"""


def main() -> None:
    """Print the figures; those of a browser are medians of five."""
    with tempfile.TemporaryDirectory(prefix="fondasi-bench-") as name:
        folder = Path(name)
        subprocess.run(["git", "clone", "-q", ROOT, folder / "clone"], check=True)
        for start in ("first", "second"):
            began = time.monotonic()
            with demo(folder / "clone", folder / "data"):
                print(f"{start} start, web UI included       {time.monotonic() - began:6.1f} s", flush=True)
        with demo(folder / "clone", folder / "data") as port:
            decision = found(port)
            for page, path in {**PAGES, "decision": f"/en/decision?id={decision}"}.items():
                print(
                    f"Lighthouse, mobile, {page:10}       {lighthouse(f'http://127.0.0.1:{port}{path}')}",
                    flush=True,
                )
            requests = [
                get(f"/api/v1/legal-search/suggest?q={quote_plus(text)}", accept_encoding="identity")
                for text in TYPED
            ]
            measured = asyncio.run(load(port, requests, connections=CLIENTS, seconds=SECONDS))
            assert measured.statuses == {200}, measured.statuses
            print(
                f"suggestions, {CLIENTS} clients            p50 {measured.percentile(0.5):.0f} ms   "
                f"p95 {measured.percentile(0.95):.0f} ms   {measured.requests / measured.seconds:.0f} a second"
            )
            print(f"two million characters           {long_decision(port, folder)}")


@contextmanager
def demo(clone: Path, data: Path) -> Iterator[int]:
    """Start the demo of a clone and wait until it says where it runs; its port."""
    port = free_port()
    variables = {"FONDASI_DATA_DIR": str(data), "PORT": str(port), "QUOTA_ADDRESS_LIMIT": "1000000"}
    kept = {name: value for name, value in environment_with(variables).items() if not name.startswith("MAKE")}
    with subprocess.Popen(
        ["make", f"PYTHON={sys.executable}", "demo"],
        cwd=clone,
        env=kept,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        try:
            said = []
            for line in process.stdout:
                said.append(line)
                if "Running at" in line:
                    break
            else:
                raise SystemExit(f"The demo did not start:\n{''.join(said)}")
            yield port
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.communicate(timeout=60)


def found(port: int, query: str = "pencurian motor") -> str:
    """The id of the first decision that a search finds."""
    address = f"http://127.0.0.1:{port}/api/v1/legal-search/search?query={quote_plus(query)}"
    command = ["curl", "-sf", address]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return str(answer["data"][0]["decision"]["id"])


def long_decision(port: int, folder: Path) -> str:
    """Import a decision of two million characters; how it opens, scrolls, and opens at its end."""
    lines: list[str] = []
    length = 0
    while length < LONG:
        lines.append(
            f"Bahwa pada hari ke-{len(lines)} penjaga mercusuar mencatat {length} gelombang dan angin dari utara;"
        )
        length += len(lines[-1]) + 1
    text = "\n".join([*lines, LAST_WORDS + ";"])
    file = folder / "long.jsonl"
    row = {"case_number": NUMBER, "court": "PN Lereng Ungu", "year": 2024, "sections": {"fakta": text}}
    file.write_text(json.dumps(row))
    command = [str(folder / "clone" / ".venv" / "bin" / "courtsight"), "import", str(file)]
    variables = {"FONDASI_DATA_DIR": str(folder / "data")}
    subprocess.run(
        command, check=True, env=environment_with(variables), cwd=folder / "clone", capture_output=True
    )
    decision = found(port, NUMBER)
    begin = len(text) - len(LAST_WORDS) - 1
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        page = browser.new_page(base_url=f"http://127.0.0.1:{port}", viewport={"width": 360, "height": 700})
        began = time.monotonic()
        page.goto(f"/en/decision?id={decision}")
        page.locator(".decision-text p").first.wait_for()
        opened = time.monotonic() - began
        page.evaluate(FRAMES)
        page.mouse.move(180, 350)
        for _ in range(WHEELED):
            page.mouse.wheel(0, 600)
            page.wait_for_timeout(16)
        frames = sorted(page.evaluate("window.frames_"))
        began = time.monotonic()
        page.goto(f"/en/decision?id={decision}&section=fakta&start={begin}&end={begin + len(LAST_WORDS)}")
        page.wait_for_function(
            "() => { const box = document.querySelector('[data-passage]')?.getBoundingClientRect();"
            " return box && box.top > 0 && box.bottom < innerHeight; }"
        )
        at_end = time.monotonic() - began
        browser.close()
    return (
        f"opened {opened:.1f} s   at its end {at_end:.1f} s   frames while scrolled: median {median(frames):.0f} ms   "
        f"p95 {frames[int(0.95 * len(frames))]:.0f} ms   slowest {frames[-1]:.0f} ms"
    )


def lighthouse(address: str) -> str:
    """The medians of what Lighthouse says of a page, with its profile of a phone."""
    environment = {
        **os.environ,
        "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}",
        "CHROME_PATH": shutil.which("chromium") or shutil.which("google-chrome") or "",
    }
    program = TOOLS / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not program.exists():
        install = ["npm", "install", "--silent", "--ignore-scripts", "--no-save", "--prefix", ".", LIGHTHOUSE]
        TOOLS.mkdir(parents=True, exist_ok=True)
        subprocess.run(install, check=True, env=environment, cwd=TOOLS)
    scores: dict[str, list[float]] = {}
    options = ["--quiet", "--output=json", "--only-categories=performance,accessibility"]
    chrome = "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage"
    command = ["node", str(program), address, *options, chrome]
    for _ in range(ROUNDS):
        report = json.loads(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)
        for name, category in report["categories"].items():
            scores.setdefault(name, []).append(100 * category["score"])
        for name, short in METRICS.items():
            scores.setdefault(short, []).append(report["audits"][name]["numericValue"])
    medians = {name: median(values) for name, values in scores.items()}
    return (
        f"performance {medians['performance']:.0f}   accessibility {medians['accessibility']:.0f}   "
        f"LCP {medians['LCP'] / 1000:.1f} s   blocked {medians['blocked']:.0f} ms   CLS {medians['CLS']:.2f}"
    )


if __name__ == "__main__":
    main()
