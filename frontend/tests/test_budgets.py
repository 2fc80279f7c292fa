"""How much a page needs before it can be used, compressed: what its HTML names. What comes later is named beside it."""

import gzip
import re

import pytest
from fixtures.browser import settled

KB = 1000
BUDGETS = {"script": 180 * KB, "stylesheet": 25 * KB, "font": 60 * KB}
SCRIPT = re.compile(r'<script\b(?![^>]*nomodule)[^>]*\bsrc="(/_next/[^"]+)"', re.IGNORECASE)


@pytest.mark.parametrize(
    "path", ["/en", "/en/search?q=pencurian+motor", "/en/decision?id={decision}", "/en/statistics"]
)
async def test_a_page_keeps_to_its_budget(page, service, path):
    loaded = {kind: {} for kind in BUDGETS}

    async def weigh(answer) -> None:
        kind = answer.request.resource_type
        if kind in BUDGETS:
            body = await answer.body()
            size = len(body) if kind == "font" else len(gzip.compress(body, 9))
            loaded[kind][answer.url.removeprefix(service.url)] = size

    page.on("response", weigh)
    path = path.format_map(service.ids)
    await page.goto(path)
    await settled(page)
    needed = set(SCRIPT.findall(await (await page.request.get(path)).text()))
    assert needed <= loaded["script"].keys()
    loaded["later"] = {name: size for name, size in loaded["script"].items() if name not in needed}
    loaded["script"] = {name: size for name, size in loaded["script"].items() if name in needed}
    for kind, files in loaded.items():
        biggest = sorted(files.items(), key=lambda file: -file[1])[:5]
        lines = "\n".join(f"    {size / KB:6.1f} kB {name}" for name, size in biggest)
        said = f"{path}: {sum(files.values()) / KB:.1f} kB of {kind}\n{lines}"
        print(said)  # noqa: T201 - shown by -rP
        assert files or kind == "later"
        assert sum(files.values()) <= BUDGETS.get(kind, sum(files.values())), said
