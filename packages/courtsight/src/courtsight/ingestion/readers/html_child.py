"""The program that parses pages of HTML, started by `child_process` with a limit on its memory.

It imports nothing of this package, so that it starts fast. On each line of standard input comes a request, a JSON
object with `path` and `characters`; on standard output goes the length of the answer (8 bytes, big-endian) and the
answer, a JSON object with the texts of the page or `refused`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup

_MAX_ROWS = 400
_LONGEST_VALUE = 4_000  # characters of a row that is a label and its value, and not the text
_CLOSING = "demikian"  # begins the last sentence of a decision; a page without it holds no text of one
_TOO_LONG = "the page has more than {:,} characters"
_OUT_OF_REACH = 1 << 62


def main() -> None:
    """Answer requests until standard input ends."""
    limit_memory(int(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with the answers
    for line in sys.stdin.buffer:
        request = json.loads(line)
        body = json.dumps(answer(Path(request["path"]), request["characters"])).encode()
        answers.write(len(body).to_bytes(8, "big") + body)
        answers.flush()


def limit_memory(size: int) -> None:
    """Let the process have `size` bytes of address space, where the system can limit it."""
    try:
        import resource  # noqa: PLC0415  # there is none on Windows
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    ceiling = hard if hard != resource.RLIM_INFINITY else _OUT_OF_REACH
    resource.setrlimit(resource.RLIMIT_AS, (min(size, ceiling), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def answer(path: Path, characters: int) -> dict[str, object]:
    """The texts of a page, or why it is refused."""
    try:
        return _texts(_decoded(path.read_bytes()), characters)
    except OSError as error:
        return {"refused": error.strerror or str(error)}
    except (ParserRejectedMarkup, RecursionError, ValueError) as error:
        return {"refused": f"the HTML cannot be parsed ({type(error).__name__})"}
    except MemoryError:
        return {"refused": "reading the page needs more memory than it may have"}


def _texts(page: str, characters: int) -> dict[str, object]:
    soup = BeautifulSoup(page, "html.parser")
    for line_break in soup.find_all("br"):
        line_break.replace_with("\n")
    for block in soup.find_all(["p", "li", "div", "a"]):
        block.append("\n")
    rows: list[tuple[int, str, str]] = []
    tables: dict[int, int] = {}
    pairs: list[Tag] = []
    count = 0
    for row in soup.find_all("tr", limit=_MAX_ROWS):
        cells = row.find_all(["td", "th"], recursive=False)
        if len(cells) == 2:  # noqa: PLR2004
            table = tables.setdefault(id(row.find_parent("table")), len(tables))
            rows.append((table, cells[0].get_text(), cells[1].get_text()))
            pairs.append(row)
            count += len(rows[-1][1]) + len(rows[-1][2])
            if count > characters:
                return {"refused": _TOO_LONG.format(characters)}
    heading = soup.find(["h1", "h2"])
    canonical = soup.find("link", rel="canonical")
    told = {
        "rows": rows,
        "heading": heading.get_text() if isinstance(heading, Tag) else None,
        "canonical": str(canonical.get("href") or "") if isinstance(canonical, Tag) else "",
        "links": [str(anchor.get("href") or "") for anchor in soup.find_all("a")],
    }
    text = _running_text(soup, pairs) if _CLOSING in page.lower() else ""
    return {"refused": _TOO_LONG.format(characters)} if len(text) > characters else {**told, "text": text}


def _running_text(soup: BeautifulSoup, pairs: list[Tag]) -> str:
    """The text outside of scripts and of short tables of labels and values, a line for each block."""
    for element in soup.find_all(["script", "style", "head", "nav", "noscript", "template"]):
        element.extract()
    for row in pairs:
        if len(row.get_text()) < _LONGEST_VALUE:
            row.extract()
    for block in soup.find_all(
        ["h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "section", "article", "dd", "dt"]
    ):
        block.append("\n")
    return soup.get_text()


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


if __name__ == "__main__":
    main()
